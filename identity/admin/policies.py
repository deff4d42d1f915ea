"""The policy to read: its versions as a matrix, and the catalogue of action types (D1, D2)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest

from identity.active_policy import policy_numbered
from identity.admin.explaining import outcome_words
from identity.admin.panels import Facts, Page, Panel, Table, Words
from identity.admin.reading import DetailAdmin, ReadOnlyAdmin, column, moment, shown
from identity.admin.tags import tag
from identity.messages import has, say
from identity.messages.times import lasting
from identity.models import ActionType, PolicyVersion
from identity.policy.document import Rule
from identity.policy.errors import PolicyError
from identity.policy.facts import DIMENSIONS, Coarse

ANY = "·"
"""In the matrix: whatever the value."""


class PolicyAdmin(DetailAdmin):
    """Versions of the policy; exactly one is in force."""

    name = "policies"
    list_display = ("number_shown", "name_shown", "state", "created", "activated", "digest_shown")
    list_filter = ("status",)
    ordering = ("-number",)

    @column("console.label.version", "number")
    def number_shown(self, row: PolicyVersion) -> str:
        """What every decision quotes."""
        return str(row)

    @column("console.label.name", "name")
    def name_shown(self, row: PolicyVersion) -> str:
        """What its authors call it."""
        return row.name

    @column("console.label.status", "status")
    def state(self, row: PolicyVersion) -> str:
        """Draft, active or retired."""
        return shown(tag("policy", row.status))

    @column("console.label.written", "created_at")
    def created(self, row: PolicyVersion) -> str:
        """When it was written."""
        return moment(row.created_at)

    @column("console.label.activated", "activated_at")
    def activated(self, row: PolicyVersion) -> str:
        """Since when it decides."""
        return moment(row.activated_at)

    @column("console.label.digest")
    def digest_shown(self, row: PolicyVersion) -> str:
        """The beginning of its SHA-256."""
        return row.digest[:12]

    def page(self, request: HttpRequest, row: PolicyVersion, now: datetime) -> Page:
        """The rules as a matrix: the first that fits decides, the last catches what is left."""
        facts = Facts(
            say("console.policy.facts"),
            [
                (say("console.label.name"), row.name),
                (say("console.label.written"), moment(row.created_at)),
                (say("console.label.activated"), moment(row.activated_at)),
                (say("console.label.digest"), row.digest),
            ],
        )
        return Page(
            title=f"{row} · {row.name}",
            lede=say("console.policy.lede"),
            tags=(tag("policy", row.status),),
            main=(*_matrix(row), facts),
            wide=True,
        )


def _matrix(row: PolicyVersion) -> Iterable[Panel]:
    try:
        version = policy_numbered(row.number)
    except PolicyError as error:
        return [Words(say("console.policy.matrix"), [error.sentence])]
    rules = (*version.document.rules, version.document.default)
    headings = [
        say("console.label.rule"),
        say("console.label.outcome"),
        *(_dimension(name) for name in DIMENSIONS),
        *(
            say(f"console.label.{each}")
            for each in ("level", "factors", "window", "then", "escalate", "why")
        ),
    ]
    rows = [
        [
            rule.id,
            outcome_words(rule.outcome),
            *(_values(rule, name) for name in DIMENSIONS),
            *_obliged(rule),
        ]
        for rule in rules
    ]
    found: list[Panel] = [Table(say("console.policy.matrix"), headings, rows, "")]
    for title, codes in (
        ("unreachable", version.table.unreachable_rules()),
        ("unforeseen", [str(version.table.unforeseen())] if version.table.unforeseen() else []),
    ):
        if codes:
            text = say(f"console.policy.{title}.text", what=", ".join(codes))
            found.append(Words(say(f"console.policy.{title}"), [text]))
    return found


def _dimension(name: str) -> str:
    message_id = f"console.input.{name}"
    return say(message_id) if has(message_id) else name


def _values(rule: Rule, name: str) -> str:
    chosen: tuple[Coarse, ...] = rule.when.get(name, ())
    return ", ".join(each.word for each in chosen) or ANY


def _obliged(rule: Rule) -> list[str]:
    obliged = rule.obligations
    return [
        f"AAL{int(obliged.required_aal)}" if obliged.required_aal else "",
        ", ".join(sorted(obliged.permitted_factors)),
        lasting(timedelta(seconds=obliged.window)),
        obliged.on_expiry,
        obliged.escalate_to or "",
        ", ".join(rule.because),
    ]


class ActionTypeAdmin(ReadOnlyAdmin):
    """What applications may ask for, with the four variables of the matrix (D1).

    Its levels steer every decision, so only the configuration role changes a type. Names are
    what stored actions quote: they are given once.
    """

    name = "types"
    list_display = (
        "title",
        "name_shown",
        "sensitivity",
        "reversibility",
        "fraud_cost",
        "time_sensitivity",
    )
    list_filter = ("sensitivity", "reversibility")
    ordering = ("name",)
    fields = (
        "name_shown",
        "title",
        "sensitivity",
        "reversibility",
        "fraud_cost",
        "time_sensitivity",
        "asked_for",
        "handler",
    )
    readonly_fields = ("name_shown", "asked_for", "handler")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The configuration role only."""
        return bool(request.user.is_superuser)

    @column("console.label.name", "name")
    def name_shown(self, row: ActionType) -> str:
        """What the API calls it."""
        return row.name

    @column("console.label.payload")
    def asked_for(self, row: ActionType) -> str:
        """The fields of its payload."""
        return ", ".join(f"{name} ({kind})" for name, kind in row.payload.items())
