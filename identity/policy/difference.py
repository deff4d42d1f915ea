"""What changes between two policies, computed over every situation and grouped by rule. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum

from identity.policy.compiled import CompiledPolicy
from identity.policy.decision import Decision, Obligations, Outcome
from identity.policy.facts import SPACE_SIZE
from identity.policy.region import facts_at, region


class Direction(StrEnum):
    """Where a change leads. What is alike has none."""

    LOOSER = "looser"
    STRICTER = "stricter"
    OTHERWISE = "otherwise"


STRICTNESS: Mapping[Outcome, int] = {
    Outcome.PROCEED: 0,
    Outcome.PROCEED_THEN_CONFIRM: 1,
    Outcome.CHALLENGE: 2,
    Outcome.QUEUE: 2,
    Outcome.READ_ONLY: 2,
    Outcome.FALLBACK: 2,
    Outcome.BLOCK: 3,
}
"""No new proof, a confirmation afterwards, a proof before, a person. The four ways of asking for a
proof differ in when and how they ask, not in how strict they are."""

_OBLIGATIONS = tuple(field.name for field in fields(Obligations))
_MORE_IS_STRICTER = ("required_aal", "phishing_resistant", "approvals")
_LESS_IS_STRICTER = ("max_proof_age", "challenge_ttl", "window", "grace", "confirm_within")


@dataclass(frozen=True, slots=True)
class Change:
    """Situations that one rule decided and another decides now, with the same effect."""

    direction: Direction
    old_rule: str
    new_rule: str
    old_outcome: Outcome
    new_outcome: Outcome
    moved: tuple[str, ...]
    """What is different: `outcome`, fields of `Obligations`, `reasons`."""
    count: int
    example: Mapping[str, str]
    """The first of the situations, every fact by its word."""
    where: Mapping[str, tuple[str, ...]]
    """What the situations have in common: see `region`."""


@dataclass(frozen=True, slots=True)
class Difference:
    """The counts add up to `situations`."""

    situations: int
    stricter: int
    looser: int
    otherwise: int
    changes: tuple[Change, ...]
    """Looser ones first, then stricter, then the rest; within each the most frequent first."""

    @property
    def same(self) -> int:
        """Situations that both decide alike."""
        return self.situations - self.stricter - self.looser - self.otherwise


def compare(old: CompiledPolicy, new: CompiledPolicy) -> Difference:
    """What the new policy decides otherwise than the old one, over all situations.

    The outcome speaks first, in the order of `STRICTNESS`. Where it is equally strict, the
    obligations do: stricter is a higher level, phishing resistance, more approvals, fewer permitted
    factors, a younger proof, and a shorter challenge, window or grace. A change with moves both
    ways, or only in what has no direction (another way of asking, retries, the step on expiry,
    reading meanwhile, whom to tell, the reasons), is `otherwise`. A rule that merely has another
    name changes nothing.
    """
    groups: dict[tuple[int, int], list[int]] = {}
    for place, (before, after) in enumerate(zip(old.table, new.table, strict=True)):
        if before is not after:
            groups.setdefault((id(before), id(after)), []).append(place)
    changes = []
    for places in groups.values():
        before, after = old.table[places[0]], new.table[places[0]]
        direction, moved = judge(before, after)
        if direction is not None:
            changes.append(
                Change(
                    direction=direction,
                    old_rule=before.rule_id,
                    new_rule=after.rule_id,
                    old_outcome=before.outcome,
                    new_outcome=after.outcome,
                    moved=moved,
                    count=len(places),
                    example=facts_at(places[0]).words(),
                    where=region(places),
                )
            )
    order = list(Direction)
    changes.sort(
        key=lambda one: (order.index(one.direction), -one.count, one.old_rule, one.new_rule)
    )
    totals = {
        direction: sum(one.count for one in changes if one.direction is direction)
        for direction in Direction
    }
    return Difference(
        situations=SPACE_SIZE,
        stricter=totals[Direction.STRICTER],
        looser=totals[Direction.LOOSER],
        otherwise=totals[Direction.OTHERWISE],
        changes=tuple(changes),
    )


def judge(before: Decision, after: Decision) -> tuple[Direction | None, tuple[str, ...]]:
    """Where the change between two decisions leads (None: they say the same) and what moved."""
    old, new = before.obligations, after.obligations
    moved = [
        *(["outcome"] if before.outcome is not after.outcome else []),
        *(name for name in _OBLIGATIONS if getattr(old, name) != getattr(new, name)),
        *(["reasons"] if before.reasons != after.reasons else []),
    ]
    if not moved:
        return None, ()
    rank = STRICTNESS[after.outcome] - STRICTNESS[before.outcome]
    steps = {rank} if rank else {step for name in moved for step in _steps(name, old, new)}
    stricter, looser = any(step > 0 for step in steps), any(step < 0 for step in steps)
    if stricter == looser:
        return Direction.OTHERWISE, tuple(moved)
    return (Direction.STRICTER if stricter else Direction.LOOSER), tuple(moved)


def _steps(name: str, old: Obligations, new: Obligations) -> tuple[int, ...]:
    """Above 0 where `name` became stricter, below where looser; nothing where it says neither."""
    if name in _MORE_IS_STRICTER:
        return (int(getattr(new, name)) - int(getattr(old, name)),)
    if name in _LESS_IS_STRICTER:
        return (int(getattr(old, name)) - int(getattr(new, name)),)
    if name == "permitted_factors":
        lost = old.permitted_factors - new.permitted_factors
        gained = new.permitted_factors - old.permitted_factors
        return len(lost), -len(gained)
    return ()
