"""The account and its password."""

from __future__ import annotations

from django.contrib import messages as notices
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.password_validation import get_default_password_validators
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters

from identity.messages import has, say
from identity.models import Session
from identity.notices import notify_security
from identity.pages.access import SeeOther, page
from identity.pages.person import PersonRequest
from identity.payloads import masked
from identity.sessions import revoke_other_sessions


@sensitive_post_parameters("old_password", "new_password1", "new_password2")
@page("GET", "POST")
def account_page(request: PersonRequest) -> HttpResponse:
    """Who one is here, and a new password (the present one is asked for again)."""
    if request.method != "POST":
        return _show(request, {})
    form = PasswordChangeForm(request.user, request.POST)
    if not form.is_valid():
        return _show(request, _first_errors(form))
    own: Session = request.holdfast_session
    with transaction.atomic():
        form.save()
        notify_security(own.user, "password_changed", {}, session=own)
    update_session_auth_hash(request, form.user)
    if request.POST.get("end_others"):
        revoke_other_sessions(own.user, own.pk)
    notices.success(request, say("password.done"))
    return SeeOther(reverse("account"))


def _first_errors(form: PasswordChangeForm) -> dict[str, str]:
    """The first error of each field in the catalogue's words."""
    found: dict[str, str] = {}
    for name, errors in form.errors.as_data().items():
        code = errors[0].code or "invalid"
        if name == "new_password2" and code not in ("password_mismatch", "required"):
            name = "new_password1"  # what is wrong with the password itself is said where it began
        message_id = f"error.{code}.detail"
        facts = errors[0].params or {}
        found[name] = say(message_id if has(message_id) else "error.invalid.detail", **facts)
    return found


def _shortest_password() -> int:
    """How many characters a new password needs at least, from the validator that asks for them."""
    validators = get_default_password_validators()
    return max((getattr(each, "min_length", 0) for each in validators), default=0)


def _show(request: PersonRequest, errors: dict[str, str]) -> HttpResponse:
    person = request.holdfast_session.user
    context = {
        "person": person,
        "email": masked(person.email, "email") if person.email else "",
        "errors": errors,
        "shortest": _shortest_password(),
    }
    return render(request, "pages/account.html", context, status=400 if errors else 200)
