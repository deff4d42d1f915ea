"""Which ways to confirm fall together (F3). Pure.

A fallback that hangs on what has just failed is none. So every factor says what it relies on,
whose word is taken for it, where it is operated and which channel carries it; here is worked out
what is left when one of these is down, and what is the single point of a set before anything is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

GROUND = frozenset({"database", "home"})
"""What this installation itself stands on, and the region it runs in. Without them there is no
request either, so no factor can be a fallback for them, and they are no finding."""


class Reliant(Protocol):
    """A factor, as far as it matters what it hangs on."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def depends_on(self) -> frozenset[str]:
        """What has to work for it, directly."""

    @property
    def trust_domain(self) -> str:
        """Whose word is taken."""

    @property
    def region(self) -> str:
        """Where it is operated."""

    @property
    def channel(self) -> str | None:
        """What carries its challenge; None where the person brings the proof along."""


class Kind(StrEnum):
    """The four things that can be a single point."""

    DEPENDENCY = "dependency"
    TRUST_DOMAIN = "trust_domain"
    REGION = "region"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True, order=True)
class Point:
    """One thing that a factor hangs on."""

    kind: Kind
    name: str


Needs = Mapping[str, frozenset[str]]
"""What each dependency itself depends on, directly."""


def closure(names: Iterable[str], needs: Needs) -> frozenset[str]:
    """`names` and everything that they depend on, however far down; circles end."""
    found: set[str] = set()
    open_names = list(names)
    while open_names:
        name = open_names.pop()
        if name not in found:
            found.add(name)
            open_names += needs.get(name, frozenset())
    return frozenset(found)


def points_of(factor: Reliant, needs: Needs) -> frozenset[Point]:
    """Everything that `factor` hangs on, but for the ground."""
    found = {Point(Kind.DEPENDENCY, name) for name in closure(factor.depends_on, needs)}
    found |= {Point(Kind.TRUST_DOMAIN, factor.trust_domain), Point(Kind.REGION, factor.region)}
    if factor.channel is not None:
        found.add(Point(Kind.CHANNEL, factor.channel))
    return frozenset(point for point in found if point.name not in GROUND)


def unavailable(factors: Sequence[Reliant], down: Collection[str], needs: Needs) -> dict[str, str]:
    """The factors not to be offered while `down` is down: name to what takes it out.

    Down is what relies on a name of `down`; and what shares the trust domain, the region or the
    channel of such a factor, since the same failure may be behind both. That is not carried
    further: what shares something with a suspect only is still offered.
    """
    failed: dict[str, str] = {}
    for factor in factors:
        named = {*closure(factor.depends_on, needs), factor.trust_domain, factor.region}
        hit = sorted((named | {factor.channel or ""}) & set(down))
        if hit:
            failed[factor.name] = next((name for name in hit if name in factor.depends_on), hit[0])
    suspect: dict[str, str] = {}
    for first in factors:
        if first.name not in failed:
            continue
        theirs = _unseen(points_of(first, needs))
        for other in factors:
            if other.name not in failed and theirs & _unseen(points_of(other, needs)):
                suspect.setdefault(other.name, failed[first.name])
    return failed | suspect


def _unseen(points: Iterable[Point]) -> frozenset[Point]:
    """The points whose failure is not reported by name: all but dependencies."""
    return frozenset(point for point in points if point.kind is not Kind.DEPENDENCY)


def single_points(factors: Sequence[Reliant], needs: Needs) -> tuple[Point, ...]:
    """What all of `factors` hang on: each alone takes every one of them out. None for no factor.

    For one factor these are all its points.
    """
    if not factors:
        return ()
    shared = frozenset.intersection(*(points_of(factor, needs) for factor in factors))
    return tuple(sorted(shared))


def circles(needs: Needs) -> tuple[tuple[str, ...], ...]:
    """Every ring of dependencies that need one another, once, beginning with the first by name.

    A recovery through something that needs the recovered thing is such a ring. Rings that share a
    member are told as one.
    """
    names = sorted({*needs, *(each for some in needs.values() for each in some)})
    below = {name: closure(needs.get(name, ()), needs) for name in names}
    found: list[tuple[str, ...]] = []
    for name in names:
        if name in below[name] and not any(name in ring for ring in found):
            found.append(
                tuple(each for each in names if each in below[name] and name in below[each])
            )
    return tuple(found)
