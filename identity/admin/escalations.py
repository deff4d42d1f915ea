"""Escalations: blocked requests put to the security staff, with their context (F7)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Case, QuerySet, When
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminRadioSelectWidget, UnfoldAdminSelectWidget

from fallbacks.escalations import resolve_escalation
from fallbacks.machines import EscalationStatus
from fallbacks.models import Escalation
from fallbacks.models.people import CODES_OF_VERDICT, ReasonCode, Verdict
from identity.admin.explaining import (
    RiskFilter,
    inputs_table,
    reading_of,
    reasons_in_words,
    request_link,
    state_filter,
    timeline,
)
from identity.admin.forms import note_field, reason_words
from identity.admin.panels import Bullets, Facts, Page, Words, link_to
from identity.admin.reading import Act, DetailAdmin, column, moment, shown
from identity.admin.tags import due_tag, tag
from identity.emergencies import PERMISSION, emergencies_for, override_quiet
from identity.messages import say
from identity.messages.compose import title_of
from identity.models import User
from identity.notices import words_of
from identity.policy.presence_rules import EMERGENCIES
from identity.states import Status


class VerdictForm(forms.Form):
    """A verdict with a reason code of its kind and a note for those who read it later."""

    verdict = forms.ChoiceField(
        label=say("console.label.verdict"),
        choices=[(each.value, say(f"console.verdict.{each.value}")) for each in Verdict],
        widget=UnfoldAdminRadioSelectWidget,
    )
    reason_code = forms.ChoiceField(
        label=say("console.label.reason_code"),
        choices=[
            ("", say("console.choose")),
            *(
                (
                    say(f"console.verdict.{verdict}.short"),
                    [
                        (code.value, reason_words(code))
                        for code in ReasonCode
                        if code in CODES_OF_VERDICT[verdict]
                    ],
                )
                for verdict in Verdict
            ),
        ],
        widget=UnfoldAdminSelectWidget,
        help_text=say("console.hint.reason_code"),
    )
    note = note_field()


def _resolve(row: Escalation, user: User, given: dict[str, Any]) -> None:
    resolve_escalation(
        row.pk,
        by=user,
        verdict=given["verdict"],
        reason_code=given["reason_code"],
        note=given["note"],
    )


class EmergencyForm(forms.Form):
    """Which of the emergencies that the policy in force names."""

    emergency = forms.ChoiceField(
        label=say("console.label.emergency"),
        choices=[(name, say(f"console.emergency.{name}")) for name in EMERGENCIES],
        widget=UnfoldAdminSelectWidget,
    )


def _override(row: Escalation, user: User, given: dict[str, Any]) -> None:
    override_quiet(row.subject_id, given["emergency"], by=user)


def _in_their_quiet(row: Escalation, user: User) -> bool:
    return row.status == EscalationStatus.OPEN and bool(emergencies_for(row.subject_id))


def subject_of(row: Escalation) -> str:
    """What it is about, in a few words: a request's type, or a notice's title."""
    if row.action is not None:
        return title_of(row.action.type_id, row.action.type.title)
    return words_of(row.notice)[0] if row.notice is not None else ""


def _still_open(row: Escalation, user: User) -> bool:
    return row.status == EscalationStatus.OPEN


class EscalationAdmin(DetailAdmin):
    """The board: what waits for a verdict, nearest deadline first."""

    name = "escalations"
    person_field = "subject__username"
    reference_field = "action_id"
    search_help_text = say("console.search.person_or_request")
    list_display = ("reference", "state", "person", "what", "risk", "opened", "due", "given")
    list_select_related = ("subject", "action", "action__type", "notice", "resolved_by")
    list_filter = (state_filter("escalation", EscalationStatus), "verdict", RiskFilter)
    ordering = (Case(When(status=EscalationStatus.OPEN, then=0), default=1), "due_at")
    acts = (
        Act(
            name="resolve",
            permission="fallbacks.resolve_escalation",
            form=VerdictForm,
            run=_resolve,
            offered=_still_open,
        ),
        Act(
            name="override",
            permission=PERMISSION,
            form=EmergencyForm,
            run=_override,
            offered=_in_their_quiet,
            alarm=True,
        ),
    )

    @column("console.label.reference", "id")
    def reference(self, row: Escalation) -> str:
        """E-1A2B3C4D."""
        return str(row)

    @column("console.label.status", "status")
    def state(self, row: Escalation) -> str:
        """Open, resolved or closed."""
        return shown(tag("escalation", row.status))

    @column("console.label.what")
    def what(self, row: Escalation) -> str:
        """What the person asked for, or what they say was not them."""
        return subject_of(row)

    @column("console.label.risk")
    def risk(self, row: Escalation) -> str:
        """The band it was blocked with."""
        return shown(tag("risk", row.facts.get("risk", "")))

    @column("console.label.opened", "opened_at")
    def opened(self, row: Escalation) -> str:
        """When it came here."""
        return moment(row.opened_at)

    @column("console.label.due", "due_at")
    def due(self, row: Escalation) -> str:
        """When a verdict is due."""
        return moment(row.due_at)

    @column("console.label.verdict", "verdict")
    def given(self, row: Escalation) -> str:
        """The verdict, once there is one."""
        return say(f"console.verdict.{row.verdict}.short") if row.verdict else ""

    def detail_queryset(self) -> QuerySet[Escalation]:
        """With what its page names."""
        return Escalation.objects.select_related(
            "subject",
            "resolved_by",
            "notice",
            "action__type",
            "action__application",
            "action__subject",
        )

    def page(self, request: HttpRequest, row: Escalation, now: datetime) -> Page:
        """The context of a verdict: what was asked, why it was stopped, what happened."""
        if row.action is None:
            return self._about_notice(row, now)
        action = row.action
        over = row.status != EscalationStatus.OPEN
        waits = over or action.status == Status.BLOCKED
        which = "" if waits else ".afterwards" if action.unsettled else ".elsewhere"
        asked = Facts(
            say("console.escalation.asked", name=row.subject.shown_name),
            [
                (say("console.label.request"), request_link(action)),
                (say("console.label.what"), title_of(action.type_id, action.type.title)),
                (say("console.label.person"), row.subject.username),
                (say("console.label.application"), str(action.application)),
                (say("console.label.status"), tag("status", action.status)),
                (say("console.label.created"), moment(action.created_at)),
                (say("console.label.opened"), moment(row.opened_at)),
                (say("console.label.due"), moment(row.due_at)),
            ],
        )
        aside: list[Any] = [asked, inputs_table(row.facts), reading_of(action, now)]
        if over and row.resolved_by is not None:
            aside.insert(0, self._verdict(row))
        return Page(
            title=f"{row} · {title_of(action.type_id, action.type.title)}",
            lede=say(
                f"console.escalation.lede{which}",
                name=row.subject.shown_name,
            ),
            tags=(
                tag("escalation", row.status),
                tag("risk", row.facts.get("risk", "")),
                due_tag(row.due_at, now, over=over),
            ),
            first=(
                Bullets(
                    say("console.escalation.why", name=row.subject.shown_name),
                    reasons_in_words(row.reasons),
                ),
            ),
            main=(timeline(action),),
            aside=aside,
        )

    def _about_notice(self, row: Escalation, now: datetime) -> Page:
        """What the person was told of and says was not them."""
        over = row.status != EscalationStatus.OPEN
        notice = row.notice
        told = words_of(notice) if notice is not None else ("", "")
        facts = Facts(
            say("console.escalation.notice", name=row.subject.shown_name),
            [
                (say("console.label.person"), link_to(row.subject)),
                (say("console.label.what"), told[0]),
                (say("console.label.at"), moment(notice.at if notice is not None else None)),
                (say("console.label.session"), link_to(notice.session) if notice else None),
                (say("console.label.opened"), moment(row.opened_at)),
                (say("console.label.due"), moment(row.due_at)),
            ],
        )
        return Page(
            title=f"{row} · {subject_of(row)}",
            lede=say("console.escalation.lede.notice", name=row.subject.shown_name),
            tags=(tag("escalation", row.status), due_tag(row.due_at, now, over=over)),
            first=(
                Words(
                    say("console.request.reading", name=row.subject.shown_name), told, quoted=True
                ),
            ),
            aside=((self._verdict(row),) if over and row.resolved_by else ()) + (facts,),
        )

    def _verdict(self, row: Escalation) -> Facts:
        return Facts(
            say("console.escalation.verdict"),
            [
                (say("console.label.verdict"), say(f"console.verdict.{row.verdict}.short")),
                (say("console.label.reason_code"), reason_words(ReasonCode(row.reason_code))),
                (say("console.label.by"), str(row.resolved_by)),
                (say("console.label.at"), moment(row.resolved_at)),
                (say("console.label.note"), row.note),
            ],
        )
