"""Security keys at our pages: what a key is asked, what its answer proves, and adding one.

The answer is bound to the person, the session and the one request or change it was asked for; the
server says so, never the form.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import transaction

from config.lifecycle import DomainEvent, read_clock
from fallbacks.budget import check_budget, clear_budget, count_guess
from fallbacks.challenges import start
from fallbacks.changes import PASSWORD
from fallbacks.errors import FactorNotPermitted, KeysElsewhere, ProofNeeded
from fallbacks.machines import ChangeStatus
from fallbacks.models import FactorChange
from fallbacks.security_keys.answers import attestation_in
from fallbacks.security_keys.assertion import KeyAnswer, ask_known_keys
from fallbacks.security_keys.ceremonies import Binding, Purpose
from fallbacks.security_keys.names import FACTOR
from fallbacks.security_keys.registration import ask_new_key, check_new_key, store_key
from fallbacks.security_keys.relying_party import RelyingParty, relying_party
from identity.actions.ending import raise_anomaly
from identity.factor_changes import Kind, finish
from identity.models import Session, User
from identity.notices import notify_security


def our_party() -> RelyingParty | None:
    """Who we are to a key; None where Holdfast is reached by a bare address."""
    return relying_party(settings.BASE_URL)


def _party() -> RelyingParty:
    party = our_party()
    if party is None:
        raise KeysElsewhere
    return party


def ask_key(
    user: User, session: Session, about: uuid.UUID, *, despite_incidents: bool = False
) -> dict[str, Any]:
    """The options with which a browser asks the person's keys, for the request or the change
    `about`. The gate of guesses stands here too (F05).

    Raises KeysElsewhere, FactorNotEnrolled, LockedOut, RebindNeeded.
    """
    party, now = _party(), read_clock()
    start(user.pk, FACTOR, permitted=[FACTOR], now=now, despite_incidents=despite_incidents)
    return ask_known_keys(Binding(user.pk, session.pk, Purpose.PROVE, about), party, now)


def key_answer(user: User, session: Session, about: uuid.UUID, text: object) -> KeyAnswer:
    """What the browser sent back, to be given to whoever verifies. Raises KeysElsewhere."""
    return KeyAnswer(text, Binding(user.pk, session.pk, Purpose.PROVE, about), _party())


def ask_new(change: FactorChange, user: User) -> dict[str, Any]:
    """The options with which a browser asks for a new key, once the change is proved.

    Raises KeysElsewhere, ProofNeeded, FactorNotPermitted, LockedOut, RebindNeeded.
    """
    _refuse_unproved(change)
    party, now = _party(), read_clock()
    check_budget(user.pk, now)
    return ask_new_key(
        _enrolling(change), party, name=user.username, shown_name=user.shown_name, now=now
    )


def add_key(change: FactorChange, user: User, text: object) -> None:
    """Let a new key count. The try is counted before it is looked at, as every first code is.

    Raises MalformedCode, LockedOut, RebindNeeded, ChallengeExpired, KeyRefused, KeyKnown,
    KeysElsewhere, ProofNeeded, ChangeOver, FactorsFrozen.
    """
    _refuse_unproved(change)
    party, answer = _party(), attestation_in(text)
    now = read_clock()
    count_guess(user.pk, now)
    key = check_new_key(_enrolling(change), answer, party, change.name, now)
    with transaction.atomic():
        finish(change, user)
        store_key(key)
    if change.proved_with != PASSWORD:
        clear_budget(user.pk)


def warn_of_copy(events: Sequence[DomainEvent]) -> None:
    """A key's counter went back, so somebody may hold a copy: the account's anomaly points rise
    and the person is told, in the transaction of the finding."""
    for event in events:
        user = User.objects.get(pk=event.subject_id or 0)
        raise_anomaly(user, event.at)
        notify_security(user, "key_copied", {"name": str(event.attributes["name"])})


def _enrolling(change: FactorChange) -> Binding:
    return Binding(change.subject_id, change.session_id, Purpose.ENROL, change.pk)


def _refuse_unproved(change: FactorChange) -> None:
    if (change.factor, change.kind) != (FACTOR, Kind.ENROL):
        raise FactorNotPermitted(factor=FACTOR)
    if change.status != ChangeStatus.PROVED:
        raise ProofNeeded
