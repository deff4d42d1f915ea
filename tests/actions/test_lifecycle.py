"""The one transition, the state table, sealing and the record."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.serializers import serialize
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from config import lifecycle
from config.lifecycle import DomainEvent, IllegalTransition, Superseded, announce
from identity import audit
from identity.actions.moves import end, locked
from identity.errors import CannotOpen, InvalidPayload
from identity.models import ACTION_MACHINE, Action, Event
from identity.payloads import checked_payload, masked
from identity.sealing import open_payload, place_of, seal_payload
from identity.states import EDGES, OPEN, TERMINAL, WAITING, Status
from tests.world.demo import Application, stored

EVENTS = sorted({event for _, event in EDGES})


@given(st.sampled_from(list(Status)), st.sampled_from(EVENTS))
def test_an_unknown_pair_is_an_error(state: Status, event: str) -> None:
    if (state, event) in EDGES:
        assert ACTION_MACHINE.target(state, event) == EDGES[(state, event)]
    else:
        with pytest.raises(IllegalTransition):
            ACTION_MACHINE.target(state, event)


def test_groups_cover_every_state_once() -> None:
    assert frozenset(Status) == OPEN | TERMINAL
    assert not OPEN & TERMINAL
    assert WAITING < OPEN
    assert all(event in audit.NAMES for _, event in EDGES)
    finals = TERMINAL - {Status.COMMITTED}
    assert not [pair for pair in EDGES if pair[0] in finals]


@pytest.mark.django_db
def test_f26_a_failing_audit_write_rolls_the_change_back(
    payroll: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    action = payroll.ask("tess").json()

    def refuse(events: object) -> None:
        raise RuntimeError("the record cannot be written")

    monkeypatch.setattr(lifecycle, "_listeners", [(frozenset(), refuse)])
    row = stored(action["id"])
    with pytest.raises(RuntimeError), transaction.atomic():
        end(row, "action.cancelled", datetime.now(UTC), "by_user")
    assert stored(action["id"]).status == "queued"


@pytest.mark.django_db
def test_a_stale_row_cannot_be_moved(payroll: Application) -> None:
    action = payroll.ask("tess").json()
    stale = stored(action["id"])
    with transaction.atomic():
        row = locked(action["id"])
        assert row is not None
        end(row, "action.cancelled", datetime.now(UTC), "by_user")
    with pytest.raises(Superseded), transaction.atomic():
        lifecycle.transition(stale, "action.approved", ACTION_MACHINE, at=datetime.now(UTC))
    assert stored(action["id"]).status == "cancelled"


@pytest.mark.django_db
def test_q5_events_are_append_only_and_of_a_closed_vocabulary(payroll: Application) -> None:
    payroll.ask("tess")
    for change in ("UPDATE identity_event SET name = 'x'", "DELETE FROM identity_event"):
        with (
            pytest.raises(DatabaseError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(change)
    with pytest.raises(audit.UnknownEvent), transaction.atomic():
        announce(DomainEvent("action.vanished", "action", "", datetime.now(UTC)))
    assert set(Event.objects.values_list("name", flat=True)) <= audit.NAMES


@pytest.mark.django_db
def test_p6_no_raw_context_is_stored(payroll: Application) -> None:
    payroll.ask(
        "tess",
        context={
            "ip": "203.0.113.77",
            "asn": "AS64511",
            "country": "pt",
            "user_agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Canary/77",
        },
    )
    dump = serialize("json", Action.objects.all()) + serialize("json", Event.objects.all())
    assert not [raw for raw in ("203.0.113", "64511", "Canary", "DE8937") if raw in dump]
    action = Action.objects.get()
    assert (action.country, action.device_class) == ("PT", "phone")


@pytest.mark.django_db
@pytest.mark.parametrize("position", [0, 1, 5, 20, -1])
def test_q1_a_sealed_payload_opens_only_where_it_belongs(position: int) -> None:
    place = place_of("a", 1, 2)
    sealed = seal_payload({"account": "x"}, place)
    assert open_payload(sealed, place) == {"account": "x"}
    with pytest.raises(CannotOpen):
        open_payload(sealed, place_of("b", 1, 2))
    edited = bytearray(sealed)
    edited[position] ^= 1
    with pytest.raises(CannotOpen):
        open_payload(bytes(edited), place)


@pytest.mark.parametrize(
    ("kind", "good", "kept"),
    [
        ("iban", "de89 3704 0044 0532 0130 00", "DE89370400440532013000"),
        ("email", "a.b@harbour.example", "a.b@harbour.example"),
        ("word", "admin", "admin"),
    ],
)
def test_payload_values_are_canonical(kind: str, good: str, kept: str) -> None:
    assert checked_payload({"x": good}, {"x": kind}) == {"x": kept}


@pytest.mark.parametrize(
    ("kind", "bad"),
    [
        ("iban", "DE88370400440532013000"),
        ("iban", ""),
        ("email", "a@b"),
        ("email", "a@b.example,c@d.example"),
        ("email", "a@b.example\nBcc: c@d.example"),
        ("email", "а@b.example"),
        ("word", "Admin Role"),
        ("word", {"a": 1}),
    ],
)
def test_f14_values_of_another_kind_are_refused(kind: str, bad: object) -> None:
    with pytest.raises(InvalidPayload):
        checked_payload({"x": bad}, {"x": kind})


def test_masks_show_the_owner_enough() -> None:
    assert masked("DE89370400440532013000", "iban") == "DE89 •••• •••• 3000"
    assert masked("sam@harbour.example", "email") == "s•••@harbour.example"


@pytest.mark.django_db
@pytest.mark.parametrize(("person", "most"), [("avery", 22), ("tess", 20), ("riley", 23)])
def test_post_actions_costs_a_fixed_number_of_queries(
    payroll: Application, person: str, most: int
) -> None:
    payroll.ask(person, "payslip.view")  # compiles the policy once
    with CaptureQueriesContext(
        connection,
    ) as few:
        payroll.ask(person, session=f"payroll-{person}", device=f"{person}-phone")
    for number in range(30):
        payroll.ask("tess", payload={"account": _iban(number)})
        payroll.signal("tess", "device_seen")
    other = {"account": _iban(77)}
    with CaptureQueriesContext(connection) as many:
        payroll.ask(person, payload=other, session=f"payroll-{person}", device=f"{person}-phone")
    assert len(many) <= len(few)
    assert len(few) <= most, [query["sql"][:100] for query in few]


def _iban(number: int) -> str:
    bban = f"370400440532{number:06d}"
    return f"DE{98 - int(f'{bban}131400') % 97:02d}{bban}"
