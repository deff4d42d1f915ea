"""Recorded decisions, decided anew by another policy. Pure.

What the draft can work out anew is the risk band, from the recorded inputs of the score. Presence,
trust and the other facts stand as they were recorded. Only counts are kept, never the decisions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from identity.policy.compiled import CompiledPolicy
from identity.policy.decision import Decision, Outcome
from identity.policy.difference import Direction, judge
from identity.policy.facts import DIMENSIONS, SPACE_SIZE, Risk
from identity.policy.region import facts_at
from identity.risk import SIGNALS, RiskInputs, RiskWeights, assess

SCORES = 101
"""A risk score is a whole number from 0 to 100."""
INPUTS = (*SIGNALS, "anomalies")
MOST_KNOWN = 100_000
"""Risk inputs whose score is remembered: all that coarse words make with every number of points."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """Decisions that are alike: what they were based on, what was decided, how many there are.

    `inputs` are the words of `RiskInputs`; empty where a decision was recorded without them.
    `first` of the `count` were the first about their request: a request that waits is decided
    again and again, but can be lost only once.
    """

    type: str
    facts: Mapping[str, str]
    inputs: Mapping[str, object]
    outcome: str
    rule: str
    policy_number: int
    score: int
    count: int = 1
    first: int = 1


@dataclass(frozen=True, slots=True)
class Draft:
    """The policy that decides anew."""

    table: CompiledPolicy
    weights: RiskWeights


@dataclass(frozen=True, slots=True)
class Move:
    """Decisions about one type that were one outcome and become another (or the same outcome with
    other obligations), with the facts of the first of them."""

    type: str
    direction: Direction
    old_outcome: str
    new_outcome: str
    old_rule: str
    new_rule: str
    count: int
    example: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Replay:
    """The counts add up: `decisions` is every decision, `changed` those in `moves`.

    `scores` are requests by type and risk score, the score as the draft works it out;
    `rescored` is for how many decisions it could.
    """

    decisions: int
    rescored: int
    moves: tuple[Move, ...]
    """Looser ones first, then stricter, then the rest; within each the most frequent first."""
    scores: Mapping[str, tuple[int, ...]]

    @property
    def changed(self) -> int:
        """How many decisions come out otherwise."""
        return sum(move.count for move in self.moves)

    def leading(self, direction: Direction) -> int:
        """How many changes lead in `direction`."""
        return sum(move.count for move in self.moves if move.direction is direction)


DecidedBy = Callable[[int, str], Decision | None]
"""What the rule of a policy version says: `(number, rule)`; None where nobody knows any more."""


def replay(recorded: Iterable[Recorded], draft: Draft, decided_by: DecidedBy) -> Replay:
    """Decide everything `recorded` anew. Reads `recorded` once and keeps no row of it.

    Whether a change is stricter or looser is for `judge` to say. Where the old version is gone,
    only its recorded outcome is compared.
    """
    counts: Counter[tuple[str, Direction, str, str]] = Counter()
    examples: dict[tuple[str, Direction, str, str], tuple[str, str, Mapping[str, str]]] = {}
    judged: dict[tuple[int, str, str, int], Direction | None] = {}
    scores: dict[str, list[int]] = {}
    decisions = rescored = 0
    decided_at = _places(draft.weights)
    for row in recorded:
        place, score = decided_at(row)
        decisions += row.count
        rescored += row.count if row.inputs else 0
        if row.first:
            scores.setdefault(row.type, [0] * SCORES)[score] += row.first
        new = draft.table.table[place]
        known = (row.policy_number, row.rule, row.outcome, id(new))
        if known not in judged:
            judged[known] = _direction(row, new, decided_by)
        direction = judged[known]
        if direction is None:
            continue
        move = (row.type, direction, row.outcome, new.outcome.value)
        counts[move] += row.count
        if move not in examples:
            examples[move] = (row.rule, new.rule_id, facts_at(place).words())
    moves = [
        Move(*move[:2], *move[2:], *examples[move][:2], count, examples[move][2])
        for move, count in counts.items()
    ]
    order = list(Direction)
    moves.sort(
        key=lambda each: (
            order.index(each.direction),
            -each.count,
            each.type,
            each.old_outcome,
            each.new_outcome,
        )
    )
    return Replay(
        decisions=decisions,
        rescored=rescored,
        moves=tuple(moves),
        scores={name: tuple(found) for name, found in sorted(scores.items())},
    )


def _places(weights: RiskWeights) -> Callable[[Recorded], tuple[int, int]]:
    """Where in the space a recorded decision lies by the draft's own `weights`, and its score.

    The same as `Facts.from_words` and `assess`, by way of tables: a million rows pay for it.
    """
    radix = SPACE_SIZE
    worth: dict[str, tuple[Mapping[str, int], int]] = {}
    for name, members in DIMENSIONS.items():
        radix //= len(members)
        places = {each.word: each * radix for each in members}
        worth[name] = (places, members.worst() * radix)
    bands = {band: worth["risk"][0][band.word] for band in Risk}
    known: dict[tuple[object, ...], tuple[int, int]] = {}

    def assessed(inputs: Mapping[str, object]) -> tuple[int, int]:
        key = tuple(inputs.get(name) for name in INPUTS)
        found = known.get(key)
        if found is None:
            risk = assess(RiskInputs.from_words(inputs), weights)
            found = bands[risk.band], risk.score
            if len(known) < MOST_KNOWN:
                known[key] = found
        return found

    def decided_at(row: Recorded) -> tuple[int, int]:
        words, place = row.facts, 0
        for name, (places, worst) in worth.items():
            place += places.get(words.get(name, ""), worst)
        if not row.inputs:
            return place, min(max(row.score, 0), SCORES - 1)
        places, worst = worth["risk"]
        band, score = assessed(row.inputs)
        return place - places.get(words.get("risk", ""), worst) + band, score

    return decided_at


def _direction(row: Recorded, new: Decision, decided_by: DecidedBy) -> Direction | None:
    old = decided_by(row.policy_number, row.rule)
    if old is None or old.outcome.value != row.outcome:
        old = replace(new, outcome=_outcome(row.outcome))
    return judge(old, new)[0]


def _outcome(word: str) -> Outcome:
    """What nobody knows any more counts as the strictest."""
    try:
        return Outcome(word)
    except ValueError:
        return Outcome.BLOCK
