"""How a declaration reads. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kept:
    """Columns kept together: `what` they are (`inventory.what.<what>`), `why` they are kept, and
    for how long (`inventory.why.…`, `inventory.kept.…`)."""

    what: str
    why: str
    kept: str
    columns: str = ""
    """Their names, with spaces between."""
    staff: bool = False
    """They are about members of staff in their work only."""


@dataclass(frozen=True, slots=True)
class Table:
    """One model: its personal columns, and the names of those that say nothing about anybody."""

    personal: tuple[Kept, ...] = ()
    technical: str = ""
