"""The state tables of what fallbacks own. Pure: a pair that is not here is an error."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class ChallengeStatus(StrEnum):
    """One attempt at one factor."""

    ISSUED = "issued"
    """Live until `expires_at`; the user answers it, or the sweep ends it."""
    ANSWERED = "answered"
    """A proof was given. Final."""
    EXPIRED = "expired"
    """Nobody answered in time. Final."""
    WITHDRAWN = "withdrawn"
    """The action went another way. Final."""


class EscalationStatus(StrEnum):
    """A question put to the security staff."""

    OPEN = "open"
    """Waits for a verdict until `due_at`; then it is late, never forgotten."""
    RESOLVED = "resolved"
    """A person gave a verdict with a reason code. Final."""
    CLOSED = "closed"
    """The action ended before a verdict. Final."""


class CaseStatus(StrEnum):
    """A structured manual check of who somebody is."""

    OPEN = "open"
    """Waits for a support agent's proposal."""
    PROPOSED = "proposed"
    """One agent proposes to confirm; a second, other person decides."""
    CONFIRMED = "confirmed"
    """As many people as it needs agree. Final."""
    REFUSED = "refused"
    """It is not, or could not be shown. Final."""
    CLOSED = "closed"
    """The action ended before a decision. Final."""


CHALLENGE_EDGES: Mapping[tuple[str, str], str] = {
    ("issued", "challenge.answered"): "answered",
    ("issued", "challenge.expired"): "expired",
    ("issued", "challenge.withdrawn"): "withdrawn",
}
ESCALATION_EDGES: Mapping[tuple[str, str], str] = {
    ("open", "escalation.resolved"): "resolved",
    ("open", "escalation.closed"): "closed",
}
CASE_EDGES: Mapping[tuple[str, str], str | tuple[str, ...]] = {
    ("open", "case.agreed"): ("open", "confirmed"),
    ("open", "case.proposed"): "proposed",
    ("proposed", "case.confirmed"): "confirmed",
    ("open", "case.refused"): "refused",
    ("proposed", "case.refused"): "refused",
    ("open", "case.closed"): "closed",
    ("proposed", "case.closed"): "closed",
}
