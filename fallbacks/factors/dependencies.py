"""What the factors' dependencies themselves need, and what an incident can be about.

An installation declares what it alone knows when it starts: that its mail signs in through another
system, say, which signs in through this one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from fallbacks.factors.catalogue import FACTORS
from fallbacks.independence import GROUND, Needs, unavailable

OURS = "holdfast"
"""This product, where something else signs in through it."""

NEEDS: Needs = {
    "database": frozenset(),
    "network": frozenset(),
    "web_push": frozenset({"network"}),
    "sms_gateway": frozenset({"network"}),
    "smtp": frozenset({"network"}),
    "support_desk": frozenset(),
}
"""As shipped: the direct needs of everything that a factor names."""


_declared: dict[str, frozenset[str]] = {}


def declare(name: str, *needed: str) -> None:
    """Say what `name` needs, besides what is shipped; once, when the app is ready."""
    _declared[name] = _declared.get(name, frozenset()) | frozenset(needed)


def all_needs() -> Needs:
    """The direct needs of everything, and of this product: what its factors rely on. Whatever
    signs in through it then stands in a ring with them."""
    relied_on = {name for factor in FACTORS.values() for name in factor.depends_on} - GROUND
    found = {
        name: NEEDS.get(name, frozenset()) | _declared.get(name, frozenset())
        for name in {*NEEDS, *_declared}
    }
    return {**found, OURS: found.get(OURS, frozenset()) | relied_on}


def concerns() -> tuple[str, ...]:
    """Every name that an incident can be about: dependencies, and the trust domains, regions and
    channels of the factors; sorted."""
    needs = all_needs()
    found = {*needs, *(each for some in needs.values() for each in some)} - {OURS}
    for factor in FACTORS.values():
        found |= {factor.trust_domain, factor.region, *filter(None, [factor.channel])}
    return tuple(sorted(found - {"home"}))


def out_of_order(down: Collection[str]) -> Mapping[str, str]:
    """The factors that are not to be offered while `down` is down, with what takes each out."""
    return unavailable(tuple(FACTORS.values()), down, all_needs()) if down else {}
