"""Which ways fall together: the pure part, by tables and over every set of factors (F3)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fallbacks.factors import FACTORS
from fallbacks.factors.dependencies import NEEDS, all_needs, concerns
from fallbacks.independence import (
    GROUND,
    Kind,
    Point,
    circles,
    closure,
    points_of,
    single_points,
    unavailable,
)

NAMES = sorted(FACTORS)
EVERYTHING = tuple(FACTORS.values())
SETS = st.sets(st.sampled_from(NAMES))
DOWN = st.sets(st.sampled_from(concerns()))


@pytest.mark.parametrize(
    ("down", "out"),
    [
        (set(), set()),  # nothing is down
        ({"web_push"}, {"push"}),  # only prompts rely on it
        ({"smtp"}, {"email_link"}),
        ({"network"}, {"push", "sms", "email_link"}),  # each by what it needs, and further down
        ({"sms"}, {"sms"}),  # a channel by its name
        ({"holdfast"}, {"totp", "backup_code"}),  # one trust domain: both secrets are kept by us
        ({"database"}, set(NAMES)),  # the ground: nothing is left
        ({"unheard_of"}, set()),  # nobody relies on it
    ],
)
def test_f3_what_relies_on_what_is_down_is_out(down: set[str], out: set[str]) -> None:
    assert set(unavailable(EVERYTHING, down, NEEDS)) == out


def test_f3_what_takes_a_factor_out_is_named_by_its_own_dependency_first() -> None:
    out = unavailable(EVERYTHING, {"network", "web_push"}, NEEDS)
    assert out["push"] in {"network", "web_push"}
    assert unavailable(EVERYTHING, {"smtp"}, NEEDS) == {"email_link": "smtp"}


def test_f3_what_shares_trust_region_or_channel_with_the_failed_one_is_suspect() -> None:
    class Way:
        def __init__(self, name: str, needs: str, trust: str, region: str, channel: str | None):
            self.name, self.depends_on = name, frozenset({needs})
            self.trust_domain, self.region, self.channel = trust, region, channel

    failed = Way("failed", "a", "maker", "north", "radio")
    same_trust = Way("same_trust", "b", "maker", "south", None)
    same_region = Way("same_region", "c", "bank", "north", None)
    same_channel = Way("same_channel", "d", "state", "east", "radio")
    further = Way("further", "e", "bank", "west", None)  # shares only with a suspect
    apart = Way("apart", "f", "friend", "home", None)
    both_home = Way("both_home", "a", "other", "home", None)
    every = [failed, same_trust, same_region, same_channel, further, apart]
    assert unavailable(every, {"a"}, {}) == dict.fromkeys(
        ("failed", "same_trust", "same_region", "same_channel"), "a"
    )
    # the place where we run ourselves makes nobody suspect
    assert unavailable([both_home, apart], {"a"}, {}) == {"both_home": "a"}


@given(down=DOWN, more=DOWN)
def test_f3_more_that_is_down_never_brings_a_way_back(down: set[str], more: set[str]) -> None:
    fewer = unavailable(EVERYTHING, down, NEEDS)
    assert fewer.keys() <= unavailable(EVERYTHING, down | more, NEEDS).keys()
    assert set(fewer.values()) <= down


@given(names=SETS)
def test_f3_a_single_point_takes_every_way_out_and_nothing_else_does(names: set[str]) -> None:
    ways = [FACTORS[name] for name in sorted(names)]
    points = single_points(ways, NEEDS)
    for point in points:
        assert set(unavailable(ways, {point.name}, NEEDS)) == names
        assert point.name not in GROUND
    for way in ways:
        for point in points_of(way, NEEDS) - set(points):
            assert any(point not in points_of(other, NEEDS) for other in ways)


@pytest.mark.parametrize(
    ("names", "points"),
    [
        (set(), set()),  # nobody's ways hang on nothing: that is told otherwise
        ({"totp", "backup_code"}, {(Kind.TRUST_DOMAIN, "holdfast")}),
        ({"totp", "security_key"}, set()),  # two that do not fall together
        ({"sms", "email_link"}, {(Kind.DEPENDENCY, "network")}),
        ({"sms", "email_link", "totp"}, set()),
    ],
)
def test_f3_what_a_set_hangs_on(names: set[str], points: set[tuple[Kind, str]]) -> None:
    found = single_points([FACTORS[name] for name in names], NEEDS)
    assert set(found) == {Point(*each) for each in points}


@pytest.mark.parametrize(
    ("needs", "rings"),
    [
        ({}, ()),
        ({"a": {"b"}, "b": {"c"}, "c": set()}, ()),  # a chain ends
        ({"a": {"a"}}, (("a",),)),  # itself
        (
            {"mail": {"sso"}, "sso": {"holdfast"}, "holdfast": {"mail"}},
            (("holdfast", "mail", "sso"),),
        ),
        ({"a": {"b"}, "b": {"a"}, "c": {"d"}, "d": {"c"}, "e": {"a"}}, (("a", "b"), ("c", "d"))),
    ],
)
def test_f3_a_circular_set_up_is_found(
    needs: dict[str, set[str]], rings: tuple[tuple[str, ...], ...]
) -> None:
    assert circles({name: frozenset(some) for name, some in needs.items()}) == rings


@given(st.dictionaries(st.sampled_from("abcdef"), st.frozensets(st.sampled_from("abcdef"))))
def test_f3_every_member_of_a_ring_reaches_every_other(needs: dict[str, frozenset[str]]) -> None:
    rings = circles(needs)
    for ring in rings:
        for member in ring:
            assert set(ring) <= closure(needs.get(member, ()), needs)
    members = [name for ring in rings for name in ring]
    assert len(members) == len(set(members))
    alone = set("abcdef") - set(members)
    assert all(name not in closure(needs.get(name, ()), needs) for name in alone)


def test_f3_what_is_shipped_stands_in_no_ring_and_every_dependency_is_declared() -> None:
    assert circles(all_needs()) == ()
    for factor in FACTORS.values():
        assert factor.depends_on <= NEEDS.keys()
