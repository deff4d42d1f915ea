"""The environment: every variable Holdfast reads, checked in one place before anything starts.

A wrong value is one clear sentence that names the variable, never a traceback. `.env` in the
root of the project is read too; what the process was started with goes before it. Whatever is
not set has a default that is safe for trying out on one machine. `.env.example` tells of each.
"""

from __future__ import annotations

import ipaddress
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from config.key_file import KeyFile
from config.keys import (
    default_contact,
    metrics_token_in,
    push_contact_in,
    push_key_in,
    seal_keys_in,
)
from config.reaching import Mail, Texts, mail, mail_from, texts
from config.recording import audit_keys, checkpoint_dir
from config.secret_files import kept_push_key, kept_seal_keys, kept_secret_key, seal_key_file
from config.variables import ConfigurationError as ConfigurationError
from config.variables import boolean, checked, choice, kept, text, whole_number

ROOT = Path(__file__).resolve().parent.parent

VARIABLES = (
    "HOST",
    "PORT",
    "BASE_URL",
    "ALLOWED_HOSTS",
    "DATABASE_URL",
    "CELERY_BROKER_URL",
    "SECRET_KEY",
    "SEAL_KEYS",
    "PUSH_KEY",
    "PUSH_CONTACT",
    "AUDIT_KEYS",
    "AUDIT_CHECKPOINT_DIR",
    "DEMO",
    "DEBUG",
    "WEBHOOK_ALLOWED_NETWORKS",
    "TRUSTED_PROXY_HOPS",
    "WEB_WORKERS",
    "SIGNAL_RETENTION_DAYS",
    "EMAIL_URL",
    "EMAIL_FROM",
    "SMS_URL",
    "SMS_AN_HOUR",
    "CHANNEL_SLOTS",
    "METRICS_TOKEN",
    "LOG_LEVEL",
    "STATE_DIR",
    "ENV_FILE",
)

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
BROKER_PACKAGES = {
    "pgmq": "pgmq",
    "redis": "redis",
    "rediss": "redis",
    "amqp": "amqp",
    "amqps": "amqp",
    "memory": "kombu",
}
SECRET_KEY_LENGTH = 50  # what Django's own deployment check asks for (security.W009)
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Environment:
    """What the variables said, checked and typed. Paths are absolute."""

    host: str
    port: int
    base_url: str
    allowed_hosts: tuple[str, ...]
    database: Mapping[str, Any] | None
    """Django's settings of the database; None means the embedded server."""
    broker_url: str
    """Empty means `pgmq://` on the database itself."""
    secret_key: str
    seal_keys: Mapping[str, bytes]
    """Key id → AES-256 key, newest first."""
    push_key: str
    """What push services know us by: the private key, 32 bytes in URL-safe base64."""
    push_contact: str
    """Where a push service can reach who runs this: `mailto:` or `https:`."""
    audit_keys: tuple[bytes, ...]
    """The private key that signs checkpoints, then public keys of earlier ones."""
    audit_checkpoint_dir: Path
    demo: bool
    debug: bool
    webhook_allowed_networks: tuple[Network, ...]
    trusted_proxy_hops: int
    web_workers: int
    signal_retention_days: int
    mail: Mail | None
    """None: nothing is sent by e-mail."""
    mail_from: str
    texts: Texts | None
    """None: nothing is sent by text message."""
    texts_an_hour: int
    channel_slots: int
    metrics_token: str
    """Empty: the figures are for this machine alone."""
    log_level: str
    state_dir: Path

    @property
    def secure(self) -> bool:
        """Whether people reach the product over HTTPS."""
        return self.base_url.startswith("https://")


def load() -> Environment:
    """Read `.env` and the process's variables.

    Raises ConfigurationError for the first value that cannot be used. The two secrets that
    are not set are made once and kept, readable by their owner only, in the state directory.
    """
    _read_env_file(os.environ.get("ENV_FILE", ".env"))
    raw = environ.Env()
    port = whole_number(raw, "PORT", 8000, 1, 65535)
    host = _host(raw)
    base_url = _base_url(raw, host, port)
    database = _database(raw)
    state_dir = _state_dir(raw)
    demo = boolean(raw, "DEMO", database is None)
    return Environment(
        host=host,
        port=port,
        base_url=base_url,
        allowed_hosts=_allowed_hosts(raw, host, base_url),
        database=database,
        broker_url=_broker_url(raw),
        demo=demo,
        debug=boolean(raw, "DEBUG", False),
        webhook_allowed_networks=_networks(raw),
        trusted_proxy_hops=whole_number(raw, "TRUSTED_PROXY_HOPS", 0, 0, 10),
        web_workers=whole_number(raw, "WEB_WORKERS", 2, 1, 64),
        signal_retention_days=whole_number(raw, "SIGNAL_RETENTION_DAYS", 14, 1, 366),
        mail=mail(raw, state_dir, demo),
        mail_from=mail_from(raw, base_url),
        texts=texts(raw, state_dir, demo),
        texts_an_hour=whole_number(raw, "SMS_AN_HOUR", 200, 1, 5000),
        channel_slots=whole_number(raw, "CHANNEL_SLOTS", 8, 1, 200),
        metrics_token=checked("METRICS_TOKEN", metrics_token_in, text(raw, "METRICS_TOKEN")),
        log_level=choice(raw, "LOG_LEVEL", "INFO", LOG_LEVELS),
        state_dir=state_dir,
        secret_key=_secret_key(raw, state_dir),
        seal_keys=_seal_keys(raw, state_dir),
        push_key=_push_key(raw, state_dir),
        push_contact=_push_contact(raw, base_url),
        audit_keys=audit_keys(raw, state_dir),
        audit_checkpoint_dir=checkpoint_dir(raw, state_dir),
    )


def load_or_exit() -> Environment:
    """`load`, or the sentence on standard error and exit code 2, whoever asked."""
    try:
        return load()
    except ConfigurationError as error:
        refuse(str(error))


def refuse(sentence: str) -> NoReturn:
    """Say why Holdfast cannot start and leave with exit code 2."""
    print(f"holdfast: {sentence}", file=sys.stderr, flush=True)
    raise SystemExit(2)


def _read_env_file(name: str) -> None:
    if not name:
        return
    path = ROOT / name
    if path.is_file():
        try:
            environ.Env.read_env(path)
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError("ENV_FILE", f"cannot be read: {path} ({error}).") from error


def _host(raw: environ.Env) -> str:
    value = text(raw, "HOST") or "127.0.0.1"
    if not re.fullmatch(r"[A-Za-z0-9.:-]+", value):
        raise ConfigurationError("HOST", f"must be an address or a host name, not {value!r}.")
    return value


def _base_url(raw: environ.Env, host: str, port: int) -> str:
    value = text(raw, "BASE_URL").rstrip("/")
    if not value:
        seen_as = "127.0.0.1" if host in ("0.0.0.0", "::") else host
        return f"http://{f'[{seen_as}]' if ':' in seen_as else seen_as}:{port}"
    wrong = f"must be like https://id.example.org, without a path, not {value!r}."
    try:
        parts = urlsplit(value)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError as error:
        raise ConfigurationError("BASE_URL", wrong) from error
    if not usable or parts.path or parts.query or parts.fragment or parts.username:
        raise ConfigurationError("BASE_URL", wrong)
    return value


def _allowed_hosts(raw: environ.Env, host: str, base_url: str) -> tuple[str, ...]:
    value = text(raw, "ALLOWED_HOSTS")
    if value:
        hosts = [part.strip() for part in value.split(",") if part.strip()]
        for name in hosts:
            if "/" in name or " " in name:
                raise ConfigurationError(
                    "ALLOWED_HOSTS", f"must be host names separated by commas, not {name!r}."
                )
        return tuple(hosts)
    public = urlsplit(base_url).hostname or ""
    names = ["127.0.0.1", "localhost", "[::1]", f"[{public}]" if ":" in public else public]
    if host not in ("0.0.0.0", "::") and ":" not in host:
        names.append(host)
    return tuple(dict.fromkeys(names))


def _database(raw: environ.Env) -> Mapping[str, Any] | None:
    value = text(raw, "DATABASE_URL")
    if not value:
        return None
    wrong = "must be like postgresql://user:password@host:5432/name."  # never echoed: a password
    try:
        parts = urlsplit(value)
        _ = parts.port
        if parts.scheme not in ("postgres", "postgresql") or not parts.path.strip("/"):
            raise ConfigurationError("DATABASE_URL", wrong)
        found: dict[str, Any] = raw.db_url_config(value)
    except (ValueError, ImproperlyConfigured) as error:
        raise ConfigurationError("DATABASE_URL", wrong) from error
    found["ENGINE"] = "django.db.backends.postgresql"
    return found


def _broker_url(raw: environ.Env) -> str:
    value = text(raw, "CELERY_BROKER_URL")
    if not value:
        return ""
    scheme, separator, _ = value.partition("://")
    if not separator or scheme not in BROKER_PACKAGES:
        raise ConfigurationError(
            "CELERY_BROKER_URL",
            f"must begin with one of {', '.join(f'{name}://' for name in BROKER_PACKAGES)}.",
        )
    if find_spec(BROKER_PACKAGES[scheme]) is None:
        raise ConfigurationError(
            "CELERY_BROKER_URL",
            f"is {scheme}://, which needs the Python package {BROKER_PACKAGES[scheme]}: "
            f"pip install {BROKER_PACKAGES[scheme]}.",
        )
    try:
        _ = urlsplit(value).port
    except ValueError as error:
        raise ConfigurationError("CELERY_BROKER_URL", "has a port that is no number.") from error
    return value


def _networks(raw: environ.Env) -> tuple[Network, ...]:
    networks: list[Network] = []
    for part in text(raw, "WEBHOOK_ALLOWED_NETWORKS").split(","):
        if not part.strip():
            continue
        try:
            networks.append(ipaddress.ip_network(part.strip()))
        except ValueError as error:
            raise ConfigurationError(
                "WEBHOOK_ALLOWED_NETWORKS",
                f"must be networks like 10.1.0.0/16 separated by commas, not {part.strip()!r}.",
            ) from error
    return tuple(networks)


def _state_dir(raw: environ.Env) -> Path:
    path = (ROOT / (text(raw, "STATE_DIR") or "var")).resolve()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            "STATE_DIR", f"cannot be used: {path} ({error.strerror or error})."
        ) from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise ConfigurationError("STATE_DIR", f"cannot be written to: {path}.")
    return path


def _secret_key(raw: environ.Env, state_dir: Path) -> str:
    value = text(raw, "SECRET_KEY")
    if not value:
        return kept("SECRET_KEY", kept_secret_key, state_dir)
    if len(value) < SECRET_KEY_LENGTH or len(set(value)) < 5:
        raise ConfigurationError(
            "SECRET_KEY", f"must be at least {SECRET_KEY_LENGTH} random characters."
        )
    return value


def _seal_keys(raw: environ.Env, state_dir: Path) -> Mapping[str, bytes]:
    value = text(raw, "SEAL_KEYS")
    if value:
        return checked("SEAL_KEYS", seal_keys_in, value)
    kept("SEAL_KEYS", kept_seal_keys, state_dir)
    return checked("SEAL_KEYS", KeyFile, seal_key_file(state_dir))


def _push_key(raw: environ.Env, state_dir: Path) -> str:
    value = text(raw, "PUSH_KEY") or kept("PUSH_KEY", kept_push_key, state_dir)
    return checked("PUSH_KEY", push_key_in, value)


def _push_contact(raw: environ.Env, base_url: str) -> str:
    value = text(raw, "PUSH_CONTACT") or default_contact(base_url)
    return checked("PUSH_CONTACT", push_contact_in, value)
