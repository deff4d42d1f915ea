"""Secrets that are made once and kept in the state directory, readable by their owner only."""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Callable
from pathlib import Path


def keep_once(path: Path, make: Callable[[], str]) -> str:
    """The text in `path` (mode 0600); made by `make` and written if the file is not there.

    Of several processes that come first at once, one wins and all read what it wrote: the file
    appears whole, by a hard link that fails if it is there already. Raises OSError.
    """
    try:
        return path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        pass
    fresh = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(make() + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
    finally:
        fresh.unlink(missing_ok=True)
    return path.read_text(encoding="utf-8").strip()


def kept_secret_key(state_dir: Path) -> str:
    """Django's signing key."""
    return keep_once(state_dir / "secret_key", lambda: secrets.token_urlsafe(48))


def kept_seal_keys(state_dir: Path) -> str:
    """The sealing keys in the form of SEAL_KEYS: `id:base64`, newest first."""

    def make() -> str:
        return f"k{secrets.token_hex(3)}:{base64.b64encode(secrets.token_bytes(32)).decode()}"

    return keep_once(seal_key_file(state_dir), make)


def seal_key_file(state_dir: Path) -> Path:
    """Where the sealing keys are kept."""
    return state_dir / "seal_keys"


def kept_push_key(state_dir: Path) -> str:
    """The key that push services know us by (VAPID, RFC 8292): 32 bytes in URL-safe base64.

    Any number from 1 up to the order of P-256 is a private key of it; a random one of 255 bits is.
    """

    def make() -> str:
        number = (secrets.randbits(255) | 1).to_bytes(32)
        return base64.urlsafe_b64encode(number).decode().rstrip("=")

    return keep_once(state_dir / "push_key", make)


def kept_audit_key(state_dir: Path) -> str:
    """The key that signs checkpoints of the record (Ed25519, RFC 8032): 32 bytes in URL-safe
    base64. Any 32 bytes are a private key."""

    def make() -> str:
        return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("=")

    return keep_once(state_dir / "audit_key", make)


def random_password() -> str:
    """A password of 192 random bits without characters that need quoting."""
    return secrets.token_urlsafe(24)
