"""The fields of what a profile or rule obliges to: left as it is above, or set here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from identity.messages import has, say
from identity.messages.times import lasting
from identity.policy.decision import FACTOR_CEILING, READ_SCOPES, Obligations
from identity.policy.editing import Words, plain_at
from identity.policy.editing.writing import Plain, Wanted, on_one_line
from identity.policy.execution import PERSON, WEEKDAYS
from identity.policy.obliging import FIELDS

_FLAG = ("true", "false")
ONE_OF: Mapping[str, tuple[str, ...]] = {
    "required_aal": ("0", "1", "2", "3"),
    "approvals": tuple(str(number) for number in range(6)),
    "phishing_resistant": _FLAG,
    "read_only": _FLAG,
    "on_expiry": ("fallback", "review"),
    "on_silence": ("reverse", "escalate"),
    "escalate_to": ("security", "support", "none"),
}
SOME_OF: Mapping[str, tuple[str, ...]] = {
    "permitted_factors": tuple(FACTOR_CEILING),
    "read_scope": tuple(sorted(READ_SCOPES)),
}
TIMES = frozenset({"max_proof_age", "challenge_ttl", "window", "grace", "confirm_within"})
LISTS = frozenset({"retries", "ladder"})
HOURS = "execution"
"""The obligation that is a window of days and hours: a field for each of its parts."""
_PARTS = ("days", "from", "until", "zone")
OWN = "_own"
"""Ends the name of the box that says that a set of words is set here."""
_NUMBER = re.compile(r"-?[0-9]{1,9}")


def typed(text: str) -> str | int:
    """What somebody typed: a whole number if it is one."""
    return int(text) if _NUMBER.fullmatch(text) else text


def wanted_of(found: Plain) -> Wanted:
    """What stands in a document, as it would be written again."""
    if isinstance(found, dict):
        return {key: wanted_of(each) for key, each in found.items()}
    if isinstance(found, list):
        return Words(tuple(typed(str(each)) for each in found), ordered=True)
    return typed(found)


def label_of(field: str) -> str:
    """What the obligation is called."""
    message_id = f"policy.difference.moved.{field}"
    words = say(message_id) if has(message_id) else field.replace("_", " ")
    return words[:1].upper() + words[1:]


def shown(field: str, value: Any) -> str:
    """The value of an obligation in words."""
    if field in TIMES:
        return lasting(timedelta(seconds=value)) if value else "0"
    if field == "ladder":
        return ", ".join(map(str, value)) or say("console.matrix.nothing")
    if field in LISTS:
        return ", ".join(lasting(timedelta(seconds=each)) for each in value)
    if isinstance(value, frozenset):
        return ", ".join(sorted(value)) or say("console.matrix.nothing")
    if value is None:
        return say("console.matrix.nothing")
    if hasattr(value, "to_json"):
        return ", ".join(
            f"{key} {' '.join(each) if isinstance(each, list) else each}"
            for key, each in value.to_json().items()
        )
    if isinstance(value, int) and not isinstance(value, bool):
        return str(int(value))
    return str(value).lower()


def obligation_fields(
    here: Mapping[str, Plain], above: Obligations | None
) -> dict[str, forms.Field]:
    """A field for every obligation: filled with what is set `here`, and where nothing is, the hint
    says what holds by what stands above it."""
    found: dict[str, forms.Field] = {}
    for name in FIELDS:
        hint = ""
        if above is not None:
            hint = say("console.matrix.above", value=shown(name, getattr(above, name)))
        value, label = here.get(name), label_of(name)
        if name == HOURS:
            found.update(_hours(label, hint, value))
        elif name in SOME_OF:
            found[name + OWN] = forms.BooleanField(
                label=say("console.matrix.own", what=label),
                required=False,
                initial=value is not None,
                help_text=hint,
                widget=UnfoldBooleanWidget,
            )
            ticked = [value] if isinstance(value, str) else value
            found[name] = _some_of(label, SOME_OF[name], ticked)
        elif name in ONE_OF:
            found[name] = forms.ChoiceField(
                label=label,
                required=False,
                initial=value or "",
                help_text=hint,
                choices=[
                    ("", say("console.matrix.as_above")),
                    *((each, each) for each in ONE_OF[name]),
                ],
                widget=UnfoldAdminSelectWidget,
            )
        else:
            example = f"console.matrix.example.{name}"
            more = say(example) if has(example) else ""
            found[name] = forms.CharField(
                label=label,
                required=False,
                max_length=300,
                initial=_typed_as(name, value),
                help_text=" ".join(each for each in (hint, more) if each),
                widget=UnfoldAdminTextInputWidget({"autocomplete": "off"}),
            )
    return found


def obligations_from(cleaned: Mapping[str, Any]) -> dict[str, Wanted]:
    """What is set here, by the fields of `obligation_fields`.

    Raises PolicyError for a value that does not read.
    """
    found: dict[str, Wanted] = {}
    for name in FIELDS:
        value = cleaned[name]
        if name in SOME_OF:
            if cleaned[name + OWN]:
                found[name] = Words(tuple(value))
        elif not value:
            continue
        elif name == HOURS:
            found[name] = _hours_from(cleaned) if value == HOURS else value
        elif name in LISTS:
            found[name] = listed(value)
        elif name in ONE_OF or name in TIMES:
            found[name] = typed(value)
        else:
            read = plain_at(f"value: {value}\n", ("value",))
            found[name] = wanted_of("" if read is None else read)
    return {
        name: each == "true" if name in ONE_OF and ONE_OF[name] is _FLAG else each
        for name, each in found.items()
    }


def left_out(cleaned: Mapping[str, Any]) -> list[str]:
    """The fields that were filled in though the box or choice that they belong to says that
    nothing is set here."""
    found = [each for each in SOME_OF if cleaned.get(each) and not cleaned.get(each + OWN)]
    if cleaned.get(HOURS) != HOURS:
        parts = [f"{HOURS}_{part}" for part in _PARTS]
        found += [each for each in parts if cleaned.get(each)]
    return found


def _hours(label: str, hint: str, value: Plain | None) -> dict[str, forms.Field]:
    """Not set here, any hour, or days and hours on somebody's clock."""
    parts = value if isinstance(value, dict) else {}
    days = parts.get("days") or []
    fields: dict[str, forms.Field] = {
        HOURS: forms.ChoiceField(
            label=label,
            required=False,
            initial=HOURS if parts else value or "",
            help_text=hint,
            choices=[
                ("", say("console.matrix.as_above")),
                ("always", say("console.matrix.hours.always")),
                (HOURS, say("console.matrix.hours.these")),
            ],
            widget=UnfoldAdminSelectWidget,
        ),
        f"{HOURS}_days": _some_of(
            say("console.matrix.hours.days"), WEEKDAYS, [days] if isinstance(days, str) else days
        ),
    }
    for part in _PARTS[1:]:
        fields[f"{HOURS}_{part}"] = forms.CharField(
            label=say(f"console.matrix.hours.{part}"),
            required=False,
            max_length=60,
            initial=parts.get(part, ""),
            help_text=say(f"console.matrix.example.{part}", person=PERSON),
            widget=UnfoldAdminTextInputWidget({"autocomplete": "off"}),
        )
    return fields


def _hours_from(cleaned: Mapping[str, Any]) -> dict[str, Wanted]:
    """The window as the document writes it; what is left empty is for its reader to refuse."""
    return {
        part: Words(tuple(cleaned[f"{HOURS}_{part}"]))
        if part == "days"
        else str(cleaned[f"{HOURS}_{part}"])
        for part in _PARTS
    }


def listed(text: str) -> Words:
    """What somebody typed with commas between."""
    return Words(tuple(typed(each.strip()) for each in text.split(",") if each.strip()), True)


def _some_of(label: str, words: Iterable[str], ticked: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        required=False,
        initial=ticked or [],
        choices=[(each, each) for each in words],
        widget=forms.CheckboxSelectMultiple,
    )


def _typed_as(name: str, value: Plain | None) -> str:
    if value is None:
        return ""
    if isinstance(value, list) and name in LISTS:
        return ", ".join(str(each) for each in value)
    return value if isinstance(value, str) else on_one_line(wanted_of(value))
