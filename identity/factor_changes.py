"""Adding, making anew and removing the ways that a person proves who they are by.

Every change is begun, proved by a fresh factor of AAL2 for this very change, and done (F12).
Trust that was earned before does not count here. Somebody who never had a factor has nothing to
prove with: the first one is added right after signing in, and not on a dormant account (F13).
"""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction
from django_otp.plugins.otp_totp.models import TOTPDevice

from config.lifecycle import fetch, read_clock
from fallbacks import backup_codes, totp
from fallbacks.budget import check_budget, clear_budget, count_guess
from fallbacks.challenges import Proof, start, verify
from fallbacks.changes import (
    ENOUGH,
    PASSWORD,
    begin_change,
    end_change,
    find_change,
    finish_change,
    prove_change,
)
from fallbacks.codes import canonical_code
from fallbacks.errors import (
    DormantAccount,
    FactorNotPermitted,
    FactorsFrozen,
    LastWay,
    ProofNeeded,
    SignInAgain,
    StrongerWayFirst,
    UnknownCredential,
    WrongCode,
)
from fallbacks.escalations import has_open_escalation
from fallbacks.factors import FACTORS, Enrolled, Kept, enrolled, held, kept, registered
from fallbacks.factors.dependencies import out_of_order
from fallbacks.factors.limits import DORMANT, FIRST_FACTOR
from fallbacks.incidents import what_is_down
from fallbacks.machines import ChangeStatus
from fallbacks.models import FactorChange
from fallbacks.push.browsers import FACTOR as PUSH
from identity.models import Session, User
from identity.notices import dispute_notice, notify_security

Kind = FactorChange.Kind
PROVES = frozenset(
    name for name, factor in FACTORS.items() if factor.aal >= ENOUGH and name != PUSH
)
"""The factors that can prove a change of factors. A prompt belongs to a request, whose application
shows the number."""

_GAP = """
SELECT EXISTS (
    SELECT FROM (
        SELECT started_at - lag(last_seen_at, 1, %(joined)s) OVER (ORDER BY started_at) AS gap
        FROM identity_session WHERE user_id = %(who)s AND reference = ''
    ) AS visits WHERE gap >= %(dormant)s)
"""


def ask_change(
    user: User,
    session: Session,
    *,
    factor: str,
    kind: str,
    credential: str = "",
    name: str = "",
) -> FactorChange:
    """Begin a change; it waits for its proof, or, for somebody's first factor, needs no other
    than the password just given.

    Raises FactorNotPermitted, UnknownCredential, LastWay, FactorsFrozen, LockedOut, RebindNeeded,
    SignInAgain, DormantAccount, StrongerWayFirst.
    """
    entry = registered(factor)
    if entry is None or kind not in entry.changes:
        raise FactorNotPermitted(factor=factor)
    now = read_clock()
    check_budget(user.pk, now)
    _refuse_frozen(user)
    has = held(user.pk)
    has_any = bool(has.marks)
    if kind == Kind.ENROL and factor not in PROVES and not has.names & PROVES:
        raise StrongerWayFirst(factor=factor)
    if kind != Kind.ENROL:
        name = _credential_or_refused(user.pk, factor, Kind(kind), credential).name
    if not has_any:
        _refuse_strangers(user, session, now)
    with transaction.atomic():
        _lock(user)
        change = begin_change(
            user.pk,
            session.pk,
            factor=factor,
            kind=Kind(kind),
            credential=credential,
            name=name,
            now=now,
        )
        if not has_any:
            prove_change(change, Proof(PASSWORD, 1, now), now)
            _prepare(change)
    return change


def open_change(change_id: uuid.UUID, user: User, session: Session) -> FactorChange:
    """The person's own change, still open. Raises ChangeOver, FactorsFrozen."""
    change = find_change(change_id, user.pk, session.pk, read_clock())
    _refuse_frozen(user)
    return change


def ways_to_prove(user_id: int) -> list[Enrolled]:
    """The person's factors that can prove a change, best first; what is out of order at the end."""
    out = out_of_order(what_is_down())
    found = [each for each in enrolled(user_id) if each.factor in PROVES]
    return sorted(found, key=lambda each: each.factor in out)


def start_proof(change: FactorChange, factor: str) -> None:
    """The gate before a proof is asked for. Raises what `fallbacks.challenges.start` raises."""
    start(change.subject_id, factor, permitted=PROVES, now=read_clock())


def prove(change: FactorChange, factor: str, answer: object) -> None:
    """Take a fresh proof for this change and no other.

    Raises what `fallbacks.challenges.verify` raises, and ProofNeeded for one that is too weak.
    """
    now = read_clock()
    proof = verify(change.subject_id, factor, answer, permitted=PROVES, now=now)
    with transaction.atomic():
        prove_change(change, proof, now)
        Session.objects.filter(pk=change.session_id).update(last_proof_at=now)
        _prepare(change)


def withdraw(change: FactorChange) -> None:
    """Give the change up; a key that was made for it is forgotten."""
    with transaction.atomic():
        end_change(change, read_clock())
        totp.discard_unconfirmed(change.subject_id)


def disown(change: FactorChange, user: User, session: Session) -> None:
    """ "I did not do this", said of a change that is under way: it stops, and security is asked."""
    with transaction.atomic():
        withdraw(change)
        told = notify_security(user, "change_disputed", {"factor": change.factor}, session=session)
        dispute_notice(told.pk, user=user, session=session)


def new_totp_device(change: FactorChange) -> TOTPDevice | None:
    """The device of a proved change, to show its key; None where there is none to confirm."""
    return totp.unconfirmed(change.subject_id, change.credential)


def confirm_totp(change: FactorChange, user: User, answer: object) -> None:
    """Let the new device count, by a code that it shows.

    The try is counted before it is looked at, in the account's one budget. Raises MalformedCode,
    LockedOut, RebindNeeded, WrongCode, ProofNeeded, ChangeOver.
    """
    if (change.factor, change.kind) != (totp.FACTOR, Kind.ENROL):
        raise FactorNotPermitted(factor=totp.FACTOR)
    canonical = canonical_code(totp.FACTOR, answer)
    left = count_guess(user.pk, read_clock())
    with transaction.atomic():
        now = finish(change, user)
        if not totp.confirm_device(user.pk, change.credential, canonical, now):
            raise WrongCode(factor=totp.FACTOR, tries_left=left)
    if change.proved_with != PASSWORD:
        clear_budget(user.pk)


def make_backup_codes(change: FactorChange, user: User) -> list[str]:
    """A new set in place of any older one; the only time that anybody sees it.

    Raises ProofNeeded, ChangeOver.
    """
    if change.factor != backup_codes.FACTOR or change.kind == Kind.REMOVE:
        raise FactorNotPermitted(factor=backup_codes.FACTOR)
    if change.status != ChangeStatus.PROVED:
        raise ProofNeeded
    codes = backup_codes.fresh_codes()
    rows = backup_codes.hashed(codes)
    with transaction.atomic():
        finish(change, user)
        backup_codes.store_codes(user.pk, rows)
    return codes


def remove_factor(change: FactorChange, user: User) -> None:
    """Take a device or the set of codes away. Raises ProofNeeded, ChangeOver, LastWay."""
    entry = registered(change.factor)
    if entry is None or change.kind != Kind.REMOVE:
        raise FactorNotPermitted(factor=change.factor)
    with transaction.atomic():
        finish(change, user)
        _credential_or_refused(user.pk, change.factor, Kind.REMOVE, change.credential)
        entry.remove(user.pk, change.credential)


def finish(change: FactorChange, user: User) -> datetime:
    """The last step of any change, in the transaction of what it does. Raises ProofNeeded,
    ChangeOver, FactorsFrozen.

    It is told of; the person's row is held so that two changes at once cannot take each other's
    last way. Returns when.
    """
    _lock(user)
    now = read_clock()
    _refuse_frozen(user)
    if change.proved_with == PASSWORD and held(user.pk).marks:
        raise ProofNeeded  # meanwhile there is a factor to prove with
    finish_change(change, now)
    notify_security(
        user,
        f"factor_{change.kind}",
        {"factor": change.factor, "name": change.name},
        session=change.session,
    )
    return now


def _prepare(change: FactorChange) -> None:
    """A proved change of TOTP has a key to show."""
    if (change.factor, change.kind) == (totp.FACTOR, Kind.ENROL):
        totp.discard_unconfirmed(change.subject_id)
        change.credential = str(totp.new_device(change.subject_id, change.name).pk)
        FactorChange.objects.filter(pk=change.pk).update(credential=change.credential)


def _credential_or_refused(user_id: int, factor: str, kind: Kind, credential: str) -> Kept:
    found = kept(user_id)
    meant = next((each for each in found if (each.factor, each.id) == (factor, credential)), None)
    if meant is None:
        raise UnknownCredential
    others = [each for each in found if each is not meant and proves(each)]
    if kind == Kind.REMOVE and not others:
        raise LastWay
    return meant


def proves(credential: Kept) -> bool:
    """Whether a change of factors could be proved by this credential now."""
    return credential.factor in PROVES and credential.left != 0


def _refuse_strangers(user: User, session: Session, now: datetime) -> None:
    """The rules of a first factor. Signing in once more does not wake a dormant account: any
    long gap between two visits keeps it so until a factor was set up with support."""
    facts = {"who": user.pk, "joined": user.date_joined, "dormant": DORMANT.span}
    if fetch(_GAP, facts)[0][0]:
        raise DormantAccount
    if now - session.started_at >= FIRST_FACTOR.span:
        raise SignInAgain


def _refuse_frozen(user: User) -> None:
    if has_open_escalation(user.pk):
        raise FactorsFrozen


def _lock(user: User) -> None:
    User.objects.select_for_update().only("pk").get(pk=user.pk)
