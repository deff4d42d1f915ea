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


class ChangeStatus(StrEnum):
    """A change of somebody's factors."""

    BEGUN = "begun"
    """Waits for a fresh proof until `expires_at`."""
    PROVED = "proved"
    """The proof for this very change was given; it may happen until `expires_at`."""
    DONE = "done"
    """The factor is changed. Final."""
    WITHDRAWN = "withdrawn"
    """Given up, or another change was begun in its place. Final."""
    EXPIRED = "expired"
    """The time was up. Final."""


class NoticeStatus(StrEnum):
    """A security notice."""

    OPEN = "open"
    """On the person's pages until they say that it was them, or not."""
    SEEN = "seen"
    """The person knows of it; they may still say that it was not them."""
    DISPUTED = "disputed"
    """The person says that it was not them: security has it. Final."""


class PromptStatus(StrEnum):
    """A prompt to one browser."""

    WAITING = "waiting"
    """Not sent yet, or to be tried again."""
    ACCEPTED = "accepted"
    """The push service took it."""
    ACKNOWLEDGED = "acknowledged"
    """The browser has it. Final."""
    ABANDONED = "abandoned"
    """The push service does not want it, or what it was for is over. Final."""


class MessageStatus(StrEnum):
    """A message to a person, on one channel."""

    PENDING = "pending"
    """Due at `next_attempt_at`; a sender takes it on lease, and comes back where it fails."""
    SENT = "sent"
    """The mail server or gateway took it. Final."""
    REFUSED = "refused"
    """It was turned down for good: no such mailbox, a number that is none. Final."""
    EXPIRED = "expired"
    """Its time was up before it could go. Final."""
    WITHHELD = "withheld"
    """The person does not want such messages on this channel. Final."""
    QUARANTINED = "quarantined"
    """Every try failed, or ended whoever tried. Kept for staff, who may send it again."""


class BreakerStatus(StrEnum):
    """Whether a channel is used at the moment."""

    CLOSED = "closed"
    """It works, as far as anybody knows."""
    OPEN = "open"
    """It failed too often in a row: nobody tries until `retry_at`."""
    HALF_OPEN = "half_open"
    """One message at a time tries whether it works again."""


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
CHANGE_EDGES: Mapping[tuple[str, str], str] = {
    ("begun", "factor.change_proved"): "proved",
    ("proved", "factor.enrolled"): "done",
    ("proved", "factor.replaced"): "done",
    ("proved", "factor.removed"): "done",
    ("begun", "factor.change_withdrawn"): "withdrawn",
    ("proved", "factor.change_withdrawn"): "withdrawn",
    ("begun", "factor.change_expired"): "expired",
    ("proved", "factor.change_expired"): "expired",
}
NOTICE_EDGES: Mapping[tuple[str, str], str] = {
    ("open", "notice.seen"): "seen",
    ("open", "notice.disputed"): "disputed",
    ("seen", "notice.disputed"): "disputed",
}
PROMPT_EDGES: Mapping[tuple[str, str], str] = {
    ("waiting", "prompt.accepted"): "accepted",
    ("waiting", "prompt.acknowledged"): "acknowledged",
    ("accepted", "prompt.acknowledged"): "acknowledged",
    ("waiting", "prompt.abandoned"): "abandoned",
}
"""A browser may be faster than the answer of its push service."""
MESSAGE_EDGES: Mapping[tuple[str, str], str] = {
    ("pending", "message.sent"): "sent",
    ("pending", "message.refused"): "refused",
    ("pending", "message.expired"): "expired",
    ("pending", "message.withheld"): "withheld",
    ("pending", "message.quarantined"): "quarantined",
    ("quarantined", "message.resent"): "pending",
}
BREAKER_EDGES: Mapping[tuple[str, str], str] = {
    ("closed", "channel.opened"): "open",
    ("open", "channel.probed"): "half_open",
    ("half_open", "channel.opened"): "open",
    ("half_open", "channel.probed"): "half_open",
    ("half_open", "channel.closed"): "closed",
}
