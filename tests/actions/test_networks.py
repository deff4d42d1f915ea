"""Coarse networks: like is compared with like, and what cannot be compared is unknown."""

from __future__ import annotations

import pytest

from identity.context import coarsen, network_mark, same_network


def near(ip: str = "", asn: str = "") -> str:
    """What is stored of it."""
    return coarsen(ip=ip, asn=asn).network


@pytest.mark.parametrize(
    ("then", "now", "same"),
    [
        (near("203.0.113.5"), near("203.0.113.77"), True),  # the same /24
        (near("203.0.113.5"), near("198.51.100.5"), False),
        (near("2001:db8:1:2::3"), near("2001:db8:1:9::9"), True),  # the same /48
        (near(asn="AS64500"), near(asn="64500"), True),
        (near(asn="64500"), near(asn="64501"), False),
        (near("203.0.113.5"), near(asn="64500"), None),  # nothing in common
        (near("203.0.113.5"), near("203.0.113.5", "64500"), True),  # the address is
        (near("198.51.100.5"), near("203.0.113.5", "64500"), False),
        (near("203.0.113.5", "64500"), near("198.51.100.5", "64500"), True),  # the AS tells more
        (near("203.0.113.5", "64500"), near("203.0.113.5", "64501"), False),  # announced anew
        ("", near("203.0.113.5"), None),
        ("", "", None),
        ("1a2b3c4d5e6f1a2b3c4d5e6f", near("203.0.113.5"), None),  # from before kinds were stored
        ("1a2b3c4d5e6f1a2b3c4d5e6f", "1a2b3c4d5e6f1a2b3c4d5e6f", None),
        ("xx:1", "xx:1", None),
    ],
)
def test_d8_like_is_compared_with_like(then: str, now: str, same: bool | None) -> None:
    assert same_network(then, now) is same
    assert same_network(now, then) is same


def test_p6_a_network_is_short_and_says_nothing_of_the_address() -> None:
    found = near("203.0.113.5", "64500")
    assert len(found) <= 64
    assert not [raw for raw in ("203.0.113", "64500") if raw in found]


def test_p6_a_mark_is_eight_digits_a_kind() -> None:
    kinds = [word.partition(":") for word in network_mark(near("203.0.113.5", "64500")).split()]
    assert [(kind, len(mark)) for kind, _, mark in kinds] == [("as", 8), ("ip", 8)]
    assert network_mark("") == ""
