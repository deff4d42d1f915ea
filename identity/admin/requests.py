"""Requests and decisions: what was asked, what happens with it, and why."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest

from config.lifecycle import read_clock
from fallbacks.models import Challenge, Escalation, VerificationCase
from identity.actions.moves import obligations_of
from identity.admin.darkness import DarknessFilter
from identity.admin.explaining import (
    RiskFilter,
    changes_panel,
    inputs_table,
    outcome_words,
    reading_of,
    reasons_in_words,
    state_filter,
    timeline,
)
from identity.admin.ladder import ladder_table
from identity.admin.panels import Bullets, Facts, Page, Panel, Table, link_to
from identity.admin.reading import DetailAdmin, ReadOnlyAdmin, column, moment, shown
from identity.admin.tags import due_tag, tag
from identity.context import network_mark
from identity.darkness import clock_of
from identity.messages import say
from identity.messages.compose import title_of
from identity.models import Action, Decision, Delivery, PolicyVersion
from identity.policy.decision import Outcome
from identity.states import TERMINAL, WAITING, Status


class StandingFilter(SimpleListFilter):
    """Those that wait, those that are over; both by the states' own groups."""

    title = say("console.label.standing")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The two groups."""
        return [(each, say(f"console.standing.{each}")) for each in ("waiting", "over")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those of the chosen group."""
        group = {"waiting": WAITING, "over": TERMINAL}.get(self.value() or "")
        return queryset.filter(status__in=sorted(group)) if group else queryset


class RequestAdmin(DetailAdmin):
    """What applications asked for, newest first."""

    name = "requests"
    person_field = "subject__username"
    reference_field = "id"
    search_help_text = say("console.requests.search")
    list_display = (
        "reference",
        "state",
        "what",
        "person",
        "available",
        "risk",
        "ends",
        "next_try",
        "application",
    )
    list_select_related = ("subject", "application", "type")
    list_filter = (
        StandingFilter,
        state_filter("status", Status),
        "type",
        state_filter("outcome", Outcome, "outcome"),
        RiskFilter,
        DarknessFilter,
    )
    ordering = ("-created_at", "-id")

    @column("console.label.reference", "created_at")
    def reference(self, action: Action) -> str:
        """R-1A2B3C4D."""
        return action.reference

    @column("console.label.status", "status")
    def state(self, action: Action) -> str:
        """Word and colour."""
        return shown(tag("status", action.status))

    @column("console.label.what", "type")
    def what(self, action: Action) -> str:
        """What the type is called."""
        return title_of(action.type_id, action.type.title)

    @column("console.label.availability")
    def available(self, action: Action) -> str:
        """How reachable the person was when it was decided."""
        return shown(tag("availability", action.facts.get("availability", "")))

    @column("console.label.risk")
    def risk(self, action: Action) -> str:
        """The band of the latest decision."""
        return shown(tag("risk", action.facts.get("risk", "")))

    @column("console.label.ends", "expires_at")
    def ends(self, action: Action) -> str:
        """When the present window ends."""
        return moment(action.expires_at)

    @column("console.label.next_try", "next_attempt_at")
    def next_try(self, action: Action) -> str:
        """When the person is asked again."""
        return moment(action.next_attempt_at)

    def detail_queryset(self) -> QuerySet[Action]:
        """With what its page names."""
        return Action.objects.select_related("subject", "application", "type", "session", "device")

    def page(self, request: HttpRequest, row: Action, now: datetime) -> Page:
        """What happens, what was decided and why, and everything since."""
        may = request.user.has_perm
        over = row.status not in WAITING or row.expires_at is None
        end = None if row.expires_at is None else due_tag(row.expires_at, now, over=over)
        main: list[Panel] = [
            reading_of(row, now),
            *self._decision(row),
            ladder_table(row, now),
            timeline(row),
        ]
        if may("fallbacks.view_challenge"):
            main.append(_challenges(row))
        if may("identity.view_delivery"):
            main.append(_deliveries(row))
        aside: list[Panel] = [self._asked(row, may), inputs_table(row.facts)]
        if may("fallbacks.view_escalation"):
            aside.append(_escalations(row))
        if may("fallbacks.view_verificationcase"):
            aside.append(_cases(row))
        what = title_of(row.type_id, row.type.title)
        return Page(
            title=f"{row.reference} · {what}",
            lede=say(
                "console.request.lede", name=row.subject.username, application=row.application
            ),
            tags=(tag("status", row.status), tag("risk", row.facts.get("risk", "")), end),
            main=main,
            aside=aside,
        )

    def _asked(self, action: Action, may: Any) -> Facts:
        person: Any = action.subject.username
        if may("identity.view_user"):
            person = link_to(action.subject, action.subject.username)
        dark = clock_of(action, read_clock())
        values = {
            "person": person,
            "application": action.application,
            "created": moment(action.created_at),
            "updated": moment(action.updated_at),
            "ends": moment(action.expires_at),
            "next_try": moment(action.next_attempt_at),
            "dark_since": moment(dark.since),
            "dark_until": moment(dark.until),
            "challenge_ends": moment(action.challenge_ends_at),
            "confirm_by": moment(action.confirm_by),
            "if_silent": _if_silent(action),
            "tries": str(action.attempts),
            "session": action.session,
            "device": action.device,
            "device_class": action.device_class,
            "network": network_mark(action.network),
            "country": action.country,
            "binding": action.binding_message,
            "mode": action.mode,
        }
        return Facts(
            say("console.request.asked"),
            [
                (say(f"console.label.{name}"), value)
                for name, value in values.items()
                if value not in (None, "")
            ],
        )

    def _decision(self, action: Action) -> list[Panel]:
        version = PolicyVersion.objects.filter(number=action.policy_number).first()
        decisions = list(action.decisions.order_by("at"))
        score = decisions[-1].risk_score if decisions else None
        decided = Facts(
            say("console.request.decision"),
            [
                (say("console.label.outcome"), outcome_words(action.outcome)),
                (say("console.label.rule"), action.rule),
                (say("console.label.policy"), link_to(version)),
                (say("console.label.mode"), action.mode),
                (say("console.label.risk_score"), "" if score is None else f"{score} / 100"),
            ],
        )
        why = Bullets(
            say("console.request.why", name=action.subject.shown_name),
            reasons_in_words(action.reasons),
        )
        before = Table(
            say("console.request.decisions"),
            [say(f"console.label.{each}") for each in ("at", "outcome", "rule", "policy", "risk")],
            [
                (
                    moment(each.at),
                    outcome_words(each.outcome),
                    each.rule,
                    str(each.policy_number),
                    tag("risk", each.facts.get("risk", "")),
                )
                for each in decisions
            ],
            say("console.none"),
        )
        return [decided, why, changes_panel(action), before]


def _challenges(action: Action) -> Table:
    rows = Challenge.objects.filter(action=action).order_by("issued_at")
    return Table(
        say("console.challenges.heading"),
        [say(f"console.label.{each}") for each in ("factor", "status", "issued", "ended")],
        [
            (
                each.factor,
                tag("challenge", each.status),
                moment(each.issued_at),
                moment(each.ended_at or each.expires_at),
            )
            for each in rows
        ],
        say("console.request.no_challenges"),
    )


def _deliveries(action: Action) -> Table:
    rows = Delivery.objects.filter(action=action).order_by("created_at")
    return Table(
        say("console.deliveries.heading"),
        [say(f"console.label.{each}") for each in ("message", "status", "tries", "answer")],
        [
            (
                link_to(each, each.type),
                tag("delivery", each.status),
                str(each.attempts),
                each.last_answer,
            )
            for each in rows
        ],
        say("console.request.no_deliveries"),
    )


def _escalations(action: Action) -> Table:
    rows = Escalation.objects.filter(action=action).order_by("opened_at")
    return Table(
        say("console.escalations.heading"),
        (),
        [(link_to(each), tag("escalation", each.status)) for each in rows],
        say("console.request.no_escalations"),
    )


def _cases(action: Action) -> Table:
    rows = VerificationCase.objects.filter(action=action).order_by("opened_at")
    return Table(
        say("console.cases.heading"),
        (),
        [(link_to(each), tag("case", each.status)) for each in rows],
        say("console.request.no_cases"),
    )


def _if_silent(action: Action) -> str:
    """What happens with what was done first, if nobody confirms it."""
    if not action.to_confirm:
        return ""
    return say(f"console.silent.{obligations_of(action).on_silence}")


class DecisionAdmin(ReadOnlyAdmin):
    """Every answer of the policy, with what it was based on."""

    name = "decisions"
    person_field = "action__subject__username"
    reference_field = "action_id"
    search_help_text = say("console.search.person_or_request")
    list_display = ("when", "about", "person", "answer", "rule", "policy_number", "risk", "mode")
    list_select_related = ("action", "action__subject")
    list_filter = (state_filter("outcome", Outcome, "outcome"), "mode", RiskFilter)
    ordering = ("-at",)
    fields = (
        "when",
        "about",
        "person",
        "answer",
        "rule",
        "policy_number",
        "mode",
        "risk_score",
        "why",
        "inputs",
    )
    readonly_fields = ("when", "about", "person", "answer", "why", "inputs")

    @column("console.label.at", "at")
    def when(self, decision: Decision) -> str:
        """The database's clock."""
        return moment(decision.at)

    @column("console.label.request")
    def about(self, decision: Decision) -> str:
        """Its reference."""
        return decision.action.reference

    @column("console.label.outcome", "outcome")
    def answer(self, decision: Decision) -> str:
        """The outcome in words."""
        return outcome_words(decision.outcome)

    @column("console.label.risk")
    def risk(self, decision: Decision) -> str:
        """The band."""
        return shown(tag("risk", decision.facts.get("risk", "")))

    @column("console.label.why")
    def why(self, decision: Decision) -> str:
        """The reasons, one after the other."""
        return " ".join(reasons_in_words(decision.reasons))

    @column("console.label.inputs")
    def inputs(self, decision: Decision) -> str:
        """The coarse inputs."""
        return ", ".join(f"{name}: {value}" for name, value in decision.facts.items())
