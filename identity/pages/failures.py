"""Refusals in words: one page for every error, and problem details below the API's addresses."""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from config.lifecycle import HoldfastError
from identity.api.problems import CONTENT_TYPE, problem
from identity.database import RETRY_AFTER_SECONDS, leave_when_away
from identity.messages import has, say
from identity.messages.times import by
from identity.pages.clock import now_of, zone_of

logger = logging.getLogger("holdfast.pages")

MACHINES = ("/api/", "/oauth/")
"""Below these addresses programs ask, and get `application/problem+json`."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A refusal in words, with the HTTP status it goes out with."""

    code: str
    status: int
    title: str
    detail: str
    retry_after: int | None = None
    """Seconds until another try makes sense (RFC 9110 §10.2.3)."""


def problem_of(request: HttpRequest, error: HoldfastError) -> Problem:
    """The words of `error` with its times in the person's zone.

    A way to confirm may have words of its own: `error.wrong_code.totp.detail`.
    """
    facts = dict(error.context)
    retry_after = None
    for name, fact in facts.items():
        if isinstance(fact, datetime):
            now = now_of(request)
            retry_after = max(1, int((fact - now).total_seconds()) + 1)
            facts[name] = by(fact, now, zone_of(request))
    own = f"error.{error.code}.{facts.get('factor', '')}.detail"
    return Problem(
        code=error.code,
        status=error.status,
        title=say(f"error.{error.code}.title", **facts),
        detail=say(own if has(own) else f"error.{error.code}.detail", **facts),
        retry_after=retry_after,
    )


def failure_page(request: HttpRequest, refused: Problem) -> HttpResponse:
    """A page that says what was refused and where to go on."""
    response = render(request, "pages/problem.html", {"problem": refused}, status=refused.status)
    if refused.retry_after is not None:
        response["Retry-After"] = str(refused.retry_after)
    return response


def refuse(
    request: HttpRequest, code: str, status: int, facts: Mapping[str, Any] | None = None
) -> HttpResponse:
    """Refuse with the words of `error.<code>`: as a page, or as a problem where programs ask."""
    facts = facts or {}
    if request.path.startswith(MACHINES):
        return JsonResponse(problem(code, status, facts), status=status, content_type=CONTENT_TYPE)
    words = Problem(
        code, status, say(f"error.{code}.title", **facts), say(f"error.{code}.detail", **facts)
    )
    return failure_page(request, words)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the request could not be read."""
    return refuse(request, "invalid_request", 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: not allowed."""
    return refuse(request, "permission_denied", 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: nothing here, or somebody else's."""
    return refuse(request, "not_found", 404)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form without its proof of origin. Nothing was changed."""
    return refuse(request, "csrf_failed", 403)


def locked_out(
    request: HttpRequest, answer: HttpResponse | None = None, credentials: object = None
) -> HttpResponse:
    """429: too many tries at signing in. The form says so already; this keeps it as it is."""
    return answer if answer is not None else refuse(request, "throttled", 429)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 while the database is away: a page that needs neither the database nor the
    session to be drawn."""
    away = leave_when_away(sys.exception())
    code, status = ("service_unavailable", 503) if away else ("server_error", 500)
    if request.path.startswith(MACHINES):
        body = problem(code, status)
        response: HttpResponse = JsonResponse(body, status=status, content_type=CONTENT_TYPE)
    else:
        words = Problem(code, status, say(f"error.{code}.title"), say(f"error.{code}.detail"))
        page = render_to_string("pages/server_error.html", {"problem": words})
        response = HttpResponse(page, status=status)
    if away:
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response
