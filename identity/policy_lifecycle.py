"""The life of a policy version: drafted, reviewed and signed by four people, active, retired (D3).

Every use case checks the permission when it is used and moves the version by its one table. What
a version says, and who may sign it, is held a second time by triggers in the database.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from django.db import connection, transaction
from django.db.models import Max

from config.lifecycle import DomainEvent, announce, read_clock, transition
from fallbacks.errors import PermissionNeeded
from identity.errors import (
    AuthorMayNotSign,
    DraftChanged,
    GuardrailsNotKept,
    OnlyTheAuthor,
    PolicySuperseded,
    PolicyUnusable,
    SignedAlready,
    SignOffsMissing,
    UnknownArea,
    UnknownPolicyVersion,
)
from identity.messages.policy_words import place_of, sentence_of
from identity.models import POLICY_MACHINE, PolicyVersion, SignOff, User
from identity.policy.document import Policy, parse_policy
from identity.policy.errors import PolicyError
from identity.policy.guardrails import Proof, prove
from presence.rules_in_force import put_rules

Status = PolicyVersion.Status
_LOCK = 0x706F6C69
"""One key for every change of which version is the next and which is in force."""


def read_policy(text: str) -> Policy:
    """The policy in `text` (YAML, at most 256 KiB). Raises PolicyUnusable with line and column."""
    try:
        return parse_policy(text)
    except PolicyError as error:
        raise PolicyUnusable(
            line=error.line, column=error.column, sentence=error.sentence
        ) from error


def draft_policy(text: str, *, by: User, name: str = "") -> PolicyVersion:
    """Store `text` as a new draft under the next number; nothing is stored if it does not read.

    `name` (up to 80 characters) stands for the document's own `version_name` if given.
    Raises PermissionNeeded, PolicyUnusable.
    """
    _need(by, "draft_policy")
    document = read_policy(text)
    with transaction.atomic(), _one_at_a_time():
        now = read_clock()
        last = PolicyVersion.objects.aggregate(last=Max("number"))["last"] or 0
        row = PolicyVersion.objects.create(
            number=last + 1,
            name=(name or document.version_name)[:80],
            document=text,
            digest=_digest(text),
            author=by,
            created_at=now,
        )
        announce(
            DomainEvent(
                name="policy.drafted",
                kind=POLICY_MACHINE.kind,
                object_id=str(row.pk),
                at=now,
                to_state=row.status,
                actor=by.get_username(),
                **row.event_context(),
            )
        )
    return row


def import_policy(text: str, by: User) -> PolicyVersion:
    """What came from a file becomes a draft like any other. Raises what `draft_policy` raises."""
    return draft_policy(text, by=by)


def export_policy(number: int) -> str:
    """The document of a version, byte for byte what came in. Raises UnknownPolicyVersion."""
    return policy_version(number).document


def edit_draft(number: int, text: str, *, by: User, made_from: str | None = None) -> PolicyVersion:
    """Write a draft anew; only its author does, since only its author is kept from signing it.

    `made_from` is the digest of the text that the new one was made from: if the draft says
    something else by now, nothing is written over.
    Raises PermissionNeeded, PolicyUnusable, UnknownPolicyVersion, OnlyTheAuthor, DraftChanged,
    IllegalTransition, Superseded.
    """
    _need(by, "draft_policy")
    document = read_policy(text)
    with _held(number) as row:
        if row.author_id != by.pk:
            raise OnlyTheAuthor
        if made_from is not None and made_from != row.digest:
            raise DraftChanged
        transition(
            row,
            "policy.drafted",
            POLICY_MACHINE,
            at=read_clock(),
            actor=by.get_username(),
            changes={
                "document": text,
                "digest": _digest(text),
                "name": document.version_name[:80],
            },
        )
    return row


def submit_policy(number: int, *, by: User) -> PolicyVersion:
    """Put a draft up for review; from here on its text stands still.

    Raises PermissionNeeded, UnknownPolicyVersion, GuardrailsNotKept, IllegalTransition,
    Superseded.
    """
    _need(by, "draft_policy")
    proved = _proved(policy_version(number))
    with transaction.atomic(), _one_at_a_time(), _held(number) as row:
        if row.digest != proved:
            raise PolicySuperseded(number=number)
        now = read_clock()
        transition(
            row,
            "policy.submitted",
            POLICY_MACHINE,
            at=now,
            actor=by.get_username(),
            changes={
                "submitted_at": now,
                "compared_with": _number_in_force(),
                "returned_because": "",
            },
        )
    return row


def sign_policy(number: int, area: str, *, by: User) -> SignOff:
    """Agree to a version for `area` (security, compliance, product, support).

    Raises UnknownArea, PermissionNeeded, UnknownPolicyVersion, AuthorMayNotSign, SignedAlready,
    IllegalTransition, Superseded.
    """
    if area not in SignOff.Area.values:
        raise UnknownArea(area=area)
    _need(by, f"sign_policy_{area}")
    with _held(number) as row:
        if row.author_id == by.pk:
            raise AuthorMayNotSign
        for given in row.sign_offs.all():
            if given.area == area or given.person_id == by.pk:
                raise SignedAlready
        now = read_clock()
        transition(
            row,
            "policy.signed",
            POLICY_MACHINE,
            at=now,
            reason=area,
            actor=by.get_username(),
        )
        return SignOff.objects.create(policy=row, area=area, person=by, at=now)


def return_policy(number: int, *, by: User, reason: str) -> PolicyVersion:
    """Give a version in review back to its author, with `reason` (up to 2000 characters).

    Its signatures are void: the text may change. The record keeps who gave them.
    Raises PermissionNeeded, UnknownPolicyVersion, IllegalTransition, Superseded.
    """
    _need(by, "return_policy")
    with _held(number) as row:
        POLICY_MACHINE.target(row.status, "policy.returned")
        row.sign_offs.all().delete()
        transition(
            row,
            "policy.returned",
            POLICY_MACHINE,
            at=read_clock(),
            actor=by.get_username(),
            changes={
                "submitted_at": None,
                "compared_with": None,
                "returned_because": reason[:2000],
            },
        )
    return row


def activate_policy(number: int, *, by: User) -> PolicyVersion:
    """Bring a version that four areas signed into force; the one before it retires with that.

    Raises PermissionNeeded, UnknownPolicyVersion, GuardrailsNotKept, SignOffsMissing,
    PolicySuperseded when another version came into force since it was submitted,
    IllegalTransition, Superseded.
    """
    _need(by, "activate_policy")
    _proved(policy_version(number))
    with transaction.atomic(), _one_at_a_time(), _held(number) as row:
        POLICY_MACHINE.target(row.status, "policy.activated")
        missing = missing_areas(row)
        if missing:
            raise SignOffsMissing(areas=", ".join(area.label for area in missing))
        if row.compared_with != _number_in_force():
            raise PolicySuperseded(number=number)
        now = read_clock()
        for old in PolicyVersion.objects.select_for_update().filter(status=Status.ACTIVE):
            transition(
                old,
                "policy.retired",
                POLICY_MACHINE,
                at=now,
                actor=by.get_username(),
                changes={"retired_at": now},
            )
        transition(
            row,
            "policy.activated",
            POLICY_MACHINE,
            at=now,
            actor=by.get_username(),
            changes={"activated_at": now},
        )
        put_rules(number, read_policy(row.document).presence)
    return row


def policy_version(number: int) -> PolicyVersion:
    """The version of that number, with its author. Raises UnknownPolicyVersion."""
    found = PolicyVersion.objects.select_related("author").filter(number=number).first()
    if found is None:
        raise UnknownPolicyVersion(number=number)
    return found


def missing_areas(row: PolicyVersion) -> list[SignOff.Area]:
    """The areas that did not sign yet, in the order of D3."""
    given = set(row.sign_offs.values_list("area", flat=True))
    return [area for area in SignOff.Area if area.value not in given]


@lru_cache(maxsize=8)
def proof_of(text: str) -> Proof:
    """The guardrails over the whole space, computed once for each text in each process.

    Raises PolicyUnusable for a text that this release does not read.
    """
    return prove(read_policy(text))


def _proved(row: PolicyVersion) -> str:
    """The digest of what was proved. Raises PolicyUnusable, GuardrailsNotKept."""
    proof = proof_of(row.document)
    if proof.violations:
        first = proof.violations[0]
        sentence = f"{sentence_of(first)} {place_of(first)}."
        raise GuardrailsNotKept(sentence=sentence)
    return row.digest


def _need(by: User, permission: str) -> None:
    if not by.has_perm(f"identity.{permission}"):
        raise PermissionNeeded


@contextmanager
def _held(number: int) -> Iterator[PolicyVersion]:
    """The version, locked until the end of the transaction. Raises UnknownPolicyVersion."""
    with transaction.atomic():
        row = PolicyVersion.objects.select_for_update().filter(number=number).first()
        if row is None:
            raise UnknownPolicyVersion(number=number)
        yield row


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Nobody else numbers, submits or activates a version until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    yield


def _number_in_force() -> int | None:
    active = PolicyVersion.objects.filter(status=Status.ACTIVE)
    return active.values_list("number", flat=True).first()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
