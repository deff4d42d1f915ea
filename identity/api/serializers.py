"""The shapes of requests: exact types, known fields, bounded lengths."""

from __future__ import annotations

import ipaddress
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from identity.actions.naming import ActionRequest
from identity.api.errors import OnlyThePerson
from identity.context import coarsen
from identity.models import ActionType
from identity.states import Status
from presence.purposes import Channel, Purpose
from presence.rights import Correction, QuietHours

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


class Flag(serializers.BooleanField):
    """A JSON boolean: no string, no number."""

    def to_internal_value(self, data: Any) -> bool:
        """Raises a validation error for anything but true and false."""
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


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


class QuietHoursIn(Strict):
    """Weekly quiet hours on the person's clock; no days means none."""

    days = serializers.ListField(child=Whole(min_value=0, max_value=6), max_length=7)
    start = serializers.TimeField(**OPTIONAL, format="%H:%M", input_formats=["%H:%M"])
    end = serializers.TimeField(**OPTIONAL, format="%H:%M", input_formats=["%H:%M"])


class ConsentsIn(Strict):
    """Purposes of presence data; an application may only say false."""

    reachability = Flag(required=False)
    page_signals = Flag(required=False)
    metrics = Flag(required=False)


class ChannelsIn(Strict):
    """Channels of prompts; an application may only say false."""

    push = Flag(required=False)
    email = Flag(required=False)
    sms = Flag(required=False)


class PresenceIn(Strict):
    """`PATCH subjects/{id}/presence/`; null empties, whatever is left out stays."""

    zone = Text(required=False, max_length=64)
    do_not_disturb_until = Moment(**OPTIONAL)
    away_until = Moment(**OPTIONAL)
    quiet_hours = QuietHoursIn(**OPTIONAL)
    here = Flag(required=False)
    consents = ConsentsIn(required=False)
    channels = ChannelsIn(required=False)

    def to_correction(self) -> Correction:
        """The validated body as the use case takes it. Raises OnlyThePerson."""
        data = self.validated_data
        withdraw, without = data.get("consents", {}), data.get("channels", {})
        if any((*withdraw.values(), *without.values())):
            raise OnlyThePerson
        names = ("zone", "do_not_disturb_until", "away_until", "here")
        given: dict[str, Any] = {name: data[name] for name in names if name in data}
        if "quiet_hours" in data:
            hours = data["quiet_hours"] or {"days": []}
            given["quiet_hours"] = QuietHours(
                tuple(hours["days"]), hours.get("start"), hours.get("end")
            )
        return Correction(
            **given,
            withdraw=tuple(Purpose(name) for name in withdraw),
            without=tuple(Channel(name) for name in without),
        )


class ListQuery(Strict):
    """The query of `GET actions/`."""

    status = serializers.ChoiceField(choices=[status.value for status in Status], required=False)
    subject = Text(**OPTIONAL, max_length=150)
    cursor = Text(**OPTIONAL, max_length=200)


class TypeQuery(Strict):
    """The query of a question that names an action type."""

    type = Text(**OPTIONAL, max_length=40)
    session = Text(**OPTIONAL, max_length=64)

    def action_type(self) -> ActionType | None:
        """The type that was named, if one was."""
        name = self.validated_data.get("type")
        return ActionType.objects.filter(pk=name).first() if name else None


def given(request: Request) -> dict[str, str]:
    """The query of a request; a parameter without a value says nothing."""
    return {name: value for name, value in request.query_params.dict().items() if value}
