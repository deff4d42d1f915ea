"""Where a request comes from, through the proxies we trust, and no finer than needed (F08, P6)."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

UNKNOWN = "0.0.0.0"
"""Stands for an address that cannot be told: all such requests share one lockout."""


def client_address(request: HttpRequest) -> str:
    """The client's IP address as seen by the outermost proxy we trust.

    `TRUSTED_PROXY_HOPS` proxies each add the address they saw at the end of `X-Forwarded-For`;
    whatever stands before theirs is the client's own word and ignored. Empty if the header is
    shorter than that or cannot be read.
    """
    hops: int = settings.TRUSTED_PROXY_HOPS
    if hops == 0:
        given = request.META.get("REMOTE_ADDR", "")
    else:
        chain = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        given = chain[-hops].strip() if len(chain) >= hops else ""
    try:
        return str(ipaddress.ip_address(given))
    except ValueError:
        return ""


def coarse_address(request: HttpRequest) -> str:
    """The network of the client: /24 of IPv4, /48 of IPv6. Never an address itself (P6)."""
    try:
        address = ipaddress.ip_address(client_address(request))
    except ValueError:
        return UNKNOWN
    bits = 24 if address.version == 4 else 48
    return str(ipaddress.ip_network(f"{address}/{bits}", strict=False).network_address)


class ClientAddressMiddleware:
    """Puts the client's own address where Django keeps it, once, for everything that asks later."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """An address that cannot be told is empty, and so counts as unknown."""
        request.META["REMOTE_ADDR"] = client_address(request)
        return self.get_response(request)
