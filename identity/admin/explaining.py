"""How the console explains an action: the reasons, the inputs, what happened, what is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest

from fallbacks.factors import enrolled_names
from identity.actions.explaining import would_change
from identity.active_policy import policy_numbered
from identity.admin.panels import Bullets, Link, Noted, Table, Words, link_to
from identity.admin.reading import moment
from identity.admin.tags import tag
from identity.messages import has, say
from identity.messages.compose import message_of, sentence_of
from identity.models import Action, Event, PolicyVersion
from identity.policy.errors import PolicyError
from identity.policy.facts import DIMENSIONS

MARKED = frozenset({"risk", "availability"})
"""Inputs that are shown as tags, because a verdict often turns on them."""


class RiskFilter(SimpleListFilter):
    """By the risk band that the decision was made with."""

    title = say("console.label.risk")
    parameter_name = "risk"
    facts_field = "facts"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The three bands."""
        return [(band, say(f"console.risk.{band}")) for band in ("red", "amber", "green")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those of the chosen band; a band that is not one changes nothing."""
        if self.value() not in dict(self.lookup_choices):
            return queryset
        return queryset.filter(**{f"{self.facts_field}__risk": self.value()})


def state_filter(
    family: str, states: Iterable[str], field: str = "status"
) -> type[SimpleListFilter]:
    """A filter by state in the console's own words for it (`console.<family>.<state>`)."""

    class StateFilter(SimpleListFilter):
        title = say(f"console.label.{field}")
        parameter_name = f"{field}__exact"

        def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
            return [(str(state), say(f"console.{family}.{state}")) for state in states]

        def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
            if self.value() not in dict(self.lookup_choices):
                return queryset
            return queryset.filter(**{field: self.value()})

    return StateFilter


def reasons_in_words(codes: Sequence[str]) -> list[str]:
    """Each reason as its sentence; a code without one stands for itself."""
    return [say(f"reason.{code}") if has(f"reason.{code}") else code for code in codes]


def inputs_table(facts: Mapping[str, Any]) -> Table:
    """The coarse inputs of a decision (D9)."""
    order = [*(name for name in DIMENSIONS if name in facts), *(facts.keys() - DIMENSIONS.keys())]
    rows = [
        (
            say(f"console.input.{name}") if has(f"console.input.{name}") else name,
            tag(name, str(facts[name])) if name in MARKED else str(facts[name]),
        )
        for name in order
    ]
    return Table(
        say("console.request.inputs"),
        (say("console.label.input"), say("console.label.value")),
        rows,
        say("console.none"),
    )


def changes_panel(action: Action) -> Words | Bullets:
    """What would lead to a better answer, as the person is told it (D9)."""
    title = say("console.changes.title")
    try:
        policy = policy_numbered(action.policy_number)
    except (PolicyError, PolicyVersion.DoesNotExist):
        return Words(title, [say("console.changes.unread", number=action.policy_number)])
    factors = enrolled_names(action.subject_id)
    found = would_change(action.facts, action.reasons, policy, factors)
    if not found:
        return Words(title, [say("console.changes.none")])
    return Bullets(title, [each["text"] for each in found])


def timeline(action: Action) -> Table:
    """Everything that happened to an action, newest last."""
    application = str(action.application)
    rows = [
        (
            f"{moment(event.at)}:{event.at:%S}",
            Noted(sentence_of(event, application=application), event.name),
            f"{event.from_state} → {event.to_state}" if event.from_state else event.to_state,
            event.actor,
        )
        for event in Event.objects.filter(action_id=action.pk).order_by("id")
    ]
    labels = ("at", "happened", "states", "by")
    return Table(
        say("console.request.timeline", name=action.subject.shown_name),
        [say(f"console.label.{label}") for label in labels],
        rows,
        say("console.none"),
    )


def reading_of(action: Action, now: datetime) -> Words:
    """The very words the person reads about the action."""
    message = message_of(action, now=now, zone=UTC, shown_name=action.subject.shown_name)
    return Words(
        say("console.request.reading", name=action.subject.shown_name),
        (message.title, message.body, message.next_step),
        quoted=True,
    )


def outcome_words(word: str) -> str:
    """An outcome of the policy in words."""
    return say(f"console.outcome.{word}") if has(f"console.outcome.{word}") else word


def request_link(action: Action) -> Link | None:
    """The request's own page."""
    return link_to(action, action.reference)
