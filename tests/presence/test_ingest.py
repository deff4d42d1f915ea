"""Taking signals in: what is refused, what wins, what it costs (P1, P6)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.lifecycle import clock_at
from identity.models import User
from presence.availability import facts_of, sweep_availability
from presence.ingest import Refused, ingest_signals
from presence.models import Preference, Presence, RulesInForce, Signal, SignalSource
from presence.purposes import refusal
from presence.rules_in_force import put_rules, rules_in_force
from presence.signals import WORDS, SignalIn
from presence.statement import FACT_FIELDS, FEEDER_WAITS, take_in
from presence.states import derive
from tests.presence.ruled import NOON, RULES

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
TICK = timedelta(microseconds=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def person(demo: None) -> User:
    """Somebody of whom nothing is known."""
    user: User = User.objects.create_user("quill")
    return user


def beat(person: User, at: datetime, value: str = "foreground") -> SignalIn:
    return SignalIn(person.pk, "heartbeat", at, value)


def ingest(*signals: SignalIn, now: datetime = NOON, source: str = "application") -> list[Refused]:
    with clock_at(now):
        return ingest_signals(signals, source)


def facts(person: User) -> dict[str, Any]:
    """The row as far as signals made it."""
    return Presence.objects.filter(pk=person.pk).values(*FACT_FIELDS, "permission_at").get()


def log_of(person: User) -> list[tuple[str, datetime]]:
    rows = Signal.objects.filter(subject=person).order_by("observed_at", "kind")
    return list(rows.values_list("kind", "observed_at"))


# -- the clock -------------------------------------------------------------------------------------

CLOCKS = [
    # how far ahead of ours the device's clock is; the code, or None
    (timedelta(0), None),
    (RULES.tolerance, None),  # exactly as far as is tolerated
    (RULES.tolerance + TICK, "clock_ahead"),
    (RULES.tolerance + SECOND, "clock_ahead"),
    (-RULES.longest - timedelta(days=30), None),  # the oldest that is stored
    (-RULES.longest - timedelta(days=30) - TICK, "clock_behind"),
]


@pytest.mark.parametrize(("ahead", "code"), CLOCKS)
def test_p1_clocks_may_run_ahead_as_far_as_the_policy_says(
    person: User, ahead: timedelta, code: str | None
) -> None:
    refused = ingest(beat(person, NOON + ahead))
    assert [each.code for each in refused] == ([code] if code else [])
    if code:
        assert not Presence.objects.filter(pk=person.pk).exists()
        assert log_of(person) == []
    else:  # set back to now, never into the future
        assert facts(person)["heartbeat_at"] == NOON + min(ahead, timedelta(0))
        assert log_of(person) == [("heartbeat", NOON + min(ahead, timedelta(0)))]


def test_p1_the_tolerance_is_that_of_the_rules_in_force(person: User) -> None:
    ahead = beat(person, NOON + 4 * MINUTE)
    RulesInForce.objects.all().delete()
    assert ingest(ahead) == []  # before any policy five minutes count
    put_rules(9, replace(RULES, clock_tolerance=60))
    assert ingest(ahead) == [Refused(0, "clock_ahead")]


# -- what is refused -------------------------------------------------------------------------------


def test_p1_the_good_are_stored_and_the_bad_named_by_their_place(person: User) -> None:
    refused = ingest(
        beat(person, NOON + timedelta(hours=1)),
        SignalIn(person.pk, "telepathy", NOON),
        beat(person, NOON),
        SignalIn(person.pk, "network", NOON, "sideways"),
        beat(person, NOON - timedelta(days=400)),
    )
    assert refused == [
        Refused(0, "clock_ahead"),
        Refused(1, "unknown_kind"),
        Refused(3, "wrong_value"),
        Refused(4, "clock_behind"),
    ]
    assert log_of(person) == [("heartbeat", NOON)]
    assert ingest() == []


@pytest.mark.parametrize("consent", [None, True, False])
def test_p6_without_consent_nothing_is_stored(person: User, consent: bool | None) -> None:
    """The statement says of each person what the pure predicate says."""
    if consent is not None:
        Preference.objects.create(subject=person, presence_consent=consent)
    other = User.objects.create_user("other")
    refused = ingest(beat(person, NOON), beat(other, NOON))
    code = refusal(consent)
    assert refused == ([Refused(0, code)] if code else [])
    assert Presence.objects.filter(pk=person.pk).exists() is (code is None)
    assert bool(log_of(person)) is (code is None)
    assert log_of(other) == [("heartbeat", NOON)]


def test_the_feeder_keeps_still_where_an_application_spoke(person: User) -> None:
    ingest(beat(person, NOON))
    before = facts(person)
    soon = NOON + FEEDER_WAITS - TICK
    assert ingest(beat(person, soon), now=soon, source=SignalSource.FEEDER) == []
    assert facts(person) == before
    later = NOON + FEEDER_WAITS
    ingest(beat(person, later), now=later, source=SignalSource.FEEDER)
    assert facts(person)["heartbeat_at"] == later


# -- what wins -------------------------------------------------------------------------------------

DEVICES = [None, uuid.UUID(int=1), uuid.UUID(int=2)]
MOMENTS = [NOON - timedelta(seconds=step) for step in (0, 1, 2, 59, 4000, 100_000)] + [
    NOON + timedelta(seconds=30)  # set back to noon
]


@st.composite
def shuffled(draw: st.DrawFn) -> tuple[list[tuple[Any, ...]], list[list[tuple[Any, ...]]]]:
    """A set of signals, and the same with repeats in any order, in batches."""
    one = st.tuples(
        st.sampled_from(sorted(WORDS)), st.sampled_from(MOMENTS), st.sampled_from(DEVICES)
    )
    whole = draw(st.lists(one, min_size=1, max_size=12, unique=True))
    repeats = draw(st.lists(st.sampled_from(whole), max_size=6))
    order = draw(st.permutations([*whole, *repeats]))
    cuts = sorted(draw(st.lists(st.integers(0, len(order)), max_size=3)))
    batches = [order[a:b] for a, b in zip([0, *cuts], [*cuts, len(order)], strict=True)]
    return whole, batches


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(shuffled())
def test_p1_any_order_and_repetition_gives_the_row_of_the_sorted_set(
    demo: None, found: tuple[list[tuple[Any, ...]], list[list[tuple[Any, ...]]]]
) -> None:
    whole, batches = found
    sorted_one = User.objects.create_user(uuid.uuid4().hex)
    shuffled_one = User.objects.create_user(uuid.uuid4().hex)

    def tell(person: User, signals: Sequence[tuple[Any, ...]]) -> None:
        made = [SignalIn(person.pk, word[0], at, word[1], dev) for word, at, dev in signals]
        assert ingest(*made) == []

    for each in sorted(whole, key=lambda signal: signal[1]):
        tell(sorted_one, [each])
    for batch in batches:
        tell(shuffled_one, batch)
    assert facts(shuffled_one) == facts(sorted_one)
    # Once each, however often they came. Of the same kind, moment and device the first is kept.
    once = {(word[0], min(at, NOON), dev) for word, at, dev in whole}
    for person in (sorted_one, shuffled_one):
        rows = Signal.objects.filter(subject=person)
        assert sorted(map(str, rows.values_list("kind", "observed_at", "device_id"))) == sorted(
            map(str, once)
        )


def test_p1_an_old_refusal_of_prompts_does_not_undo_a_newer_grant(person: User) -> None:
    ingest(SignalIn(person.pk, "permission", NOON - MINUTE, "granted"))
    ingest(SignalIn(person.pk, "permission", NOON - 2 * MINUTE, "denied"))
    assert facts(person)["permission_denied_at"] is None
    ingest(SignalIn(person.pk, "permission", NOON, "denied"))
    assert facts(person)["permission_denied_at"] == NOON


def test_p1_a_repeat_on_another_day_is_one_observation(person: User) -> None:
    evening, morning = NOON + timedelta(hours=11), NOON + timedelta(hours=13)
    seen = beat(person, evening)
    ingest(seen, now=evening)
    ingest(seen, beat(person, evening - MINUTE), now=morning)
    ingest(seen, beat(person, evening - MINUTE), now=morning)
    assert log_of(person) == [("heartbeat", evening - MINUTE), ("heartbeat", evening)]


# -- what it costs ---------------------------------------------------------------------------------


def test_p1_a_quiet_heartbeat_costs_one_statement(person: User) -> None:
    ingest(beat(person, NOON))
    for step in range(1, 4):
        moment = NOON + step * MINUTE
        with CaptureQueriesContext(connection) as queries:
            ingest(beat(person, moment), now=moment)
        assert len(queries) == 1
        assert facts(person)["heartbeat_at"] == moment


def test_p1_a_batch_costs_what_a_signal_does(demo: None) -> None:
    people = [User.objects.create_user(f"quill{number}") for number in range(30)]
    ingest(*(beat(person, NOON) for person in people))
    moment = NOON + MINUTE
    signals = [beat(person, moment) for person in people]
    signals += [SignalIn(person.pk, "permission", moment, "granted") for person in people]
    with CaptureQueriesContext(connection) as queries:
        assert ingest(*signals, now=moment) == []
    assert len(queries) == 1


def test_only_those_whose_conclusion_may_change_are_looked_at(person: User) -> None:
    other = User.objects.create_user("other")
    ingest(beat(person, NOON), beat(other, NOON))
    moment = NOON + MINUTE
    with clock_at(moment):
        answer = take_in(
            [beat(person, moment), SignalIn(other.pk, "network", moment, "lost")],
            "application",
            None,
        )
    assert (answer.due, answer.refused, answer.late) == ([other.pk], {}, [])


def test_who_stores_and_dies_before_the_conclusion_leaves_it_to_the_sweep(person: User) -> None:
    with clock_at(NOON):
        take_in([beat(person, NOON)], "application", None)
        assert Presence.objects.get(pk=person.pk).status == "delayed"
        sweep_availability()
    assert Presence.objects.get(pk=person.pk).status == "available"


def test_a_heartbeat_after_another_that_put_nothing_off_is_no_return(person: User) -> None:
    """`changes_at` still stands where the first heartbeat put it; nobody was gone."""
    ingest(beat(person, NOON))
    returned = Presence.objects.get(pk=person.pk).returned_at
    for seconds in (240, 330):
        moment = NOON + timedelta(seconds=seconds)
        ingest(beat(person, moment), now=moment)
    row = Presence.objects.get(pk=person.pk)
    assert (row.status, row.returned_at) == ("available", returned)
    assert row.changes_at is not None
    assert row.changes_at > NOON + timedelta(seconds=330)


WALKS = st.lists(
    st.tuples(st.sampled_from(sorted(WORDS)), st.integers(0, 400), st.integers(0, 90)),
    min_size=1,
    max_size=14,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(WALKS)
def test_p2_what_is_passed_over_changes_no_conclusion(
    demo: None, walk: list[tuple[tuple[str, str], int, int]]
) -> None:
    """Whatever comes, what is recorded is what the facts say, or is about to be looked at."""
    person = User.objects.create_user(uuid.uuid4().hex)
    moment = NOON
    rules = rules_in_force()
    for (kind, value), passed, age in walk:
        moment += timedelta(seconds=passed)
        at = moment - timedelta(seconds=age)
        ingest(SignalIn(person.pk, kind, at, value), now=moment)
        row = Presence.objects.get(pk=person.pk)
        said = derive(facts_of(row, None, moment), moment, rules)
        if row.unsettled_since is not None:
            assert row.changes_at is not None  # looked at when it has settled
            continue
        assert (row.status, row.reasons) == (said.state, [each.value for each in said.reasons])
        if said.changes_at is not None:
            assert row.changes_at is not None
            assert row.changes_at <= said.changes_at
