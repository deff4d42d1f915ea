"""The finite space a decision is made over: coarse facts, each ordered from best to worst."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from itertools import product
from typing import Self


class Coarse(IntEnum):
    """A fact with few values, numbered from the best (0) to the worst.

    `word` is its stable spelling in policy documents, in the API and in stored decisions.
    """

    @property
    def word(self) -> str:
        """The lower-case spelling."""
        return self.name.lower()

    @classmethod
    def named(cls, word: str) -> Self:
        """The member spelled `word`. Raises KeyError for any other spelling."""
        if word != word.lower():
            raise KeyError(word)
        return cls[word.upper()]

    @classmethod
    def of(cls, word: str | None) -> Self:
        """The member spelled `word`; what is unknown counts as the strictest value (D4 7)."""
        try:
            return cls.named(word or "")
        except KeyError:
            return cls.worst()

    @classmethod
    def worst(cls) -> Self:
        """The strictest value: the last one."""
        return cls(len(cls) - 1)


class Sensitivity(Coarse):
    """How much an action of this type touches (D1)."""

    LOW = 0
    MEDIUM = 1
    HIGH = 2


class Reversibility(Coarse):
    """Whether the effect can be undone (D1)."""

    REVERSIBLE = 0
    IRREVERSIBLE = 1


class FraudCost(Coarse):
    """What a wrong yes costs (D1)."""

    LOW = 0
    MEDIUM = 1
    HIGH = 2


class TimeSensitivity(Coarse):
    """Whether waiting does harm (D1)."""

    LOW = 0
    HIGH = 1


class Value(Coarse):
    """The value band of the payload (D1); `none` where the type carries no value."""

    NONE = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3


class Reach(Coarse):
    """Whether the action itself gives somebody a way in: enrols a factor or device, changes
    policy or raises a role (D4 6)."""

    ORDINARY = 0
    AUTHORITY = 1


class Availability(Coarse):
    """What presence concludes about the person (P2)."""

    AVAILABLE = 0
    DELAYED = 1
    UNREACHABLE = 2
    DEGRADED = 3
    ESCALATED = 4


class Risk(Coarse):
    """The risk band (D6)."""

    GREEN = 0
    AMBER = 1
    RED = 2


class Trust(Coarse):
    """What the evidence is worth now (D7); `fresh` is a sufficient, recent AAL2 proof."""

    FRESH = 0
    RECENT = 1
    STALE = 2
    NONE = 3


class Mode(Coarse):
    """The state of what identity depends on (O2)."""

    NORMAL = 0
    DEGRADED = 1
    EMERGENCY = 2


class Consent(Coarse):
    """Whether the person agreed beforehand that this may be done first and confirmed after."""

    GIVEN = 0
    NONE = 1


class Clearance(Coarse):
    """Whether a person on the security staff reviewed this very action and let it go on."""

    GRANTED = 0
    NONE = 1


DIMENSIONS: Mapping[str, type[Coarse]] = {
    "sensitivity": Sensitivity,
    "reversibility": Reversibility,
    "fraud_cost": FraudCost,
    "time_sensitivity": TimeSensitivity,
    "value": Value,
    "reach": Reach,
    "availability": Availability,
    "risk": Risk,
    "trust": Trust,
    "mode": Mode,
    "consent": Consent,
    "clearance": Clearance,
}
"""The names of the facts in the order of the mixed radix, the heaviest first."""

SPACE_SIZE = math.prod(len(members) for members in DIMENSIONS.values())
"""How many situations there are."""


@dataclass(frozen=True, slots=True)
class Facts:
    """One situation: everything a decision depends on, and nothing else."""

    sensitivity: Sensitivity
    reversibility: Reversibility
    fraud_cost: FraudCost
    time_sensitivity: TimeSensitivity
    value: Value
    reach: Reach
    availability: Availability
    risk: Risk
    trust: Trust
    mode: Mode
    consent: Consent = Consent.NONE
    clearance: Clearance = Clearance.NONE

    @property
    def index(self) -> int:
        """The place of this situation in the space, 0 … SPACE_SIZE - 1.

        The radices stand written out because this is the whole cost of a decision; a test holds
        them to the enums.
        """
        index = self.sensitivity * 2 + self.reversibility
        index = (index * 3 + self.fraud_cost) * 2 + self.time_sensitivity
        index = ((index * 4 + self.value) * 2 + self.reach) * 5 + self.availability
        index = ((index * 3 + self.risk) * 4 + self.trust) * 3 + self.mode
        return (index * 2 + self.consent) * 2 + self.clearance

    def words(self) -> dict[str, str]:
        """The spelling of every fact by its name, as decisions store it (D9)."""
        return {name: getattr(self, name).word for name in DIMENSIONS}

    @classmethod
    def from_words(cls, words: Mapping[str, str]) -> Facts:
        """The situation spelled by `words`; a missing or unknown word is the strictest (D4 7)."""
        return cls(**{name: enum.of(words.get(name)) for name, enum in DIMENSIONS.items()})  # type: ignore[arg-type]


def all_facts() -> Iterator[Facts]:
    """Every situation there is, in the order of `Facts.index`."""
    for values in product(*DIMENSIONS.values()):
        yield Facts(*values)  # type: ignore[arg-type]
