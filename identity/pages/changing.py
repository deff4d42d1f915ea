"""The ways to confirm: the list, and the steps of adding, making anew and removing one."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import segno
from django.contrib import messages as notices
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.debug import sensitive_variables

from config.lifecycle import HoldfastError
from fallbacks import backup_codes, totp
from fallbacks.errors import ChangeOver
from fallbacks.escalations import has_open_escalation
from fallbacks.factors import FACTORS, Kept, is_enrollable, kept
from fallbacks.factors.limits import STEP_UP
from fallbacks.machines import ChangeStatus
from fallbacks.models import FactorChange
from identity import factor_changes as use_cases
from identity import notices as security
from identity import security_keys
from identity.actions.views import Way
from identity.messages import say
from identity.messages.times import by, lasting
from identity.pages.access import SeeOther, page
from identity.pages.clock import now_of, zone_of
from identity.pages.failures import Problem, problem_of
from identity.pages.keys import KeyForm, answer_of, elsewhere_of, form_of
from identity.pages.looks import WAY_ICONS
from identity.pages.person import PersonRequest
from identity.pages.ways import CodeForm, ways_to_send

Kind = FactorChange.Kind
LONGEST_TYPED = 64
KEY_GROUP = 4


@dataclass(frozen=True, slots=True)
class ShownFactor:
    """One credential as the list shows it."""

    kept: Kept
    icon: str
    what_id: str
    can_go: bool
    """Another way would be left without it."""


@page("GET")
def factors_page(request: PersonRequest) -> HttpResponse:
    """The ways that a person has, and what can be done about them; never a secret."""
    return _list(request)


def _list(request: PersonRequest, problem: Problem | None = None) -> HttpResponse:
    found = kept(request.user.pk)
    usable = [each for each in found if use_cases.proves(each)]
    codes = next((each for each in found if each.factor == backup_codes.FACTOR), None)
    context = {
        "problem": problem,
        "factors": [
            ShownFactor(
                each,
                WAY_ICONS[each.factor],
                f"factors.{each.factor}.what",
                any(other is not each for other in usable),
            )
            for each in found
        ],
        "codes": codes,
        "can_prompt": bool(usable),
        "advice_id": _advice(len(usable), len(found), codes),
        "frozen": has_open_escalation(request.user.pk),
        "unseen": security.unseen(request.user.pk, request.holdfast_session.pk),
        "recent": security.recent(request.user.pk, now_of(request)),
        "longest_name": totp.LONGEST_NAME,
        "sendable": ways_to_send(request.user, found) if usable else frozenset(),
        "keys_work": security_keys.our_party() is not None,
        "keys_elsewhere": elsewhere_of(request, reverse("factors")),
    }
    return answered(
        render(request, "pages/factors.html", context, status=problem.status if problem else 200),
        problem,
    )


def _advice(usable: int, all_ways: int, codes: Kept | None) -> str:
    if codes is not None and codes.left is not None and codes.left <= backup_codes.FEW_LEFT:
        return "factors.few_codes"
    if usable == 1 and all_ways > 1:
        return "factors.only_one_proves"
    return {0: "factors.none", 1: "factors.only_one"}.get(usable, "")


@page("POST")
def ask(request: PersonRequest) -> HttpResponse:
    """Begin a change. What is not one of ours is a page that is not there."""
    factor, kind = request.POST.get("factor", ""), request.POST.get("kind", "")
    if not is_enrollable(factor) or kind not in Kind:
        raise Http404
    typed = " ".join(request.POST.get("name", "").split())[: totp.LONGEST_NAME]
    name = "".join(char for char in typed if char.isprintable())
    try:
        change = use_cases.ask_change(
            request.user,
            request.holdfast_session,
            factor=factor,
            kind=kind,
            credential=request.POST.get("credential", "")[:LONGEST_TYPED],
            name=name or say(f"factors.{factor}.what"),
        )
    except HoldfastError as error:
        return _list(request, problem_of(request, error))
    return SeeOther(reverse("factor_change", args=[change.pk]))


Step = Callable[[PersonRequest, FactorChange], HttpResponse]


def step(*methods: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """A page of one change: the person's own, begun in this session, still open.

    Whatever is refused is said on the list of ways, where everything begins.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @page(*methods)
        def shown(request: PersonRequest, change_id: UUID, **more: str) -> HttpResponse:
            try:
                change = use_cases.open_change(change_id, request.user, request.holdfast_session)
                return view(request, change, **more)
            except HoldfastError as error:
                return _list(request, problem_of(request, error))

        return shown

    return decorate


@step("GET")
def change_page(request: PersonRequest, change: FactorChange) -> HttpResponse:
    """The step that this change is at."""
    if change.status == ChangeStatus.BEGUN:
        return _ask_proof(request, change)
    if change.kind == Kind.ENROL and change.factor in TO_CONFIRM:
        return TO_CONFIRM[change.factor](request, change)
    return _ask_proof(request, change)


@step("GET", "POST")
def proof_page(request: PersonRequest, change: FactorChange, factor: str) -> HttpResponse:
    """Show by `factor` that it is the person; what the proof was for happens then."""
    if change.status != ChangeStatus.BEGUN:
        raise ChangeOver
    if factor not in FACTORS:
        raise Http404
    if request.method != "POST":
        return _ask_proof(request, change, factor)
    typed = request.POST.get("code", "")
    try:
        use_cases.prove(change, factor, answer_of(request, factor, change.pk))
    except HoldfastError as error:
        return _ask_proof(request, change, factor, problem_of(request, error), typed)
    return _go_on(request, change)


def _go_on(request: PersonRequest, change: FactorChange) -> HttpResponse:
    """What comes after the proof."""
    if change.kind == Kind.REMOVE:
        return _remove(request, change)
    if change.factor in TO_CONFIRM:
        return SeeOther(reverse("factor_change", args=[change.pk]))
    return AFTER_PROOF[change.factor](request, change)


def _remove(request: PersonRequest, change: FactorChange) -> HttpResponse:
    use_cases.remove_factor(change, request.user)
    notices.success(request, say("factor.removed.done"))
    return SeeOther(reverse("factors"))


@step("POST")
def done(request: PersonRequest, change: FactorChange) -> HttpResponse:
    """Do what was proved: for a first factor, whose proof was the password."""
    if change.status != ChangeStatus.PROVED or change.factor in TO_CONFIRM:
        raise ChangeOver
    return _go_on(request, change)


@step("POST")
def confirm(request: PersonRequest, change: FactorChange) -> HttpResponse:
    """The first code of a new authenticator app."""
    if (change.factor, change.kind) != (totp.FACTOR, Kind.ENROL):
        raise ChangeOver
    typed = request.POST.get("code", "")
    try:
        use_cases.confirm_totp(change, request.user, typed)
    except ChangeOver:
        raise
    except HoldfastError as error:
        now_stands = use_cases.open_change(change.pk, request.user, request.holdfast_session)
        if now_stands.status != ChangeStatus.PROVED:
            raise
        return _show_key(request, now_stands, problem_of(request, error), typed)
    notices.success(request, say("totp.done", name=change.name))
    return SeeOther(reverse("factors"))


@step("POST")
def cancel(request: PersonRequest, change: FactorChange) -> HttpResponse:
    """Leave it as it is."""
    use_cases.withdraw(change)
    notices.success(request, say("change.cancelled"))
    return SeeOther(reverse("factors"))


@step("POST")
def not_me(request: PersonRequest, change: FactorChange) -> HttpResponse:
    """ "I did not do this", said of a change that is only begun."""
    use_cases.disown(change, request.user, request.holdfast_session)
    notices.success(request, say("notices.disputed"))
    return SeeOther(reverse("factors"))


@page("POST")
def notice_seen(request: PersonRequest, notice_id: UUID) -> HttpResponse:
    """ "That was me"."""
    security.see_notice(notice_id, user=request.user, session=request.holdfast_session)
    notices.success(request, say("notices.seen"))
    return SeeOther(reverse("factors"))


@page("POST")
def notice_not_me(request: PersonRequest, notice_id: UUID) -> HttpResponse:
    """ "I did not do this"."""
    security.dispute_notice(notice_id, user=request.user, session=request.holdfast_session)
    notices.success(request, say("notices.disputed"))
    return SeeOther(reverse("factors"))


def frame_of(
    request: PersonRequest, change: FactorChange, problem: Problem | None
) -> dict[str, Any]:
    """What every step of a change shows around itself."""
    return {
        "change": change,
        "words": f"change.{change.factor}.{change.kind}",
        "problem": problem,
        "span": lasting(STEP_UP.span),
    }


def _ask_proof(
    request: PersonRequest,
    change: FactorChange,
    factor: str = "",
    problem: Problem | None = None,
    typed: str = "",
) -> HttpResponse:
    has = {each.factor: each for each in use_cases.ways_to_prove(request.user.pk)}
    ways = list(has)
    chosen = factor or next(iter(ways), "")
    form: CodeForm | KeyForm | None = None
    if change.status == ChangeStatus.BEGUN and chosen:
        if problem is None:
            try:
                use_cases.start_proof(change, chosen)
            except HoldfastError as error:
                problem = problem_of(request, error)
        left = has[chosen].left if chosen in has else None
        if chosen in ways:
            way = Way(chosen, True, "", {} if left is None else {"left": left})
            form = form_of(request, way, change.pk)
    context = {
        **frame_of(request, change, problem),
        "factor": form,
        "typed": typed[:LONGEST_TYPED],
        "others": [(name, WAY_ICONS[name], f"way.{name}.title") for name in ways if name != chosen],
    }
    return answered(
        render(
            request, "pages/factor_change.html", context, status=problem.status if problem else 200
        ),
        problem,
    )


@sensitive_variables("key", "device")
def _show_key(
    request: PersonRequest,
    change: FactorChange,
    problem: Problem | None = None,
    typed: str = "",
) -> HttpResponse:
    device = use_cases.new_totp_device(change)
    if device is None:
        raise ChangeOver
    key = base64.b32encode(device.bin_key).decode().rstrip("=")
    context = {
        **frame_of(request, change, problem),
        "picture": _drawn(device.config_url),
        "spelled": " ".join(key[at : at + KEY_GROUP] for at in range(0, len(key), KEY_GROUP)),
        "until": by(change.expires_at, now_of(request), zone_of(request)),
        "typed": typed[:LONGEST_TYPED],
    }
    return answered(
        render(request, "pages/totp_key.html", context, status=problem.status if problem else 200),
        problem,
    )


def _drawn(address: str) -> SafeString:
    """The address as a QR code: paths that segno draws, nothing of anybody's text in it."""
    code = segno.make(address, error="m", micro=False)
    drawing = code.svg_inline(border=4, light="#fff", dark="#000", omitsize=True)
    return mark_safe(drawing)  # noqa: S308  # nosec B308 B703


@sensitive_variables("codes")
def _show_codes(request: PersonRequest, change: FactorChange) -> HttpResponse:
    """The codes, in the answer to the form and nowhere else: there is no address to go back to."""
    codes = use_cases.make_backup_codes(change, request.user)
    context = {"codes": codes, "name": request.user.shown_name}
    return render(request, "pages/backup_codes.html", context)


def answered(response: HttpResponse, problem: Problem | None) -> HttpResponse:
    """The page with when to come back, where that was refused."""
    if problem is not None and problem.retry_after is not None:
        response["Retry-After"] = str(problem.retry_after)
    return response


TO_CONFIRM: dict[str, Step] = {totp.FACTOR: _show_key}
"""What a factor shows once its enrolment is proved, where the new credential has to answer
before it counts. A module with a factor of its own puts its page here."""

AFTER_PROOF: dict[str, Step] = {backup_codes.FACTOR: _show_codes}
"""Where adding any other factor or making it anew goes on once it is proved."""
