"""What identity stores."""

from identity.models.actions import ACTION_MACHINE, Action, Decision, IdempotencyKey
from identity.models.applications import Application
from identity.models.audit import AuditMark, ChainProgress, Event, EventLink, EventSalt
from identity.models.catalogue import ActionType
from identity.models.consents import CONSENT_MACHINE, Consent, ConsentStatus
from identity.models.deliveries import (
    Delivery,
    DeliveryStatus,
    Endpoint,
    EndpointStatus,
    SweepRun,
)
from identity.models.depths import Depth, DepthChange
from identity.models.policy import POLICY_MACHINE, PolicyVersion, SignOff
from identity.models.sessions import Device, DeviceStatus, Evidence, Session, SessionStatus
from identity.models.simulation import CostAssumption
from identity.models.sweeps import ATTEMPT_MACHINE, AttemptStatus, SweepAttempt, SweepBatch
from identity.models.users import User

__all__ = [
    "ACTION_MACHINE",
    "ATTEMPT_MACHINE",
    "CONSENT_MACHINE",
    "POLICY_MACHINE",
    "Action",
    "ActionType",
    "Application",
    "AttemptStatus",
    "AuditMark",
    "ChainProgress",
    "Consent",
    "ConsentStatus",
    "CostAssumption",
    "Decision",
    "Delivery",
    "DeliveryStatus",
    "Depth",
    "DepthChange",
    "Device",
    "DeviceStatus",
    "Endpoint",
    "EndpointStatus",
    "Event",
    "EventLink",
    "EventSalt",
    "Evidence",
    "IdempotencyKey",
    "PolicyVersion",
    "Session",
    "SessionStatus",
    "SignOff",
    "SweepAttempt",
    "SweepBatch",
    "SweepRun",
    "User",
]
