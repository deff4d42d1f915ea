"""The ten guardrails by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Guardrail:
    """One row of D4. `sentence` is the catalogue's id of what it demands."""

    id: str
    name: str

    @property
    def sentence(self) -> str:
        """The catalogue's id of what it demands."""
        return f"guardrail.{self.id}.demand"


GUARDRAILS: Mapping[str, Guardrail] = {
    guardrail.id: guardrail
    for guardrail in (
        Guardrail("g1", "irreversible_needs_proof"),
        Guardrail("g2", "fallback_asks_no_less"),
        Guardrail("g3", "weak_factors_stay_weak"),
        Guardrail("g4", "escalated_needs_person"),
        Guardrail("g5", "red_is_stopped"),
        Guardrail("g6", "no_cached_trust_for_credentials"),
        Guardrail("g7", "unknown_is_strictest"),
        Guardrail("g8", "every_wait_ends"),
        Guardrail("g9", "offline_never_high"),
        Guardrail("g10", "worse_never_asks_less"),
    )
}
"""In the order of D4."""
