"""Text messages: Twilio's Messages API over HTTPS, or files for trying out."""

from __future__ import annotations

from pathlib import Path

import httpx
from django.conf import settings

from fallbacks.channels.adapters import (
    TRY_SECONDS,
    Adapter,
    Outgoing,
    Receipt,
    TransportError,
    register_channel,
)

CHANNEL = "sms"
PERMANENT = frozenset({400, 404, 422})
"""Twilio's answers about this very message: a number that is none, that cannot be texted, or that
asked for silence (errors 21211, 21408, 21610, 21614 come with 400)."""


class FileTexts:
    """Into a directory, a file a text: for trying out on one machine."""

    def __init__(self, place: str) -> None:
        self._place = Path(place)

    def send(self, message: Outgoing) -> Receipt:
        """Write it. Raises TransportError."""
        try:
            self._place.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = self._place / f"{message.id}.txt"
            path.write_text(f"To: {message.to}\n\n{message.text}\n", encoding="utf-8")
            path.chmod(0o600)
        except OSError as error:
            raise TransportError("no_room", channel_down=True) from error
        return Receipt("written")


class TwilioTexts:
    """`POST /2010-04-01/Accounts/{account}/Messages.json`."""

    def __init__(self, base: str, account: str, token: str, sender: str) -> None:
        self._url = f"{base}/2010-04-01/Accounts/{account}/Messages.json"
        self._login, self._sender = (account, token), sender

    def send(self, message: Outgoing) -> Receipt:
        """Send it. Raises TransportError."""
        body = {"To": message.to, "From": self._sender, "Body": message.text}
        try:
            with (
                httpx.Client(timeout=TRY_SECONDS, follow_redirects=False, trust_env=False) as http,
                http.stream(
                    "POST",
                    self._url,
                    data=body,
                    auth=self._login,
                    headers={"Idempotency-Key": message.id},
                ) as answer,
            ):
                # Only the status counts; a body that breaks off must not cause a second text.
                if answer.status_code not in (200, 201):
                    raise _judged(answer.status_code)
        except httpx.TimeoutException as error:
            raise TransportError("timed_out", channel_down=True) from error
        except httpx.HTTPError as error:
            raise TransportError("unreachable", channel_down=True) from error
        return Receipt("accepted")


def _judged(status: int) -> TransportError:
    permanent = status in PERMANENT
    return TransportError(f"http_{status}", permanent=permanent, channel_down=not permanent)


def adapter() -> Adapter | None:
    """As SMS_URL says."""
    texts = settings.TEXTS
    if texts is None:
        return None
    if texts.way == "file":
        return FileTexts(**texts.options)
    return TwilioTexts(**texts.options)


register_channel(CHANNEL, adapter)
