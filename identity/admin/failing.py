"""Requests that the sweep could not move: why, when they are tried again, and those put aside."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest

from identity.actions.failing import PERMISSION, try_put_aside_again
from identity.admin.explaining import reading_of, request_link, state_filter, timeline
from identity.admin.panels import Facts, Page, Words
from identity.admin.reading import Act, DetailAdmin, column, moment, shown
from identity.admin.tags import tag
from identity.messages import say
from identity.messages.compose import title_of
from identity.models import AttemptStatus, SweepAttempt, User


class TryAgainForm(forms.Form):
    """Nothing to fill in."""


def _try_again(row: SweepAttempt, user: User, given: dict[str, Any]) -> None:
    try_put_aside_again(row.pk, by=user)


def _put_aside(row: SweepAttempt, user: User) -> bool:
    return row.status == AttemptStatus.QUARANTINED


class AttemptAdmin(DetailAdmin):
    """What could not be moved, newest failure first."""

    name = "attempts"
    person_field = "action__subject__username"
    reference_field = "action_id"
    search_help_text = say("console.search.person_or_request")
    list_display = ("about", "state", "error", "tries", "last", "next")
    list_select_related = ("action",)
    list_filter = (state_filter("attempt", AttemptStatus.values), "last_error")
    ordering = ("-last_at",)
    acts = (Act("requeue", PERMISSION, TryAgainForm, _try_again, _put_aside),)

    @column("console.label.request")
    def about(self, row: SweepAttempt) -> str:
        """Which request."""
        return row.action.reference

    @column("console.label.status", "status")
    def state(self, row: SweepAttempt) -> str:
        """To be tried again, or put aside."""
        return shown(tag("attempt", row.status))

    @column("console.label.error", "last_error")
    def error(self, row: SweepAttempt) -> str:
        """The kind of the last error."""
        return row.last_error

    @column("console.label.tries", "count")
    def tries(self, row: SweepAttempt) -> str:
        """How often in a row."""
        return str(row.count)

    @column("console.label.last_try", "last_at")
    def last(self, row: SweepAttempt) -> str:
        """When it failed last."""
        return moment(row.last_at)

    @column("console.label.next_try", "retry_at")
    def next(self, row: SweepAttempt) -> str:
        """When it is tried again."""
        return moment(row.retry_at)

    def detail_queryset(self) -> QuerySet[SweepAttempt]:
        """With what its page names."""
        return SweepAttempt.objects.select_related(
            "action__subject", "action__application", "action__type"
        )

    def page(self, request: HttpRequest, row: SweepAttempt, now: datetime) -> Page:
        """What failed and how often; what the person reads meanwhile, and what happened."""
        action = row.action
        facts = [
            (say("console.label.request"), request_link(action)),
            (say("console.label.person"), action.subject.username),
            (say("console.label.status"), tag("status", action.status)),
            (say("console.label.error"), row.last_error),
            (say("console.label.tries"), str(row.count)),
            (say("console.label.last_try"), moment(row.last_at)),
            (say("console.label.next_try"), moment(row.retry_at)),
            (say("console.label.ends"), moment(action.expires_at)),
        ]
        about = (say("console.attempt.about.text"),)
        return Page(
            title=f"{action.reference} · {title_of(action.type_id, action.type.title)}",
            tags=(tag("attempt", row.status), tag("status", action.status)),
            main=(Facts(say("console.attempt.facts"), facts), timeline(action)),
            aside=(Words(say("console.attempt.about"), about), reading_of(action, now)),
        )
