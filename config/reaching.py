"""How e-mail and text messages leave: the addresses in EMAIL_URL and SMS_URL, taken apart.

Nothing here echoes an address: it holds a password.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import formataddr, parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

import environ

from config.variables import ConfigurationError, text

SMTP_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
MAIL_SERVICES: Mapping[str, tuple[str, str]] = {
    # scheme → anymail's back-end, and the name it gives the key
    "brevo": ("anymail.backends.brevo.EmailBackend", "api_key"),
    "mailgun": ("anymail.backends.mailgun.EmailBackend", "api_key"),
    "mailjet": ("anymail.backends.mailjet.EmailBackend", "api_key"),
    "postmark": ("anymail.backends.postmark.EmailBackend", "server_token"),
    "resend": ("anymail.backends.resend.EmailBackend", "api_key"),
}
"""What django-anymail speaks to by HTTP: `scheme://KEY@` or `scheme://KEY@sender-domain`."""
TWILIO = "https://api.twilio.com"


class Unusable(ValueError):
    """The address cannot be used; the text says what it has to be like."""


@dataclass(frozen=True, slots=True)
class Mail:
    """How mail leaves: `file`, `smtp`, or one of the services."""

    way: str
    options: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """What the back-end is made with."""


@dataclass(frozen=True, slots=True)
class Texts:
    """How text messages leave: `file` or `twilio`."""

    way: str
    options: Mapping[str, str] = field(default_factory=dict, repr=False)


def mail(raw: environ.Env, state_dir: Path, demo: bool) -> Mail | None:
    """How mail leaves; None where it does not. Raises ConfigurationError."""
    address = _address(raw, "EMAIL_URL", demo)
    try:
        return mail_of(address, state_dir) if address else None
    except Unusable as error:
        raise ConfigurationError("EMAIL_URL", str(error)) from None


def texts(raw: environ.Env, state_dir: Path, demo: bool) -> Texts | None:
    """How text messages leave; None where they do not. Raises ConfigurationError."""
    address = _address(raw, "SMS_URL", demo)
    try:
        return texts_of(address, state_dir) if address else None
    except Unusable as error:
        raise ConfigurationError("SMS_URL", str(error)) from None


def mail_from(raw: environ.Env, base_url: str) -> str:
    """Whom mail comes from. Raises ConfigurationError."""
    value = text(raw, "EMAIL_FROM")
    if not value:
        return f"Holdfast <holdfast@{urlsplit(base_url).hostname}>"
    name, address = parseaddr(value)
    if "@" not in address or any(char in value for char in "\r\n"):
        raise ConfigurationError(
            "EMAIL_FROM", f"must be like Holdfast <id@example.org>, not {value!r}."
        )
    return formataddr((name, address))


def _address(raw: environ.Env, name: str, demo: bool) -> str:
    """With demo data a file where nothing else is said. Files hold codes and links in clear, so
    outside demo data nothing is written there."""
    value = text(raw, name) or ("file:" if demo else "")
    if value.startswith("file:") and not demo:
        raise ConfigurationError(name, "may be file: with demo data only: files hold codes.")
    return value


def mail_of(address: str, state_dir: Path) -> Mail:
    """What EMAIL_URL says. Raises Unusable."""
    parts = _split(address, "must be like smtp+starttls://user:password@mail.example.org:587.")
    if parts.scheme == "file":
        return Mail("file", {"place": str(state_dir / "mail")})
    if parts.scheme in SMTP_PORTS and parts.hostname:
        return Mail(
            "smtp",
            {
                "host": parts.hostname,
                "port": parts.port or SMTP_PORTS[parts.scheme],
                "username": unquote(parts.username or ""),
                "password": unquote(parts.password or ""),
                "use_tls": parts.scheme == "smtp+starttls",
                "use_ssl": parts.scheme == "smtps",
            },
        )
    if parts.scheme in MAIL_SERVICES and parts.username:
        backend, key = MAIL_SERVICES[parts.scheme]
        options: dict[str, Any] = {"backend": backend, key: unquote(parts.username)}
        if parts.password:
            options["secret_key"] = unquote(parts.password)
        if parts.hostname:
            options["sender_domain"] = parts.hostname
        return Mail(parts.scheme, options)
    known = ", ".join(("file", *SMTP_PORTS, *MAIL_SERVICES))
    raise Unusable(f"must name a server or a key, and begin with one of {known}.")


def texts_of(address: str, state_dir: Path) -> Texts:
    """What SMS_URL says. Raises Unusable."""
    wrong = "must be like twilio://ACCOUNT:TOKEN@?from=%2B351910000000."
    parts = _split(address, wrong)
    if parts.scheme == "file":
        return Texts("file", {"place": str(state_dir / "texts")})
    sender = parse_qs(parts.query).get("from", [""])[0]
    if not (parts.scheme in ("twilio", "twilio+http") and parts.username and parts.password):
        raise Unusable(wrong)
    if not sender:
        raise Unusable(f"{wrong[:-1]}: whom texts come from is missing.")
    base = TWILIO
    if parts.hostname:
        base = f"https://{parts.netloc.rpartition('@')[2]}"
    if parts.scheme == "twilio+http":
        if not _is_loopback(parts.hostname):
            raise Unusable("may go without TLS to this machine only, for trying out.")
        base = base.replace("https://", "http://", 1)
    return Texts(
        "twilio",
        {
            "base": base,
            "account": unquote(parts.username),
            "token": unquote(parts.password),
            "sender": sender,
        },
    )


def _split(address: str, wrong: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError as error:
        raise Unusable(wrong) from error
    return parts


def _is_loopback(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False
