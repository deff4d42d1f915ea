"""The judge of `make chaos` finds what it looks for, and nothing where nothing is wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.chaos.judging import (
    LEASE,
    Kind,
    Message,
    Step,
    Stored,
    at_rest,
    standing_still,
    wrong_with,
)

T = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
PAYLOAD = {"step": "one"}


def at(seconds: float) -> datetime:
    return T + timedelta(seconds=seconds)


def step(name: str, old: str, new: str, seconds: float) -> Step:
    return Step(name, old, new, "", at(seconds), at(seconds + 0.1))


def committed() -> Stored:
    return Stored(
        id="a",
        status="committed",
        due_at=None,
        payload_bytes=0,
        created_at=T,
        steps=[
            step("auth.requested", "", "", 0),
            step("auth.queued", "", "queued", 0),
            step("challenge.issued", "queued", "pending", 3),
            step("action.approved", "pending", "approved", 5),
            step("resume.completed", "pending", "approved", 5),
            step("action.committed", "approved", "committed", 6),
        ],
        messages=[Message("m", "action.committed", "delivered", None, "http_200", at(5), at(6))],
    )


def waiting() -> Stored:
    action = committed()
    action.status, action.due_at, action.payload_bytes = "queued", at(90), 40
    action.steps, action.messages = action.steps[:2], []
    return action


def approved() -> Stored:
    action = committed()
    action.status, action.payload_bytes = "approved", 40
    del action.steps[-1]
    action.messages = [Message("m", "action.committed", "pending", at(90), "http_500", at(5), None)]
    return action


def kinds(action: Stored, effects: int = 0, payload: dict[str, str] | None = None) -> list[Kind]:
    told = [payload or PAYLOAD] * effects
    return [found.kind for found in wrong_with(action, PAYLOAD, told, at(60))]


@pytest.mark.parametrize(("made", "effects"), [(committed, 1), (waiting, 0), (approved, 0)])
def test_q1_what_is_right_is_found_right(made: Callable[[], Stored], effects: int) -> None:
    assert kinds(made(), effects) == []


def test_q1_an_effect_that_was_not_acknowledged_yet_is_right() -> None:
    assert kinds(approved(), 1) == []


@pytest.mark.parametrize(
    ("effects", "found"),
    [(0, [Kind.LOST]), (2, [Kind.DOUBLED])],
)
def test_q2_effects_are_counted(effects: int, found: list[Kind]) -> None:
    assert kinds(committed(), effects) == found


def test_q2_an_effect_of_what_is_not_committed_is_found() -> None:
    assert kinds(waiting(), 1) == [Kind.VIOLATION]


def test_q2_an_effect_with_another_payload_is_found() -> None:
    assert kinds(committed(), 1, {"step": "two"}) == [Kind.VIOLATION]


@pytest.mark.parametrize("index", range(6))
def test_q1_a_missing_event_is_found(index: int) -> None:
    action = committed()
    missing = action.steps.pop(index)
    # What only tells more of a move is no part of the path.
    assert kinds(action, 1) or missing.name == "resume.completed"


@pytest.mark.parametrize("index", [0, 1, 2, 3, 5])
def test_q1_an_event_that_happened_twice_is_found(index: int) -> None:
    action = committed()
    action.steps.insert(index, action.steps[index])
    assert Kind.VIOLATION in kinds(action, 1)


def test_q1_a_pair_that_the_table_does_not_have_is_found() -> None:
    action = committed()
    action.steps[3] = step("action.committed", "pending", "committed", 5)
    assert Kind.VIOLATION in kinds(action, 1)


def test_q1_a_status_that_no_event_tells_of_is_found() -> None:
    action = waiting()
    action.status = "delayed"
    assert kinds(action) == [Kind.VIOLATION]


def test_q1_a_payload_that_outlived_its_action_is_found() -> None:
    action = committed()
    action.payload_bytes = 40
    assert kinds(action, 1) == [Kind.VIOLATION]


@pytest.mark.parametrize("made", [waiting, approved])
def test_q1_what_nobody_will_look_at_is_found(made: Callable[[], Stored]) -> None:
    action = made()
    action.due_at = None
    action.messages = []
    assert kinds(action) == [Kind.LOST]


def test_q1_what_is_due_for_too_long_is_found() -> None:
    action = waiting()
    action.due_at = at(60) - timedelta(minutes=1)
    assert kinds(action) == [Kind.LOST]
    assert not at_rest(action, at(60))


def test_f38_a_commit_after_the_lease_is_found() -> None:
    action = committed()
    late = replace(action.steps[2], committed_at=at(3) + LEASE + timedelta(seconds=1))
    action.steps[2] = late
    assert kinds(action, 1) == [Kind.VIOLATION]


def test_f33_how_long_things_stood_still_is_told() -> None:
    assert standing_still(committed(), None) == timedelta(seconds=1)
    action = waiting()
    action.steps += [
        step("fallback.selected", "queued", "fallback", 14),
        step("action.expired", "fallback", "expired", 40),
    ]
    assert standing_still(action, 10) == timedelta(seconds=16)
