"""The shapes of answers, for the OpenAPI document only."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiResponse, inline_serializer
from rest_framework import serializers as s

from identity.api.serializers import SignalIn
from identity.messages import all_ids
from identity.states import Status

PROBLEM = ("4XX", "application/problem+json")
"""Every refusal, in the media type of RFC 9457."""


def codes() -> list[str]:
    """Every stable error code: those that have words."""
    return sorted(
        name.split(".")[1]
        for name in all_ids()
        if name.startswith("error.") and name.endswith(".title")
    )


def _reason() -> s.Serializer:
    return inline_serializer("Reason", {"code": s.CharField(), "text": s.CharField()}, many=True)


def problem() -> OpenApiResponse:
    """RFC 9457 problem details."""
    return OpenApiResponse(
        inline_serializer(
            "Problem",
            {
                "type": s.CharField(),
                "title": s.CharField(),
                "status": s.IntegerField(),
                "detail": s.CharField(),
                "code": s.ChoiceField(choices=codes()),
                "errors": inline_serializer(
                    "FieldError", {"pointer": s.CharField(), "code": s.CharField()}, many=True
                ),
            },
        ),
        description="application/problem+json",
    )


def _action_fields() -> dict[str, Any]:
    return {
        "id": s.UUIDField(),
        "type": s.CharField(),
        "subject": s.CharField(),
        "status": s.ChoiceField(choices=[status.value for status in Status]),
        "outcome": s.CharField(),
        "mode": s.CharField(),
        "read_only": s.BooleanField(),
        "message": inline_serializer(
            "Message",
            {
                "code": s.CharField(),
                "title": s.CharField(),
                "body": s.CharField(),
                "next_step": s.CharField(),
                "eta": s.DateTimeField(allow_null=True),
            },
        ),
        "decision": inline_serializer(
            "DecisionOfAction",
            {
                "id": s.UUIDField(),
                "policy_version": s.IntegerField(),
                "rule": s.CharField(),
                "reasons": _reason(),
            },
        ),
        "challenge": inline_serializer(
            "Challenge",
            {
                "factor": s.CharField(),
                "number": s.CharField(required=False),
                "expires_at": s.DateTimeField(),
            },
            allow_null=True,
        ),
        "resume_url": s.URLField(),
        "return_url": s.URLField(allow_null=True),
        "created_at": s.DateTimeField(),
        "updated_at": s.DateTimeField(),
        "expires_at": s.DateTimeField(allow_null=True),
        "next_attempt_at": s.DateTimeField(allow_null=True),
        "confirm_by": s.DateTimeField(allow_null=True),
        "joined": s.BooleanField(required=False),
    }


def action_responses(*statuses: int) -> dict[Any, Any]:
    """An action, or a problem."""
    good: dict[Any, Any] = {
        status: inline_serializer("Action", _action_fields()) for status in statuses
    }
    return {**good, PROBLEM: problem()}


def action_page() -> dict[Any, Any]:
    """A page of actions."""
    fields: dict[str, Any] = {
        "next": s.URLField(allow_null=True),
        "previous": s.URLField(allow_null=True),
        "results": inline_serializer("Action", _action_fields(), many=True),
    }
    return {200: inline_serializer("ActionPage", fields), PROBLEM: problem()}


def _explanation_fields() -> dict[str, Any]:
    return {
        "inputs": s.DictField(child=s.CharField()),
        "policy_version": s.IntegerField(),
        "rule": s.CharField(),
        "outcome": s.CharField(),
        "reasons": _reason(),
        "would_change": inline_serializer(
            "Change",
            {"change": s.CharField(), "outcome": s.CharField(), "text": s.CharField()},
            many=True,
        ),
    }


def explanation() -> dict[Any, Any]:
    """Why, and what would change it."""
    return {200: inline_serializer("Explanation", _explanation_fields()), PROBLEM: problem()}


def decision() -> dict[Any, Any]:
    """A rehearsed decision."""
    fields: dict[str, Any] = {
        "policy_version": s.IntegerField(),
        "rule": s.CharField(),
        "outcome": s.CharField(),
        "mode": s.CharField(),
        "reasons": _reason(),
        "explanation": inline_serializer("Explanation", _explanation_fields()),
    }
    return {200: inline_serializer("Decision", fields), PROBLEM: problem()}


def events() -> dict[Any, Any]:
    """The events of an action."""
    event = inline_serializer(
        "Event",
        {
            "id": s.IntegerField(),
            "name": s.CharField(),
            "at": s.DateTimeField(),
            "from": s.CharField(allow_null=True),
            "to": s.CharField(allow_null=True),
            "reason": s.CharField(allow_null=True),
        },
        many=True,
    )
    return {200: inline_serializer("Events", {"results": event}), PROBLEM: problem()}


def signals_in() -> Any:
    """A batch of signals."""
    return inline_serializer("SignalBatch", {"signals": SignalIn(many=True)})


def signals_out() -> dict[Any, Any]:
    """What became of a batch."""
    rejected = inline_serializer(
        "Rejected", {"index": s.IntegerField(), "code": s.CharField()}, many=True
    )
    fields: dict[str, Any] = {"accepted": s.IntegerField(), "rejected": rejected}
    return {202: inline_serializer("SignalResult", fields), PROBLEM: problem()}


def availability() -> dict[Any, Any]:
    """Availability in context."""
    fields: dict[str, Any] = {
        "state": s.CharField(),
        "since": s.DateTimeField(allow_null=True),
        "reasons": s.ListField(child=s.CharField()),
        "can_receive_push": s.BooleanField(),
        "backup_factor_reachable": s.BooleanField(),
        "session_fresh": s.BooleanField(),
        "async_allowed": s.BooleanField(),
        "expires_at": s.DateTimeField(allow_null=True),
    }
    return {200: inline_serializer("Availability", fields), PROBLEM: problem()}


def status() -> dict[Any, Any]:
    """The public status."""
    fields: dict[str, Any] = {
        "mode": s.CharField(),
        "incidents": s.ListField(child=s.DictField()),
        "works": s.ListField(child=s.CharField()),
        "fails": s.ListField(child=s.CharField()),
        "what_to_do": s.ListField(child=s.CharField()),
        "next_update": s.DateTimeField(allow_null=True),
    }
    return {200: inline_serializer("Status", fields)}
