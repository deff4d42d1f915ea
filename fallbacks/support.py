"""Help from a person, as a factor: nobody types it; two agents check who somebody is (F6, F21).

It is declared and registered like the others, so that staff see what it is worth and on what it
relies. It is nothing that a person has, loses or could be asked for: `ask_support` above hands the
request over, and two people's agreement is the proof.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NoReturn

from fallbacks.errors import FactorNotPermitted
from fallbacks.factors.registry import Kept, Registered, register
from fallbacks.models import Challenge

FACTOR = "support"


class SupportVerifier:
    """Takes no answer: whatever is typed, a person decides."""

    def canonical(self, answer: object) -> NoReturn:
        """Raises FactorNotPermitted."""
        raise FactorNotPermitted(factor=FACTOR)

    def spend(
        self, user_id: int, canonical: Any, challenge: Challenge | None, now: datetime
    ) -> bool:
        """Never."""
        return False


def kept(user_id: int) -> Sequence[Kept]:
    """Nothing of it is anybody's own."""
    return ()


def remove(user_id: int, credential: str) -> bool:
    """There is nothing to remove."""
    return False


register(
    Registered(
        factor=FACTOR,
        verifier=SupportVerifier(),
        held_sql="SELECT 'support', false, '' WHERE false",
        kept=kept,
        remove=remove,
        changes=frozenset(),
    )
)
