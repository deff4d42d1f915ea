"""Verification cases: a manual check that two people answer for (F6, F21, F22)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Case, QuerySet, When
from django.http import HttpRequest

from fallbacks.cases import OPEN_STATES, agree_case, confirm_case, propose_case, refuse_case
from fallbacks.machines import CaseStatus
from fallbacks.models import VerificationCase
from fallbacks.models.people import (
    CASE_CONFIRM_CODES,
    CASE_DISAGREE_CODES,
    CASE_REFUSE_CODES,
    Question,
    ReasonCode,
)
from identity.actions.views import masked_payload
from identity.admin.explaining import (
    reading_of,
    reasons_in_words,
    request_link,
    state_filter,
    timeline,
)
from identity.admin.forms import note_field, reason_field, reason_words
from identity.admin.panels import Bullets, Facts, Page, Panel
from identity.admin.people import masked_email
from identity.admin.reading import Act, DetailAdmin, column, moment, shown
from identity.admin.tags import due_tag, tag
from identity.messages import has, say
from identity.messages.compose import title_of
from identity.models import Action, User


class ProposeForm(forms.Form):
    """The evidence matched: a proposal that nothing follows from by itself."""

    reason_code = reason_field(CASE_CONFIRM_CODES)
    note = note_field()


class RefuseForm(forms.Form):
    """It is not the person, or it could not be shown."""

    reason_code = reason_field(CASE_REFUSE_CODES)
    note = note_field()


class DisagreeForm(forms.Form):
    """It should not happen, whoever asked."""

    reason_code = reason_field(CASE_DISAGREE_CODES)
    note = note_field()


class ConfirmForm(forms.Form):
    """Nothing to fill in: the proposal, or the request, stands as it is read."""


def _propose(row: VerificationCase, user: User, given: dict[str, Any]) -> None:
    propose_case(row.pk, by=user, reason_code=given["reason_code"], note=given["note"])


def _confirm(row: VerificationCase, user: User, given: dict[str, Any]) -> None:
    confirm_case(row.pk, by=user)


def _agree(row: VerificationCase, user: User, given: dict[str, Any]) -> None:
    agree_case(row.pk, by=user)


def _refuse(row: VerificationCase, user: User, given: dict[str, Any]) -> None:
    refuse_case(row.pk, by=user, reason_code=given["reason_code"], note=given["note"])


def _open(row: VerificationCase, user: User) -> bool:
    return row.status == CaseStatus.OPEN and row.asks == Question.PERSON


def _may_agree(row: VerificationCase, user: User) -> bool:
    asked = row.status == CaseStatus.OPEN and row.asks == Question.ACTION
    return asked and row.subject_id != user.pk and not _agreed(row, user)


def _agreed(row: VerificationCase, user: User) -> bool:
    return any(each.person_id == user.pk for each in row.approvals.all())


def _may_disagree(row: VerificationCase, user: User) -> bool:
    return row.status == CaseStatus.OPEN and row.asks == Question.ACTION


def _proposed_by_another(row: VerificationCase, user: User) -> bool:
    return row.status == CaseStatus.PROPOSED and row.proposed_by_id != user.pk


def _undecided(row: VerificationCase, user: User) -> bool:
    return row.status in OPEN_STATES and row.asks == Question.PERSON


class CaseAdmin(DetailAdmin):
    """The verification desk: cases by deadline."""

    name = "cases"
    person_field = "subject__username"
    reference_field = "action_id"
    search_help_text = say("console.search.person_or_request")
    list_display = ("reference", "state", "person", "what", "why", "opened", "due", "proposer")
    list_select_related = ("subject", "action", "action__type", "proposed_by")
    list_filter = (state_filter("case", CaseStatus), "opened_because")
    ordering = (Case(When(status__in=OPEN_STATES, then=0), default=1), "due_at")
    acts = (
        Act("confirm", "fallbacks.decide_case", ConfirmForm, _confirm, _proposed_by_another),
        Act("propose", "fallbacks.propose_case", ProposeForm, _propose, _open),
        Act("refuse", "fallbacks.propose_case", RefuseForm, _refuse, _undecided, alarm=True),
        Act("agree", "fallbacks.decide_case", ConfirmForm, _agree, _may_agree),
        Act(
            "disagree",
            "fallbacks.propose_case",
            DisagreeForm,
            _refuse,
            _may_disagree,
            alarm=True,
        ),
    )

    @column("console.label.reference", "id")
    def reference(self, row: VerificationCase) -> str:
        """V-1A2B3C4D."""
        return str(row)

    @column("console.label.status", "status")
    def state(self, row: VerificationCase) -> str:
        """How far it is."""
        return shown(tag("case", row.status))

    @column("console.label.what")
    def what(self, row: VerificationCase) -> str:
        """What the person asked for."""
        return title_of(row.action.type_id, row.action.type.title)

    @column("console.label.why")
    def why(self, row: VerificationCase) -> str:
        """Why it is here."""
        return _because(row)

    @column("console.label.opened", "opened_at")
    def opened(self, row: VerificationCase) -> str:
        """When it came here."""
        return moment(row.opened_at)

    @column("console.label.due", "due_at")
    def due(self, row: VerificationCase) -> str:
        """When it must be decided."""
        return moment(row.due_at)

    @column("console.label.proposed_by")
    def proposer(self, row: VerificationCase) -> str:
        """Who proposes to confirm; somebody else decides."""
        return row.proposed_by.get_username() if row.proposed_by else ""

    def detail_queryset(self) -> QuerySet[VerificationCase]:
        """With what its page names."""
        return VerificationCase.objects.select_related(
            "subject",
            "proposed_by",
            "decided_by",
            "action__type",
            "action__application",
            "action__subject",
        ).prefetch_related("approvals__person")

    def page(self, request: HttpRequest, row: VerificationCase, now: datetime) -> Page:
        """What was asked, how far the check is, and what this desk cannot do."""
        action, name = row.action, row.subject.shown_name
        over = row.status not in OPEN_STATES
        what = title_of(action.type_id, action.type.title)
        first: list[Panel] = [
            self._asked(row, action),
            Bullets(say("console.case.why"), [_because(row), *reasons_in_words(action.reasons)]),
        ]
        if row.asks == Question.ACTION:
            first.append(self._agreement(row))
        elif row.proposed_by is not None or over:
            first.append(self._progress(row))
        cannot = [
            say(f"console.case.cannot.{each}") for each in ("lower", "call", "alone", "codes")
        ]
        return Page(
            title=f"{row} · {what}",
            lede=self._lede(row, request.user, name),
            tags=(
                tag("case", row.status),
                tag("risk", action.facts.get("risk", "")),
                due_tag(row.due_at, now, over=over),
            ),
            first=first,
            main=(timeline(action),),
            aside=(Bullets(say("console.case.cannot"), cannot), reading_of(action, now)),
        )

    def _lede(self, row: VerificationCase, user: Any, name: str) -> str:
        if row.asks == Question.ACTION and row.status == CaseStatus.OPEN:
            which = "agreed" if _agreed(row, user) else "action"
            count = str(len(row.approvals.all()))
            facts = {"name": name, "agreed": count, "needed": str(row.needed)}
            return say(f"console.case.lede.{which}", **facts)
        if row.status == CaseStatus.PROPOSED:
            own = row.proposed_by_id == user.pk
            return say(f"console.case.lede.{'own' if own else 'second'}", name=name)
        if row.status == CaseStatus.OPEN:
            return say("console.case.lede.open", name=name)
        return say("console.case.lede.over")

    def _asked(self, row: VerificationCase, action: Action) -> Facts:
        facts: list[tuple[str, Any]] = [
            (say("console.label.request"), request_link(action)),
            (say("console.label.person"), row.subject.username),
            (say("console.label.application"), str(action.application)),
            (say("console.label.created"), moment(action.created_at)),
            (say("console.label.stored_email"), masked_email(row.subject.email)),
            (say("console.label.rule"), f"{action.rule} ({action.policy_number})"),
            (say("console.label.due"), moment(row.due_at)),
        ]
        if row.status in OPEN_STATES:
            facts += [
                (say(label) if has(label) else label, value)
                for label, value in masked_payload(action)
            ]
        return Facts(say("console.case.asked", name=row.subject.shown_name), facts)

    def _agreement(self, row: VerificationCase) -> Facts:
        people = list(row.approvals.all())
        counted = {"agreed": str(len(people)), "needed": str(row.needed)}
        facts: list[tuple[str, Any]] = [
            (say("console.label.agreed"), say("console.case.agreed", **counted))
        ]
        facts += [
            (say("console.label.agreed_by"), f"{each.person}, {moment(each.at)}") for each in people
        ]
        if row.status == CaseStatus.REFUSED:
            facts += [
                (say("console.label.decided_by"), str(row.decided_by or "")),
                (say("console.label.reason_code"), reason_words(ReasonCode(row.reason_code))),
                (say("console.label.note"), row.note),
            ]
        return Facts(say("console.case.progress"), facts)

    def _progress(self, row: VerificationCase) -> Facts:
        code = reason_words(ReasonCode(row.reason_code)) if row.reason_code else ""
        return Facts(
            say("console.case.progress"),
            [
                (say("console.label.proposed_by"), str(row.proposed_by or "")),
                (say("console.label.proposed_at"), moment(row.proposed_at)),
                (say("console.label.reason_code"), code),
                (say("console.label.note"), row.note),
                (say("console.label.decided_by"), str(row.decided_by or "")),
                (say("console.label.decided_at"), moment(row.decided_at)),
            ],
        )


def _because(row: VerificationCase) -> str:
    message_id = f"console.case.because.{row.opened_because}"
    return say(message_id) if has(message_id) else row.opened_because
