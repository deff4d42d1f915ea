"""The record of everything that happened, and what shows that nobody changed it (Q5, F26, F27).

`names` is the vocabulary, `record` writes each event with its change. `chain` (pure) says what is
hashed; `chaining` links what is committed, `checkpoints` signs the head outside the database,
`verifying` checks all of it, `exporting` hands it out, `state` says how it stands.
"""

from identity.audit.names import NAMES
from identity.audit.record import UnknownEvent, record_events, register

__all__ = ["NAMES", "UnknownEvent", "record_events", "register"]
