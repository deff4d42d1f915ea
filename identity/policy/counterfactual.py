"""What would change a decision: the fewest facts that, being otherwise, lead to a better one (D9).

Only what can come to be otherwise by the person's own doing or by time; never the nature of the
action, and never a release, which is for the security staff to give. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, product

from identity.policy.compiled import CompiledPolicy
from identity.policy.decision import FACTOR_CEILING, Aal, Decision, Outcome
from identity.policy.facts import DIMENSIONS, Availability, Coarse, Facts, Risk
from identity.policy.guardrails.alone import ALONE
from identity.policy.guardrails.between import asks_less
from identity.policy.region import STEPS, facts_at
from identity.risk import RiskWeights
from identity.trust import TrustTable

MOST_AT_ONCE = 3
"""More than three things at once is no advice."""
MOST_OFFERED = 5
EASE: Mapping[Outcome, int] = {
    outcome: place
    for place, outcome in enumerate(
        (
            Outcome.PROCEED,
            Outcome.PROCEED_THEN_CONFIRM,
            Outcome.CHALLENGE,
            Outcome.FALLBACK,
            Outcome.QUEUE,
            Outcome.READ_ONLY,
            Outcome.BLOCK,
        )
    )
}
"""Outcomes from the best for the person to the worst: what is over soonest comes first."""
BY_DOING_OR_TIME: Mapping[str, tuple[str, ...]] = {
    "trust": ("fresh",),
    "availability": ("available",),
    "risk": ("amber", "green"),
    "consent": ("given",),
    "mode": ("normal",),
}
"""The values that a fact can come to, the smaller step first. What the person does stands before
what takes time; a name that is no fact of the space is passed over."""
SIGNS = ("device", "network", "geography", "hour", "anomalies")
"""The signs of risk that can go away. A role and what was asked for stay what they are."""

Change = tuple[str, Coarse]
"""A fact and the value it would have."""


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """Facts that, all of them being so, would lead to `decision`."""

    changes: tuple[Change, ...]
    decision: Decision
    factors: tuple[str, ...] = ()
    """What the person has that would give the fresh proof, the strongest first."""
    signs: tuple[str, ...] = ()
    """The signals of risk (of `SIGNS`) that would have to be as usual."""

    @property
    def code(self) -> str:
        """Stable: `trust.fresh+risk.green`."""
        return "+".join(f"{name}.{value.word}" for name, value in self.changes)


def counterfactuals(
    facts: Facts,
    compiled: CompiledPolicy,
    trust: TrustTable,
    lowering: Mapping[Risk, tuple[str, ...]],
    factors: frozenset[str],
) -> tuple[Counterfactual, ...]:
    """The smallest sets of changes to `facts` that lead to a better outcome, at most five.

    `lowering` says by which signs the risk falls to a band (`lowered_by`), `factors` what the
    person has to prove who they are with. A set is left out where a smaller one does as well.
    Fewer changes come first, then the better outcome. Where nothing leads to a better outcome,
    what leads to another one is given. Nothing is offered whose situation breaks a guardrail.
    """
    current = compiled.table[facts.index]
    found: list[Counterfactual] = []
    for changes in _sets(facts, lowering):
        place = _place(facts, changes)
        target = compiled.table[place]
        if target.outcome is current.outcome or any(
            _does_as_well(o, changes, target) for o in found
        ):
            continue
        ways = _ways(changes, target, factors)
        if ways is None or not _allowed(place, target, current, trust):
            continue
        signs = next((lowering[Risk(to)] for name, to in changes if name == "risk"), ())
        found.append(Counterfactual(changes, target, ways, signs))
    better = [one for one in found if EASE[one.decision.outcome] < EASE[current.outcome]]
    chosen = sorted(better or found, key=lambda one: (len(one.changes), EASE[one.decision.outcome]))
    return tuple(chosen[:MOST_OFFERED])


def lowered_by(signs: Mapping[str, int], weights: RiskWeights) -> dict[Risk, tuple[str, ...]]:
    """For each band below the present one, the fewest signals that would have to be as usual.

    `signs` are the points of each signal (`points_of`). A band that they do not reach is left
    out, and so is everything where the points do not explain a band above green.
    """
    score = sum(signs.values())
    can_go = [signal for signal in SIGNS if signs.get(signal)]
    found: dict[Risk, tuple[str, ...]] = {}
    for band, below in ((Risk.AMBER, weights.red), (Risk.GREEN, weights.amber)):
        if score < below:
            continue
        for chosen in _subsets(can_go):
            if score - sum(signs[signal] for signal in chosen) < below:
                found[band] = chosen
                break
    return found


def points_of(reasons: Iterable[str], band: Risk, weights: RiskWeights) -> dict[str, int]:
    """The points of each signal behind the recorded reasons of a decision, by the weights that
    it was made with.

    How much the history weighed is not recorded: it is taken for the most that the band allows,
    so that what is said to lower the risk does.
    """
    given = frozenset(reasons)
    found: dict[str, int] = {}
    for signal, words in weights.points.items():
        worst = max(words.values())
        for code, points in {f"{signal}_unknown": worst, **_coded(signal, words)}.items():
            if code in given:
                found[signal] = min(points, weights.cap)
    if "anomalies_unknown" in given:
        found["anomalies"] = min(weights.anomalies_unknown, weights.cap)
    elif "anomalies_recent" in given:
        others = sum(found.values())
        if band is Risk.RED:
            found["anomalies"] = weights.cap
        else:
            most = (weights.amber if band is Risk.GREEN else weights.red) - 1
            found["anomalies"] = max(0, min(weights.cap, most - others))
    return found


def _coded(signal: str, words: Mapping[str, int]) -> dict[str, int]:
    return {f"{signal}_{word}": points for word, points in words.items() if points}


def _subsets(signals: list[str]) -> Iterator[tuple[str, ...]]:
    for size in range(1, len(signals) + 1):
        yield from combinations(signals, size)


def _sets(facts: Facts, lowering: Mapping[Risk, object]) -> Iterator[tuple[Change, ...]]:
    """Every set of one to three changes for the better, the smaller first."""
    steps = {name: _steps(name, facts, lowering) for name in BY_DOING_OR_TIME if name in DIMENSIONS}
    for size in range(1, MOST_AT_ONCE + 1):
        for names in combinations([name for name, to in steps.items() if to], size):
            for values in product(*(steps[name] for name in names)):
                yield tuple(zip(names, values, strict=True))


def _steps(name: str, facts: Facts, lowering: Mapping[Risk, object]) -> list[Coarse]:
    """The better values that the fact can come to. What is escalated stays so until a person on
    the staff ends it, and risk falls only where the signs behind it can go."""
    now: Coarse = getattr(facts, name)
    if now is Availability.ESCALATED:
        return []
    values = [DIMENSIONS[name].named(word) for word in BY_DOING_OR_TIME[name]]
    return [to for to in values if to < now and (name != "risk" or Risk(to) in lowering)]


def _place(facts: Facts, changes: tuple[Change, ...]) -> int:
    """Where in the table the changed situation lies."""
    moves = ((to - getattr(facts, name)) * STEPS[name] for name, to in changes)
    return facts.index + sum(moves)


def _does_as_well(other: Counterfactual, changes: tuple[Change, ...], target: Decision) -> bool:
    """Whether `other` changes no more and leads to an outcome that is no worse."""
    if EASE[other.decision.outcome] > EASE[target.outcome]:
        return False
    goes = dict(changes)
    return all(name in goes and goes[name] <= to for name, to in other.changes)


def _ways(
    changes: tuple[Change, ...], target: Decision, factors: frozenset[str]
) -> tuple[str, ...] | None:
    """The factors that would give the fresh proof which `target` rests on; None if the person
    has none. A fresh proof is one of AAL2 at least (`identity.trust`)."""
    if all(name != "trust" for name, _ in changes):
        return ()
    usable = [
        factor
        for factor in target.obligations.permitted_factors & factors
        if FACTOR_CEILING[factor] >= max(Aal.TWO, target.obligations.required_aal)
    ]
    return tuple(sorted(usable, key=lambda each: (-FACTOR_CEILING[each], each))) or None


def _allowed(place: int, target: Decision, current: Decision, trust: TrustTable) -> bool:
    """Whether the situation keeps every guardrail that it can keep by itself, and asks for no
    more than the worse one that it is held against does."""
    there = facts_at(place)
    broken = any(True for _, check in ALONE for _ in check(there, target, trust))
    return not broken and not asks_less(target, current)
