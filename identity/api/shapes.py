"""The shapes of answers, for the OpenAPI document only."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import inline_serializer
from rest_framework import serializers as s

from identity.api.serializers import SignalIn
from identity.messages import all_ids
from identity.policy.decision import READ_SCOPES
from identity.states import Status

CODES = sorted(
    name.split(".")[1]
    for name in all_ids()
    if name.startswith("error.") and name.endswith(".title")
)
"""Every stable error code: those that have words."""


class ClientCredentials(OpenApiAuthenticationExtension):
    """How an application shows who it is."""

    target_class = "identity.api.authentication.ApplicationAuthentication"
    name = "client_credentials"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """OAuth 2.0 client credentials."""
        scopes = {
            "actions": "Ask for actions",
            "signals": "Send signals",
            "read": "Read availability",
        }
        flow = {"tokenUrl": "/oauth/token/", "scopes": scopes}
        return {"type": "oauth2", "flows": {"clientCredentials": flow}}


class FieldError(s.Serializer):
    """Where a body is wrong."""

    pointer = s.CharField()
    code = s.CharField()


class Problem(s.Serializer):
    """RFC 9457 problem details."""

    type = s.CharField()
    title = s.CharField()
    status = s.IntegerField()
    detail = s.CharField()
    code = s.ChoiceField(choices=CODES)
    errors = FieldError(many=True, required=False)  # type: ignore[assignment]


class Reason(s.Serializer):
    """A reason code with its sentence."""

    code = s.CharField()
    text = s.CharField()


class Message(s.Serializer):
    """What to tell the person."""

    code = s.CharField()
    title = s.CharField()
    body = s.CharField()
    next_step = s.CharField()
    eta = s.DateTimeField(allow_null=True)


class DecisionOfAction(s.Serializer):
    """Which decision the action stands on; while it is held read-only, what goes on meanwhile."""

    id = s.UUIDField()
    policy_version = s.IntegerField()
    rule = s.CharField()
    reasons = Reason(many=True)
    read_scope = s.ListField(child=s.ChoiceField(choices=sorted(READ_SCOPES)), required=False)


class Challenge(s.Serializer):
    """The live challenge; `number` is what the application shows for number matching."""

    factor = s.CharField()
    number = s.CharField(required=False)
    expires_at = s.DateTimeField()


class Action(s.Serializer):
    """An action."""

    id = s.UUIDField()
    type = s.CharField()
    subject = s.CharField()
    status = s.ChoiceField(choices=[status.value for status in Status])
    outcome = s.CharField()
    mode = s.CharField()
    read_only = s.BooleanField()  # type: ignore[assignment]
    message = Message()
    decision = DecisionOfAction()
    challenge = Challenge(allow_null=True)
    resume_url = s.CharField()
    return_url = s.CharField(allow_null=True)
    created_at = s.DateTimeField()
    updated_at = s.DateTimeField()
    expires_at = s.DateTimeField(allow_null=True)
    next_attempt_at = s.DateTimeField(allow_null=True)
    confirm_by = s.DateTimeField(allow_null=True)
    joined = s.BooleanField(required=False)


class ActionPage(s.Serializer):
    """A page of actions."""

    next = s.CharField(allow_null=True)
    previous = s.CharField(allow_null=True)
    results = Action(many=True)


class Change(s.Serializer):
    """One change that would alter the outcome."""

    change = s.CharField()
    outcome = s.CharField()
    text = s.CharField()


class Held(s.Serializer):
    """One time that an action was held, by which rule; `since` is when the reason began."""

    at = s.DateTimeField()
    reason = s.CharField()
    since = s.DateTimeField(allow_null=True)
    policy_version = s.IntegerField()
    rule = s.CharField()


class Wait(s.Serializer):
    """How an action waited, when it is tried again, and why then."""

    held = Held(many=True)
    next_attempt_at = s.DateTimeField(allow_null=True)
    because = s.CharField(allow_null=True)
    text = s.ListField(child=s.CharField())


class Explanation(s.Serializer):
    """Why, what would change it, and how it waited (not for a rehearsal)."""

    inputs = s.DictField(child=s.CharField())
    policy_version = s.IntegerField()
    rule = s.CharField()
    outcome = s.CharField()
    reasons = Reason(many=True)
    would_change = Change(many=True)
    wait = Wait(allow_null=True, required=False)


class Decision(s.Serializer):
    """A rehearsed decision."""

    policy_version = s.IntegerField()
    rule = s.CharField()
    outcome = s.CharField()
    mode = s.CharField()
    reasons = Reason(many=True)
    explanation = Explanation()


# A class body cannot name a field `from`.
Event = type(
    inline_serializer(
        "Event",
        {
            "id": s.IntegerField(),
            "name": s.CharField(),
            "at": s.DateTimeField(),
            "from": s.CharField(allow_null=True),
            "to": s.CharField(allow_null=True),
            "reason": s.CharField(allow_null=True),
        },
    )
)


class Events(s.Serializer):
    """The events of an action, oldest first."""

    results = Event(many=True)


class SignalBatch(s.Serializer):
    """A batch of up to 1,000 signals."""

    signals = SignalIn(many=True)


class Rejected(s.Serializer):
    """A signal that was not stored."""

    index = s.IntegerField()
    code = s.CharField()


class SignalResult(s.Serializer):
    """What became of a batch."""

    accepted = s.IntegerField()
    rejected = Rejected(many=True)


class Availability(s.Serializer):
    """Availability in context (P3)."""

    state = s.CharField()
    since = s.DateTimeField(allow_null=True)
    reasons = s.ListField(child=s.CharField())
    can_receive_push = s.BooleanField()
    backup_factor_reachable = s.BooleanField()
    session_fresh = s.BooleanField()
    async_allowed = s.BooleanField()
    expires_at = s.DateTimeField(allow_null=True)


class StoredSignal(s.Serializer):
    """One signal as it is stored."""

    id = s.IntegerField()
    kind = s.CharField()
    value = s.CharField()
    device = s.UUIDField(allow_null=True)
    source = s.CharField()  # type: ignore[assignment]
    observed_at = s.DateTimeField()
    received_at = s.DateTimeField()


class PresenceHistory(s.Serializer):
    """What happened to the person's presence data; never the data."""

    name = s.CharField()
    at = s.DateTimeField()
    reason = s.CharField(allow_null=True)


class PresenceChoices(s.Serializer):
    """What the person chose, column by column."""

    subject = s.CharField()
    choices = s.DictField()
    consents = s.DictField()
    channels = s.DictField()


class PresenceCopy(PresenceChoices):
    """Everything that presence stores about a person."""

    exported_at = s.DateTimeField()
    signals = StoredSignal(many=True)
    concluded = s.DictField(allow_null=True)
    history = PresenceHistory(many=True)


class PublicStatus(s.Serializer):
    """The public status."""

    mode = s.CharField()
    incidents = s.ListField(child=s.DictField())
    works = s.ListField(child=s.CharField())
    fails = s.ListField(child=s.CharField())
    what_to_do = s.ListField(child=s.CharField())
    next_update = s.DateTimeField(allow_null=True)


def answers(shape: type[s.Serializer] | None, *statuses: int) -> dict[Any, Any]:
    """`shape` under each good status, and a problem in the media type of RFC 9457."""
    return {**dict.fromkeys(statuses, shape), ("4XX", "application/problem+json"): Problem}
