"""The `trust` section of the policy document: the table anchor × sensitivity (D7)."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from identity.policy.decision import FACTOR_CEILING
from identity.policy.facts import Mode, Sensitivity
from identity.policy.reading import Place
from identity.trust import Anchor, TrustAges, TrustTable

_DAY = 86400
_AGES = ("fresh", "recent", "half_life")
_ROWS = [member.word for member in Sensitivity]


def read_trust(place: Place) -> TrustTable:
    """The anchors with their lifetimes, and how far each mode shortens them.

    Every factor belongs to exactly one anchor. No lifetime grows with what is at stake, nor from
    one anchor to the next: they stand from the strongest to the weakest.
    """
    known = ("anchors", "share", "worthless_below")
    parts = place.mapping(known, required=known)
    modes = [member.word for member in Mode]
    written = parts["share"].mapping(modes, required=modes)
    share = {Mode.named(word): written[word].number(1, 100) for word in modes}
    for better, worse in pairwise(Mode):
        if share[worse] > share[better]:
            raise written[worse.word].refuse("share_order", mode=worse.word)
    return TrustTable(
        anchors=_read_anchors(parts["anchors"]),
        share=share,
        worthless_below=parts["worthless_below"].number(1, 50),
    )


def _read_anchors(place: Place) -> tuple[Anchor, ...]:
    anchors: list[Anchor] = []
    owners: dict[str, str] = {}
    for name, value in place.mapping().items():
        parts = value.mapping(("factors", *_ROWS), required=("factors", *_ROWS))
        factors = _read_factors(parts["factors"], name, owners)
        ages: dict[Sensitivity, TrustAges] = {}
        for word in _ROWS:
            at_stake = Sensitivity.named(word)
            stronger = anchors[-1].ages[at_stake] if anchors else None
            less = ages[Sensitivity(at_stake - 1)] if at_stake else None
            ages[at_stake] = _read_ages(parts[word], less, stronger)
        anchors.append(Anchor(name, factors, ages))
    for factor in FACTOR_CEILING:
        if factor not in owners:
            raise place.refuse("factor_without_anchor", word=factor)
    return tuple(anchors)


def _read_factors(place: Place, name: str, owners: dict[str, str]) -> tuple[str, ...]:
    found: list[str] = []
    for item in [place] if place.is_word() else place.items():
        factor = item.word(FACTOR_CEILING, "factor")
        if factor in owners:
            raise item.refuse("factor_in_two_anchors", word=factor, other=owners[factor])
        owners[factor] = name
        found.append(factor)
    if not found:
        raise place.refuse("empty_list")
    return tuple(found)


def _read_ages(place: Place, less: TrustAges | None, stronger: TrustAges | None) -> TrustAges:
    """One cell. `less` is that of the sensitivity below, `stronger` that of the anchor before."""
    parts = place.mapping(_AGES, required=_AGES)
    ages = TrustAges(
        fresh=parts["fresh"].seconds(1, _DAY),
        recent=parts["recent"].seconds(1, _DAY),
        half_life=parts["half_life"].seconds(60, _DAY),
    )
    if ages.fresh > ages.recent:
        raise parts["fresh"].refuse("ages_order")
    _never_longer(parts, ages, less, "lifetime_grows_with_stake")
    _never_longer(parts, ages, stronger, "lifetime_grows_with_anchor")
    return ages


def _never_longer(
    parts: Mapping[str, Place], ages: TrustAges, than: TrustAges | None, code: str
) -> None:
    for name in _AGES:
        if than is not None and getattr(ages, name) > getattr(than, name):
            raise parts[name].refuse(code)
