"""What the console's small forms share."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from fallbacks.models.people import ReasonCode
from identity.messages import say

NOTE_LENGTH = 2000
"""Characters that the record keeps of a note."""


def reason_words(code: ReasonCode) -> str:
    """What a reason code means."""
    return say(f"console.code.{code.value}")


def note_field() -> forms.CharField:
    """A note for the one who reads this later; the hint says what never goes in."""
    return forms.CharField(
        label=say("console.label.note"),
        required=False,
        max_length=NOTE_LENGTH,
        widget=UnfoldAdminTextareaWidget({"rows": 3}),
        help_text=say("console.hint.note"),
    )


def reason_field(codes: Iterable[str]) -> forms.ChoiceField:
    """A reason code out of `codes`, in the order in which they are defined."""
    allowed = frozenset(codes)
    return forms.ChoiceField(
        label=say("console.label.reason_code"),
        choices=[
            ("", say("console.choose")),
            *((code.value, reason_words(code)) for code in ReasonCode if code.value in allowed),
        ],
        widget=UnfoldAdminSelectWidget,
    )
