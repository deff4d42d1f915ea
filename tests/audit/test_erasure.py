"""Erasing a person: nowhere in the database any more, and the record still holds (F47, Q1)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from pytest_django.fixtures import Settings

from config.lifecycle import read_clock
from fallbacks.models import ContactPoint, Escalation, SecurityNotice
from identity.audit.chain import KEPT_ATTRIBUTES, KEPT_OBJECTS
from identity.audit.chaining import chain_events
from identity.audit.checkpoints import write_checkpoint
from identity.audit.recheck import verify_record
from identity.audit.verifying import links_after
from identity.erasure import Replay, erase_person, is_erased, replay_erasures
from identity.errors import ErasureMustWait, NoLedger, NotErasable, UnknownSubject
from identity.messages import say
from identity.models import (
    Action,
    Delivery,
    Device,
    Event,
    EventSalt,
    Evidence,
    IdempotencyKey,
    Session,
    User,
)
from identity.notices import notify_security
from tests.world.demo import Application

pytestmark = pytest.mark.django_db
CANARY = "zebrafinch"
"""Stands in everything that the person typed, was called or named."""


@pytest.fixture(autouse=True)
def directory(settings: Settings, tmp_path: Path) -> Path:
    settings.AUDIT_CHECKPOINT_DIR = tmp_path
    return tmp_path


def tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        )
        return [name for (name,) in cursor.fetchall()]


def dumped() -> dict[str, str]:
    """Every table as COPY writes it out, which is what a dump is made of."""
    found = {}
    for table in tables():
        with (
            connection.cursor() as cursor,
            cursor.copy(f"COPY (SELECT * FROM {table}) TO STDOUT") as rows,
        ):
            found[table] = b"".join(bytes(row) for row in rows).decode("utf-8", "replace").lower()
    return found


def where(*words: str) -> dict[str, str]:
    """The tables that have one of the words."""
    return {
        table: word for table, text in dumped().items() for word in words if word.lower() in text
    }


@pytest.fixture
def canary(payroll: Application) -> User:
    """Tess lives through a good deal, and goes by a name that is found wherever it stands."""
    person = User.objects.get(username="tess")
    person.username, person.first_name = CANARY, f"{CANARY} first"
    person.last_name, person.email = f"{CANARY} last", f"{CANARY}@example.org"
    person.save()
    now = read_clock()
    device = Device.objects.create(
        user=person, reference=f"{CANARY}-phone", name=f"{CANARY}'s phone",
        first_seen_at=now, last_seen_at=now,
    )  # fmt: skip
    session = Session.objects.create(
        user=person, device=device, reference=f"{CANARY}-session", network="abc", country="PT",
        started_at=now, last_seen_at=now,
    )  # fmt: skip
    Evidence.objects.create(
        user=person, session=session, factor="totp", aal=2, verified_at=now,
        expires_at=now + timedelta(hours=1),
    )  # fmt: skip
    ContactPoint.objects.create(
        subject=person, kind="email", email=f"{CANARY}@contact.example", added_at=now
    )
    with transaction.atomic():
        notify_security(person, "password_changed", {"place": CANARY}, session=session)
    answer = payroll.ask(
        CANARY, session=session.reference, device=device.reference, key=f"{CANARY}-key",
        binding_message=f"{CANARY} 12",
    )  # fmt: skip
    assert answer.status_code == 201, answer.content
    Escalation.objects.create(
        subject=person, notice=SecurityNotice.objects.get(subject=person), note=f"met {CANARY}",
        opened_at=now, due_at=now,
    )  # fmt: skip
    LogEntry.objects.create(
        user=User.objects.get(username="security1"), action_flag=CHANGE,
        object_id="7", object_repr=f"session of {CANARY}", change_message="",
    )  # fmt: skip
    return person


def about(person: User) -> tuple[str, ...]:
    """What finds the person: the canary, and the ids of where they were."""
    ids = [str(each.pk) for each in (*person.sessions.all(), *person.devices.all())]
    return (CANARY, *ids)


def test_f47_an_erased_person_is_in_no_table_and_the_record_holds(canary: User) -> None:
    words = about(canary)
    chain_events()
    assert write_checkpoint(read_clock()) is None
    assert len(where(*words)) >= 8, "the canary sings everywhere first"
    before = Event.objects.count()
    events = list(Event.objects.filter(subject=canary).values_list("id", flat=True))
    assert events
    erase_person(CANARY, actor="security1")
    assert where(*words) == {}
    assert not EventSalt.objects.filter(person_id=canary.pk).exists()
    assert not Event.objects.filter(subject_id=canary.pk).exists()
    assert Event.objects.count() > before
    assert Event.objects.filter(id__in=events).count() == len(events), "what happened stays"
    chain_events()
    assert write_checkpoint(read_clock()) is None
    verification = verify_record()
    assert verification.holds, verification.finding
    assert verification.verdict.forgotten >= 1
    erased = Event.objects.get(name="person.erased")
    assert (erased.actor, erased.subject_id) == ("security1", None)
    assert is_erased(User.objects.get(pk=canary.pk))


def test_q1_open_requests_end_first_are_told_and_their_payload_is_destroyed(
    canary: User,
) -> None:
    [action] = Action.objects.filter(subject=canary)
    assert bytes(action.sealed_payload)
    erase_person(CANARY)
    action.refresh_from_db()
    assert (action.status, action.reason) == ("cancelled", "account_closed")
    assert bytes(action.sealed_payload) == b""
    assert action.session_id is action.device_id is None
    told = Delivery.objects.get(action=action, type="action.cancelled")
    assert told.status == "pending"
    assert told.data["id"] == str(action.pk)
    assert told.data["subject"] == f"erased-{canary.pk}"
    assert not IdempotencyKey.objects.filter(action=action).exists()


def test_nobody_can_sign_in_as_the_erased_or_ask_for_them(
    canary: User, payroll: Application
) -> None:
    erase_person(CANARY)
    row = User.objects.get(pk=canary.pk)
    assert not row.is_active
    assert not row.has_usable_password()
    for name in (CANARY, row.username):
        assert payroll.ask(name).status_code == 422
    with pytest.raises(UnknownSubject):
        erase_person(CANARY)
    with pytest.raises(UnknownSubject):
        erase_person(row.username)


def test_somebody_for_whom_something_is_under_way_is_erased_afterwards(canary: User) -> None:
    Action.objects.filter(subject=canary).update(status="approved")
    with pytest.raises(ErasureMustWait):
        erase_person(CANARY)
    Action.objects.filter(subject=canary).update(
        status="committed", confirm_by=read_clock() + timedelta(days=1)
    )
    with pytest.raises(ErasureMustWait):
        erase_person(CANARY)
    assert User.objects.filter(username=CANARY).exists()
    assert replay_erasures() == Replay(0, (), (), ())


def test_staff_are_not_erased_while_they_are_staff(canary: User) -> None:
    with pytest.raises(NotErasable):
        erase_person("support1")


def test_f47_without_the_ledger_nobody_is_erased(canary: User, directory: Path) -> None:
    directory.rename(directory.with_name("away"))
    with pytest.raises(NoLedger):
        erase_person(CANARY)
    assert User.objects.filter(username=CANARY).exists()
    with pytest.raises(NoLedger):
        replay_erasures()


# -- a restored backup -----------------------------------------------------------------------------


def test_f47_a_restored_backup_is_erased_again_from_the_ledger(
    canary: User, directory: Path
) -> None:
    words = about(canary)
    chain_events()
    assert write_checkpoint(read_clock()) is None
    backup = transaction.savepoint()
    erase_person(CANARY)
    chain_events()
    assert write_checkpoint(read_clock()) is None
    ledger = (directory / "erasures.jws").read_text()
    assert CANARY not in ledger
    transaction.savepoint_rollback(backup)
    assert where(CANARY), "the backup has them again"
    assert not verify_record().holds, "the tail is gone, and it shows"
    assert write_checkpoint(read_clock(), restored=True) is None
    assert replay_erasures() == Replay(1, (), (), ())
    assert where(*words) == {}
    assert replay_erasures() == Replay(0, (), (), ())
    assert (directory / "erasures.jws").read_text() == ledger
    chain_events()
    assert write_checkpoint(read_clock()) is None
    assert verify_record().holds


def test_f47_a_line_never_erases_another_person_with_the_same_key(
    canary: User, directory: Path
) -> None:
    backup = transaction.savepoint()
    erase_person(CANARY)
    transaction.savepoint_rollback(backup)
    canary.refresh_from_db()
    canary.date_joined += timedelta(microseconds=1)
    canary.save()
    assert replay_erasures() == Replay(0, (), (1,), ())
    path = directory / "erasures.jws"
    path.write_bytes(path.read_bytes().replace(b"ey", b"fy", 1))
    assert replay_erasures() == Replay(0, (1,), (), ())
    assert User.objects.filter(username=CANARY).exists()


def test_the_commands_say_what_they_did(canary: User, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError, match="not the same"):
        call_command("erase", CANARY, "--confirm", "tess", "--as", "security1")
    with pytest.raises(CommandError):
        call_command("erase", CANARY, "--confirm", CANARY, "--as", "nobody")
    backup = transaction.savepoint()
    call_command("erase", CANARY, "--confirm", CANARY, "--as", "security1")
    transaction.savepoint_rollback(backup)
    call_command("audit", "replay-erasures")
    out = capsys.readouterr().out
    assert say("erasure.erased") in out
    assert say("audit.ledger.replayed", count=1) in out
    assert not User.objects.filter(username=CANARY).exists()


# -- the one way past the guard --------------------------------------------------------------------


def forget(person: User, gone: Any, called: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT identity_event_forget(%s, %s, %s, %s, %s)",
            [gone, person.pk, called, list(KEPT_OBJECTS), list(KEPT_ATTRIBUTES)],
        )


@pytest.mark.parametrize(
    "change",
    [
        "subject_id = subject_id + 1",
        "object_id = 'other'",
        "actor = 'other'",
        "name = 'x', subject_id = NULL",
        'attributes = attributes || \'{"risk": "x"}\', subject_id = NULL',
    ],
)
def test_f27_the_gap_lets_nothing_through_but_emptying(canary: User, change: str) -> None:
    """Even once the salt is gone, and by somebody who has every right again."""
    chain_events()
    EventSalt.objects.filter(person_id=canary.pk).delete()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("GRANT ALL ON identity_event TO CURRENT_USER")
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE identity_event SET {change} WHERE subject_id = %s", [canary.pk])


def test_f27_the_way_used_from_aside_is_found(canary: User) -> None:
    """Whoever hides a person without an erasure leaves marks that nobody accounts for."""
    chain_events()
    assert write_checkpoint(read_clock()) is None
    forget(canary, EventSalt.objects.get(person_id=canary.pk).pk, CANARY)
    finding = verify_record().finding
    assert finding is not None
    assert finding.kind == "forgotten_untold"
    first = next(s for s in links_after(0) if s.link.subject_salt and s.subject_salt is None)
    assert finding.seq == first.link.seq
