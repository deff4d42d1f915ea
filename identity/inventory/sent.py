"""What is kept of sending something to a person. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from identity.inventory.shape import Kept, Table

SENT: Mapping[str, Table] = {
    "fallbacks.ContactPoint": Table(
        (
            Kept(
                "contacts",
                "told",
                "until_removed",
                "id subject kind email number added_at confirmed_at used_at",
            ),
        )
    ),
    "fallbacks.OutboundMessage": Table(
        (
            Kept(
                "sent",
                "told",
                "month",
                "id subject channel contact kind about urgency status attempts last_answer"
                " created_at next_attempt_at expires_at ended_at",
            ),
        ),
        "version",
    ),
    "fallbacks.SentSecret": Table(
        (
            Kept(
                "sent_codes",
                "prove",
                "days",
                "id subject session contact factor action change issued_at expires_at spent_at",
            ),
        )
    ),
    "fallbacks.SendBudget": Table((Kept("sendings", "peace", "days", "key recent"),)),
    "fallbacks.ChannelBreaker": Table(
        technical="channel status version failures openings retry_at changed_at"
    ),
}
"""Addresses, messages, secrets, budgets and channels."""
