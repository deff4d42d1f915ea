"""What fallbacks store. Rows of identity are named by string foreign key only."""

from fallbacks.models.challenges import Challenge, GuessBudget
from fallbacks.models.changes import FactorChange, SecurityNotice
from fallbacks.models.channels import (
    ChannelBreaker,
    ContactPoint,
    OutboundMessage,
    SendBudget,
    SentSecret,
)
from fallbacks.models.codes import BackupCode, BackupCodeDevice
from fallbacks.models.incidents import Incident, IncidentUpdate
from fallbacks.models.keys import KeyCeremony, SecurityKey
from fallbacks.models.people import Approval, Escalation, VerificationCase
from fallbacks.models.push import PromptBudget, PushPrompt, PushSubscription

__all__ = [
    "Approval",
    "BackupCode",
    "BackupCodeDevice",
    "Challenge",
    "ChannelBreaker",
    "ContactPoint",
    "Escalation",
    "FactorChange",
    "GuessBudget",
    "Incident",
    "IncidentUpdate",
    "KeyCeremony",
    "OutboundMessage",
    "PromptBudget",
    "PushPrompt",
    "PushSubscription",
    "SecurityKey",
    "SecurityNotice",
    "SendBudget",
    "SentSecret",
    "VerificationCase",
]
