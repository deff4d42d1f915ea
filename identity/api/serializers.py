"""The shapes of requests: exact types, known fields, bounded lengths."""

from __future__ import annotations

import ipaddress
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from identity.actions.requesting import ActionRequest
from identity.context import coarsen
from identity.models import ActionType
from identity.states import Status

OPTIONAL: dict[str, Any] = {"required": False, "allow_null": True}
"""A field that may be left out; null says the same."""


class Text(serializers.CharField):
    """A JSON string and nothing that merely looks like one: no number, no boolean, no list."""

    def to_internal_value(self, data: Any) -> str:
        """Raises a validation error for anything but printable text."""
        if not isinstance(data, str):
            self.fail("invalid")
        value: str = super().to_internal_value(data)
        if not value.isprintable():
            self.fail("invalid")
        return value


class AsNumber(Text):
    """An autonomous system's number: `"AS3243"`, `"3243"` or 3243."""

    def to_internal_value(self, data: Any) -> str:
        """Raises a validation error for anything else than text or an integer."""
        number = isinstance(data, int) and not isinstance(data, bool)
        return super().to_internal_value(str(data) if number else data)


class Whole(serializers.IntegerField):
    """A JSON integer: no string, no boolean, no fraction."""

    def to_internal_value(self, data: Any) -> int:
        """Raises a validation error for anything but an integer."""
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("invalid")
        value: int = super().to_internal_value(data)
        return value


class Moment(serializers.DateTimeField):
    """A time with its offset (RFC 3339); a time without one is refused."""

    def to_internal_value(self, value: Any) -> Any:
        """Raises a validation error for a time that names no zone."""
        if not isinstance(value, str) or not (
            value.endswith(("Z", "z")) or "+" in value[10:] or "-" in value[10:]
        ):
            self.fail("invalid", format="RFC 3339")
        try:
            return super().to_internal_value(value)
        except OverflowError:
            self.fail("invalid", format="RFC 3339")


class Strict(serializers.Serializer):
    """A field that the contract does not name is refused."""

    def to_internal_value(self, data: Any) -> Any:
        """Raises a validation error naming each unknown field."""
        if isinstance(data, dict):
            unknown = sorted(set(map(str, data)) - set(self.fields))
            if unknown:
                raise serializers.ValidationError(
                    {name[:60]: ["Unknown field."] for name in unknown}, code="unknown_field"
                )
        return super().to_internal_value(data)


class ContextIn(Strict):
    """Where the request came from; coarsened on receipt, never stored as it is."""

    ip = Text(**OPTIONAL, max_length=45)
    asn = AsNumber(**OPTIONAL, max_length=12)
    country = Text(**OPTIONAL, max_length=2, min_length=2)
    user_agent = Text(**OPTIONAL, max_length=512)

    def validate_ip(self, value: str | None) -> str | None:
        """An address that cannot be read is refused, not taken for unknown (F08)."""
        try:
            ipaddress.ip_address(value or "0.0.0.0")  # noqa: S104 (nothing listens: null is unknown)
        except ValueError as error:
            raise serializers.ValidationError("Not an address.") from error
        return value


class ActionIn(Strict):
    """`POST actions/` and `POST decisions/`."""

    type = Text(max_length=40)
    subject = Text(max_length=150)
    payload = serializers.JSONField()
    session = Text(**OPTIONAL, max_length=64)
    device = Text(**OPTIONAL, max_length=64)
    context = ContextIn(**OPTIONAL)  # type: ignore[assignment]
    binding_message = Text(**OPTIONAL, max_length=120, allow_blank=True)
    requested_expiry = Whole(**OPTIONAL, min_value=1, max_value=31_536_000)
    return_url = Text(**OPTIONAL, max_length=500)

    def to_request(self) -> ActionRequest:
        """The validated body as the use case takes it."""
        data = self.validated_data
        context = data.get("context") or {}
        return ActionRequest(
            type=data["type"],
            subject=data["subject"],
            payload=data["payload"],
            context=coarsen(**{name: value or "" for name, value in context.items()}),
            session=data.get("session") or "",
            device=data.get("device") or "",
            binding_message=data.get("binding_message") or "",
            requested_expiry=data.get("requested_expiry"),
            return_url=data.get("return_url") or "",
        )


class SignalIn(Strict):
    """One item of `POST signals/`."""

    subject = Text(max_length=150)
    device = Text(**OPTIONAL, max_length=64)
    kind = Text(max_length=20)
    observed_at = Moment()
    value = Text(**OPTIONAL, max_length=20, allow_blank=True)


class ListQuery(Strict):
    """The query of `GET actions/`."""

    status = serializers.ChoiceField(choices=[status.value for status in Status], required=False)
    subject = Text(**OPTIONAL, max_length=150)
    cursor = Text(**OPTIONAL, max_length=200)


class TypeQuery(Strict):
    """The query of a question that names an action type."""

    type = Text(**OPTIONAL, max_length=40)

    def action_type(self) -> ActionType | None:
        """The type that was named, if one was."""
        name = self.validated_data.get("type")
        return ActionType.objects.filter(pk=name).first() if name else None


def given(request: Request) -> dict[str, str]:
    """The query of a request; a parameter without a value says nothing."""
    return {name: value for name, value in request.query_params.dict().items() if value}
