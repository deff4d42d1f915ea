"""How the record is vouched for, as the environment says it: keys, and where checkpoints go."""

from __future__ import annotations

from pathlib import Path

import environ

from config.keys import audit_keys_in
from config.secret_files import kept_audit_key
from config.variables import ConfigurationError, checked, kept, text

ROOT = Path(__file__).resolve().parent.parent


def audit_keys(raw: environ.Env, state_dir: Path) -> tuple[bytes, ...]:
    """The private key that signs, then the public keys of those before it.

    Raises ConfigurationError.
    """
    value = text(raw, "AUDIT_KEYS") or kept("AUDIT_KEYS", kept_audit_key, state_dir)
    return checked("AUDIT_KEYS", audit_keys_in, value)


def checkpoint_dir(raw: environ.Env, state_dir: Path) -> Path:
    """Where checkpoints are kept. One that was named is not made: what is to be mounted there may
    be away for a while, and a checkpoint beside it would be lost. Raises ConfigurationError."""
    value = text(raw, "AUDIT_CHECKPOINT_DIR")
    if value:
        return (ROOT / value).resolve()
    own = state_dir / "checkpoints"
    try:
        own.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            "AUDIT_CHECKPOINT_DIR", f"is not set and cannot be made: {own} ({error.strerror})."
        ) from error
    return own
