"""What is stored about people, column by column, for those who audit it (P6)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse

from identity.admin.panels import Table
from identity.inventory import Entry, Kept, entries, presence_days
from identity.messages import say

PERMISSION = "presence.view_inventory"


def inventory_view(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """The page, in the console’s frame; only to be read. Raises PermissionDenied."""
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    words = {
        "title": say("console.inventory.heading"),
        "lede": say("console.inventory.lede"),
        "panels": _tables(),
    }
    return TemplateResponse(request, "admin/holdfast/inventory.html", {**context, **words})


def _tables() -> list[Table]:
    """One table for each model of ours, and one for all that libraries bring."""
    found = list(entries())
    tables = [
        _table(label, "console.inventory.columns", rows, lambda each: each.column)
        for label, rows in groupby((e for e in found if e.column), key=lambda each: each.table)
    ]
    borrowed = [each for each in found if not each.column]
    title = say("console.inventory.borrowed")
    return [*tables, _table(title, "console.inventory.table", borrowed, lambda each: each.table)]


def _table(
    title: str, names_id: str, rows: Iterable[Entry], name_of: Callable[[Entry], str]
) -> Table:
    """What is kept together in one row, with the names of its columns or tables."""
    names: dict[Kept, list[str]] = {}
    for each in rows:
        names.setdefault(each.kept, []).append(name_of(each))
    parts = ("console.inventory.kind", "inventory.what", names_id, "inventory.why")
    return Table(
        title,
        [say(part) for part in (*parts, "inventory.kept")],
        [
            (
                kept.what,
                say(f"inventory.what.{kept.what}"),
                ", ".join(found),
                say(f"inventory.why.{kept.why}"),
                say(f"inventory.kept.{kept.kept}", days=presence_days()),
            )
            for kept, found in names.items()
        ],
        say("console.inventory.none"),
    )
