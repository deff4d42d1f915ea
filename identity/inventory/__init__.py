"""Every column that holds something about a person: what it is, why it is kept, and for how long.

The columns come from the models themselves; one that is declared neither as personal nor as not
personal is found by `undeclared` and fails a test, so this cannot go stale (P6, P7).
"""

from identity.inventory.declared import BORROWED, DECLARED
from identity.inventory.shape import Kept, Table
from identity.inventory.stored import (
    Entry,
    columns_of,
    entries,
    kinds,
    our_models,
    presence_days,
    undeclared,
)

__all__ = [
    "BORROWED",
    "DECLARED",
    "Entry",
    "Kept",
    "Table",
    "columns_of",
    "entries",
    "kinds",
    "our_models",
    "presence_days",
    "undeclared",
]
