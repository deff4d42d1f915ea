"""Bringing a version of the policy into force."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.db import transaction
from django.db.models import Max

from config.lifecycle import DomainEvent, announce, read_clock, transition
from identity.models import POLICY_MACHINE, PolicyVersion
from identity.policy.document import parse_policy
from identity.policy.errors import PolicyError
from identity.policy.guardrails import GuardrailBroken, prove
from presence.rules_in_force import put_rules

DEFAULT = Path(__file__).parent / "policies" / "default.yaml"


def install_default_policy() -> PolicyVersion:
    """Make the shipped policy the active one where there is none; the active one otherwise.

    A shipped version of an earlier release that this one cannot read gives way to the shipped
    one of today; a version that people wrote never does. Raises what `parse_policy` raises, and
    GuardrailBroken for a policy that breaks a guardrail (D4): what does not hold is never brought
    into force.
    """
    text = DEFAULT.read_text(encoding="utf-8")
    with transaction.atomic():
        found = PolicyVersion.objects.filter(status=PolicyVersion.Status.ACTIVE).first()
        if found is not None:
            try:
                put_rules(found.number, parse_policy(found.document).presence)
                return found
            except PolicyError:
                if found.author_id is not None:
                    raise
            _retire(found)
        document = parse_policy(text)
        proof = prove(document)
        if not proof.holds:
            raise GuardrailBroken(proof)
        now = read_clock()
        last = PolicyVersion.objects.aggregate(last=Max("number"))["last"] or 0
        version = PolicyVersion.objects.create(
            number=last + 1,
            name=document.version_name,
            status=PolicyVersion.Status.ACTIVE,
            document=text,
            digest=hashlib.sha256(text.encode()).hexdigest(),
            created_at=now,
            activated_at=now,
        )
        announce(
            DomainEvent(
                name="policy.activated",
                kind=POLICY_MACHINE.kind,
                object_id=str(version.pk),
                at=now,
                to_state=version.status,
                **version.event_context(),
            )
        )
        put_rules(version.number, document.presence)
    return version


def _retire(version: PolicyVersion) -> None:
    now = read_clock()
    transition(version, "policy.retired", POLICY_MACHINE, at=now, changes={"retired_at": now})
