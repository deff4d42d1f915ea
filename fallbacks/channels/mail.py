"""E-mail: by SMTP with a time limit on the whole of it, by a service, or into files for trying out.

A mail that the server took is sent, whatever happens to the connection afterwards: a second one is
never sent for a goodbye that went wrong.
"""

from __future__ import annotations

import contextlib
import smtplib
import socket
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import BadHeaderError
from django.core.validators import validate_email
from django.utils.module_loading import import_string

from fallbacks.channels.adapters import (
    TRY_SECONDS,
    WHOLE_SECONDS,
    Adapter,
    Outgoing,
    Receipt,
    TransportError,
    register_channel,
)

CHANNEL = "email"
GOODBYE_SECONDS = 1.0
TRANSIENT_OF_ONE = frozenset({450, 451, 452})
"""The server works and asks to come again with this mail (RFC 5321 §4.2.3)."""


def letter_of(message: Outgoing) -> EmailMultiAlternatives:
    """The mail: to one address, plain text with the same in simple HTML, a stable Message-ID."""
    domain = settings.MAIL_FROM.rpartition("@")[2].rstrip(">")
    letter = EmailMultiAlternatives(
        subject=message.subject,
        body=message.text,
        from_email=settings.MAIL_FROM,
        to=[message.to],
        headers={
            "Message-ID": f"<{message.id}@{domain}>",
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
    )
    if message.html:
        letter.attach_alternative(message.html, "text/html")
    return letter


class FileMail:
    """Into a directory, a file a mail: for trying out on one machine."""

    def __init__(self, place: str) -> None:
        self._place = Path(place)

    def send(self, message: Outgoing) -> Receipt:
        """Write it; a second try under the same id writes the same file. Raises TransportError."""
        try:
            self._place.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = self._place / f"{message.id}.eml"
            path.write_bytes(_checked(message).message().as_bytes())
            path.chmod(0o600)
        except OSError as error:
            raise TransportError("no_room", channel_down=True) from error
        return Receipt("written")


class _Bounded:
    """Mixed into smtplib's client: whoever holds `guard` can shut its connection at any moment."""

    sock: socket.socket | None

    def __init__(self, *args: Any, guard: list[Any], **kwargs: Any) -> None:
        guard.append(self)
        super().__init__(*args, **kwargs)


class _BoundedSMTP(_Bounded, smtplib.SMTP):
    """Plain, or with STARTTLS."""


class _BoundedSMTPS(_Bounded, smtplib.SMTP_SSL):
    """With TLS from the first byte."""


class _Backend(EmailBackend):
    """Django's, with clients that can be shut from outside."""

    def __init__(self, guard: list[Any], **options: Any) -> None:
        super().__init__(timeout=TRY_SECONDS, **options)
        self._guard = guard

    @property
    def connection_class(self) -> Any:
        """What makes the client."""
        return partial(_BoundedSMTPS if self.use_ssl else _BoundedSMTP, guard=self._guard)


class SmtpMail:
    """By SMTP, a connection a mail."""

    def __init__(self, options: dict[str, Any]) -> None:
        self._options = options

    def send(self, message: Outgoing) -> Receipt:
        """Send it. Raises TransportError."""
        letter = _checked(message)
        guard: list[Any] = []
        backend = _Backend(guard, **self._options)
        with _shut_after(WHOLE_SECONDS, guard):
            try:
                backend.open()
                backend.send_messages([letter])
            except (smtplib.SMTPException, OSError) as error:
                raise _judged(error) from error
            finally:
                _say_goodbye(backend, guard)
        return Receipt("accepted")


def _say_goodbye(backend: EmailBackend, guard: list[Any]) -> None:
    """Close the connection, and wait no longer than a moment: the mail is taken or refused."""
    for client in guard:
        held = getattr(client, "sock", None)
        if held is not None:
            held.settimeout(GOODBYE_SECONDS)
    with contextlib.suppress(smtplib.SMTPException, OSError):
        backend.close()


@contextlib.contextmanager
def _shut_after(seconds: float, guard: list[Any]) -> Iterator[None]:
    """Shut the connection from under whoever waits for it: a server that sends a byte now and
    then would hold them for ever."""

    def shut() -> None:
        for client in guard:
            held = getattr(client, "sock", None)
            if held is not None:
                with contextlib.suppress(OSError):
                    held.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, shut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _judged(error: Exception) -> TransportError:
    """What an error of SMTP means for the message and for the channel."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return TransportError("smtp_login", channel_down=True)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
        return _by_code(codes[0] if codes else 0)
    if isinstance(error, smtplib.SMTPResponseException):
        return _by_code(error.smtp_code)
    if isinstance(error, TimeoutError):
        return TransportError("timed_out", channel_down=True)
    return TransportError("unreachable", channel_down=True)


def _by_code(code: int) -> TransportError:
    permanent = 500 <= code < 600
    down = not permanent and code not in TRANSIENT_OF_ONE
    return TransportError(f"smtp_{code}", permanent=permanent, channel_down=down)


class ServiceMail:
    """By a service that django-anymail speaks to."""

    def __init__(self, backend: str, options: dict[str, Any]) -> None:
        self._backend, self._options = backend, options

    def send(self, message: Outgoing) -> Receipt:
        """Send it. Raises TransportError."""
        letter = _checked(message)
        backend = import_string(self._backend)(timeout=TRY_SECONDS, **self._options)
        try:
            backend.open()
            # Our key goes to the service and nowhere that it, or our surroundings, point to.
            backend.session.max_redirects = 0
            backend.session.trust_env = False
            backend.send_messages([letter])
        except Exception as error:  # anymail's own, and those of its HTTP library
            if not _was_taken(error):
                raise _judged_service(error) from error
        finally:
            with contextlib.suppress(Exception):
                backend.close()
        return Receipt("accepted")


def _was_taken(error: Exception) -> bool:
    """The service said yes in words that nobody understood: a second mail is not sent for that."""
    status = getattr(error, "status_code", None) or 0
    return status // 100 == 2 and type(error).__name__ == "AnymailRequestsAPIError"


def _judged_service(error: Exception) -> TransportError:
    status = getattr(error, "status_code", None)
    if type(error).__name__ in ("AnymailRecipientsRefused", "AnymailInvalidAddress"):
        return TransportError("refused", permanent=True)
    if status is None:
        # anymail's error is one of its HTTP library as well
        late = any(kind.__name__ == "Timeout" for kind in type(error).__mro__)
        return TransportError("timed_out" if late else "unreachable", channel_down=True)
    permanent = status in (400, 406, 413, 422)
    return TransportError(f"http_{status}", permanent=permanent, channel_down=not permanent)


def _checked(message: Outgoing) -> EmailMultiAlternatives:
    """The mail, whose headers nobody has slipped a line into. Raises TransportError."""
    letter = letter_of(message)
    try:
        validate_email(message.to)
        letter.message()
    except (ValidationError, BadHeaderError, UnicodeError, ValueError) as error:
        raise TransportError("bad_address", permanent=True) from error
    return letter


def adapter() -> Adapter | None:
    """As EMAIL_URL says."""
    mail = settings.MAIL
    if mail is None:
        return None
    options = dict(mail.options)
    if mail.way == "file":
        return FileMail(**options)
    if mail.way == "smtp":
        return SmtpMail(options)
    return ServiceMail(options.pop("backend"), options)


register_channel(CHANNEL, adapter)
