"""Signing in and out."""

from __future__ import annotations

from django.contrib import messages as notices
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.debug import sensitive_post_parameters

from config.lifecycle import HoldfastError
from fallbacks.errors import LockedOut
from identity import sessions
from identity.errors import SignInFailed
from identity.messages import say
from identity.pages.access import SeeOther, local_next, page
from identity.pages.failures import Problem, problem_of
from identity.pages.keys import FACTOR as KEY
from identity.pages.keys import answer_of, staff_form
from identity.pages.person import PersonRequest

CONSOLE = "/admin/"
LONGEST_NAME = 150
LONGEST_TYPED = 64


@sensitive_post_parameters("password")
@page("GET", "POST", guest=True)
def sign_in(request: HttpRequest) -> HttpResponse:
    """Name and password; a member of staff goes on to a second factor."""
    following = local_next(request)
    if request.method != "POST":
        if request.holdfast_session is not None:  # type: ignore[attr-defined]
            return SeeOther(following or reverse("requests"))
        return _sign_in_form(request, following)
    username = request.POST.get("username", "").strip()[:LONGEST_NAME]
    password = request.POST.get("password", "")
    errors = {
        name: say("error.required.detail")
        for name, value in (("username", username), ("password", password))
        if not value
    }
    if errors:
        return _sign_in_form(request, following, username, errors=errors, status=400)
    try:
        if "\x00" in username:  # nobody is called so, and the database takes no such text
            raise SignInFailed
        user = sessions.sign_in(request, username, password)
    except HoldfastError as error:
        problem = problem_of(request, error)
        status = 400 if not isinstance(error, LockedOut) else error.status
        return _sign_in_form(request, following, username, problem=problem, status=status)
    if user.is_staff:
        return redirect(_with_next(reverse("sign_in_code"), following))
    return redirect(following or reverse("requests"))


def _with_next(address: str, following: str, **more: str) -> str:
    query = {**more, "next": following} if following else more
    return f"{address}?{urlencode(query)}" if query else address


def _sign_in_form(
    request: HttpRequest,
    following: str,
    username: str = "",
    *,
    problem: Problem | None = None,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "next": following,
        "username": username,
        "problem": problem,
        "errors": errors or {},
    }
    response = render(request, "pages/sign_in.html", context, status=status)
    if problem is not None and problem.retry_after is not None:
        response["Retry-After"] = str(problem.retry_after)
    return response


@page("GET", "POST")
def sign_in_code(request: PersonRequest) -> HttpResponse:
    """The second factor of a member of staff, which opens the console for this session."""
    following = local_next(request)
    if not request.user.is_staff:
        return SeeOther(reverse("requests"))
    ways = sessions.staff_ways(request.user)
    wanted = request.GET.get("way", "")
    way = wanted if wanted in ways else next(iter(ways), "")
    if request.method != "POST":
        if request.user.is_verified():  # type: ignore[attr-defined]
            return SeeOther(following or CONSOLE)
        return _ask_code(request, way, ways, following)
    try:
        answer = answer_of(request, way, request.holdfast_session.pk)
        sessions.verify_staff(request, way, answer)
    except HoldfastError as error:
        return _ask_code(request, way, ways, following, problem_of(request, error))
    return SeeOther(following or CONSOLE)


def _ask_code(
    request: PersonRequest,
    way: str,
    ways: list[str],
    following: str,
    problem: Problem | None = None,
) -> HttpResponse:
    if way and problem is None:
        try:
            sessions.start_staff_proof(request.user, way)
        except HoldfastError as error:
            problem = problem_of(request, error)
    here = reverse("sign_in_code")
    context = {
        "next": following,
        "problem": problem,
        "typed": request.POST.get("code", "")[:LONGEST_TYPED],
        "way": way,
        "factor": staff_form(request) if way == KEY else None,
        "action_url": _with_next(here, following, way=way),
        "others": [
            (f"way.{other}.title", _with_next(here, following, way=other))
            for other in ways
            if other != way
        ],
    }
    response = render(
        request, "pages/code.html", context, status=problem.status if problem is not None else 200
    )
    if problem is not None and problem.retry_after is not None:
        response["Retry-After"] = str(problem.retry_after)
    return response


@page("GET", "POST", guest=True)
def sign_out(request: HttpRequest) -> HttpResponse:
    """A button, and the end of the session."""
    if request.method != "POST":
        if request.holdfast_session is None:  # type: ignore[attr-defined]
            return SeeOther(reverse("sign_in"))
        return render(request, "pages/sign_out.html")
    sessions.sign_out(request)
    notices.success(request, say("sign_out.done"))
    return SeeOther(reverse("sign_in"))
