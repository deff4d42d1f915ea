"""People at the pages: they sign in, type a code, and try the next one where no answer came."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping

import httpx
from django_otp.oath import TOTP

FINISHABLE = frozenset({"pending", "queued", "delayed", "fallback"})
TRIES = 4
"""Below the five guesses in five minutes that an account has: a code whose answer was lost may
have been spent, and typing it again counts."""
TIMEOUT = 15.0
STEP_SECONDS = 30


class Person:
    """Somebody with a browser, an authenticator app and saved codes. One thing at a time."""

    def __init__(self, url: str, name: str, password: str, codes: list[str], totp: str) -> None:
        self.name = name
        self.mutex = threading.Lock()
        self._http = httpx.Client(
            base_url=url, timeout=TIMEOUT, follow_redirects=True, trust_env=False
        )
        self._password = password
        self._codes = list(codes)
        self._key = bytes.fromhex(totp)
        self._step = 0
        self.proved = 0

    def prove(self, action: str, factor: str) -> None:
        """Finish a request by a code; what cannot be finished any more is left."""
        with self.mutex:
            for _ in range(TRIES):
                try:
                    if self._try(action, factor):
                        self.proved += 1
                        return
                except (httpx.HTTPError, Unfinished):
                    time.sleep(0.5)

    def _try(self, action: str, factor: str) -> bool:
        """Whether it is settled: finished, or not to be finished by this person now."""
        path = f"/requests/{action}/verify/{factor}/"
        page = self._page(path)
        if page is None or 'name="code"' not in page:
            return True
        code = self._next_code(factor)
        if code is None:
            return True
        answer = self._http.post(path, data={"code": code, "csrfmiddlewaretoken": _token(page)})
        if answer.status_code >= 500:
            raise Unfinished
        return answer.status_code < 400

    def _page(self, path: str) -> str | None:
        page = self._http.get(path)
        if page.status_code == 200 and page.url.path == "/sign-in/":
            form = {"username": self.name, "password": self._password}
            form["csrfmiddlewaretoken"] = _token(page.text)
            self._http.post("/sign-in/", data=form)
            page = self._http.get(path)
        if page.status_code >= 500 or page.url.path == "/sign-in/":
            raise Unfinished
        return page.text if page.status_code == 200 else None

    def _next_code(self, factor: str) -> str | None:
        if factor == "backup_code":
            return self._codes.pop() if self._codes else None
        now = int(time.time())
        if now // STEP_SECONDS <= self._step:
            return None  # a code is good once, and the next one is not there yet
        self._step = now // STEP_SECONDS
        return f"{TOTP(self._key).token():06d}"

    def close(self) -> None:
        """Close the browser."""
        self._http.close()


class Unfinished(Exception):
    """The page did not answer as it should; try again."""


def _token(page: str) -> str:
    marker = 'name="csrfmiddlewaretoken" value="'
    if marker not in page:
        raise Unfinished
    return page.split(marker, 1)[1].split('"', 1)[0]


def crowd(url: str, made: Mapping[str, object]) -> dict[str, Person]:
    """The people that `peopling` made."""
    password = str(made["password"])
    found: dict[str, Person] = {}
    people = made["people"]
    assert isinstance(people, dict)
    for name, kept in people.items():
        found[name] = Person(url, name, password, kept["codes"], kept["totp"])
    return found
