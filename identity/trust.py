"""Trust: what the evidence of earlier proofs is still worth for this action, now (D7, D8). Pure.

Evidence is kept, authority never: nothing is allowed because it was allowed before.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from identity.policy import facts as f
from identity.policy.decision import FACTOR_CEILING, Aal


@dataclass(frozen=True, slots=True)
class EvidenceFact:
    """One record of a verified factor, as seen from this request.

    None means unknown. What is not said to hold does not: the defaults are the strict ones.
    """

    factor: str
    aal: int
    age: float
    """Seconds since the factor was verified."""
    same_device: bool | None = None
    same_network: bool | None = None
    same_country: bool | None = None
    same_application: bool | None = None
    """Given for something that the same application asked for."""
    same_credentials: bool | None = None
    """Password and factors are still those that the person had when it was given."""
    session_active: bool | None = None
    device_active: bool = False
    account_calm: bool = False
    """No misuse above the policy's threshold was reported or seen on the account since."""
    risk_bearable: bool = False
    """The risk of this request is not red."""
    since_outage: bool = False
    """No outage came to its end after it was given."""
    bound_here: bool = False
    """Given for this very action: the answer to its challenge."""
    expired: bool = False


@dataclass(frozen=True, slots=True)
class Trigger:
    """Something that ends what a proof is worth, at once (D8).

    `holds` says whether the proof stands up to it (None: unknown, and then it is never fresh).
    `broken` and `unknown` are reason codes. `always` ones end the answer to this very action's
    challenge too; the others do not, because a person may answer from another place.
    """

    broken: str
    holds: Callable[[EvidenceFact], bool | None]
    unknown: str = ""
    always: bool = False


TRIGGERS = (
    Trigger("proof_expired", lambda fact: fact.age >= 0 and not fact.expired, always=True),
    Trigger(
        "proof_credentials_changed",
        lambda fact: fact.same_credentials,
        "proof_credentials_unknown",
        always=True,
    ),
    Trigger(
        "proof_session_over", lambda fact: fact.session_active, "proof_session_unknown", always=True
    ),
    Trigger("proof_device_revoked", lambda fact: fact.device_active, always=True),
    Trigger("proof_risk_raised", lambda fact: fact.account_calm, always=True),
    Trigger("proof_outage_ended", lambda fact: fact.since_outage, always=True),
    Trigger("proof_risk_red", lambda fact: fact.risk_bearable),
    Trigger("proof_device_changed", lambda fact: fact.same_device, "proof_device_unknown"),
    Trigger("proof_network_changed", lambda fact: fact.same_network, "proof_network_unknown"),
    Trigger("proof_country_changed", lambda fact: fact.same_country, "proof_country_unknown"),
    Trigger(
        "proof_application_other", lambda fact: fact.same_application, "proof_application_unknown"
    ),
)
"""In the order in which they are told: the first that is broken is the reason given."""

INVALIDATIONS = frozenset(trigger.broken for trigger in TRIGGERS)
"""The reasons for which a proof that would have counted does not."""

REASON_CODES = (
    INVALIDATIONS
    | {trigger.unknown for trigger in TRIGGERS if trigger.unknown}
    | {
        "no_proof",
        "proof_fresh",
        "proof_recent",
        "proof_stale",
        "proof_worthless",
        "assurance_low",
        "outage_shortens",
    }
)
"""Every reason that trust can give: each has a sentence."""


@dataclass(frozen=True, slots=True)
class TrustAges:
    """For one anchor and sensitivity, in seconds: up to when a proof is fresh, up to when recent
    (the fraud window each accepts), and the half-life of what it is worth."""

    fresh: int
    recent: int
    half_life: int


@dataclass(frozen=True, slots=True)
class Anchor:
    """Factors that a proof by is trusted alike, and for how long by sensitivity."""

    name: str
    factors: tuple[str, ...]
    ages: Mapping[f.Sensitivity, TrustAges]

    @property
    def longest(self) -> int:
        """The longest a proof counts for anything, in seconds: kept evidence expires then."""
        return self.ages[f.Sensitivity.LOW].recent


@dataclass(frozen=True, slots=True)
class TrustTable:
    """The table anchor × sensitivity of a policy version, the strongest anchor first.

    `share` shortens every age in a mode (percent); below `worthless_below` (percent) a proof is
    worth nothing.
    """

    anchors: tuple[Anchor, ...]
    share: Mapping[f.Mode, int]
    worthless_below: int

    def anchor_of(self, factor: str) -> Anchor:
        """The anchor that `factor` belongs to; one that nobody knows is of the weakest."""
        for anchor in self.anchors:
            if factor in anchor.factors:
                return anchor
        return self.anchors[-1]

    def fresh_for(self, factors: Iterable[str], sensitivity: f.Sensitivity, mode: f.Mode) -> int:
        """Up to how many seconds a proof by any of `factors` is fresh; 0 for no factor."""
        ages = (self.anchor_of(factor).ages[sensitivity].fresh for factor in factors)
        return min(ages, default=0) * self.share[mode] // 100

    def shortened(self, anchor: Anchor, sensitivity: f.Sensitivity, mode: f.Mode) -> TrustAges:
        """The lifetimes of a cell in a mode, in whole seconds."""
        ages, share = anchor.ages[sensitivity], self.share[mode]
        return TrustAges(
            ages.fresh * share // 100, ages.recent * share // 100, ages.half_life * share // 100
        )

    def worthless_after(self, anchor: Anchor, sensitivity: f.Sensitivity, mode: f.Mode) -> int:
        """From how many seconds on a kept proof is worth nothing at all, or has expired."""
        half_lives = math.log2(100 / self.worthless_below)
        faded = anchor.ages[sensitivity].half_life * self.share[mode] / 100 * half_lives
        return min(math.ceil(faded), anchor.longest)


@dataclass(frozen=True, slots=True)
class Trust:
    """The level, why, and what the best evidence is worth (1 … 0)."""

    level: f.Trust
    reasons: tuple[str, ...]
    worth: float = 0.0

    @property
    def voided_by(self) -> tuple[str, ...]:
        """Why a proof that would have counted does not (of `INVALIDATIONS`)."""
        return tuple(code for code in self.reasons if code in INVALIDATIONS)


NOTHING = Trust(f.Trust.NONE, ("no_proof",))


def assess(
    evidence: Sequence[EvidenceFact], sensitivity: str, mode: str, table: TrustTable
) -> Trust:
    """The best that any one piece of `evidence` gives; pieces never add up.

    `sensitivity` and `mode` are words of the facts; unknown ones count as the strictest. The
    reasons are of `REASON_CODES`.
    """
    at_stake, share = f.Sensitivity.of(sensitivity), table.share[f.Mode.of(mode)]
    found = [_worth(fact, at_stake, share, table) for fact in evidence]
    best = min(found, key=lambda trust: (trust.level, -trust.worth), default=NOTHING)
    if best.level != f.Trust.FRESH and found and share < table.share[f.Mode.NORMAL]:
        return Trust(best.level, (*best.reasons, "outage_shortens"), best.worth)
    return best


def _worth(fact: EvidenceFact, at_stake: f.Sensitivity, share: int, table: TrustTable) -> Trust:
    unknown: list[str] = []
    for trigger in TRIGGERS:
        if fact.bound_here and not trigger.always:
            continue
        holds = trigger.holds(fact)
        if holds is None:
            unknown.append(trigger.unknown)
        elif not holds:
            return Trust(f.Trust.NONE, (trigger.broken,))
    ages = table.anchor_of(fact.factor).ages[at_stake]
    aged = fact.age * 100 / share
    worth = 0.5 ** (aged / ages.half_life)
    if worth * 100 < table.worthless_below:
        return Trust(f.Trust.NONE, ("proof_worthless",))
    if min(fact.aal, FACTOR_CEILING.get(fact.factor, Aal.NONE)) < Aal.TWO:
        return Trust(f.Trust.STALE, ("assurance_low",), worth)
    if aged <= ages.fresh and not unknown:
        return Trust(f.Trust.FRESH, ("proof_fresh",), worth)
    if aged <= ages.recent:
        return Trust(f.Trust.RECENT, ("proof_recent", *unknown), worth)
    return Trust(f.Trust.STALE, ("proof_stale", *unknown), worth)
