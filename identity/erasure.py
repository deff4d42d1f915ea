"""Erasing a person: they are nowhere any more, and the record of what happened still holds (F47).

What they asked for ends first, and the applications are told. Their row stays as a nameless one,
because requests, verdicts and other people's decisions point to it; whatever told of them is
deleted or emptied. In the chain their salt is destroyed, so nothing links an event to them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.db.models import F, Func, JSONField, Q, Value
from django_otp.plugins.otp_totp.models import TOTPDevice

from config.lifecycle import DomainEvent, announce, fetch, read_clock
from fallbacks.models import Escalation, FactorChange, SecurityNotice, VerificationCase
from identity.actions.moves import end
from identity.audit.chain import KEPT_ATTRIBUTES, KEPT_OBJECTS
from identity.audit.chaining import chain_all
from identity.audit.ledger import enter, mark_of, read_ledger
from identity.errors import ErasureMustWait, NoLedger, NotErasable, UnknownSubject
from identity.inventory import our_models
from identity.models import Action, Delivery, EventSalt, IdempotencyKey, User
from identity.states import WAITING, Status

NAMELESS = "erased-"
"""What the sign-in name of an erased person begins with; their key follows."""
REASON = "account_closed"
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Replay:
    """What a replay of the ledger came to: how many were erased again, lines that nobody we know
    signed, lines about somebody else than is here, lines whose person must wait."""

    erased: int
    unsound: tuple[int, ...]
    strangers: tuple[int, ...]
    waiting: tuple[int, ...]

    @property
    def holds(self) -> bool:
        """Whether nobody of the ledger is here."""
        return not (self.unsound or self.strangers or self.waiting)


def erase_person(username: str, *, actor: str = "") -> None:
    """Erase the person of that sign-in name; `actor` is who on the staff does it.

    All of it or nothing. It is entered in the ledger before it is committed. Raises
    UnknownSubject, NotErasable for staff, ErasureMustWait while something is being carried out or
    may still be undone, NoLedger.
    """
    with transaction.atomic():
        person = User.objects.select_for_update().filter(username=username).first()
        if person is None or is_erased(person):
            raise UnknownSubject
        _erase(person, actor, enters=True)


def replay_erasures() -> Replay:
    """Erase again whoever of the ledger is here: the database was restored. Safe to repeat.

    Raises NoLedger.
    """
    erased, unsound, strangers, waiting = 0, [], [], []
    try:
        entries = list(read_ledger())
    except OSError as error:
        raise NoLedger from error
    for entry in entries:
        if not entry.sound:
            unsound.append(entry.line)
            continue
        with transaction.atomic():
            person = User.objects.select_for_update().filter(pk=entry.person).first()
            if person is None or is_erased(person):
                continue
            if mark_of(person.pk, person.date_joined) != entry.mark:
                strangers.append(entry.line)
                continue
            try:
                _erase(person, "", enters=False)
            except (ErasureMustWait, NotErasable):
                waiting.append(entry.line)
                continue
            erased += 1
    return Replay(erased, tuple(unsound), tuple(strangers), tuple(waiting))


def is_erased(person: User) -> bool:
    """Whether the row is all that is left of somebody."""
    return not person.is_active and person.username == f"{NAMELESS}{person.pk}"


def _erase(person: User, actor: str, *, enters: bool) -> None:
    if person.is_staff or person.is_superuser:
        raise NotErasable
    now = read_clock()
    called = person.username
    _end_requests(person, now)
    if enters:
        try:
            enter(person.pk, person.date_joined, now)
        except OSError as error:
            raise NoLedger from error
    _forget_in_record(person, called, actor, now)
    _empty_requests(person)
    _delete_own_rows(person)
    _empty_rest(person, called)
    _leave_nameless(person)


def _end_requests(person: User, now: datetime) -> None:
    """End what waits, told to the applications. What is under way keeps its payload until it is
    over, so the erasure waits for it. Raises ErasureMustWait."""
    rows = Action.objects.select_for_update(of=("self",)).select_related("application", "subject")
    for action in rows.filter(subject=person).order_by("created_at"):
        if action.status in WAITING:
            end(action, "action.cancelled", now, REASON)
        elif action.status == Status.APPROVED or action.unsettled:
            raise ErasureMustWait


def _forget_in_record(person: User, called: str, actor: str, now: datetime) -> None:
    """Link all that is there, destroy the salt, empty the columns, and tell of it.

    The salt's id is what the events of one erased person still have in common; it leads nowhere.
    """
    chain_all()
    salt = EventSalt.objects.filter(person_id=person.pk).values_list("id", flat=True).first()
    emptied = 0
    if salt is not None:
        emptied = fetch(
            "SELECT identity_event_forget(%s, %s, %s, %s, %s)",
            [salt, person.pk, called, list(KEPT_OBJECTS), list(KEPT_ATTRIBUTES)],
        )[0][0]
    announce(
        DomainEvent(
            name="person.erased",
            kind="person",
            object_id="" if salt is None else str(salt),
            at=now,
            actor=actor,
            attributes={"events": emptied},
        )
    )


def _empty_requests(person: User) -> None:
    """What requests and messages about them still hold of the person; their course stays."""
    own = Action.objects.filter(subject=person)
    IdempotencyKey.objects.filter(action__in=own).delete()
    Delivery.objects.filter(action__in=own).update(
        data=Func(
            F("data"),
            Value(["subject"]),
            Value(f"{NAMELESS}{person.pk}", JSONField()),
            function="jsonb_set",
            output_field=JSONField(),
        )
    )
    own.update(
        sealed_payload=b"",
        payload_fingerprint="",
        session=None,
        device=None,
        network="",
        country="",
        device_class="",
        binding_message="",
        return_url="",
    )


def _delete_own_rows(person: User) -> None:
    """Delete all rows that are the person's own: of every model that goes with its person."""
    FactorChange.objects.filter(subject=person).delete()
    for model in (*our_models(), TOTPDevice):
        for field in model._meta.concrete_fields:
            if not isinstance(field, models.ForeignKey) or field.related_model is not User:
                continue
            if field.remote_field.on_delete is models.CASCADE:
                model._base_manager.filter(**{field.name: person}).delete()


def _empty_rest(person: User, called: str) -> None:
    """What others wrote down about the person in words of their own, and their sign-in name."""
    Escalation.objects.filter(subject=person).update(note="")
    VerificationCase.objects.filter(subject=person).update(note="")
    SecurityNotice.objects.filter(subject=person).update(facts={})
    for table in (AccessAttempt, AccessFailureLog, AccessLog):
        table.objects.filter(username=called).delete()
    whole_word = rf"\y{re.escape(called)}\y"
    entries = LogEntry.objects.filter(
        Q(content_type=ContentType.objects.get_for_model(User), object_id=str(person.pk))
        | Q(object_repr__regex=whole_word)
        | Q(change_message__regex=whole_word)
    )
    entries.update(object_repr="", change_message="")


def _leave_nameless(person: User) -> None:
    """The row, without anything that was the person's; nobody can sign in with it."""
    person.username = f"{NAMELESS}{person.pk}"
    person.first_name = person.last_name = person.email = ""
    person.usual_network = person.usual_country = ""
    person.anomaly_points, person.anomaly_at = 0, None
    person.last_login, person.date_joined, person.is_active = None, NEVER, False
    person.set_unusable_password()
    person.save()
    person.groups.clear()
    person.user_permissions.clear()
