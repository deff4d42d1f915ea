"""The factors for staff: what each is worth and by which numbers, from the constants themselves."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.http import HttpRequest, HttpResponse

from fallbacks.factors import FACTORS, Factor, registered
from fallbacks.factors.limits import BUDGET, EVERYTHING, IN_A_ROW, Life, Size, Throttle
from identity.admin.panels import Page, Table, Words
from identity.admin.plain_page import show_page
from identity.messages import say
from identity.messages.times import lasting

READERS = "identity.view_policyversion"
"""Who may read the rules may read what the rules count with."""


def page_of_factors() -> Page:
    """Every factor, and every number with its source."""
    return Page(
        title=say("console.factors.heading"),
        lede=say("console.factors.lede"),
        main=(
            _table(
                "factors",
                ("factor", "assurance", "resistant", "use", "channel", "relies_on", "domain"),
                [_worth(factor) for factor in FACTORS.values()],
            ),
            _table(
                "throttles",
                ("factor", "challenge", "throttles"),
                [_bounds(factor) for factor in FACTORS.values()],
            ),
            _table(
                "numbers",
                ("number", "bound", "source"),
                [
                    (say(f"console.limit.{each.what}"), bound(each), each.source)
                    for each in EVERYTHING
                ],
            ),
        ),
        aside=(
            Words(say("console.factors.budget"), [say("console.factors.budget.text")]),
            Words(say("console.factors.step_up"), [say("console.factors.step_up.text")]),
        ),
        wide=True,
    )


def _worth(factor: Factor) -> tuple[str, ...]:
    use = "recovery" if factor.recovery_only else "live" if factor.live else "other"
    return (
        _named(factor),
        f"AAL{factor.aal}",
        say("console.factors.yes" if factor.phishing_resistant else "console.factors.no"),
        say(f"console.factors.use.{use}"),
        factor.channel or say("console.factors.no_channel"),
        ", ".join(sorted(factor.depends_on)),
        factor.trust_domain,
    )


def _bounds(factor: Factor) -> tuple[str, ...]:
    own = [each for each in factor.throttles if each not in BUDGET]
    throttles = (
        [say("console.factors.budget.short")] if set(BUDGET) <= set(factor.throttles) else []
    )
    throttles += [f"{say(f'console.limit.{each.what}')}: {bound(each)}" for each in own]
    return (_named(factor), _span(factor.challenge_life), "; ".join(throttles))


def _named(factor: Factor) -> str:
    name = say(f"way.{factor.name}.title")
    here = registered(factor.name) is not None
    return name if here else say("console.factors.absent", name=name)


def bound(number: Throttle | Life | Size) -> str:
    """A number with its unit or span, in words."""
    if isinstance(number, Life):
        return _span(number.span)
    if isinstance(number, Size):
        return f"{number.count} {number.unit}"
    if number.span == IN_A_ROW:
        return say("console.factors.in_a_row", count=number.count)
    return say("console.factors.within", count=number.count, span=_span(number.span))


def _span(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    return say("console.factors.seconds", count=seconds) if seconds < 60 else lasting(span)


def _table(name: str, headings: Iterable[str], rows: list[tuple[str, ...]]) -> Table:
    return Table(
        say(f"console.factors.{name}"),
        [say(f"console.factors.label.{each}") for each in headings],
        rows,
        say("console.none"),
    )


def factor_view(request: HttpRequest, frame: dict[str, object]) -> HttpResponse:
    """The page in the console's `frame`; for those who may read the rules."""
    return show_page(request, frame, READERS, page_of_factors)
