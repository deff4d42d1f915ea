"""What is stored about people, column by column, for those who audit it (P6)."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse

from identity.admin.panels import Page, Table
from identity.inventory import Entry, entries, presence_days
from identity.messages import say

PERMISSION = "presence.view_inventory"
COLUMNS = ("what", "why", "kept")


def inventory_view(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """The page, in the console’s frame; only to be read. Raises PermissionDenied."""
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    title = say("console.inventory.heading")
    page = Page(title=title, lede=say("console.inventory.lede"), main=tuple(_tables()))
    return TemplateResponse(
        request, "admin/holdfast/detail.html", {**context, "title": title, "page": page}
    )


def _tables() -> list[Table]:
    """One table for each model of ours, and one for all that libraries bring."""
    found = list(entries())
    ours = [each for each in found if each.column]
    tables = [
        _table(label, "console.inventory.column", [(each.column, each) for each in rows])
        for label, rows in groupby(ours, key=lambda each: each.table)
    ]
    borrowed = [(each.table, each) for each in found if not each.column]
    title = say("console.inventory.borrowed")
    return [*tables, _table(title, "console.inventory.table", borrowed)]


def _table(title: str, first_id: str, rows: list[tuple[str, Entry]]) -> Table:
    headings = [say(first_id), *(say(f"inventory.{name}") for name in COLUMNS)]
    return Table(
        title,
        headings,
        [(name, *_words(each)) for name, each in rows],
        say("console.inventory.none"),
    )


def _words(entry: Entry) -> tuple[str, ...]:
    return tuple(
        say(f"inventory.{name}.{getattr(entry.kept, name)}", days=presence_days())
        for name in COLUMNS
    )
