"""The ladder: the ordered steps taken while nobody answers (F4). Pure.

Retry silently, wait, notify by a backup channel, step up, support. Time alone leads from one step
to the next: an unanswered challenge does not, and neither does a person who looks in. A run keeps
the plan that it began with.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What a step does, in the order in which steps may follow one another."""

    RETRY = "retry"
    """Try again after its time, and disturb nobody who is not there."""
    WAIT = "wait"
    """Let its time pass before the next step. It may stand anywhere."""
    NOTIFY = "notify"
    """Tell the person by another channel, and try again."""
    STEP_UP = "step_up"
    """Ask for another factor."""
    SUPPORT = "support"
    """Hand it to a person."""


FINAL = (Kind.STEP_UP, Kind.SUPPORT)
"""Steps that end the trying: what follows them is for people to do."""
_ORDER = {kind: rank for rank, kind in enumerate(Kind)}
BACKUP = "backup"
"""Notify by every channel that the person permits, but for the one that was tried."""
SHOWN = 5
"""Tries to come that anybody wants to read."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `seconds` is the time of a retry or a wait; `names` are the channels of a notice
    or the factors of a step up (none: all that are permitted)."""

    kind: Kind
    seconds: int = 0
    names: tuple[str, ...] = ()

    def __str__(self) -> str:
        return " ".join([self.kind, *([f"{self.seconds}s"] if self.seconds else []), *self.names])


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps of one run. Times in seconds: `window` for all of them, then `on_expiry`
    (`fallback` or `review`) with a `grace` of its own."""

    steps: tuple[Step, ...]
    window: int
    on_expiry: str
    grace: int

    def to_json(self) -> dict[str, Any]:
        """Plain values for a JSON column; `from_json` is its inverse."""
        return {
            "steps": [[step.kind.value, step.seconds, list(step.names)] for step in self.steps],
            "window": self.window,
            "on_expiry": self.on_expiry,
            "grace": self.grace,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Plan:
        """The plan stored by `to_json`."""
        steps = tuple(Step(Kind(kind), span, tuple(names)) for kind, span, names in stored["steps"])
        return cls(steps, stored["window"], stored["on_expiry"], stored["grace"])


@dataclass(frozen=True, slots=True)
class Due:
    """The next step: `seconds` after the one before it, and how many are `done` once it is."""

    step: Step
    seconds: int
    done: int


def plan_run(
    *, ladder: Sequence[Step], retries: Sequence[int], window: int, on_expiry: str, grace: int
) -> Plan:
    """The plan of a run: the written `ladder`, or its short form, a retry after each of `retries`
    seconds."""
    steps = tuple(ladder) or tuple(Step(Kind.RETRY, span) for span in retries)
    return Plan(steps, window, on_expiry, grace)


def next_step(plan: Plan, done: int) -> Due:
    """The step after `done` ones. Past the last one the tries go on, at the last interval, until
    the window ends; there is always a next step, and it always takes time."""
    gap = 0
    for index in range(done, len(plan.steps)):
        step = plan.steps[index]
        gap += step.seconds
        if step.kind is not Kind.WAIT:
            return Due(step, gap, index + 1)
    spans = [step.seconds for step in plan.steps if step.seconds]
    again = gap or (spans[-1] if spans else plan.window)
    return Due(Step(Kind.RETRY, again), again, len(plan.steps))


def next_moment(
    due: Due, now: datetime, *, not_before: datetime | None = None, jitter: float = 0.0
) -> datetime:
    """When `due` is to be taken, counted from `now`.

    `not_before` is the end of the person's own quiet: a try never falls into it, and none is
    needed before its end. `jitter` (0 … 1) spreads many waiters over a tenth of the step, later
    only, so that a recovery is no stampede (F30).
    """
    if not_before is not None and not_before > now and due.step.kind not in FINAL:
        return not_before
    return now + timedelta(seconds=due.seconds * (1 + jitter / 10))


def final_step(plan: Plan, done: int, *, stepped_up: bool = False) -> Step:
    """Where the run goes when it has to end now: the first step up or hand-over still to come, else
    what `on_expiry` names. Whoever was asked to step up goes on to support, never back."""
    for step in plan.steps[done:]:
        if step.kind in FINAL and not (stepped_up and step.kind is Kind.STEP_UP):
            return step
    return Step(Kind.SUPPORT if stepped_up or plan.on_expiry == "review" else Kind.STEP_UP)


def support_follows(plan: Plan, done: int) -> bool:
    """Whether a hand-over to people is written down for after `done` steps."""
    return any(step.kind is Kind.SUPPORT for step in plan.steps[done:])


def upcoming(
    plan: Plan,
    done: int,
    first: datetime,
    ends: datetime,
    *,
    permitted: Callable[[datetime, Step], datetime] = lambda at, step: at,
) -> list[tuple[datetime, Step]]:
    """The steps still to come before `ends`, the next one at `first`: all that are written, up to
    the one that ends the trying, and a few of the tries that go on after them.

    `permitted` gives the first moment from one on at which a step may be taken.
    """
    found: list[tuple[datetime, Step]] = []
    at, due = first, next_step(plan, done)
    while at < ends:
        found.append((at, due.step))
        if due.step.kind in FINAL or (due.done >= len(plan.steps) and len(found) >= SHOWN):
            break
        due = next_step(plan, due.done)
        at = permitted(at + timedelta(seconds=due.seconds), due.step)
    return found


class Fault(StrEnum):
    """What is wrong with a written ladder."""

    AT_ONCE = "ladder_at_once"
    """Nothing was waited for since the step before: a single missed answer would lead here."""
    BACKWARDS = "ladder_backwards"
    TWICE = "ladder_twice"
    NO_TRY = "ladder_no_try"
    """Nobody is ever asked again."""


def fault_of(steps: Sequence[Step]) -> tuple[int, Fault] | None:
    """The first wrong step of a ladder, by its place; None where all is well."""
    highest, passed = Kind.RETRY, False
    for place, step in enumerate(steps):
        if step.kind is Kind.WAIT:
            if highest is Kind.SUPPORT:
                return place, Fault.BACKWARDS  # nothing comes after a person
            passed = True
            continue
        if _ORDER[step.kind] < _ORDER[highest]:
            return place, Fault.BACKWARDS
        if step.kind in FINAL and step.kind is highest:
            return place, Fault.TWICE
        if step.kind is not Kind.RETRY and not passed:
            return place, Fault.AT_ONCE
        # what was waited for before one step is not time for the one after it, and a retry is
        # answered or not at that moment
        passed, highest = False, step.kind
    if all(step.kind in (Kind.WAIT, *FINAL) for step in steps):
        return 0, Fault.NO_TRY
    return None


def time_to_final(steps: Sequence[Step]) -> int:
    """Seconds until the last step that ends the trying; 0 where none is written."""
    last = max((place for place, step in enumerate(steps) if step.kind in FINAL), default=-1)
    return sum(step.seconds for step in steps[: last + 1])
