"""Messages to people that did not go out after every try: why, and sending them again (F34)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest

from config.lifecycle import read_clock
from fallbacks.channels.outbox import send_again
from fallbacks.machines import MessageStatus
from fallbacks.models import OutboundMessage
from fallbacks.sent_factors import hint_of
from identity.admin.panels import Facts, Noted, Page, Words
from identity.admin.reading import Act, DetailAdmin, column, moment
from identity.admin.tags import tag
from identity.messages import has, say
from identity.models import User


class SendAgainForm(forms.Form):
    """Nothing to fill in: the same message under the same id."""


def _send_again(row: OutboundMessage, user: User, given: dict[str, Any]) -> None:
    send_again(row.pk, user.username)


def _worth_sending(row: OutboundMessage, user: User) -> bool:
    return row.status == MessageStatus.QUARANTINED and not _too_late(row, read_clock())


def _too_late(row: OutboundMessage, now: datetime) -> bool:
    return row.expires_at is not None and now >= row.expires_at


def why_of(answer: str) -> str:
    """What the last try came to, in words: those of the very answer, or of its kind (`smtp_451`
    is one of `smtp`)."""
    family, _, number = answer.partition("_")
    exact, kind = f"console.put_aside.why.{answer}", f"console.put_aside.why.{family}"
    if has(exact):
        return say(exact)
    if number.isdecimal() and has(kind):
        return say(kind, number=number)
    return say("console.put_aside.why")


def what_of(row: OutboundMessage) -> str:
    """What the message tells, as a kind; its words are nobody's business here."""
    return say(f"console.put_aside.kind.{row.kind}")


def where_of(row: OutboundMessage) -> str:
    """Where it goes: enough of the address to know it again."""
    if row.contact is None:
        return say("console.put_aside.to.account")
    return hint_of(row.contact)


class PutAsideAdmin(DetailAdmin):
    """What was put aside. The list holds nothing else; a message that was sent again keeps its
    page."""

    name = "put_aside"
    person_field = "subject__username"
    reference_field = "id"
    search_help_text = say("console.put_aside.search")
    list_before_template = "admin/holdfast/list_lede.html"
    lede = say("console.put_aside.lede")
    empty_text = say("console.put_aside.empty")
    list_display = ("message", "person", "what", "channel_shown", "why", "tries", "since")
    list_select_related = ("subject",)
    list_filter = ("channel",)
    ordering = ("-ended_at",)
    acts = (
        Act(
            "send_message_again",
            "fallbacks.change_outboundmessage",
            SendAgainForm,
            _send_again,
            _worth_sending,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[OutboundMessage]:
        """Those that staff have to look at."""
        rows: QuerySet[OutboundMessage] = super().get_queryset(request)
        return rows.filter(status=MessageStatus.QUARANTINED)

    @column("console.label.message", "ended_at")
    def message(self, row: OutboundMessage) -> str:
        """Its reference."""
        return str(row)

    @column("console.label.what", "kind")
    def what(self, row: OutboundMessage) -> str:
        """What it tells."""
        return what_of(row)

    @column("console.label.channel", "channel")
    def channel_shown(self, row: OutboundMessage) -> str:
        """How it would go."""
        return say(f"console.channel.{row.channel}")

    @column("console.label.answer", "last_answer")
    def why(self, row: OutboundMessage) -> str:
        """Why it did not."""
        return why_of(row.last_answer)

    @column("console.label.tries", "attempts")
    def tries(self, row: OutboundMessage) -> str:
        """How often it was tried."""
        return str(row.attempts)

    @column("console.label.put_aside", "ended_at")
    def since(self, row: OutboundMessage) -> str:
        """Since when it lies here."""
        return moment(row.ended_at)

    def detail_queryset(self) -> QuerySet[OutboundMessage]:
        """With what its page names."""
        return OutboundMessage.objects.select_related("subject", "contact")

    def page(self, request: HttpRequest, row: OutboundMessage, now: datetime) -> Page:
        """To whom, how and why not; never what it says."""
        facts = [
            (say("console.label.message"), row.pk),
            (say("console.label.person"), row.subject.username),
            (say("console.label.what"), what_of(row)),
            (say("console.label.channel"), say(f"console.channel.{row.channel}")),
            (say("console.label.to"), where_of(row)),
            (say("console.label.tries"), str(row.attempts)),
            (say("console.label.answer"), Noted(why_of(row.last_answer), row.last_answer)),
            (say("console.label.written"), moment(row.created_at)),
            (say("console.label.put_aside"), moment(row.ended_at)),
            (say("console.label.next_try"), moment(row.next_attempt_at)),
            (say("console.label.useful_until"), moment(row.expires_at)),
        ]
        sentences = [say("console.put_aside.about.text")]
        if row.status == MessageStatus.QUARANTINED and _too_late(row, now):
            sentences.append(say("console.put_aside.too_late"))
        return Page(
            title=f"{row} · {what_of(row)}",
            tags=(tag("message", row.status),),
            main=(Facts(say("console.delivery.facts"), facts),),
            aside=(Words(say("console.delivery.about"), tuple(sentences)),),
        )


def waiting_count() -> int:
    """How many messages lie there. One query, over an index of just those."""
    return OutboundMessage.objects.filter(status=MessageStatus.QUARANTINED).count()
