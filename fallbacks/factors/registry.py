"""Where a factor's module says how it is verified and where its credentials stand.

A module registers once, when the app is ready. Nothing else knows one factor from another: the
gate, the pages, the hot query over what a person has and the fingerprint of their credentials all
ask here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Protocol

from fallbacks.factors.catalogue import FACTORS
from fallbacks.models import Challenge


@dataclass(frozen=True, slots=True)
class Delivered:
    """A match that is worth less than its factor can be: a passkey that may be copied, say."""

    aal: int


class Verifier(Protocol):
    """How one factor is checked. The gate has counted the guess before either looks at it."""

    def canonical(self, answer: object) -> Any:
        """The one spelling of `answer`, settled before anything is compared (F03).

        Raises MalformedCode for what cannot be an answer; that is a slip and not counted.
        """

    def spend(
        self, user_id: int, canonical: Any, challenge: Challenge | None, now: datetime
    ) -> bool | Delivered:
        """Whether it matches, used up by one conditional write (F01): true for one caller only."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One credential of a person as the pages list it; never a secret. `left` counts what is
    left of one that runs out."""

    factor: str
    id: str
    name: str
    added_at: datetime | None = None
    used_at: datetime | None = None
    left: int | None = None


@dataclass(frozen=True, slots=True)
class Registered:
    """A factor that works here.

    `held_sql` selects `(factor, usable, mark)`, a row a credential of person `%(who)s`: whether
    it can be used now, and a text that changes whenever the credential does and holds no secret.
    `kept` lists the same credentials for people, in one query; `remove` takes one away by its id
    (False where the person has no such one). `changes` are the kinds of `FactorChange` it takes.
    """

    factor: str
    verifier: Verifier
    held_sql: str
    kept: Callable[[int], Sequence[Kept]]
    remove: Callable[[int, str], bool]
    changes: frozenset[str] = frozenset({"enrol", "remove"})
    runs_out: bool = False
    """Its credentials are used up one by one; `kept` says how many are left."""
    needs_challenge: bool = False
    """The answer belongs to a challenge of ours, which has to be live and this person's. A match
    ends it: `spend` moves it to answered."""
    ask: Callable[[Challenge, datetime], None] | None = None
    """Carries a new challenge to the person, in the transaction that it is written in."""


_registered: dict[str, Registered] = {}


def register(entry: Registered) -> None:
    """Let a declared factor be used. Raises LookupError for one that is not declared."""
    if entry.factor not in FACTORS:
        raise LookupError(f"no factor is declared as {entry.factor}")
    _registered[entry.factor] = entry
    held_sql.cache_clear()


def registered(factor: str) -> Registered | None:
    """How `factor` is verified; None where its module is not there."""
    return _registered.get(factor)


def is_enrollable(factor: str) -> bool:
    """Whether a person can have this factor here; nobody has support, whoever asks for it."""
    entry = _registered.get(factor)
    return entry is not None and bool(entry.changes)


def all_registered() -> tuple[Registered, ...]:
    """Every factor that works here, in the order of the catalogue."""
    return tuple(_registered[name] for name in FACTORS if name in _registered)


@cache
def held_sql() -> str:
    """One query over every credential of person `%(who)s`."""
    return "\nUNION ALL\n".join(f"({entry.held_sql})" for entry in all_registered())
