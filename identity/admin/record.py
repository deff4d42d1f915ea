"""The record: events, challenges, messages to applications, changes made in the console."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib.admin.models import LogEntry
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from fallbacks.machines import ChallengeStatus
from fallbacks.models import Challenge
from identity.admin.explaining import request_link, state_filter
from identity.admin.panels import Facts, Page, Words
from identity.admin.reading import (
    Act,
    DetailAdmin,
    ReadOnlyAdmin,
    column,
    moment,
    shown,
)
from identity.admin.tags import tag
from identity.audit import NAMES
from identity.messages import say
from identity.models import Delivery, DeliveryStatus, Event, User
from identity.webhooks.settling import COMMIT, send_again


class EventAdmin(ReadOnlyAdmin):
    """Everything that happened, newest first. Nobody edits it, and the database holds it so."""

    name = "events"
    person_field = "subject__username"
    reference_field = "action_id"
    search_help_text = say("console.events.search")
    list_display = ("when", "name_shown", "person", "about", "states", "reason_shown", "actor")
    list_select_related = ("subject",)
    list_filter = ("kind",)
    ordering = ("-id",)
    fields = (
        "when",
        "name_shown",
        "kind",
        "object_id",
        "person",
        "about",
        "states",
        "reason_shown",
        "actor",
        "attributes_shown",
    )
    readonly_fields = (
        "when",
        "name_shown",
        "person",
        "about",
        "states",
        "reason_shown",
        "attributes_shown",
    )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """By person, action or the name of the event."""
        if search_term.strip() in NAMES:
            return queryset.filter(Q(name=search_term.strip())), False
        return super().get_search_results(request, queryset, search_term)

    @column("console.label.at", "id")
    def when(self, event: Event) -> str:
        """To the second, by the database's clock."""
        return f"{moment(event.at)}:{event.at:%S}"

    @column("console.label.event", "name")
    def name_shown(self, event: Event) -> str:
        """The word of the closed vocabulary."""
        return event.name

    @column("console.label.request")
    def about(self, event: Event) -> str:
        """The request it is part of."""
        return f"R-{str(event.action_id)[:8].upper()}" if event.action_id else ""

    @column("console.label.states")
    def states(self, event: Event) -> str:
        """From where to where."""
        return f"{event.from_state} → {event.to_state}" if event.from_state else event.to_state

    @column("console.label.why", "reason")
    def reason_shown(self, event: Event) -> str:
        """The reason, in its stable code."""
        return event.reason

    @column("console.label.attributes")
    def attributes_shown(self, event: Event) -> str:
        """Coarse values only."""
        pairs = [f"{name}: {value}" for name, value in event.attributes.items() if value]
        return ", ".join(pairs)


class ChallengeAdmin(ReadOnlyAdmin):
    """Every attempt at a factor, short and new each time."""

    name = "challenges"
    person_field = "subject__username"
    reference_field = "action_id"
    search_help_text = say("console.search.person_or_request")
    list_display = ("issued", "factor", "state", "person", "about", "ends", "ended")
    list_select_related = ("subject", "action")
    list_filter = (state_filter("challenge", ChallengeStatus), "factor")
    ordering = ("-issued_at",)
    fields = ("factor", "state", "person", "about", "issued", "ends", "ended")
    readonly_fields = ("state", "about", "issued", "ends", "ended")

    @column("console.label.issued", "issued_at")
    def issued(self, row: Challenge) -> str:
        """When the person was asked."""
        return moment(row.issued_at)

    @column("console.label.status", "status")
    def state(self, row: Challenge) -> str:
        """How it ended."""
        return shown(tag("challenge", row.status))

    @column("console.label.request")
    def about(self, row: Challenge) -> str:
        """For which request."""
        return row.action.reference

    @column("console.label.ends", "expires_at")
    def ends(self, row: Challenge) -> str:
        """Until when it could be answered."""
        return moment(row.expires_at)

    @column("console.label.ended", "ended_at")
    def ended(self, row: Challenge) -> str:
        """When it was over."""
        return moment(row.ended_at)


class SendAgainForm(forms.Form):
    """Nothing to fill in: the same message under the same id."""


def _send_again(row: Delivery, user: User, given: dict[str, Any]) -> None:
    send_again(row.pk, user)


def _given_up(row: Delivery, user: User) -> bool:
    return row.status == DeliveryStatus.ABANDONED and row.type != COMMIT


class DeliveryAdmin(DetailAdmin):
    """The outbox: what applications were told, and what could not be."""

    name = "deliveries"
    person_field = "action__subject__username"
    reference_field = "action_id"
    search_help_text = say("console.search.person_or_request")
    list_display = ("message", "type", "state", "application", "about", "tries", "next", "answer")
    list_select_related = ("application", "action")
    list_filter = (state_filter("delivery", DeliveryStatus.values), "type")
    ordering = ("-created_at",)
    acts = (Act("send_again", "identity.change_delivery", SendAgainForm, _send_again, _given_up),)

    @column("console.label.message", "created_at")
    def message(self, row: Delivery) -> str:
        """When it was written."""
        return moment(row.created_at)

    @column("console.label.status", "status")
    def state(self, row: Delivery) -> str:
        """How far it came."""
        return shown(tag("delivery", row.status))

    @column("console.label.request")
    def about(self, row: Delivery) -> str:
        """Which request it tells of."""
        return row.action.reference

    @column("console.label.tries", "attempts")
    def tries(self, row: Delivery) -> str:
        """How often it was sent."""
        return str(row.attempts)

    @column("console.label.next_try", "next_attempt_at")
    def next(self, row: Delivery) -> str:
        """When it is sent again."""
        return moment(row.next_attempt_at)

    @column("console.label.answer", "last_answer")
    def answer(self, row: Delivery) -> str:
        """What the receiver said last."""
        return row.last_answer

    def detail_queryset(self) -> QuerySet[Delivery]:
        """With what its page names."""
        return Delivery.objects.select_related("application", "action")

    def page(self, request: HttpRequest, row: Delivery, now: datetime) -> Page:
        """What is sent, to whom, and what came of it; never a payload."""
        facts = [
            (say("console.label.message"), row.pk),
            (say("console.label.type"), row.type),
            (say("console.label.application"), str(row.application)),
            (say("console.label.request"), request_link(row.action)),
            (say("console.label.created"), moment(row.created_at)),
            (say("console.label.tries"), str(row.attempts)),
            (say("console.label.next_try"), moment(row.next_attempt_at)),
            (say("console.label.answer"), row.last_answer),
            (say("console.label.delivered"), moment(row.delivered_at)),
        ]
        return Page(
            title=f"{row.type} · {row.action.reference}",
            tags=(tag("delivery", row.status),),
            main=(Facts(say("console.delivery.facts"), facts),),
            aside=(Words(say("console.delivery.about"), (say("console.delivery.about.text"),)),),
        )


class ChangeAdmin(ReadOnlyAdmin):
    """What was configured by hand in the console, and by whom."""

    name = "changes"
    person_field = "user__username"
    search_help_text = say("console.search.person")
    list_display = ("when", "person", "kind", "object_repr", "what")
    list_select_related = ("user", "content_type")
    list_filter = ("action_flag",)
    ordering = ("-action_time",)
    fields = ("when", "person", "kind", "object_repr", "what")
    readonly_fields = ("person", "when", "kind", "what")

    @column("console.label.at", "action_time")
    def when(self, row: LogEntry) -> str:
        """When."""
        return moment(row.action_time)

    @column("console.label.type")
    def kind(self, row: LogEntry) -> str:
        """Of what kind the thing is."""
        return str(row.content_type) if row.content_type else ""

    @column("console.label.what")
    def what(self, row: LogEntry) -> str:
        """Which fields."""
        return row.get_change_message()
