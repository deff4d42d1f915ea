"""Asking for a proof that is sent: a link by e-mail, a code by text, for one request."""

from __future__ import annotations

import uuid

from django.db import transaction

from config.lifecycle import read_clock
from fallbacks.challenges import start
from fallbacks.channels.budgets import count_prompt, count_text
from fallbacks.channels.outbox import Urgency, enqueue
from fallbacks.contacts import confirmed
from fallbacks.errors import FactorNotEnrolled, FactorNotPermitted, LinkOver
from fallbacks.models import ContactPoint, SentSecret
from fallbacks.sent_factors import EMAIL_LINK, KINDS, SMS, OpenedLink
from fallbacks.sent_secrets import find_secret, issue_secret
from identity.actions.answering import answer_challenge
from identity.actions.confirming import refuse_action
from identity.actions.ending import deny_action, stop_session
from identity.actions.moves import obligations_of
from identity.actions.proving import open_to_proof
from identity.mailing import CODE, LINK
from identity.models import Action, Session, SessionStatus, User

SAYS = {EMAIL_LINK: LINK, SMS: CODE}


def send_proof(action_id: uuid.UUID, *, user: User, session: Session, factor: str) -> SentSecret:
    """Send the link or code of `factor` for this request to the stored address, and no other.

    It is counted, as a prompt and as a text, before anything is sent. One that was sent earlier
    for the same request counts no more.

    Raises TooManyMessages, and what `open_to_proof` and `fallbacks.challenges.start` raise.
    """
    action, now = open_to_proof(action_id, user)
    start(user.pk, factor, permitted=obligations_of(action).permitted_factors, now=now)
    contact = confirmed(user.pk, KINDS[factor]).first()
    if contact is None:
        raise FactorNotEnrolled(factor=factor)
    with transaction.atomic():
        count_prompt(user.pk, now)
        secret = issue_secret(contact, session.pk, factor, now, action_id=action.pk)
        carry(secret, SAYS[factor])
    return secret


def carry(secret: SentSecret, kind: str) -> None:
    """Write the message of a secret, in the caller's transaction; a text is counted first.

    Raises TooManyMessages, FactorNotPermitted where its channel is not set up.
    """
    contact, now = secret.contact, secret.issued_at
    if contact.kind == ContactPoint.Kind.SMS:
        count_text(contact.address, now)
    message = enqueue(
        secret.subject_id,
        contact.kind,
        kind,
        about=str(secret.pk),
        urgency=Urgency.ASKED,
        now=now,
        contact=contact,
        expires_at=secret.expires_at,
    )
    if message is None:
        raise FactorNotPermitted(factor=secret.factor)


def look_at_link(secret_id: uuid.UUID, token: str) -> SentSecret:
    """What a link is about; looking changes nothing (F15).

    Raises LinkOver for one that was used, is too old, was never sent, or whose browser is signed
    out by now.
    """
    secret = find_secret(secret_id, token, read_clock())
    if secret is None or secret.action is None or secret.factor != EMAIL_LINK:
        raise LinkOver
    if secret.session.status != SessionStatus.ACTIVE:
        raise LinkOver
    return secret


def confirm_link(secret: SentSecret, token: str, *, here: Session | None, number: object) -> Action:
    """Answer the request by the link: in the browser that asked (`here`), or in any other by the
    number that it shows. What is approved is done in the session that asked.

    Raises what `answer_challenge` raises.
    """
    if secret.action_id is None:
        raise LinkOver
    same = here is not None and here.pk == secret.session_id
    return answer_challenge(
        secret.action_id,
        user=secret.subject,
        session=secret.session,
        factor=EMAIL_LINK,
        code=OpenedLink(
            secret.pk, token, secret.action_id, secret.session_id if same else None, number
        ),
    )


def deny_link(secret: SentSecret, *, here: Session | None) -> Action:
    """ "This wasn’t me", said by whoever reads the mail: the request stops, the browser that asked
    for the link is signed out unless it is this one, and security is asked.

    Raises ActionClosed.
    """
    if secret.action_id is None:
        raise LinkOver
    asked_in = secret.session
    with transaction.atomic():
        action = _stop(secret.action_id, secret.subject, asked_in)
        if here is None or here.pk != asked_in.pk:
            stop_session(asked_in, read_clock(), "not_me", secret.subject.username)
    return action


def _stop(action_id: uuid.UUID, user: User, session: Session) -> Action:
    """What waits ends; what was done first is undone."""
    if Action.objects.get(pk=action_id, subject=user).to_confirm:
        return refuse_action(action_id, user=user, session=session, not_me=True)
    return deny_action(action_id, user=user, session=session)
