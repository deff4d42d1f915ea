"""Who is waited for in the dark, longest first, and what went on because of it (P5)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.urls import reverse

from identity.actions.moves import DARK
from identity.admin.panels import Link, Table, link_to
from identity.admin.reading import moment
from identity.admin.tags import due_tag
from identity.darkness import HELD, WAITS_FOR_POLICY, clock_of
from identity.messages import say
from identity.messages.compose import title_of
from identity.models import Action
from identity.models.actions import Window
from identity.states import WITH_STAFF, Status

SHOWN = 8
"""Rows of each list on the home page; the rest is one link away."""

WENT_ON = (Status.FALLBACK, *sorted(WITH_STAFF))


def in_the_dark() -> QuerySet[Action]:
    """What waits for somebody who is in the dark, the longest darkness first."""
    return (
        Action.objects.filter(
            status__in=HELD, window=Window.FIRST, subject__presence__dark_since__isnull=False
        )
        .exclude(reason=WAITS_FOR_POLICY)
        .order_by(F("subject__presence__dark_since"), "created_at")
    )


def dark_list(now: datetime) -> dict[str, Any]:
    """The home page's list: whose request, since when, and when the next step comes."""
    rows = list(in_the_dark().select_related("subject__presence", "type")[: SHOWN + 1])
    table = Table(
        say("console.home.dark"),
        [
            say(f"console.label.{each}")
            for each in ("reference", "person", "what", "dark_since", "dark_until")
        ],
        [
            (
                link_to(row),
                row.subject.shown_name,
                title_of(row.type_id, row.type.title),
                moment(row.subject.presence.dark_since),
                _next_step(row, now),
            )
            for row in rows[:SHOWN]
        ],
        say("console.home.dark.none"),
    )
    url = reverse("admin:identity_action_changelist") + "?darkness=dark"
    more = Link(say("console.home.dark.all"), url) if len(rows) > SHOWN else None
    return {"panel": table, "more": more}


def _next_step(row: Action, now: datetime) -> Any:
    until = clock_of(row, now).until
    return due_tag(until, now, over=False) if until is not None else None


def exceeded_count() -> int:
    """How many open requests went on because their person was in the dark for too long."""
    return exceeded(Action.objects.all()).count()


def exceeded(actions: QuerySet[Any]) -> QuerySet[Any]:
    """Those of `actions` that are open and went on because of darkness."""
    return actions.filter(status__in=WENT_ON, reason=DARK, due_at__isnull=False)


class DarknessFilter(SimpleListFilter):
    """Those whose person is in the dark; those that went on because of it."""

    title = say("console.label.darkness")
    parameter_name = "darkness"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The two groups."""
        return [(each, say(f"console.darkness.{each}")) for each in ("dark", "exceeded")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those of the chosen group."""
        if self.value() == "dark":
            return queryset.filter(pk__in=in_the_dark().order_by().values("pk"))
        return exceeded(queryset) if self.value() == "exceeded" else queryset
