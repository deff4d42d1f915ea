"""Every sentence of the console is in the catalogue (U1)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fallbacks.machines import CaseStatus, ChallengeStatus, EscalationStatus, MessageStatus
from fallbacks.models.people import ReasonCode, Verdict
from identity.admin.reading import DetailAdmin
from identity.admin.site import PAGES
from identity.messages import has
from identity.models import (
    AttemptStatus,
    DeliveryStatus,
    DeviceStatus,
    EndpointStatus,
    PolicyVersion,
    SessionStatus,
)
from identity.policy.decision import Outcome
from identity.policy.facts import DIMENSIONS
from identity.states import Status

HERE = Path(__file__).parent.parent.parent / "identity" / "admin"
STATES = {
    "status": Status,
    "challenge": ChallengeStatus,
    "escalation": EscalationStatus,
    "case": CaseStatus,
    "delivery": DeliveryStatus,
    "message": MessageStatus,
    "attempt": AttemptStatus,
    "endpoint": EndpointStatus,
    "session": SessionStatus,
    "device": DeviceStatus,
    "policy": PolicyVersion.Status,
    "outcome": Outcome,
    "code": ReasonCode,
    "verdict": Verdict,
}


def test_every_id_that_the_code_names_has_words() -> None:
    named = set()
    for source in HERE.rglob("*.py"):
        named |= set(re.findall(r'"(console\.[a-z_.]+[a-z])"', source.read_text(encoding="utf-8")))
    assert len(named) > 80
    assert not {each for each in named if not has(each)}


@pytest.mark.parametrize("family", STATES)
def test_every_state_has_words(family: str) -> None:
    assert not [each for each in STATES[family] if not has(f"console.{family}.{each.value}")]


def test_every_input_of_a_decision_has_words() -> None:
    assert not [name for name in DIMENSIONS if not has(f"console.input.{name}")]
    for name in ("risk", "availability"):
        words = [each.word for each in DIMENSIONS[name]]
        assert not [word for word in words if not has(f"console.{name}.{word}")]


def test_every_page_and_act_has_words() -> None:
    for page in PAGES.values():
        assert has(f"console.{page.name}.heading"), page
        for act in page.acts if issubclass(page, DetailAdmin) else ():
            for part in ("title", "text", "button", "done"):
                assert has(f"console.{act.name}.{part}"), act
