"""A page of the console that is only read and belongs to no row of the database."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse

from identity.admin.panels import Page
from identity.messages import say


def show_page(
    request: HttpRequest, frame: dict[str, object], readers: str, made: Callable[[], Page]
) -> HttpResponse:
    """What `made` puts together, in the console's `frame`, for whoever has the permission
    `readers`; only to be read. Raises PermissionDenied."""
    if request.method not in ("GET", "HEAD") or not request.user.has_perm(readers):
        raise PermissionDenied
    page = made()
    context = {
        **frame,
        "title": page.title,
        "crumb": (say("console.home.heading"), reverse("admin:index")),
        "page": page,
        "offers": [],
        "refusals": [],
    }
    return TemplateResponse(request, "admin/holdfast/detail.html", context)
