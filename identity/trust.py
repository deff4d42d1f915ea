"""Trust: what the evidence of earlier proofs is still worth for this action, now (D7, D8). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from identity.policy import facts as f
from identity.policy.decision import FACTOR_CEILING, Aal


@dataclass(frozen=True, slots=True)
class EvidenceFact:
    """One record of a verified factor, as seen from this request. None means unknown."""

    factor: str
    aal: int
    age: float
    """Seconds since the factor was verified."""
    same_device: bool | None = None
    same_network: bool | None = None
    bound_here: bool = False
    """Given for this very action: the answer to its challenge."""
    expired: bool = False


@dataclass(frozen=True, slots=True)
class TrustAges:
    """For one sensitivity, in seconds: up to when a proof is fresh, up to when recent (the fraud
    window each accepts), and the half-life of what it is worth."""

    fresh: int
    recent: int
    half_life: int


@dataclass(frozen=True, slots=True)
class TrustTable:
    """The table anchor × sensitivity of a policy version.

    `share` shortens every age in a mode (percent); below `worthless_below` (percent) a proof is
    worth nothing.
    """

    ages: Mapping[f.Sensitivity, TrustAges]
    share: Mapping[f.Mode, int]
    worthless_below: int


@dataclass(frozen=True, slots=True)
class Trust:
    """The level, why, and what the best evidence is worth (1 … 0)."""

    level: f.Trust
    reasons: tuple[str, ...]
    worth: float = 0.0


REASON_CODES = frozenset(
    {
        "no_proof",
        "proof_fresh",
        "proof_recent",
        "proof_stale",
        "proof_expired",
        "proof_worthless",
        "assurance_low",
        "device_changed",
        "network_changed",
        "device_unknown",
        "network_unknown",
        "outage_shortens",
    }
)
"""Every reason that trust can give: each has a sentence. Two are shared with risk."""

NOTHING = Trust(f.Trust.NONE, ("no_proof",))


def assess(
    evidence: Sequence[EvidenceFact], sensitivity: str, mode: str, table: TrustTable
) -> Trust:
    """The best that any one piece of `evidence` gives; pieces never add up.

    `sensitivity` and `mode` are words of the facts; unknown ones count as the strictest. The
    reasons are of `REASON_CODES`.
    """
    ages = table.ages[f.Sensitivity.of(sensitivity)]
    now_in = f.Mode.of(mode)
    share = table.share[now_in]
    found = [_worth(fact, ages, share, table.worthless_below) for fact in evidence]
    best = min(found, key=lambda trust: (trust.level, -trust.worth), default=NOTHING)
    if best.level != f.Trust.FRESH and found and share < table.share[f.Mode.NORMAL]:
        return Trust(best.level, (*best.reasons, "outage_shortens"), best.worth)
    return best


def _worth(fact: EvidenceFact, ages: TrustAges, share: int, worthless_below: int) -> Trust:
    if fact.expired or fact.age < 0:
        return Trust(f.Trust.NONE, ("proof_expired",))
    if not fact.bound_here:  # what answers this action's own challenge may come from elsewhere
        if fact.same_device is False:
            return Trust(f.Trust.NONE, ("device_changed",))
        if fact.same_network is False:
            return Trust(f.Trust.NONE, ("network_changed",))
    aged = fact.age * 100 / share
    worth = 0.5 ** (aged / ages.half_life)
    if worth * 100 < worthless_below:
        return Trust(f.Trust.NONE, ("proof_worthless",))
    if min(fact.aal, FACTOR_CEILING.get(fact.factor, Aal.NONE)) < Aal.TWO:
        return Trust(f.Trust.STALE, ("assurance_low",), worth)
    unknown = () if fact.bound_here else _unknowns(fact)
    if aged <= ages.fresh and not unknown:
        return Trust(f.Trust.FRESH, ("proof_fresh",), worth)
    if aged <= ages.recent:
        return Trust(f.Trust.RECENT, ("proof_recent", *unknown), worth)
    return Trust(f.Trust.STALE, ("proof_stale", *unknown), worth)


def _unknowns(fact: EvidenceFact) -> tuple[str, ...]:
    return tuple(
        code
        for code, same in (
            ("device_unknown", fact.same_device),
            ("network_unknown", fact.same_network),
        )
        if same is None
    )
