"""What a person agreed to beforehand: this may be done first, and confirmed afterwards (D2).

A consent is authority: it lets things happen without the person. So it is given with a proof made
for it, for a stated time, and taken back without any.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from config.lifecycle import DomainEvent, announce, fetch_planned, read_clock, transition
from fallbacks.challenges import start, verify
from fallbacks.errors import WrongCode
from fallbacks.factors import FACTORS, held
from fallbacks.security_keys.names import FACTOR as KEY
from identity.active_policy import active_policy
from identity.catching import Afterwards, afterwards
from identity.credentials import fingerprint_of
from identity.errors import NotFound, NothingToConsentTo, ProofOutdated
from identity.models import (
    CONSENT_MACHINE,
    Action,
    ActionType,
    Application,
    Consent,
    ConsentStatus,
    User,
)
from identity.policy.decision import Aal

DAYS = (30, 90, 365)
"""For how long a consent may be given. After a year nobody remembers what they agreed to."""
WAYS = ("totp", KEY, "backup_code")
"""What proves that it is the person who gives it, the usual one first. A prompt belongs to a
request, whose application shows the number; what is sent is no AAL2."""

_STANDING = """
SELECT consent.user_id, consent.application_id, consent.type_id
FROM unnest(%s::bigint[], %s::bigint[], %s::text[]) AS wanted (user_id, application_id, type_id)
JOIN identity_consent consent ON consent.user_id = wanted.user_id
    AND consent.application_id = wanted.application_id AND consent.type_id = wanted.type_id
WHERE consent.status = 'given' AND consent.until > %s
"""

Agreement = tuple[int, int, str]
"""What a consent is about: the ids of a person and an application, and the name of a type."""


def standing_consents(about: Collection[Agreement], now: datetime) -> frozenset[Agreement]:
    """Those of `about` to which a consent stands at `now`. One query, none for nothing."""
    if not about:
        return frozenset()
    people, applications, types = zip(*about, strict=True)
    rows = fetch_planned(_STANDING, [list(people), list(applications), list(types), now])
    return frozenset((user, application, kind) for user, application, kind in rows)


@dataclass(frozen=True, slots=True)
class Choice:
    """One type of one application that can be agreed to: what would follow, whether the person
    used it before, and the consent that stands."""

    application: Application
    type: ActionType
    means: Afterwards
    used: bool
    standing: Consent | None


def choices_of(user: User, now: datetime) -> list[Choice]:
    """What the person agreed to or could agree to at `now`, the standing and the used ones first.

    A consent that stands is listed even where no rule asks for it any more. Four queries.
    """
    table = active_policy().table
    used = set(Action.objects.filter(subject=user).values_list("application_id", "type_id"))
    standing = {
        (each.application_id, each.type_id): each
        for each in Consent.objects.filter(user=user, status=ConsentStatus.GIVEN, until__gt=now)
    }
    kinds = [(kind, afterwards(kind, table)) for kind in ActionType.objects.all()]
    found = [
        Choice(
            application,
            kind,
            means or Afterwards(frozenset(), frozenset()),
            (application.pk, kind.pk) in used,
            standing.get((application.pk, kind.pk)),
        )
        for application in Application.objects.all()
        for kind, means in kinds
        if (means and (application.webhook_url or kind.handler))
        or (application.pk, kind.pk) in standing
    ]
    return sorted(
        found,
        key=lambda each: (
            each.standing is None,
            not each.used,
            str(each.application),
            each.type.title,
        ),
    )


def ways_to_consent(user: User) -> Sequence[str]:
    """The ways of the person that can prove a consent, the usual one first. One query."""
    has = held(user.pk).names
    return [way for way in WAYS if way in has and FACTORS[way].aal >= Aal.TWO]


def about_consent(application_id: int, type_id: str, days: int) -> uuid.UUID:
    """What a key is asked about: this very consent and no other one (F09)."""
    return uuid.uuid5(uuid.NAMESPACE_OID, f"holdfast.consent:{application_id}:{type_id}:{days}")


def start_consent(user: User, factor: str) -> None:
    """The gate before a proof is asked for. Raises what `fallbacks.challenges.start` raises."""
    start(user.pk, factor, permitted=ways_to_consent(user), now=read_clock())


def give_consent(
    user: User, *, application_id: int, type_id: str, days: int, factor: str, code: object
) -> Consent:
    """Agree that it may be done first and confirmed afterwards, for `days` (one of `DAYS`).

    `code` is checked by the one gate of guesses; then one transaction replaces what stood before.
    Raises NothingToConsentTo, ProofOutdated, and what `fallbacks.challenges.verify` raises.
    """
    kind = ActionType.objects.filter(pk=type_id).first()
    application = Application.objects.filter(pk=application_id).first()
    if kind is None or application is None or days not in DAYS:
        raise NothingToConsentTo
    if not afterwards(kind, active_policy().table):
        raise NothingToConsentTo
    now = read_clock()
    try:
        proof = verify(user.pk, factor, code, permitted=ways_to_consent(user), now=now)
    except WrongCode:
        with transaction.atomic():
            announce(_missed(user, factor, now))
        raise
    with transaction.atomic():
        # Two that are given at once stand in line here.
        person = User.objects.select_for_update().get(pk=user.pk)
        marks = held(user.pk).marks
        if fingerprint_of(user.password, proof.marks) != fingerprint_of(person.password, marks):
            raise ProofOutdated
        now = read_clock()
        for older in Consent.objects.filter(
            user=user, application=application, type=kind, status=ConsentStatus.GIVEN
        ):
            _end(older, now, "replaced" if older.until > now else "ran_out", user.username)
        consent = Consent.objects.create(
            user=user,
            application=application,
            type=kind,
            given_at=now,
            until=now + timedelta(days=days),
        )
        announce(
            DomainEvent(
                name="consent.given",
                kind=CONSENT_MACHINE.kind,
                object_id=str(consent.pk),
                at=now,
                to_state=consent.status,
                actor=user.username,
                **consent.event_context(),
            )
        )
    return consent


def withdraw_consent(user: User, consent_id: uuid.UUID) -> Consent:
    """Take it back, at once and without a proof. What is done stays done, and what waits to be
    confirmed still waits. Raises NotFound, IllegalTransition, Superseded."""
    with transaction.atomic():
        consent = Consent.objects.filter(pk=consent_id, user=user).first()
        if consent is None:
            raise NotFound
        _end(consent, read_clock(), "by_user", user.username)
    return consent


def _end(consent: Consent, now: datetime, reason: str, actor: str) -> None:
    transition(
        consent,
        "consent.withdrawn",
        CONSENT_MACHINE,
        at=now,
        reason=reason,
        actor=actor,
        changes={"withdrawn_at": now},
    )


def _missed(user: User, factor: str, now: datetime) -> DomainEvent:
    return DomainEvent(
        name="challenge.missed",
        kind=CONSENT_MACHINE.kind,
        object_id=str(user.pk),
        subject_id=user.pk,
        at=now,
        attributes={"factor": factor},
    )
