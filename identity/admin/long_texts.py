"""A policy may be longer than what else is posted: its two forms take the whole of it (D3)."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from identity.policy.reading import MAX_BYTES

FORMS = frozenset({"identity_policyversion_draft", "identity_policyversion_edit"})
"""The addresses where a policy is posted as text."""
MOST = 3 * MAX_BYTES + 4096
"""Bytes of a body. A form writes a character in up to three; how long the text itself may be is
for the reader of the document to say, in words."""


class LongTextMiddleware:
    """Reads the body of those forms for whoever may draft, where it is longer than the general
    limit; stands behind the sign-in, so that nobody else can make us read that much."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Read it or leave it, then go on: what is left is refused by the general limit."""
        if request.method == "POST" and _is_long(request) and _may_draft(request):
            request._body = request.read()
            request._stream = BytesIO(request._body)
        return self.get_response(request)


def _is_long(request: HttpRequest) -> bool:
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return False
    return (
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE < length <= MOST
        and request.content_type == "application/x-www-form-urlencoded"
    )


def _may_draft(request: HttpRequest) -> bool:
    try:
        found = resolve(request.path_info)
    except Resolver404:
        return False
    user = request.user
    return bool(
        found.url_name in FORMS
        and user.is_active
        and user.is_staff
        and user.is_verified()  # type: ignore[attr-defined]
        and user.has_perm("identity.draft_policy")
    )
