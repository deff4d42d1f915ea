"""Adding an address that links or codes are sent to: proved to be theirs by a code sent there."""

from __future__ import annotations

from django.db import transaction
from django.utils.crypto import constant_time_compare

from config.lifecycle import read_clock
from fallbacks.budget import clear_budget, count_guess
from fallbacks.channels.budgets import count_prompt
from fallbacks.codes import canonical_code
from fallbacks.contacts import Kind, add_contact, confirm_contact, confirmed
from fallbacks.errors import (
    ChallengeExpired,
    FactorNotPermitted,
    KnownContact,
    ProofNeeded,
    UnusableNumber,
    WrongCode,
)
from fallbacks.machines import ChangeStatus
from fallbacks.models import FactorChange, SentSecret
from fallbacks.numbers import canonical_number
from fallbacks.sent_factors import KINDS, hint_of
from fallbacks.sent_secrets import code_of, issue_secret, live_secret, spend_secret
from identity.actions.asking import carry
from identity.factor_changes import finish
from identity.mailing import CODE
from identity.models import User


def send_code(change: FactorChange, user: User, number: object = "") -> SentSecret:
    """Send a code for a proved change: by text to `number`, by mail to the address of the account
    and to no other (F14).

    Raises FactorNotPermitted, ProofNeeded, UnusableNumber, KnownContact, TooManyMessages.
    """
    kind = KINDS.get(change.factor)
    if kind is None or change.kind != FactorChange.Kind.ENROL:
        raise FactorNotPermitted(factor=change.factor)
    if change.status != ChangeStatus.PROVED:
        raise ProofNeeded
    address = canonical_number(number) if kind == Kind.SMS else user.email
    if not address:
        raise UnusableNumber
    if any(each.address.casefold() == address.casefold() for each in confirmed(user.pk, kind)):
        raise KnownContact
    now = read_clock()
    with transaction.atomic():
        count_prompt(user.pk, now)
        contact = add_contact(user.pk, kind, address, now)
        secret = issue_secret(contact, change.session_id, change.factor, now, change_id=change.pk)
        carry(secret, CODE)
        change.credential, change.name = str(contact.pk), hint_of(contact)
        change.save(update_fields=["credential", "name"])
    return secret


def sent_code(change: FactorChange) -> SentSecret | None:
    """The code that was sent for this change and can still be typed."""
    return live_secret(
        change.subject_id, change.session_id, change.factor, read_clock(), change_id=change.pk
    )


def confirm(change: FactorChange, user: User, answer: object) -> None:
    """Let the address count, by the code that was sent there.

    The try is counted before it is looked at, in the account's one budget. Raises MalformedCode,
    LockedOut, RebindNeeded, ChallengeExpired, WrongCode, ProofNeeded, ChangeOver.
    """
    if change.factor not in KINDS or change.kind != FactorChange.Kind.ENROL:
        raise FactorNotPermitted(factor=change.factor)
    canonical = canonical_code(change.factor, answer)
    left = count_guess(user.pk, read_clock())
    secret = sent_code(change)
    if secret is None:
        raise ChallengeExpired(factor=change.factor)
    with transaction.atomic():
        now = finish(change, user)
        fits = constant_time_compare(code_of(secret), canonical)
        if not (fits and spend_secret(secret, now) and confirm_contact(secret.contact, now)):
            raise WrongCode(factor=change.factor, tries_left=left)
    clear_budget(user.pk)
