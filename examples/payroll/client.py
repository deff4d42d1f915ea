"""Holdfast's HTTP API, as far as this application needs it.

Nothing here knows about pages or storage: copy it into an application of your own.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx

SCOPES = "actions signals read"
TIMEOUT = httpx.Timeout(8.0, connect=2.0)
"""Seconds: long enough for a busy server, short enough for a person who waits for a page."""
EARLY = 30.0
"""Seconds before its end at which an access token is no longer used."""


class HoldfastProblem(Exception):
    """Holdfast refused or could not be asked. `code` is stable, `title` and `detail` are words.

    `status` is the HTTP status of its answer, None where there was no usable answer: then nobody
    knows whether the request arrived, and it may be sent again under the same idempotency key.
    """

    def __init__(self, code: str, title: str, detail: str = "", status: int | None = None) -> None:
        super().__init__(f"{code}: {title}")
        self.code, self.title, self.detail, self.status = code, title, detail, status

    @property
    def is_final(self) -> bool:
        """Whether sending the same again is pointless: refused as it is (4xx), not merely late.

        409 (the first try is still in flight), 408, 425 and 429 pass by themselves, and 401 and
        403 once somebody has corrected the credentials.
        """
        passing = {401, 403, 408, 409, 425, 429}
        return self.status is not None and 400 <= self.status < 500 and self.status not in passing


@dataclass(frozen=True)
class Action:
    """The parts of an action that this application shows. Times are RFC 3339, UTC, or empty."""

    id: str
    status: str
    read_only: bool
    joined: bool
    """An equal request was open already: this is that one."""
    title: str
    body: str
    next_step: str
    eta: str
    number: str
    """What the person types into the prompt on the other device; often empty."""
    resume_url: str
    """Where the person finishes the request."""

    @classmethod
    def read(cls, answer: Mapping[str, Any]) -> Action:
        """An action out of its JSON; parts that are not there are empty. Raises HoldfastProblem."""
        action_id, status = answer.get("id"), answer.get("status")
        if not (isinstance(action_id, str) and action_id and isinstance(status, str)):
            raise unexpected(200)
        message, challenge = _object(answer, "message"), _object(answer, "challenge")
        url = _text(answer, "resume_url")
        return cls(
            id=action_id,
            status=status,
            read_only=answer.get("read_only") is True,
            joined=answer.get("joined") is True,
            title=_text(message, "title"),
            body=_text(message, "body"),
            next_step=_text(message, "next_step"),
            eta=_text(message, "eta"),
            number=_text(challenge, "number"),
            # It becomes a link: never one that runs as a script.
            resume_url=url if url.startswith(("http://", "https://")) else "",
        )


def _object(answer: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = answer.get(name)
    return value if isinstance(value, Mapping) else {}


def _text(answer: Mapping[str, Any], name: str) -> str:
    value = answer.get(name)
    return "" if value is None else str(value)


def unreachable() -> HoldfastProblem:
    """No connection, no answer in time, or an answer cut short."""
    return HoldfastProblem(
        "holdfast_unreachable",
        "Holdfast does not answer right now",
        "Nothing is lost. Try again in a moment: the same request is never carried out twice.",
    )


def unexpected(status: int) -> HoldfastProblem:
    """An answer that is not of the API: a proxy's error page, for example."""
    return HoldfastProblem(
        "unexpected_answer",
        "We could not understand Holdfast’s answer",
        f"It answered with HTTP status {status}.",
        status if status >= 400 else None,
    )


class Holdfast:
    """A client for one application; safe to share between threads."""

    def __init__(
        self,
        base_url: str,
        client_id: str,
        client_secret: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`clock` gives seconds that never run backwards."""
        # A neighbour on the same network: proxies of the environment are not for it.
        self._http = httpx.Client(base_url=base_url, timeout=TIMEOUT, trust_env=False)
        self._credentials = httpx.BasicAuth(client_id, client_secret)
        self._clock = clock
        self._lock = threading.Lock()
        self._token = ""
        self._token_until = 0.0

    def close(self) -> None:
        """Close the connections that are kept open between calls."""
        self._http.close()

    def request_action(self, key: str, body: Mapping[str, Any]) -> Action:
        """Ask for an action; `key` makes sending the same `body` again harmless.

        Raises HoldfastProblem.
        """
        key_header = {"Idempotency-Key": key}
        return Action.read(self._call("POST", "/api/v1/actions/", json=body, headers=key_header))

    def action(self, action_id: str) -> Action:
        """The action as it stands now. Raises HoldfastProblem."""
        return Action.read(self._call("GET", f"/api/v1/actions/{action_id}/"))

    def actions_of(self, subject: str) -> list[Action]:
        """The person's newest actions (one page), newest first. Raises HoldfastProblem."""
        page = self._call("GET", "/api/v1/actions/", params={"subject": subject})
        results = page.get("results")
        if not isinstance(results, list):
            raise unexpected(200)
        return [Action.read(item) for item in results if isinstance(item, dict)]

    def cancel(self, action_id: str) -> Action:
        """Withdraw an action. Raises HoldfastProblem."""
        return Action.read(self._call("POST", f"/api/v1/actions/{action_id}/cancel/"))

    def send_signals(self, subject: str, signals: Sequence[tuple[str, str]]) -> list[str]:
        """Tell what was just observed about a person: pairs of kind and value ("" for none).

        Returns the codes of signals that were not taken. Raises HoldfastProblem.
        """
        now = datetime.now(UTC).isoformat()
        items = []
        for kind, value in signals:
            item = {"subject": subject, "kind": kind, "observed_at": now}
            items.append(item | {"value": value} if value else item)
        answer = self._call("POST", "/api/v1/signals/", json={"signals": items})
        rejected = answer.get("rejected")
        if not isinstance(rejected, list):
            raise unexpected(200)
        return [_text(item, "code") for item in rejected if isinstance(item, dict)]

    def _call(self, method: str, path: str, **request: Any) -> dict[str, Any]:
        response = self._send(method, path, self._access_token(), **request)
        if response.status_code == 401:  # revoked, or Holdfast's keys changed: one fresh token
            response = self._send(method, path, self._access_token(renew=True), **request)
        return _read(response)

    def _send(
        self,
        method: str,
        path: str,
        token: str,
        headers: Mapping[str, str] | None = None,
        **request: Any,
    ) -> httpx.Response:
        headers = {**(headers or {}), "Authorization": f"Bearer {token}"}
        try:
            return self._http.request(method, path, headers=headers, **request)
        except httpx.HTTPError as error:
            raise unreachable() from error

    def _access_token(self, *, renew: bool = False) -> str:
        with self._lock:
            if renew or self._clock() >= self._token_until:
                self._token, seconds = self._new_token()
                self._token_until = self._clock() + seconds - EARLY
            return self._token

    def _new_token(self) -> tuple[str, float]:
        try:
            response = self._http.post(
                "/oauth/token/",
                auth=self._credentials,
                data={"grant_type": "client_credentials", "scope": SCOPES},
            )
        except httpx.HTTPError as error:
            raise unreachable() from error
        answer = _read(response)
        try:
            return str(answer["access_token"]), float(answer["expires_in"])
        except (KeyError, TypeError, ValueError) as error:
            raise unexpected(response.status_code) from error


def _read(response: httpx.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError as error:
        raise unexpected(response.status_code) from error
    if not isinstance(body, dict):
        raise unexpected(response.status_code)
    if response.is_success:
        return body
    # RFC 9457 from the API, RFC 6749 §5.2 (`error`) from the token endpoint.
    raise HoldfastProblem(
        str(body.get("code") or body.get("error") or "unexpected_answer"),
        str(body.get("title") or body.get("error_description") or "Holdfast refused the request"),
        str(body.get("detail") or ""),
        response.status_code,
    )
