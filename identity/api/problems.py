"""Every error in one shape: RFC 9457 problem details with a stable code."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response

from config.lifecycle import HoldfastError
from identity.database import RETRY_AFTER_SECONDS, leave_when_away
from identity.errors import NotFound
from identity.messages import say

logger = logging.getLogger("holdfast.api")

CONTENT_TYPE = "application/problem+json"

FROM_FRAMEWORK: Mapping[type[BaseException], tuple[str, int]] = {
    exceptions.NotAuthenticated: ("not_authenticated", 401),
    exceptions.AuthenticationFailed: ("not_authenticated", 401),
    exceptions.PermissionDenied: ("permission_denied", 403),
    exceptions.NotFound: ("not_found", 404),
    Http404: ("not_found", 404),
    exceptions.MethodNotAllowed: ("method_not_allowed", 405),
    exceptions.NotAcceptable: ("not_acceptable", 406),
    exceptions.UnsupportedMediaType: ("unsupported_media_type", 415),
    exceptions.Throttled: ("throttled", 429),
    exceptions.ParseError: ("invalid_json", 400),
    exceptions.ValidationError: ("invalid_request", 400),
    RequestDataTooBig: ("body_too_large", 413),
    SuspiciousOperation: ("invalid_request", 400),
}


def problem(
    code: str,
    status: int,
    facts: Mapping[str, Any] | None = None,
    errors: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """The body of a problem. Words come from the message catalogue under `error.<code>`."""
    body: dict[str, Any] = {
        "type": f"urn:holdfast:problem:{code}",
        "title": say(f"error.{code}.title", **(facts or {})),
        "status": status,
        "detail": say(f"error.{code}.detail", **(facts or {})),
        "code": code,
    }
    if errors:
        body["errors"] = list(errors)
    return body


def problem_response(error: Exception, context: Mapping[str, Any]) -> Response:
    """Django REST framework's exception handler: never a traceback, never another shape."""
    errors: Sequence[Mapping[str, Any]] = ()
    headers: dict[str, str] = {}
    if isinstance(error, HoldfastError):
        facts = dict(error.context)
        errors = facts.pop("errors", ())
        code, status = error.code, error.status
        if "field" in facts:
            errors = [{"pointer": f"#/payload/{facts['field']}", "code": facts["problem"]}]
    elif leave_when_away(error):
        code, status, facts = "service_unavailable", 503, {}
        headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    else:
        facts = {}
        code, status = next(
            (found for kind, found in FROM_FRAMEWORK.items() if isinstance(error, kind)),
            ("server_error", 500),
        )
        if isinstance(error, exceptions.ValidationError):
            errors = flat_errors(error.detail)
        if isinstance(error, exceptions.MethodNotAllowed):
            headers["Allow"] = ", ".join(context["view"].allowed_methods)
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="api"'
    if status >= 500:
        logger.error("request failed: %s", code, exc_info=error)
    response = Response(problem(code, status, facts, errors), status=status, headers=headers)
    response.content_type = CONTENT_TYPE
    return response


def flat_errors(detail: Any, pointer: str = "#") -> list[dict[str, str]]:
    """Validation errors as a flat list of `{pointer, code}` (JSON pointers of RFC 6901)."""
    if isinstance(detail, Mapping):
        return [
            found
            for name, inner in detail.items()
            for found in flat_errors(
                inner, pointer if name == "non_field_errors" else f"{pointer}/{name}"
            )
        ]
    if isinstance(detail, list):
        if all(isinstance(inner, exceptions.ErrorDetail) for inner in detail):
            return [{"pointer": pointer, "code": inner.code} for inner in detail]
        return [
            found
            for index, inner in enumerate(detail)
            for found in flat_errors(inner, f"{pointer}/{index}")
        ]
    return [{"pointer": pointer, "code": getattr(detail, "code", "invalid")}]


def api_not_found(request: HttpRequest, *args: Any, **kwargs: Any) -> JsonResponse:
    """An address below `/api/` that does not exist."""
    body = problem(NotFound.code, NotFound.status)
    return JsonResponse(body, status=NotFound.status, content_type=CONTENT_TYPE)
