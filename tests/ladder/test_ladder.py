"""The ladder, pure: by tables, and over every ladder that may be written (F4)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from fallbacks.ladder import (
    FINAL,
    Due,
    Fault,
    Kind,
    Plan,
    Step,
    fault_of,
    final_step,
    next_moment,
    next_step,
    plan_run,
    time_to_final,
    upcoming,
)
from identity.policy.decision import Obligations
from identity.policy.document import parse_policy
from identity.policy.errors import PolicyError
from tests.policy.conftest import SHIPPED

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
R, W = Kind.RETRY, Kind.WAIT
RETRY, WAIT = Step(R, 60), Step(W, 600)
NOTIFY, STEP_UP, SUPPORT = (
    Step(Kind.NOTIFY, names=("backup",)),
    Step(Kind.STEP_UP),
    Step(Kind.SUPPORT),
)
ORDER = list(Kind)

TIMES = st.integers(30, 86400)
RETRIES = st.lists(st.builds(Step, st.just(R), TIMES), max_size=4)
LATER = st.lists(st.sampled_from((NOTIFY, STEP_UP, SUPPORT)), unique=True, max_size=3)


@st.composite
def ladders(draw: st.DrawFn) -> tuple[Step, ...]:
    """Any ladder that may be written: retries, then some of the later steps, each after waits."""
    found = draw(RETRIES)
    for step in sorted(draw(LATER), key=lambda each: ORDER.index(each.kind)):
        found += [Step(W, span) for span in draw(st.lists(TIMES, min_size=1, max_size=2))]
        found.append(step)
    assume(found and fault_of(found) is None)
    return tuple(found)


LADDERS = ladders()
PLANS = st.builds(
    Plan,
    LADDERS,
    st.integers(60, 30 * 86400),
    st.sampled_from(("fallback", "review")),
    st.integers(60, 86400),
)


def plan(*steps: Step, on_expiry: str = "fallback") -> Plan:
    return Plan(steps, 86400, on_expiry, 3600)


@pytest.mark.parametrize(
    ("steps", "done", "due"),
    [
        ([RETRY], 0, Due(RETRY, 60, 1)),  # the first try
        ([RETRY], 1, Due(RETRY, 60, 1)),  # the last one repeats
        ([RETRY, WAIT, NOTIFY], 1, Due(NOTIFY, 600, 3)),  # a wait belongs to what follows it
        ([RETRY, WAIT, WAIT, SUPPORT], 1, Due(SUPPORT, 1200, 4)),  # waits add up
        ([RETRY, WAIT], 1, Due(Step(R, 600), 600, 2)),  # a wait at the end is the last interval
        ([WAIT, NOTIFY], 2, Due(Step(R, 600), 600, 2)),  # after a notice, tries go on
    ],
)
def test_f4_the_next_step(steps: list[Step], done: int, due: Due) -> None:
    assert next_step(plan(*steps), done) == due


@pytest.mark.parametrize(
    ("steps", "fault"),
    [
        ([RETRY], None),
        ([RETRY, RETRY, WAIT, NOTIFY, WAIT, STEP_UP, WAIT, SUPPORT], None),  # the whole of it
        ([WAIT, NOTIFY], None),
        ([NOTIFY], (0, Fault.AT_ONCE)),  # nothing passed since the request
        ([STEP_UP], (0, Fault.AT_ONCE)),
        ([RETRY, NOTIFY], (1, Fault.AT_ONCE)),  # the retry was only just asked
        ([RETRY, WAIT, STEP_UP, SUPPORT], (3, Fault.AT_ONCE)),  # no time for the other factor
        ([WAIT, NOTIFY, STEP_UP], (2, Fault.AT_ONCE)),  # no time to answer the notice
        ([WAIT, NOTIFY, RETRY], (2, Fault.BACKWARDS)),
        ([WAIT, SUPPORT, WAIT], (2, Fault.BACKWARDS)),  # nothing comes after a person
        ([WAIT, STEP_UP, WAIT, NOTIFY], (3, Fault.BACKWARDS)),
        ([RETRY, WAIT, STEP_UP, WAIT, STEP_UP], (4, Fault.TWICE)),
        ([WAIT], (0, Fault.NO_TRY)),  # nobody is ever asked again
        ([WAIT, SUPPORT], (0, Fault.NO_TRY)),
    ],
)
def test_f4_what_may_be_written(steps: list[Step], fault: tuple[int, Fault] | None) -> None:
    assert fault_of(steps) == fault


@given(PLANS)
def test_f4_every_wait_has_an_end_and_a_next_step(found: Plan) -> None:
    done = 0
    for _ in range(len(found.steps) + 3):
        due = next_step(found, done)
        assert due.seconds > 0
        assert due.step.kind is not W
        assert final_step(found, done).kind in FINAL
        done = due.done


@given(PLANS)
def test_f4_steps_never_go_backwards_and_the_trying_ends(found: Plan) -> None:
    reached, done = 0, 0
    for _ in range(len(found.steps) + 3):
        due = next_step(found, done)
        if done < len(found.steps):
            assert due.done > done or due.done == len(found.steps)
            if due.step in found.steps:
                assert ORDER.index(due.step.kind) >= reached
                reached = ORDER.index(due.step.kind)
        else:
            assert due.step.kind is R  # over the end only silent tries go on
        done = due.done
    assert done == len(found.steps)


@given(PLANS)
def test_f4_never_a_step_up_or_a_person_without_time_before(found: Plan) -> None:
    for done in range(len(found.steps)):
        due = next_step(found, done)
        if due.step.kind in FINAL:
            at = found.steps.index(due.step)
            assert sum(step.seconds for step in found.steps[:at]) > 0


@given(PLANS, st.integers(0, 12))
def test_f4_whoever_stepped_up_goes_on_to_a_person(found: Plan, done: int) -> None:
    assert final_step(found, done, stepped_up=True).kind is Kind.SUPPORT


@given(PLANS)
def test_f4_a_plan_is_stored_whole(found: Plan) -> None:
    assert Plan.from_json(found.to_json()) == found


@given(PLANS, st.integers(0, 12), st.floats(0, 1))
def test_f30_a_step_is_only_ever_spread_later_and_by_a_tenth(
    found: Plan, done: int, jitter: float
) -> None:
    due = next_step(found, done)
    sharp, spread = next_moment(due, NOW), next_moment(due, NOW, jitter=jitter)
    assert timedelta() <= spread - sharp <= timedelta(seconds=due.seconds / 10)


def test_p4_a_try_waits_for_the_end_of_quiet_and_a_hand_over_does_not() -> None:
    quiet = NOW + timedelta(hours=9)
    assert next_moment(Due(RETRY, 60, 1), NOW, not_before=quiet) == quiet
    assert next_moment(Due(SUPPORT, 60, 1), NOW, not_before=quiet) == NOW + timedelta(seconds=60)


@given(PLANS, st.integers(0, 10))
def test_f4_what_is_to_come_is_in_order_and_before_the_end(found: Plan, done: int) -> None:
    ends = NOW + timedelta(days=3)
    steps = upcoming(found, done, NOW, ends)
    moments = [at for at, _ in steps]
    assert moments == sorted(moments)
    assert moments[0] == NOW
    assert moments[-1] < ends
    assert all(step.kind not in FINAL for _, step in steps[:-1])


def test_f4_retries_are_the_short_form() -> None:
    short = plan_run(ladder=(), retries=(60, 300), window=3600, on_expiry="review", grace=60)
    assert short.steps == (Step(R, 60), Step(R, 300))
    assert final_step(short, 2).kind is Kind.SUPPORT


# -- in the policy document ------------------------------------------------------------------

WHOLE = (
    "ladder: [retry 15m, wait 1h, notify backup, wait 4h, step_up security_key, wait 12h, support]"
)


def written(ladder: str) -> str:
    return SHIPPED.replace("retries: [15m, 1h, 4h, 12h]", ladder, 1)


def test_f4_a_ladder_is_read_from_the_document_and_stored() -> None:
    policy = parse_policy(written(WHOLE))
    low = policy.profiles["low"]
    assert [str(step) for step in low.ladder] == [
        "retry 900s",
        "wait 3600s",
        "notify backup",
        "wait 14400s",
        "step_up security_key",
        "wait 43200s",
        "support",
    ]
    assert time_to_final(low.ladder) <= low.window
    assert Obligations.from_json(low.to_json()) == low
    assert policy.profiles["high"].ladder == low.ladder  # as it is like it
    assert policy.profiles["high_urgent"].ladder == ()  # its own retries go before
    assert policy.profiles["high_urgent"].retries == (300, 900, 3600, 14400)


def test_f4_the_shipped_policy_means_what_it_meant() -> None:
    low = parse_policy(SHIPPED).profiles["low"]
    assert low.ladder == ()
    assert low.retries == (900, 3600, 14400, 43200)


@pytest.mark.parametrize(
    ("ladder", "code"),
    [
        ("ladder: []", "empty_list"),
        ("ladder: retry 15m", "not_a_list"),
        ("ladder: [again 15m]", "unknown_word"),
        ("ladder: [retry]", "not_a_time"),
        ("ladder: [retry soon]", "not_a_time"),
        ("ladder: [retry 1s]", "out_of_range"),
        ("ladder: [retry 15m, notify]", "step_names_nobody"),
        ("ladder: [retry 15m, notify pigeon]", "unknown_word"),
        ("ladder: [retry 15m, notify email email]", "duplicate_word"),
        ("ladder: [retry 15m, step_up pigeon]", "unknown_word"),
        ("ladder: [retry 15m, support team]", "step_alone"),
        ("ladder: [step_up]", "ladder_at_once"),
        ("ladder: [retry 15m, wait 1h, support, wait 1h]", "ladder_backwards"),
        ("ladder: [wait 15m]", "ladder_no_try"),
        ("ladder: [retry 15m, wait 1h, step_up, wait 1h, step_up]", "ladder_twice"),
        ("ladder: [retry 15m, wait 3d, support]", "ladder_outlives_window"),
        ("ladder: [retry 15m, wait 1h, step_up support]", "step_up_not_permitted"),
        ("retries: [15m]\n    ladder: [retry 15m]", "ladder_and_retries"),
    ],
)
def test_f4_a_wrong_ladder_is_refused_with_its_place(ladder: str, code: str) -> None:
    with pytest.raises(PolicyError) as refused:
        parse_policy(written(ladder))
    assert refused.value.code == code
    assert refused.value.line > 1
