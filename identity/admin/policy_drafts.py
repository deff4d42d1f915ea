"""Writing a draft: the YAML in a form, and the line that does not read named beside it (D3)."""

from __future__ import annotations

from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminTextareaWidget

from identity.messages import say


class DraftForm(forms.Form):
    """The document, as it is stored; how it reads is for the use case to say."""

    document = forms.CharField(
        label=say("console.label.document"),
        strip=False,
        widget=UnfoldAdminTextareaWidget(
            {"rows": 32, "spellcheck": "false", "autocomplete": "off", "data-code": "yaml"}
        ),
        error_messages={"required": say("error.required.detail")},
    )

    def clean_document(self) -> str:
        """A form sends every line break as two characters (HTML); the text has one."""
        return str(self.cleaned_data["document"]).replace("\r\n", "\n")


def draft_context(form: DraftForm, title: str, crumb: tuple[str, str]) -> dict[str, Any]:
    """What the page of a draft shows."""
    return {
        "title": title,
        "crumb": crumb,
        "form": form,
        "lede": say("console.draft.lede"),
        "button": say("console.draft.button"),
    }
