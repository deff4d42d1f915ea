"""The console, and which page shows which model. What is not listed here has no page."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib.admin.models import LogEntry
from django.db.models import Model

from fallbacks.models import Challenge, Escalation, Incident, OutboundMessage, VerificationCase
from identity.admin.applications import ApplicationAdmin
from identity.admin.cases import CaseAdmin
from identity.admin.endpoints import EndpointAdmin
from identity.admin.escalations import EscalationAdmin
from identity.admin.failing import AttemptAdmin
from identity.admin.gate import ConsoleSite
from identity.admin.incidents import IncidentAdmin
from identity.admin.people import DeviceAdmin, EvidenceAdmin, PersonAdmin, SessionAdmin
from identity.admin.policies import PolicyAdmin
from identity.admin.presence import PreferenceAdmin, PresenceAdmin, SignalAdmin
from identity.admin.put_aside import PutAsideAdmin
from identity.admin.reading import ReadOnlyAdmin
from identity.admin.record import ChallengeAdmin, ChangeAdmin, DeliveryAdmin, EventAdmin
from identity.admin.requests import DecisionAdmin, RequestAdmin
from identity.admin.types import ActionTypeAdmin
from identity.models import (
    Action,
    ActionType,
    Application,
    Decision,
    Delivery,
    Device,
    Endpoint,
    Event,
    Evidence,
    PolicyVersion,
    Session,
    SweepAttempt,
    User,
)
from presence.models import Preference, Presence, Signal

PAGES: Mapping[type[Model], type[ReadOnlyAdmin]] = {
    Action: RequestAdmin,
    Escalation: EscalationAdmin,
    VerificationCase: CaseAdmin,
    User: PersonAdmin,
    Session: SessionAdmin,
    Device: DeviceAdmin,
    Presence: PresenceAdmin,
    Signal: SignalAdmin,
    Preference: PreferenceAdmin,
    PolicyVersion: PolicyAdmin,
    ActionType: ActionTypeAdmin,
    Decision: DecisionAdmin,
    Event: EventAdmin,
    Delivery: DeliveryAdmin,
    OutboundMessage: PutAsideAdmin,
    SweepAttempt: AttemptAdmin,
    Endpoint: EndpointAdmin,
    Challenge: ChallengeAdmin,
    Evidence: EvidenceAdmin,
    LogEntry: ChangeAdmin,
    Incident: IncidentAdmin,
    Application: ApplicationAdmin,
}

console = ConsoleSite(name="admin")
for _model, _page in PAGES.items():
    console.register(_model, _page)
