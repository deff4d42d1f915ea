"""The two factors whose proof is sent to the person: a link by e-mail, a code by text.

What was sent is bound to the person, the request and the browser that asked; an answer names the
request and browser that it comes from, and nothing else fits (F09).
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.crypto import constant_time_compare

from fallbacks.codes import canonical_code
from fallbacks.contacts import Kind, confirmed, remove_contact
from fallbacks.errors import ChallengeExpired, MalformedCode
from fallbacks.factors.registry import Kept, Registered, register
from fallbacks.models import Challenge, ContactPoint, SentSecret
from fallbacks.sent_secrets import code_of, find_secret, live_secret, number_of, spend_secret

EMAIL_LINK, SMS = "email_link", "sms"
KINDS = {EMAIL_LINK: ContactPoint.Kind.EMAIL, SMS: ContactPoint.Kind.SMS}
"""Where each is sent."""


@dataclass(frozen=True, slots=True)
class TypedCode:
    """A code that was typed for a request in a browser."""

    typed: object
    action_id: uuid.UUID
    session_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class OpenedLink:
    """A link that was opened and confirmed. In another browser than the one that asked,
    `session_id` is not that one's, and the number that the first one shows is typed."""

    secret_id: uuid.UUID
    token: str
    action_id: uuid.UUID
    session_id: uuid.UUID | None
    number: object = ""


class TextVerifier:
    """Six digits that were sent by text."""

    def canonical(self, answer: object) -> TypedCode:
        """The answer with its digits settled. Raises MalformedCode."""
        if not isinstance(answer, TypedCode):
            raise MalformedCode(factor=SMS)
        return replace(answer, typed=canonical_code(SMS, answer.typed))

    def spend(
        self, user_id: int, canonical: Any, challenge: Challenge | None, now: datetime
    ) -> bool:
        """Use the code up. Raises ChallengeExpired where none was sent, or too long ago."""
        secret = live_secret(user_id, canonical.session_id, SMS, now, action_id=canonical.action_id)
        if secret is None:
            raise ChallengeExpired(factor=SMS)
        return constant_time_compare(code_of(secret), canonical.typed) and _spend(secret, now)


class LinkVerifier:
    """A link that was sent by e-mail, and a person who confirmed what its page shows."""

    def canonical(self, answer: object) -> OpenedLink:
        """The answer, with the digits of the number settled if it was typed elsewhere.

        Raises MalformedCode.
        """
        if not isinstance(answer, OpenedLink):
            raise MalformedCode(factor=EMAIL_LINK)
        if answer.session_id is not None:
            return answer
        return replace(answer, number=canonical_code(EMAIL_LINK, answer.number))

    def spend(
        self, user_id: int, canonical: Any, challenge: Challenge | None, now: datetime
    ) -> bool:
        """Use the link up. Raises ChallengeExpired for one that is over or somebody else's."""
        secret = find_secret(canonical.secret_id, canonical.token, now)
        if secret is None or (secret.subject_id, secret.action_id) != (
            user_id,
            canonical.action_id,
        ):
            raise ChallengeExpired(factor=EMAIL_LINK)
        if canonical.session_id is None:
            fits = constant_time_compare(number_of(secret), canonical.number)
        else:
            fits = canonical.session_id == secret.session_id
        return fits and _spend(secret, now)


def _spend(secret: SentSecret, now: datetime) -> bool:
    if not spend_secret(secret, now):
        return False
    ContactPoint.objects.filter(pk=secret.contact_id).update(used_at=now)
    return True


def kept(user_id: int) -> list[Kept]:
    """The person's contact points, of both factors: the pages pay one query for them."""
    factors = {kind: factor for factor, kind in KINDS.items()}
    return [
        Kept(factors[Kind(each.kind)], str(each.pk), hint_of(each), each.confirmed_at, each.used_at)
        for each in confirmed(user_id)
    ]


def kept_beside(user_id: int) -> list[Kept]:
    """Nothing more: the other factor lists both."""
    return []


def hint_of(contact: ContactPoint) -> str:
    """Enough of an address for its owner to know it again, too little for anybody else."""
    if contact.kind == ContactPoint.Kind.SMS:
        return f"{contact.address[:4]} •••• {contact.address[-2:]}"
    name, _, domain = contact.email.partition("@")
    return f"{name[:1]}•••@{domain}"


def _register(factor: str, verifier: TextVerifier | LinkVerifier, column: str) -> None:
    register(
        Registered(
            factor=factor,
            verifier=verifier,
            held_sql=f"SELECT '{factor}', true, "  # noqa: S608
            f"id || ':' || encode(sha256(convert_to({column}, 'UTF8')), 'hex') "
            "FROM fallbacks_contactpoint WHERE subject_id = %(who)s "
            f"AND kind = '{KINDS[factor].value}' AND confirmed_at IS NOT NULL",
            kept=kept if factor == SMS else kept_beside,
            remove=remove_contact,
        )
    )


_register(EMAIL_LINK, LinkVerifier(), "email")
_register(SMS, TextVerifier(), "number")
