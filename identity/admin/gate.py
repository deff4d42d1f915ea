"""Who may enter the console, and where the others are sent (deny by default, F24)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from unfold.sites import UnfoldAdminSite

from identity.admin.home import home_of
from identity.messages import say
from identity.sessions import sign_out

SIGN_IN = "/sign-in/"
SECOND_FACTOR = "/sign-in/code/"
NOT_OFFERED = frozenset({"password_change", "password_change_done", "view_on_site"})
"""Addresses the admin brings along: a password is changed on the person's own pages only, and
rows are opened by their own pages only."""


class ConsoleSite(UnfoldAdminSite):  # type: ignore[misc]
    """The console: for members of staff whose session has a second factor, and nobody else."""

    index_template = "admin/holdfast/home.html"

    def has_permission(self, request: HttpRequest) -> bool:
        """Active staff, verified by a second factor in this very session."""
        user = request.user
        return bool(user.is_active and user.is_staff and user.is_verified())  # type: ignore[union-attr]

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """The admin's addresses without those that the console does not offer."""
        return [
            each for each in super().get_urls() if getattr(each, "name", "") not in NOT_OFFERED
        ]

    @method_decorator(never_cache)
    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Send to the product's own sign-in, on to the second factor, or refuse in words."""
        home = reverse("admin:index")
        if self.has_permission(request):
            return HttpResponseRedirect(home)
        wanted = urlencode({"next": request.GET.get("next", home)})
        if not request.user.is_authenticated:
            return HttpResponseRedirect(f"{SIGN_IN}?{wanted}")
        if request.user.is_staff:
            return HttpResponseRedirect(f"{SECOND_FACTOR}?{wanted}")
        words = {"title": say("console.refusal.heading"), "text": say("console.refusal.text")}
        return TemplateResponse(request, "admin/holdfast/refusal.html", words, status=404)

    @method_decorator(require_POST)
    def logout(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """End the session here and now, the product's own record of it as well."""
        sign_out(request)
        return HttpResponseRedirect(SIGN_IN)

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """What needs this member of staff now."""
        return super().index(request, {**home_of(request.user), **(extra_context or {})})

    def app_index(
        self, request: HttpRequest, app_label: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Nobody needs to know which app owns what: the home page instead."""
        return HttpResponseRedirect(reverse("admin:index"))

    def search(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The pages of the sidebar by name; there is never more than one page of them."""
        if request.GET.get("page", "1") != "1":
            raise Http404
        return super().search(request, extra_context)
