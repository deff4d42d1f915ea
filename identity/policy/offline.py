"""The `offline` section of the policy document: what a pass without network may hold (D4 9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from identity.policy.facts import Sensitivity
from identity.policy.reading import Place

_DAY = 86400


@dataclass(frozen=True, slots=True)
class OfflineProfile:
    """What a pass of this profile may be used for, how long (seconds), and how many times."""

    sensitivity: tuple[Sensitivity, ...]
    valid_for: int
    uses: int
    line: int
    """Where it stands in the document."""


def read_offline(place: Place) -> dict[str, OfflineProfile]:
    """The offline profiles by name; none at all is a policy without offline use."""
    return {word: _read_profile(each) for word, each in place.mapping().items()}


def _read_profile(place: Place) -> OfflineProfile:
    names = ("sensitivity", "valid_for", "uses")
    parts = place.mapping(names, required=names)
    words = parts["sensitivity"].words([each.word for each in Sensitivity], "sensitivity")
    return OfflineProfile(
        sensitivity=tuple(sorted(Sensitivity.named(word) for word in words)),
        valid_for=parts["valid_for"].seconds(60, 7 * _DAY),
        uses=parts["uses"].number(1, 1000),
        line=place.node.start_mark.line + 1,
    )


def holds_high(profiles: Mapping[str, OfflineProfile]) -> list[str]:
    """The names of profiles that hold a high-sensitivity type."""
    return [name for name, each in profiles.items() if Sensitivity.HIGH in each.sensitivity]
