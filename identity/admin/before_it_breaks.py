"""“Before it breaks”: whose ways to confirm fall together, counted and not named (F3)."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse

from fallbacks.independence import Point
from identity.admin.factor_table import READERS
from identity.admin.incidents import dependency_in_words
from identity.admin.panels import Bullets, Cell, Page, Prose, Table, Words
from identity.admin.plain_page import show_page
from identity.messages import say
from identity.messages.compose import title_of
from identity.models import ActionType
from identity.standing import Finding, standing

COLUMNS = ("people", "has", "types", "ways")


def standing_view(request: HttpRequest, frame: dict[str, object]) -> HttpResponse:
    """The page in the console's `frame`; for those who may read the rules, only to be read."""
    return show_page(request, frame, READERS, page_of_standing)


def page_of_standing() -> Page:
    """What was found, the largest groups of people first."""
    found = standing()
    titles = {row.pk: title_of(row.pk, row.title) for row in ActionType.objects.all()}
    rings = [
        say("console.standing.circles.ring", names=", ".join(map(dependency_in_words, ring)))
        for ring in found.rings
    ]
    return Page(
        title=say("console.standing.heading"),
        lede=say("console.standing.lede"),
        main=(
            Table(
                say("console.standing.helpless"),
                _headings(*COLUMNS),
                [_row(each, titles) for each in found.helpless],
                say("console.standing.helpless.none"),
            ),
            Table(
                say("console.standing.points"),
                _headings(*COLUMNS, "hangs_on"),
                [
                    (*_row(each, titles), Prose(points_in_words(each.points)))
                    for each in found.hanging
                ],
                say("console.standing.none"),
            ),
            Bullets(
                say("console.standing.circles"), rings or [say("console.standing.circles.none")]
            ),
        ),
        aside=(
            Words(say("console.standing.how"), [say("console.standing.how.text")]),
            Words(say("console.standing.helpless"), [say("console.standing.helpless.text")]),
        ),
        wide=True,
    )


def _headings(*names: str) -> list[str]:
    return [say(f"console.standing.label.{each}") for each in names]


def _row(found: Finding, titles: dict[str, str]) -> tuple[Cell, ...]:
    return (
        say("console.standing.people", count=found.population.people),
        Prose(factors_in_words(sorted(found.population.factors))),
        Prose(", ".join(titles[name] for name in found.types)),
        Prose(factors_in_words(found.ways)),
    )


def factors_in_words(names: Sequence[str]) -> str:
    """Factors by their titles; `nothing` for none."""
    titles = [say(f"way.{name}.title") for name in names]
    return ", ".join(titles) or say("console.standing.nothing")


def points_in_words(points: Sequence[Point]) -> str:
    """What all hangs on, each with the kind of thing it is; one thing of several kinds once."""
    kinds: dict[str, list[str]] = {}
    for point in points:
        kinds.setdefault(point.name, []).append(say(f"console.standing.kind.{point.kind}"))
    return "; ".join(
        f"{dependency_in_words(name)} ({', '.join(named)})" for name, named in kinds.items()
    )
