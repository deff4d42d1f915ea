"""Keys as the environment gives them: read and checked, or one sentence why they cannot be used.

The sentence never holds the key.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

SEAL_KEY_BYTES = 32
PUSH_KEY_BYTES = 32
AUDIT_KEY_BYTES = 32
METRICS_TOKEN_LENGTH = 20
"""Characters: 20 random ones are more than 112 bits, which nobody guesses."""
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""How many points the curve of push keys has (FIPS 186-5)."""
NO_NAME = "mailto:holdfast@localhost"


def seal_keys_in(value: str) -> Mapping[str, bytes]:
    """Key id → AES-256 key, newest first. Raises ValueError."""
    keys: dict[str, bytes] = {}
    for entry in value.split(","):
        kid, _, encoded = entry.strip().partition(":")
        try:
            key = base64.b64decode(encoded.replace("-", "+").replace("_", "/"), validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if not re.fullmatch(r"[A-Za-z0-9_.-]{1,32}", kid) or len(key) != SEAL_KEY_BYTES:
            raise ValueError(
                "must be id:key pairs separated by commas, newest first, each key "
                f"{SEAL_KEY_BYTES} random bytes in base64."
            )
        if kid in keys:
            raise ValueError(f"names the key {kid!r} twice.")
        keys[kid] = key
    return keys


def push_key_in(value: str) -> str:
    """The private key that push services know us by, as it came. Raises ValueError."""
    try:
        key = base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != PUSH_KEY_BYTES or not 0 < int.from_bytes(key) < P256_ORDER:
        raise ValueError("must be a private key of P-256: 32 bytes in URL-safe base64.")
    return value


def audit_keys_in(value: str) -> tuple[bytes, ...]:
    """The private key of Ed25519 that signs checkpoints, then the public keys of those before it.

    Raises ValueError.
    """
    keys = []
    for entry in value.split(","):
        encoded = entry.strip() + "=" * (-len(entry.strip()) % 4)
        try:
            keys.append(base64.b64decode(encoded, altchars=b"-_", validate=True))
        except (binascii.Error, ValueError):
            keys.append(b"")
    if any(len(key) != AUDIT_KEY_BYTES for key in keys):
        raise ValueError(
            "must be a private key of Ed25519 and, after commas, the public keys of earlier ones, "
            f"each {AUDIT_KEY_BYTES} bytes in URL-safe base64."
        )
    return tuple(keys)


def push_contact_in(value: str) -> str:
    """Where a push service can reach who runs this, as it came. Raises ValueError."""
    if not re.fullmatch(r"mailto:[^@\s]+@[\w.-]+|https://[\w-]+\.[\w.-]+", value, re.ASCII):
        raise ValueError(
            f"must be like mailto:ops@example.org or https://example.org, not {value!r}."
        )
    return value


def metrics_token_in(value: str) -> str:
    """The bearer token of `/metrics`, as it came; empty where none is set. Raises ValueError."""
    if value and (len(value) < METRICS_TOKEN_LENGTH or not re.fullmatch(r"[\x21-\x7e]+", value)):
        raise ValueError(f"must be at least {METRICS_TOKEN_LENGTH} random characters.")
    return value


def default_contact(base_url: str) -> str:
    """The host that people reach us by, where it has a name and HTTPS."""
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    named = parts.scheme == "https" and "." in host and ":" not in host
    return f"https://{host}" if named else NO_NAME
