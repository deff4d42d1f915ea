"""The catalogue of action types: what applications may ask for, and what policy says of it (D1)."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.http import HttpRequest
from django.template.loader import render_to_string

from identity.active_policy import active_policy
from identity.admin.explaining import outcome_words
from identity.admin.panels import Table
from identity.admin.reading import ReadOnlyAdmin, column
from identity.catching import caught_by
from identity.messages import say
from identity.models import ActionType
from identity.payloads import KINDS

_NAME = re.compile(r"[a-z][a-z0-9]*(\.[a-z][a-z0-9]*)+")
_FIELD = re.compile(r"[a-z][a-z0-9_]{0,29}")


class TypeForm(forms.ModelForm):
    """A type as the configuration role writes it."""

    class Meta:
        model = ActionType
        fields = (
            "name",
            "title",
            "sensitivity",
            "reversibility",
            "fraud_cost",
            "time_sensitivity",
            "journey",
            "reach",
            "payload",
            "value_rule",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Say beside each field what it takes."""
        super().__init__(*args, **kwargs)
        hints = {
            "name": say("console.type.bad_name"),
            "payload": say("console.type.bad_payload", kinds=", ".join(KINDS)),
            "value_rule": say("console.type.bad_value_rule"),
        }
        for name in hints.keys() & self.fields.keys():
            self.fields[name].help_text = hints[name]
            self.fields[name].widget.attrs["rows"] = 3

    def clean_name(self) -> str:
        """Words with dots between them, as the API spells it: `payout.change`."""
        name = str(self.cleaned_data["name"])
        if not _NAME.fullmatch(name):
            raise forms.ValidationError(say("console.type.bad_name"))
        return name

    def clean_payload(self) -> dict[str, str]:
        """Field names, each with a kind that is known."""
        payload = self.cleaned_data["payload"] or {}
        good = isinstance(payload, dict) and all(
            _FIELD.fullmatch(name) and kind in KINDS for name, kind in payload.items()
        )
        if not good:
            raise forms.ValidationError(say("console.type.bad_payload", kinds=", ".join(KINDS)))
        return dict(payload)

    def clean(self) -> dict[str, Any]:
        """A value rule reads an amount of the payload, and its bands go up."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        rule, payload = cleaned.get("value_rule") or {}, cleaned.get("payload") or {}
        if rule and not _sound_rule(rule, payload):
            self.add_error("value_rule", say("console.type.bad_value_rule"))
        cleaned["value_rule"] = rule
        return cleaned


def _sound_rule(rule: Any, payload: dict[str, str]) -> bool:
    if not isinstance(rule, dict) or set(rule) != {"field", "medium", "high"}:
        return False
    bands = (rule["medium"], rule["high"])
    if not all(isinstance(each, int) and not isinstance(each, bool) for each in bands):
        return False
    return payload.get(str(rule["field"])) == "amount" and 0 < bands[0] < bands[1]


class ActionTypeAdmin(ReadOnlyAdmin):
    """What applications may ask for, with the four variables of the matrix (D1).

    Its levels steer every decision, so only the configuration role adds or changes a type. Names
    are what stored actions quote: they are given once.
    """

    name = "types"
    form = TypeForm
    list_display = (
        "title",
        "name_shown",
        "sensitivity",
        "reversibility",
        "fraud_cost",
        "time_sensitivity",
        "journey",
    )
    list_filter = ("sensitivity", "reversibility", "journey")
    ordering = ("name",)
    fields = (*TypeForm.Meta.fields, "handler", "caught")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The name can be given once."""
        return ("handler", "caught") if obj is None else ("name", "handler", "caught")

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """The configuration role only."""
        return bool(request.user.is_superuser)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The configuration role only."""
        return bool(request.user.is_superuser)

    @column("console.label.name", "name")
    def name_shown(self, row: ActionType) -> str:
        """What the API calls it."""
        return row.name

    @column("console.label.caught")
    def caught(self, row: ActionType) -> str:
        """What the active policy says of such a type, rule by rule."""
        if not row.name:
            return say("console.type.caught_after")
        headings = [
            say(f"console.label.{each}")
            for each in ("availability", "risk", "value", "outcome", "rule")
        ]
        rows = [
            [
                each.availability,
                ", ".join(each.risks),
                ", ".join(each.values),
                outcome_words(each.outcome),
                each.rule,
            ]
            for each in caught_by(row, active_policy().table)
        ]
        panel = Table(say("console.type.caught"), headings, rows, "")
        return render_to_string("admin/holdfast/panel.html", {"panel": panel})
