"""How the console looks and what its sidebar holds: the settings of django-unfold, as data.

Imported by the settings, so it touches no model; words are looked up when a page is rendered.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.functional import lazy

from identity.messages import say

word = lazy(say, str)


def _may(permission: str) -> Callable[[HttpRequest], bool]:
    def allowed(request: HttpRequest) -> bool:
        return bool(request.user.has_perm(permission))

    return allowed


def _item(app: str, model: str, icon: str, title: str) -> dict[str, Any]:
    return {
        "title": word(f"console.{title}.heading"),
        "icon": icon,
        "link": reverse_lazy(f"admin:{app}_{model}_changelist"),
        "permission": _may(f"{app}.view_{model}"),
    }


def _group(name: str, *items: dict[str, Any]) -> dict[str, Any]:
    return {"title": word(f"console.group.{name}"), "separator": True, "items": list(items)}


def _console_style(request: HttpRequest) -> str:
    return static("console/console.css")


def _mark(request: HttpRequest) -> str:
    return static("console/mark.svg")


SEA = {
    "50": "#f0f8f9",
    "100": "#e0f1f2",
    "200": "#bfe2e5",
    "300": "#93cdd3",
    "400": "#7bd3de",
    "500": "#57aeb8",
    "600": "#0a5f6b",
    "700": "#074650",
    "800": "#0a3c44",
    "900": "#0b3239",
    "950": "#051e23",
}
"""The accent of the product's own pages, as the eleven steps that the theme wants."""

STONE = {
    "50": "#f8fbfa",
    "100": "#eff3f3",
    "200": "#d8e4e3",
    "300": "#c2d2d1",
    "400": "#a8bfbe",
    "500": "#5d7475",
    "600": "#476062",
    "700": "#2f4649",
    "800": "#284044",
    "900": "#101f21",
    "950": "#0c181a",
}
"""The greys of the product's own pages, from ground to ink."""

SIDEBAR: list[dict[str, Any]] = [
    {
        "items": [
            {
                "title": word("console.home.heading"),
                "icon": "home",
                "link": reverse_lazy("admin:index"),
            }
        ]
    },
    _group(
        "work",
        _item("identity", "action", "inbox", "requests"),
        _item("fallbacks", "escalation", "shield", "escalations"),
        _item("fallbacks", "verificationcase", "how_to_reg", "cases"),
    ),
    _group(
        "people",
        _item("identity", "user", "group", "people"),
        _item("identity", "session", "login", "sessions"),
        _item("identity", "device", "smartphone", "devices"),
        _item("presence", "presence", "sensors", "presence"),
        _item("presence", "signal", "graphic_eq", "signals"),
        _item("presence", "preference", "bedtime", "preferences"),
    ),
    _group(
        "policy",
        _item("identity", "policyversion", "rule", "policies"),
        _item("identity", "actiontype", "category", "types"),
        _item("identity", "decision", "gavel", "decisions"),
        {
            "title": word("console.factors.heading"),
            "icon": "vpn_key",
            "link": reverse_lazy("admin:factors"),
            "permission": _may("identity.view_policyversion"),
        },
    ),
    _group(
        "record",
        _item("identity", "event", "history", "events"),
        _item("identity", "delivery", "outgoing_mail", "deliveries"),
        _item("fallbacks", "outboundmessage", "unsubscribe", "put_aside"),
        _item("identity", "sweepattempt", "front_hand", "attempts"),
        _item("fallbacks", "challenge", "notifications", "challenges"),
        _item("identity", "evidence", "verified_user", "evidence"),
        _item("admin", "logentry", "edit_note", "changes"),
        {
            "title": word("console.chain.heading"),
            "icon": "link",
            "link": reverse_lazy("admin:chain"),
            "permission": _may("identity.view_event"),
        },
        {
            "title": word("console.inventory.heading"),
            "icon": "inventory_2",
            "link": reverse_lazy("admin:inventory"),
            "permission": _may("presence.view_inventory"),
        },
    ),
    _group(
        "operation",
        _item("fallbacks", "incident", "warning", "incidents"),
        {
            "title": word("console.standing.heading"),
            "icon": "health_and_safety",
            "link": reverse_lazy("admin:standing"),
            "permission": _may("identity.view_policyversion"),
        },
        _item("identity", "application", "apps", "applications"),
        _item("identity", "endpoint", "webhook", "endpoints"),
    ),
]

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": word("console.title"),
    "SITE_HEADER": word("console.title"),
    "SITE_URL": "/",
    "SITE_ICON": _mark,
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": _mark}],
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "BORDER_RADIUS": "8px",
    "COLORS": {"primary": SEA, "base": STONE},
    "STYLES": [_console_style],
    "ACCOUNT": {"navigation": [{"title": word("console.account"), "link": "/account/"}]},
    "SIDEBAR": {"show_search": False, "navigation": SIDEBAR},
}
"""What the settings name `UNFOLD` should be."""
