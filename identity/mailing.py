"""The words of what is sent to people, put together just before it goes.

A message's row says what to tell and holds no text: names, times in the person's zone, codes and
links come in here, and are gone once it is sent.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables

from config.lifecycle import read_clock
from fallbacks.channels.adapters import Outgoing, register_composer
from fallbacks.models import ContactPoint, OutboundMessage, SecurityNotice, SentSecret
from fallbacks.sent_secrets import code_of, token_of
from identity.messages import say
from identity.messages.times import by, when
from identity.models import Action, User
from identity.notices import words_of
from identity.states import USER_CAN_FINISH
from presence.choices import preference_of

NOTICE, LINK, CODE, PROMPT = "notice", "link", "code", "prompt"
BY_TEXT = ContactPoint.Kind.SMS


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says: paragraphs before and after its code or link."""

    subject: str
    greeting: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    code: str = ""
    address: str = ""
    link_words: str = ""


def address_of(name: str, *parts: object) -> str:
    """One of our pages, as it is reached from outside."""
    return f"{settings.BASE_URL}{reverse(name, args=parts)}"


def where_to(message: OutboundMessage) -> str | None:
    """The stored address that the message goes to, and no other (F14): a contact point that is
    still the person's, or the address of the account."""
    contact = message.contact
    if contact is None:
        return message.subject.email or None
    return contact.address if contact.subject_id == message.subject_id else None


def compose_notice(message: OutboundMessage) -> Outgoing | None:
    """A security notice."""
    notice = SecurityNotice.objects.filter(pk=_key(message), subject_id=message.subject_id).first()
    if notice is None:
        return None
    title, text = words_of(notice)
    if message.channel == BY_TEXT:
        return _text(message, say("text.notice", title=title, address=address_of("factors")))
    return _mail(
        message,
        Letter(
            subject=title,
            greeting=_greeting(message.subject),
            before=(
                text,
                say("mail.notice.when", when=_when(message, notice.at)),
                say("mail.notice.not_me"),
            ),
            after=(),
            address=address_of("factors"),
            link_words=say("mail.notice.link"),
        ),
    )


@sensitive_variables()
def compose_link(message: OutboundMessage) -> Outgoing | None:
    """A link that confirms one request."""
    secret = _secret(message)
    if secret is None or secret.action is None:
        return None
    what, application = secret.action.type.title, str(secret.action.application)
    return _mail(
        message,
        Letter(
            subject=say("mail.link.subject", what=what),
            greeting=_greeting(message.subject),
            before=(
                say("mail.link.text", what=what, application=application),
                say("mail.link.how"),
            ),
            after=(
                say("mail.link.until", until=_by(message, secret.expires_at)),
                say("mail.link.not_me"),
            ),
            address=address_of("mail_link", secret.pk, token_of(secret)),
            link_words=say("mail.link.link"),
        ),
    )


@sensitive_variables()
def compose_code(message: OutboundMessage) -> Outgoing | None:
    """A code to be typed where it was asked for."""
    secret = _secret(message)
    if secret is None:
        return None
    code, until = code_of(secret), _by(message, secret.expires_at)
    if message.channel == BY_TEXT:
        # The last line ties the code to our address, for browsers that fill it in.
        host = urlsplit(settings.BASE_URL).hostname
        return _text(message, f"{say('text.code', code=code, until=until)}\n\n@{host} #{code}")
    return _mail(
        message,
        Letter(
            subject=say("mail.code.subject"),
            greeting=_greeting(message.subject),
            before=(say("mail.code.text"),),
            after=(say("mail.code.until", until=until), say("mail.code.not_me")),
            code=code,
        ),
    )


def compose_prompt(message: OutboundMessage) -> Outgoing | None:
    """A request waits; nothing to say once it does not."""
    action = Action.objects.select_related("type", "application").filter(
        pk=_key(message), subject_id=message.subject_id
    )
    found = action.first()
    if found is None or found.status not in USER_CAN_FINISH:
        return None
    what, address = found.type.title, address_of("request", found.pk)
    if message.channel == BY_TEXT:
        return _text(message, say("text.prompt", address=address))
    after = [say("mail.prompt.not_me")]
    if found.expires_at is not None:
        after.insert(0, say("mail.prompt.until", until=_by(message, found.expires_at)))
    return _mail(
        message,
        Letter(
            subject=say("mail.prompt.subject", what=what),
            greeting=_greeting(message.subject),
            before=(
                say("mail.prompt.text", what=what, application=str(found.application)),
                say("mail.prompt.how"),
            ),
            after=tuple(after),
            address=address,
            link_words=say("mail.prompt.link"),
        ),
    )


def register() -> None:
    """Let the outbox put its messages into our words."""
    for kind, compose in (
        (NOTICE, compose_notice),
        (LINK, compose_link),
        (CODE, compose_code),
        (PROMPT, compose_prompt),
    ):
        register_composer(kind, compose)


def _mail(message: OutboundMessage, letter: Letter) -> Outgoing | None:
    to = where_to(message)
    if to is None:
        return None
    context: dict[str, Any] = {"letter": letter}
    return Outgoing(
        id=str(message.pk),
        to=to,
        subject=letter.subject,
        text=render_to_string("mail/letter.txt", context),
        html=render_to_string("mail/letter.html", context),
    )


def _text(message: OutboundMessage, words: str) -> Outgoing | None:
    to = where_to(message)
    return None if to is None else Outgoing(id=str(message.pk), to=to, subject="", text=words)


def _secret(message: OutboundMessage) -> SentSecret | None:
    """The secret that the message carries, while it can still be answered."""
    rows = SentSecret.objects.select_related("action__type", "action__application")
    return rows.filter(
        pk=_key(message),
        subject_id=message.subject_id,
        contact_id=message.contact_id,
        spent_at__isnull=True,
        expires_at__gt=read_clock(),
    ).first()


def _key(message: OutboundMessage) -> uuid.UUID:
    return uuid.UUID(message.about)


def _greeting(user: User) -> str:
    return say("mail.greeting", name=user.shown_name)


def _zone(message: OutboundMessage) -> ZoneInfo:
    return ZoneInfo(preference_of(message.subject_id).zone)


def _when(message: OutboundMessage, moment: datetime) -> str:
    return when(moment, read_clock(), _zone(message))


def _by(message: OutboundMessage, moment: datetime) -> str:
    return by(moment, read_clock(), _zone(message))
