"""One signal, and which kinds and values there are (P1, P6). Pure."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from presence.rules import KINDS

VALUES: Mapping[str, frozenset[str]] = MappingProxyType(
    dict.fromkeys(KINDS, frozenset({""}))
    | {
        "heartbeat": frozenset({"", "foreground", "background"}),
        "permission": frozenset({"granted", "denied"}),
        "network": frozenset({"lost", "returned"}),
    }
)
"""The values each kind may carry; nothing finer is ever stored (P6)."""

WORDS = frozenset((kind, value) for kind, values in VALUES.items() for value in values)
"""Every pair of kind and value there is."""


@dataclass(frozen=True, slots=True)
class SignalIn:
    """One observation about `subject_id` at `observed_at` (aware)."""

    subject_id: int
    kind: str
    observed_at: datetime
    value: str = ""
    device_id: uuid.UUID | None = None


def wrong_word(signal: SignalIn) -> str | None:
    """Why a signal cannot be one at all, or None: its kind or its value is not known."""
    values = VALUES.get(signal.kind)
    if values is None:
        return "unknown_kind"
    return None if signal.value in values else "wrong_value"
