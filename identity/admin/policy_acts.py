"""What members of staff do with a policy version: submit, sign, return, bring into force (D3)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldBooleanWidget

from identity.admin.forms import NOTE_LENGTH
from identity.admin.reading import Act
from identity.messages import say
from identity.models import PolicyVersion, SignOff, User
from identity.policy_lifecycle import (
    activate_policy,
    missing_areas,
    return_policy,
    sign_policy,
    submit_policy,
)

Status = PolicyVersion.Status


class ConfirmForm(forms.Form):
    """Whoever acts says that they read it first."""

    read_it = forms.BooleanField(
        label=say("console.label.read_it"),
        widget=UnfoldBooleanWidget,
        error_messages={"required": say("error.required.detail")},
    )


class SubmitForm(forms.Form):
    """Nothing to fill in: the text stands as it is read."""


class ReturnForm(forms.Form):
    """What the author should change."""

    reason = forms.CharField(
        label=say("console.label.return_reason"),
        max_length=NOTE_LENGTH,
        widget=UnfoldAdminTextareaWidget({"rows": 3}),
        error_messages={"required": say("error.required.detail")},
    )


def _submit(row: PolicyVersion, user: User, given: dict[str, Any]) -> None:
    submit_policy(row.number, by=user)


def _return(row: PolicyVersion, user: User, given: dict[str, Any]) -> None:
    return_policy(row.number, by=user, reason=given["reason"])


def _activate(row: PolicyVersion, user: User, given: dict[str, Any]) -> None:
    activate_policy(row.number, by=user)


def _sign(row: PolicyVersion, user: User, given: dict[str, Any], *, area: str) -> None:
    sign_policy(row.number, area, by=user)


def _is_draft(row: PolicyVersion, user: User) -> bool:
    return row.status == Status.DRAFT


def _in_review(row: PolicyVersion, user: User) -> bool:
    return row.status == Status.REVIEW


def _complete(row: PolicyVersion, user: User) -> bool:
    return _in_review(row, user) and not missing_areas(row)


def _open_to(row: PolicyVersion, user: User, *, area: str) -> bool:
    """The area has not signed, and `user` neither wrote the version nor signed it already."""
    if not _in_review(row, user) or row.author_id == user.pk:
        return False
    given = list(row.sign_offs.values_list("area", "person_id"))
    return all(area != signed and user.pk != person for signed, person in given)


def _sign_act(area: str) -> Act:
    offered: Callable[[Any, Any], bool] = partial(_open_to, area=area)
    return Act(
        f"sign_{area}",
        f"identity.sign_policy_{area}",
        ConfirmForm,
        partial(_sign, area=area),
        offered,
    )


ACTS = (
    Act("activate_policy", "identity.activate_policy", ConfirmForm, _activate, _complete),
    *(_sign_act(area) for area in SignOff.Area.values),
    Act("submit_policy", "identity.draft_policy", SubmitForm, _submit, _is_draft),
    Act("return_policy", "identity.return_policy", ReturnForm, _return, _in_review, alarm=True),
)
"""In the order in which the page offers them."""
