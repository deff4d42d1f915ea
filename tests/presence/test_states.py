"""What signals say at a moment: by tables, and by properties that hold for any of them."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from presence.rules import KINDS
from presence.states import (
    KIND_OF,
    PresenceFacts,
    Quiet,
    Reason,
    State,
    derive,
    quiet_end,
)
from tests.presence.ruled import NOON, RULES, TICK, ago, with_rule

A, D, U, G, E = (
    State.AVAILABLE,
    State.DELAYED,
    State.UNREACHABLE,
    State.DEGRADED,
    State.ESCALATED,
)
NIGHT = (Quiet(NOON - timedelta(hours=1), NOON + timedelta(hours=8), Reason.QUIET_HOURS),)

SUSPECT = {"sensitive": True, "anomaly": True}
NO_ANSWER = [Reason.NO_ACKNOWLEDGEMENT, Reason.ANOMALY]


@pytest.mark.parametrize(
    ("facts", "state", "reasons"),
    [
        # nobody told anything: waited for
        ({}, D, [Reason.NOTHING_KNOWN]),
        # the app is open
        ({"heartbeat_at": ago(seconds=30)}, A, [Reason.DEVICE_AWAKE]),
        # the push was answered, which says more than a heartbeat
        (
            {"heartbeat_at": ago(seconds=30), "push_acknowledged_at": ago(minutes=3)},
            A,
            [Reason.PUSH_ACKNOWLEDGED],
        ),
        # the app is in the background
        (
            {"heartbeat_at": ago(seconds=30), "heartbeat_foreground": False},
            D,
            [Reason.APP_IN_BACKGROUND],
        ),
        # in the background, and the push answered all the same
        (
            {
                "heartbeat_at": ago(seconds=30),
                "heartbeat_foreground": False,
                "push_acknowledged_at": ago(seconds=20),
            },
            A,
            [Reason.PUSH_ACKNOWLEDGED],
        ),
        # delivered and not answered
        ({"push_accepted_at": ago(minutes=2)}, D, [Reason.NO_ACKNOWLEDGEMENT]),
        # a push after the last sign of life is not answered yet, however new that sign is
        (
            {"heartbeat_at": ago(seconds=30), "push_accepted_at": ago(seconds=10)},
            D,
            [Reason.NO_ACKNOWLEDGEMENT],
        ),
        # the network went after the last sign of life
        (
            {"heartbeat_at": ago(seconds=30), "network_lost_at": ago(seconds=20)},
            U,
            [Reason.NETWORK_LOST],
        ),
        # at the same moment the loss counts
        (
            {"heartbeat_at": ago(seconds=30), "network_lost_at": ago(seconds=30)},
            U,
            [Reason.NETWORK_LOST],
        ),
        # a sign of life after the loss
        (
            {"heartbeat_at": ago(seconds=10), "network_lost_at": ago(seconds=20)},
            A,
            [Reason.DEVICE_AWAKE],
        ),
        # the network is back
        (
            {"network_returned_at": ago(seconds=10), "network_lost_at": ago(hours=3)},
            A,
            [Reason.DEVICE_AWAKE],
        ),
        # the device was last seen long ago
        ({"device_seen_at": ago(days=41)}, G, [Reason.DEVICE_STALE]),
        # stale on paper, awake in fact
        (
            {"device_seen_at": ago(days=41), "heartbeat_at": ago(seconds=5)},
            A,
            [Reason.DEVICE_AWAKE],
        ),
        # the push bounced and nothing came since
        ({"push_bounced_at": ago(hours=5)}, G, [Reason.PUSH_BOUNCED]),
        # prompts are switched off
        ({"permission_denied_at": ago(days=2)}, D, [Reason.NOTIFICATIONS_OFF]),
        # quiet by choice stands before a stale device
        ({"quiet": NIGHT, "device_seen_at": ago(days=41)}, D, [Reason.QUIET_HOURS]),
        # and before an app that is open
        ({"quiet": NIGHT, "heartbeat_at": ago(seconds=5)}, D, [Reason.QUIET_HOURS]),
        # but a lost network is known to be lost
        ({"quiet": NIGHT, "network_lost_at": ago(hours=1)}, U, [Reason.NETWORK_LOST]),
        # no live factor
        (
            {"heartbeat_at": ago(seconds=5), "factor_uncertain": True},
            G,
            [Reason.FACTOR_UNCERTAIN],
        ),
        # sensitive, an anomaly, and a push that nobody answered
        (SUSPECT | {"push_accepted_at": ago(minutes=30)}, E, NO_ANSWER),
        # somebody was there before the push, not since
        (
            SUSPECT | {"push_accepted_at": ago(minutes=1), "heartbeat_at": ago(minutes=2)},
            E,
            NO_ANSWER,
        ),
        # a sign of life since, however old by now: the push is not unanswered
        (
            SUSPECT | {"push_accepted_at": ago(hours=2), "heartbeat_at": ago(hours=1)},
            D,
            [Reason.NOTHING_KNOWN],
        ),
        # the push is too old to be waited for
        (SUSPECT | {"push_accepted_at": ago(hours=11)}, D, [Reason.NOTHING_KNOWN]),
        # nothing is known, which is no missing answer: no data, data aged out, consent withdrawn
        (SUSPECT, D, [Reason.NOTHING_KNOWN]),
        (SUSPECT | {"heartbeat_at": ago(hours=1)}, D, [Reason.NOTHING_KNOWN]),
        # nor is a network that is lost, prompts that are off, or chosen silence
        (SUSPECT | {"network_lost_at": ago(minutes=5)}, U, [Reason.NETWORK_LOST]),
        (SUSPECT | {"permission_denied_at": ago(hours=1)}, D, [Reason.NOTIFICATIONS_OFF]),
        (SUSPECT | {"quiet": NIGHT}, D, [Reason.QUIET_HOURS]),
        # the same, and the device is awake
        (
            {"sensitive": True, "anomaly": True, "heartbeat_at": ago(seconds=5)},
            A,
            [Reason.DEVICE_AWAKE],
        ),
        # an anomaly where nothing sensitive is asked
        ({"anomaly": True}, D, [Reason.NOTHING_KNOWN]),
        # somebody is looking at it
        (
            {"open_escalation": True, "heartbeat_at": ago(seconds=5)},
            E,
            [Reason.OPEN_ESCALATION],
        ),
    ],
)
def test_p2_a_state_with_its_reasons(
    facts: dict[str, Any], state: State, reasons: list[Reason]
) -> None:
    found = derive(PresenceFacts(**facts), NOON, RULES)
    assert (found.state, list(found.reasons)) == (state, reasons)


@pytest.mark.parametrize(
    ("name", "state"),
    [
        # what each kind says while it is relied on, against what is left without it
        ("heartbeat_at", A),
        ("push_acknowledged_at", A),
        ("network_returned_at", A),
        ("push_accepted_at", D),
        ("push_bounced_at", G),
        ("network_lost_at", U),
        ("permission_denied_at", D),
    ],
)
def test_p1_an_old_signal_counts_for_less_until_it_counts_for_nothing(
    name: str, state: State
) -> None:
    kind = KIND_OF[name]
    rule = RULES.signals[kind]
    relied = RULES.believed_for(kind)
    assert timedelta() < relied < timedelta(seconds=rule.lifetime)
    facts = PresenceFacts(**{name: NOON})
    nothing = derive(PresenceFacts(), NOON, RULES)
    new = derive(facts, NOON, RULES)
    assert new.state == state
    assert new.reasons != nothing.reasons
    assert new.changes_at == NOON + relied
    assert derive(facts, NOON + relied - TICK, RULES).reasons == new.reasons
    assert derive(facts, NOON + relied, RULES).reasons == nothing.reasons


def test_p1_a_device_not_seen_for_long_is_stale_from_one_moment_on() -> None:
    facts = PresenceFacts(device_seen_at=NOON)
    end = NOON + RULES.believed_for("device_seen")
    assert derive(facts, NOON, RULES).changes_at == end
    assert derive(facts, end - TICK, RULES).reasons == (Reason.NOTHING_KNOWN,)
    assert derive(facts, end, RULES).reasons == (Reason.DEVICE_STALE,)


@pytest.mark.parametrize(
    ("confidence", "believe", "seconds"),
    [
        # relied on until it counts for no more than half of a new one
        (80, 40, 50),
        # worth exactly what is believed: never
        (40, 40, 0),
        # worth less than that
        (10, 40, 0),
        # nearly the whole life
        (100, 1, 99),
    ],
)
def test_p1_below_what_is_believed_it_is_not_relied_on(
    confidence: int, believe: int, seconds: int
) -> None:
    rules = with_rule("heartbeat", 100, confidence, believe)
    assert rules.believed_for("heartbeat") == timedelta(seconds=seconds)
    awake = derive(PresenceFacts(heartbeat_at=NOON), NOON, rules).state == A
    assert awake is (seconds > 0)


def test_p1_a_kind_without_a_rule_says_nothing() -> None:
    bare = replace(RULES, signals={})
    facts = PresenceFacts(heartbeat_at=NOON, network_lost_at=NOON)
    assert derive(facts, NOON, bare).reasons == (Reason.NOTHING_KNOWN,)


@pytest.mark.parametrize("kind", KINDS)
@given(age=st.integers(0, 100 * 24 * 3600))
def test_p1_confidence_and_reliance_are_the_same_thing(kind: str, age: int) -> None:
    span = timedelta(seconds=age)
    rule = RULES.signals[kind]
    left = max(0.0, rule.confidence * (1 - age / rule.lifetime))  # falls evenly, down to nothing
    relied = span < RULES.believed_for(kind)
    assert relied == (left > RULES.believe) or left == pytest.approx(RULES.believe)


moments = st.none() | st.integers(-60 * 24 * 60, 0).map(lambda m: NOON + timedelta(minutes=m))
stretches = st.lists(
    st.tuples(st.integers(-600, 600), st.integers(1, 900), st.sampled_from(list(Reason)[5:7])).map(
        lambda it: Quiet(
            NOON + timedelta(minutes=it[0]), NOON + timedelta(minutes=it[0] + it[1]), it[2]
        )
    ),
    max_size=3,
).map(tuple)
anything = st.builds(
    PresenceFacts,
    **dict.fromkeys(KIND_OF, moments),
    heartbeat_foreground=st.booleans(),
    quiet=stretches,
    factor_uncertain=st.booleans(),
    anomaly=st.booleans(),
    sensitive=st.booleans(),
    open_escalation=st.booleans(),
)


@given(facts=anything, ahead=st.integers(0, 60 * 24 * 60))
def test_p2_nothing_changes_before_changes_at_and_something_does_then(
    facts: PresenceFacts, ahead: int
) -> None:
    found = derive(facts, NOON, RULES)
    later = derive(facts, NOON + timedelta(minutes=ahead), RULES)
    if found.changes_at is None or NOON + timedelta(minutes=ahead) < found.changes_at:
        assert (later.state, later.reasons) == (found.state, found.reasons)
    if found.changes_at is not None:
        assert found.changes_at > NOON
        then = derive(facts, found.changes_at, RULES)
        just_before = derive(facts, found.changes_at - TICK, RULES)
        assert (just_before.state, just_before.reasons) == (found.state, found.reasons)
        assert (then.state, then.reasons) != (found.state, found.reasons)


@given(facts=anything)
def test_p4_silence_never_escalates(facts: PresenceFacts) -> None:
    calm = replace(facts, anomaly=False, open_escalation=False)
    assert derive(calm, NOON, RULES).state != E


@given(facts=anything)
def test_p4_data_that_is_gone_never_escalates(facts: PresenceFacts) -> None:
    gone = replace(facts, **dict.fromkeys(KIND_OF, None), open_escalation=False)
    assert derive(gone, NOON, RULES).state != E


@given(facts=anything, ahead=st.integers(0, 60 * 24 * 60))
def test_p4_data_that_grows_old_never_escalates(facts: PresenceFacts, ahead: int) -> None:
    now, later = (derive(facts, NOON + timedelta(minutes=minutes), RULES) for minutes in (0, ahead))
    assert later.state != E or now.state == E


@given(facts=anything)
def test_p5_dark_is_who_is_neither_available_nor_silent_by_choice(facts: PresenceFacts) -> None:
    found = derive(facts, NOON, RULES)
    assert found.dark == (found.state in (D, U, G) and not found.quiet)


@given(quiet=stretches)
def test_p4_nobody_is_asked_between_two_silences_that_touch(quiet: tuple[Quiet, ...]) -> None:
    end = quiet_end(quiet, NOON)
    covered = [each for each in quiet if each.begins <= NOON < each.ends]
    assert (end is None) == (not covered)
    if end is not None:
        assert not [each for each in quiet if each.begins <= end < each.ends]
        assert all(each.ends <= end for each in covered)


def test_every_fact_with_a_time_has_a_rule() -> None:
    times = {each.name for each in fields(PresenceFacts) if each.name.endswith("_at")}
    assert times == set(KIND_OF)
    assert set(KIND_OF.values()) <= set(KINDS)
