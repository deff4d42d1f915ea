"""Who may enter the console, and where the others are sent (deny by default, F24)."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from unfold.sites import UnfoldAdminSite

from identity.admin.before_it_breaks import standing_view
from identity.admin.chain import chain_view
from identity.admin.factor_table import factor_view
from identity.admin.home import home_of
from identity.admin.inventory import inventory_view
from identity.messages import say
from identity.sessions import sign_out

SIGN_IN = "/sign-in/"
SECOND_FACTOR = "/sign-in/code/"


class ConsoleSite(UnfoldAdminSite):
    """The console: for members of staff whose session has a second factor, and nobody else."""

    index_template = "admin/holdfast/home.html"

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """What every page of the console carries."""
        words = {part: say(f"console.frame.{part}") for part in ("toggle", "foot", "home")}
        return {**super().each_context(request), "console_words": words}

    def has_permission(self, request: HttpRequest) -> bool:
        """Active staff, verified by a second factor in this very session."""
        user = request.user
        return bool(user.is_active and user.is_staff and user.is_verified())  # type: ignore[attr-defined]

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """The admin's addresses without the one that leads from a row to anywhere on the site,
        and the pages of what is stored about people, of what each factor is worth, of what all of
        them hang on and of what vouches for the record."""
        shipped = [
            each for each in super().get_urls() if getattr(each, "name", "") != "view_on_site"
        ]
        return [
            path("inventory/", self.admin_view(self.inventory), name="inventory"),
            path("factors/", self.admin_view(self.factors), name="factors"),
            path("standing/", self.admin_view(self.standing), name="standing"),
            path("chain/", self.admin_view(self.chain), name="chain"),
            *shipped,
        ]

    def inventory(self, request: HttpRequest) -> HttpResponse:
        """What is stored about people, for those who audit it."""
        return inventory_view(request, self.each_context(request))

    def factors(self, request: HttpRequest) -> HttpResponse:
        """What each factor is worth, for those who may read the rules."""
        return factor_view(request, self.each_context(request))

    def standing(self, request: HttpRequest) -> HttpResponse:
        """Whose ways to confirm fall together, for those who may read the rules."""
        return standing_view(request, self.each_context(request))

    def chain(self, request: HttpRequest) -> HttpResponse:
        """What vouches for the record, for those who may read it."""
        return chain_view(request, self.each_context(request))

    def admin_view(
        self, view: Callable[..., HttpResponse], cacheable: bool = False
    ) -> Callable[..., HttpResponse]:
        """Every address of the console passes here: who may not enter never reaches `view`."""
        guarded = super().admin_view(view, cacheable)

        def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not self.has_permission(request):
                return self.turn_away(request)
            if any("\x00" in value for values in request.GET.lists() for value in values[1]):
                raise BadRequest
            try:
                return guarded(request, *args, **kwargs)
            except PermissionDenied:
                return self.refuse(request)

        return update_wrapper(entered, guarded)

    @method_decorator(never_cache)
    def turn_away(self, request: HttpRequest) -> HttpResponse:
        """To sign-in, on to the second factor, or a page that there is nothing here for them."""
        wanted = urlencode({"next": request.get_full_path()})
        if not request.user.is_authenticated:
            return HttpResponseRedirect(f"{SIGN_IN}?{wanted}")
        if request.user.is_staff:
            return HttpResponseRedirect(f"{SECOND_FACTOR}?{wanted}")
        words = {part: say(f"console.stranger.{part}") for part in ("title", "text", "back")}
        return TemplateResponse(request, "admin/holdfast/stranger.html", words, status=404)

    def refuse(self, request: HttpRequest) -> HttpResponse:
        """The member of staff may not do this: said in words, in the console's own frame."""
        context = {
            **self.each_context(request),
            "title": say("console.refusal.title"),
            "text": say("console.refusal.text"),
        }
        return TemplateResponse(request, "admin/holdfast/refusal.html", context, status=403)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The console has no sign-in of its own."""
        return HttpResponseRedirect(reverse("admin:index"))

    @method_decorator(require_POST)
    def logout(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """End the session here and now, the product's own record of it as well."""
        sign_out(request)
        return HttpResponseRedirect(SIGN_IN)

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Not here: a password is changed on the person's own pages, after a fresh proof (F12)."""
        raise Http404

    def password_change_done(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Not here either."""
        raise Http404

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
