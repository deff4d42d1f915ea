"""The relying application's other end: it asks by API, and asks again by key until it knows."""

from __future__ import annotations

import random
import threading
import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

TIMEOUT = 8.0
"""Seconds that one call may take before the application asks again."""
PATIENCE = 45.0
"""Seconds for which an application asks again once the fault is over: far above any fault here."""


class NeverAnswered(Exception):
    """No answer came in all that time."""


class Refused(Exception):
    """Holdfast refused what it must accept: status and code."""


@dataclass(slots=True)
class Asked:
    """A request of ours, and what came of it."""

    scenario: str
    kind: str
    subject: str
    body: dict[str, Any]
    key: str
    action: str = ""
    """The action's id once it was accepted."""
    doubled: bool = False
    """The same key gave another action."""
    trouble: str = ""
    """Why it was never accepted."""


@dataclass(slots=True)
class Answers:
    """How calls went: by HTTP status, 0 where there was no answer."""

    counted: dict[int, int] = field(default_factory=dict)
    mutex: threading.Lock = field(default_factory=threading.Lock)

    def count(self, status: int) -> None:
        """One more."""
        with self.mutex:
            self.counted[status] = self.counted.get(status, 0) + 1

    @property
    def refused(self) -> int:
        """How many were answered by an error of the server."""
        with self.mutex:
            return sum(times for status, times in self.counted.items() if status >= 500)


class Application:
    """A client of the contract. Safe to be used by many threads."""

    def __init__(self, url: str, client_id: str, client_secret: str) -> None:
        self.http = httpx.Client(base_url=url, timeout=TIMEOUT, trust_env=False)
        self.answers = Answers()
        self.ends = float("inf")
        """When it gives up, by the monotonic clock."""
        self._credentials = (client_id, client_secret)
        self._token = ""
        self._mutex = threading.Lock()

    def ask(self, asked: Asked) -> None:
        """Have `asked` accepted, by as many calls as it takes, all with the same key."""
        try:
            answer = self._until_answered(
                "POST", "/api/v1/actions/", json=asked.body, headers={"idempotency-key": asked.key}
            )
        except (NeverAnswered, Refused) as error:
            asked.trouble = f"{type(error).__name__} {error}"
            return
        found = answer.json()["id"]
        if asked.action and asked.action != found:
            asked.doubled = True
        asked.action = asked.action or found

    def cancel(self, action: str) -> None:
        """Withdraw it; too late is an answer too."""
        try:
            self._until_answered("POST", f"/api/v1/actions/{action}/cancel/", also=(409,))
        except NeverAnswered:
            return  # nothing was promised

    def status(self, action: str) -> str:
        """Where it stands. Raises NeverAnswered."""
        return str(self._until_answered("GET", f"/api/v1/actions/{action}/").json()["status"])

    def signal(self, subject: str, **said: str) -> None:
        """A device is heard of; one that nobody hears is not said again."""
        item = {"subject": subject, "observed_at": datetime.now(UTC).isoformat(), **said}
        try:
            self._until_answered("POST", "/api/v1/signals/", json={"signals": [item]})
        except NeverAnswered:
            return

    def _until_answered(
        self, method: str, path: str, *, also: tuple[int, ...] = (), **more: Any
    ) -> httpx.Response:
        """The first answer that settles it. Raises NeverAnswered, and Refused for any 4xx but
        those in `also`."""
        pause = 0.1
        while time.monotonic() < self.ends:
            answer = self._once(method, path, **more)
            if answer is not None:
                status = answer.status_code
                if status < 400 or status in also:
                    return answer
                if status == 401:
                    self._token = ""
                elif status < 500 and status not in (409, 429):
                    raise Refused(f"{status} {answer.text[:200]}")
            time.sleep(pause * random.uniform(0.5, 1.5))
            pause = min(pause * 2, 2.0)
        raise NeverAnswered

    def _once(self, method: str, path: str, **more: Any) -> httpx.Response | None:
        headers = more.pop("headers", {})
        try:
            bearer = {"authorization": f"Bearer {self._bearer()}"}
            answer = self.http.request(method, path, headers=headers | bearer, **more)
        except httpx.HTTPError:
            self.answers.count(0)
            return None
        self.answers.count(answer.status_code)
        return answer

    def _bearer(self) -> str:
        with self._mutex:
            if not self._token:
                answer = self.http.post(
                    "/oauth/token/",
                    data={"grant_type": "client_credentials", "scope": "actions signals read"},
                    auth=self._credentials,
                )
                answer.raise_for_status()
                self._token = answer.json()["access_token"]
            return self._token

    def close(self) -> None:
        """Close its connections."""
        self.http.close()


def new_key(luck: random.Random) -> str:
    """An idempotency key that the seed decides."""
    return str(uuid.UUID(int=luck.getrandbits(128), version=4))
