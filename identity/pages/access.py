"""What every page shares: who may see it, by which method, and refusals in words."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme

from config.lifecycle import HoldfastError
from identity.pages.failures import failure_page, problem_of, refuse

View = Callable[..., HttpResponse]


class SeeOther(HttpResponseRedirect):
    """303: the form was taken; look there with GET (RFC 9110 §15.4.4)."""

    status_code = 303


def page(*methods: str, guest: bool = False) -> Callable[[View], View]:
    """Make a view of `methods` (GET includes HEAD): signed-in people only unless `guest`.

    Anything else is 405; an error of ours becomes its own words with its own status; nothing is
    kept by caches in between.
    """
    allowed = [*methods, "HEAD"] if "GET" in methods else list(methods)

    def decorate(view: View) -> View:
        @wraps(view)
        def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in allowed:
                response = refuse(request, "method_not_allowed", 405)
                response["Allow"] = ", ".join(allowed)
            elif not guest and request.holdfast_session is None:  # type: ignore[attr-defined]
                response = to_sign_in(request)
            else:
                try:
                    response = view(request, *args, **kwargs)
                except HoldfastError as error:
                    response = failure_page(request, problem_of(request, error))
            add_never_cache_headers(response)
            return response

        return shown

    return decorate


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page, and from there back to the page that was asked for."""
    address = reverse("sign_in")
    if request.method in ("GET", "HEAD") and request.path != "/":
        address += "?" + urlencode({"next": request.get_full_path()})
    return SeeOther(address)


def local_next(request: HttpRequest) -> str:
    """The address to go on to, only when it lies here; empty for any other.

    An open redirect lends our name to somebody else's page (ASVS 5 3.7.2).
    """
    wanted = request.POST.get("next") or request.GET.get("next", "")
    local = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if local else ""
