"""The factors: what each is worth (`catalogue`), by which numbers (`limits`), how each is
verified (`registry`), and which of them a person has (`held`)."""

from __future__ import annotations

from fallbacks.factors.catalogue import FACTORS, LIVE, LIVE_ORDER, Factor, has_live_factor
from fallbacks.factors.held import (
    Enrolled,
    Held,
    enrolled,
    enrolled_names,
    held,
    held_by,
    kept,
)
from fallbacks.factors.registry import (
    Delivered,
    Kept,
    Registered,
    Verifier,
    all_registered,
    is_enrollable,
    register,
    registered,
)

__all__ = [
    "FACTORS",
    "LIVE",
    "LIVE_ORDER",
    "Delivered",
    "Enrolled",
    "Factor",
    "Held",
    "Kept",
    "Registered",
    "Verifier",
    "all_registered",
    "enrolled",
    "enrolled_names",
    "has_live_factor",
    "held",
    "held_by",
    "is_enrollable",
    "kept",
    "register",
    "registered",
]
