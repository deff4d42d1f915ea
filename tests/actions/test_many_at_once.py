"""What decisions are based on, read for many at once: the same as for each alone, by no more
queries than for one."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.lifecycle import read_clock
from fallbacks.challenges import live_challenge, live_challenges
from fallbacks.escalations import has_open_escalation, resolve_escalation
from fallbacks.factors import held, held_by
from fallbacks.models import Challenge, Escalation, Incident
from identity.actions.moves import locked
from identity.actions.situation import Situation, reassess, reassess_many
from identity.darkness import clock_of, clocks_of
from identity.models import Action, Consent, Device, Evidence, User
from identity.models import Application as Client
from presence.models import Presence
from tests.world.demo import Application, Visitor

pytestmark = pytest.mark.django_db

PEOPLE = ("avery", "tess", "sam", "noor", "kai", "riley")
KINDS: dict[str, dict[str, str]] = {
    "payslip.view": {},
    "address.change": {"address": "Harbour Street 1"},
    "email.change": {"email": "somebody@example.org"},
    "payout.change": {"account": "DE89370400440532013000"},
    "role.grant": {"role": "approver"},
}
ORIGINS: tuple[dict[str, Any], ...] = (
    {},
    {"context": {"ip": "127.0.0.1", "country": "PT"}},
    {"context": {"ip": "203.0.113.9", "country": "BR"}},
)
MOMENTS = tuple(
    timedelta(seconds=each) for each in (0, 61, 20 * 60, 3 * 3600, 15 * 3600, 23 * 3600, 30 * 3600)
)


def asked_by_everybody(payroll: Application, visit: Callable[[str], Visitor]) -> list[Action]:
    """Six people with every kind of request from several places; proofs, a consent, something
    escalated, something released, and something down."""
    visitors = {name: visit(name) for name in ("avery", "tess", "sam")}
    ids = [
        payroll.ask(name, kind, payload, **origin).json()["id"]
        for name in PEOPLE
        for place, (kind, payload) in enumerate(KINDS.items())
        for origin in (ORIGINS[place % 3],)
    ]
    verified = [
        next(row for row in Action.objects.filter(pk__in=ids, subject__username=name)
             .exclude(status__in=("committed", "approved", "blocked")))
        for name in visitors
    ]  # fmt: skip
    for action in verified:
        assert visitors[action.subject.username].verify(str(action.pk)).status_code == 303
    Consent.objects.create(
        user=User.objects.get(username="avery"),
        application=Client.objects.get(client_id="demo-payroll"),
        type_id="address.change",
        given_at=read_clock(),
        until=read_clock() + timedelta(hours=20),
    )
    released = Escalation.objects.filter(subject__username="riley").first()
    assert released is not None
    resolve_escalation(
        released.pk,
        by=User.objects.get(username="security1"),
        verdict="release",
        reason_code="genuine_contacted",
    )
    assert has_open_escalation(User.objects.get(username="riley").pk)
    Incident.objects.create(
        title="Outage",
        mode="degraded",
        fails="-",
        works="-",
        what_to_do="-",
        dependencies=["sms_gateway"],
    )
    return [found for found in map(locked, map(uuid.UUID, ids)) if found is not None]


def copies(actions: Sequence[Action], number: int) -> list[Action]:
    """So many rows like `actions`, in turn, each a request of its own."""
    rows = []
    for place in range(number):
        row = Action.objects.get(pk=actions[place % len(actions)].pk)
        row.pk = uuid.uuid4()
        row.payload_fingerprint = row.pk.hex
        rows.append(row)
    Action.objects.bulk_create(rows)
    return [found for found in (locked(row.pk) for row in rows) if found is not None]


def plain(situation: Situation | None) -> Any:
    """What was found, to be compared; the moment at which presence changes is part of it."""
    assert situation is not None
    return situation, situation.availability.changes_at


def test_d10_many_are_decided_about_as_each_alone(
    payroll: Application, visit: Callable[[str], Visitor], later: Callable[[timedelta], datetime]
) -> None:
    actions = asked_by_everybody(payroll, visit)
    assert Evidence.objects.count() == 3
    avery = Device.objects.filter(user__username="avery").first()
    for action in actions[:2]:
        action.device = avery
    outcomes, levels, clearances, consents = set(), set(), set(), set()
    for step in MOMENTS:
        now = read_clock() + step
        alone = {action.pk: plain(reassess(action, now)) for action in actions}
        together = reassess_many(actions, now)
        assert {pk: plain(found) for pk, found in together.items()} == alone
        assert {
            pk: plain(found) for pk, found in reassess_many(actions[::-1], now).items()
        } == alone
        for found, _ in alone.values():
            outcomes.add(found.decision.outcome.value)
            levels.add(found.trust.level.word)
            clearances.add(found.facts.clearance.word)
            consents.add(found.facts.consent.word)
    assert outcomes >= {"challenge", "queue", "block", "fallback"}
    assert len(levels) >= 3
    assert clearances == {"none", "granted"}
    assert consents == {"none", "given"}


def test_d10_whose_person_is_gone_is_told_apart(
    payroll: Application, visit: Callable[[str], Visitor]
) -> None:
    actions = asked_by_everybody(payroll, visit)
    gone = User.objects.get(username="noor")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    found = reassess_many(actions, read_clock())
    nobody = {pk for pk, situation in found.items() if situation is None}
    assert nobody == {action.pk for action in actions if action.subject_id == gone.pk}
    assert 0 < len(nobody) < len(found) == len(actions)


def test_p5_many_clocks_are_those_of_each_alone(
    payroll: Application, visit: Callable[[str], Visitor]
) -> None:
    actions = asked_by_everybody(payroll, visit)
    Presence.objects.filter(subject__username="noor").delete()
    running = 0
    for step in MOMENTS:
        now = read_clock() + step
        alone = {action.pk: clock_of(action, now) for action in actions}
        assert clocks_of(actions, now) == alone
        running += sum(clock.until is not None for clock in alone.values())
    assert running


def test_what_many_people_have_is_what_each_has(payroll: Application) -> None:
    people = list(User.objects.values_list("pk", flat=True))
    found = held_by(people)
    assert found == {person: held(person) for person in people}
    assert len({has.names for has in found.values()}) >= 3
    assert held_by([]) == {}


def test_many_live_challenges_are_those_of_each_alone(
    payroll: Application, visit: Callable[[str], Visitor]
) -> None:
    actions = asked_by_everybody(payroll, visit)
    ids = [action.pk for action in actions]
    found = live_challenges(ids)
    assert found == {pk: live for pk in ids if (live := live_challenge(pk)) is not None}
    assert 0 < len(found) < Challenge.objects.count()


def queries_of(work: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as queries:
        work()
    return len(queries)


@pytest.mark.parametrize("number", [1, 10, 100])
def test_a_hundred_are_read_by_as_many_queries_as_one(
    payroll: Application, visit: Callable[[str], Visitor], number: int
) -> None:
    actions = asked_by_everybody(payroll, visit)
    medium = [action for action in actions if action.type_id == "address.change"]
    assert len(medium) == len(PEOPLE)
    rows = copies(medium, number)
    now = read_clock()
    # people, policy, incidents, factors, evidence, escalations, consents
    assert queries_of(lambda: reassess_many(rows, now)) == 7
    bare = list(Action.objects.filter(pk__in=[row.pk for row in rows]))
    Action.objects.filter(pk__in=[row.pk for row in rows]).update(device=Device.objects.first())
    bare = list(Action.objects.filter(pk__in=[row.pk for row in rows]))
    assert queries_of(lambda: reassess_many(bare, now)) == 9  # type and device too
    for row in rows:
        row.status = "queued"
    assert queries_of(lambda: clocks_of(rows, now)) == 1
    assert queries_of(lambda: live_challenges([row.pk for row in rows])) == 1
    assert queries_of(lambda: (reassess_many([], now), clocks_of([], now))) == 0
