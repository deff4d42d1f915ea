"""`/api/v1/signals/`, `/api/v1/subjects/…`, `/api/v1/status/`."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.lifecycle import read_clock
from fallbacks.factors import enrolled_names
from fallbacks.incidents import current_status
from identity.actions.situation import Asked, assess, with_presence
from identity.api import shapes
from identity.api.actions import ApiView
from identity.api.errors import InvalidRequest, TooManyItems
from identity.api.parsing import SignalsParser
from identity.api.problems import flat_errors
from identity.api.representation import status_json
from identity.api.serializers import SignalIn, TypeQuery, given
from identity.errors import NotFound, UnknownActionType
from identity.models import Device, User
from identity.policy.decision import Outcome
from presence import ingest
from presence.availability import availability_of
from presence.consents import channels_in
from presence.models import Preference, Presence, SignalSource
from presence.purposes import Channel
from presence.states import State

MOST = 1000
"""Signals in one batch."""

ASYNC_OUTCOMES = frozenset({Outcome.QUEUE, Outcome.READ_ONLY, Outcome.CHALLENGE, Outcome.FALLBACK})


class SignalsView(ApiView):
    """Tell what was observed."""

    scope = "signals"
    parser_classes = [SignalsParser]

    @extend_schema(request=shapes.SignalBatch, responses=shapes.answers(shapes.SignalResult, 202))
    def post(self, request: Request) -> Response:
        """Store the good signals, name the others by index and code. 202 even if all are bad."""
        items = _items(request.data)
        good: list[ingest.SignalIn] = []
        where: list[int] = []
        rejected: dict[int, str] = {}
        names = {
            item["subject"]
            for item in items
            if isinstance(item, dict) and isinstance(item.get("subject"), str)
        }
        people = dict(
            User.objects.filter(username__in=list(names), is_active=True).values_list(
                "username", "pk"
            )
        )
        devices = _devices(items)
        for index, item in enumerate(items):
            shape = SignalIn(data=item)
            if not shape.is_valid():
                rejected[index] = _shape_code(item, shape.errors)
                continue
            data = shape.validated_data
            person = people.get(data["subject"])
            if person is None:
                rejected[index] = "unknown_subject"
                continue
            owners = devices.get(data.get("device") or "", {})
            if owners and person not in owners:
                rejected[index] = "foreign_device"
                continue
            where.append(index)
            good.append(
                ingest.SignalIn(
                    subject_id=person,
                    kind=data["kind"],
                    observed_at=data["observed_at"],
                    value=data.get("value") or "",
                    device_id=owners.get(person),
                )
            )
        for refused in ingest.ingest_signals(good, SignalSource.APPLICATION):
            rejected[where[refused.index]] = refused.code
        return Response(
            {
                "accepted": len(items) - len(rejected),
                "rejected": [
                    {"index": index, "code": code} for index, code in sorted(rejected.items())
                ],
            },
            status=202,
        )


def _items(data: Any) -> list[Any]:
    if not isinstance(data, dict) or set(data) != {"signals"}:
        raise InvalidRequest(errors=[{"pointer": "#/signals", "code": "required"}])
    items = data["signals"]
    if not isinstance(items, list) or not items:
        raise InvalidRequest(errors=[{"pointer": "#/signals", "code": "not_a_list"}])
    if len(items) > MOST:
        raise TooManyItems(most=MOST)
    return items


def _devices(items: list[Any]) -> dict[str, dict[int, Any]]:
    """Reference → owner → device id, for the devices that the batch names; one query."""
    named = {
        item["device"]
        for item in items
        if isinstance(item, dict) and isinstance(item.get("device"), str)
    }
    if not named:
        return {}
    found: dict[str, dict[int, Any]] = {}
    for row in Device.objects.filter(Q(reference__in=list(named)), status="active"):
        found.setdefault(row.reference, {})[row.user_id] = row.pk
    return found


def _shape_code(item: Any, errors: Any) -> str:
    if isinstance(item, dict):
        if "kind" in errors:
            return "unknown_kind"
        if "value" in errors:
            return "wrong_value"
        if "observed_at" in errors:
            return "wrong_time"
    return flat_errors(errors)[0]["code"] if errors else "invalid"


class AvailabilityView(ApiView):
    """Whether a person can answer, for what the question names."""

    scope = "read"

    @extend_schema(parameters=[TypeQuery], responses=shapes.answers(shapes.Availability, 200))
    def get(self, request: Request, subject: str) -> Response:
        """State, reasons and the four contextual flags (P3). Without a type: for an ordinary
        one, and no asynchronous path is promised."""
        query = TypeQuery(data=given(request))
        query.is_valid(raise_exception=True)
        person = with_presence(username=subject)
        if person is None:
            raise NotFound
        kind = query.action_type()
        if kind is None and "type" in query.validated_data:
            raise UnknownActionType(type=query.validated_data["type"])
        now = read_clock()
        since = Presence.objects.filter(subject_id=person.pk).values_list("since", flat=True)
        if kind is None:
            found = availability_of(person.pk, now=now)
            fresh = deferrable = False
            backup = "backup_code" in enrolled_names(person.pk)
        else:
            situation = assess(Asked(person, kind), now)
            found = situation.availability
            fresh = situation.trust.level.word == "fresh"
            backup = "backup_code" in situation.factors
            deferrable = situation.decision.outcome in ASYNC_OUTCOMES
        return Response(
            {
                "state": found.state.value,
                "since": since.first(),
                "reasons": [reason.value for reason in found.reasons],
                "can_receive_push": found.state == State.AVAILABLE and _takes_push(person),
                "backup_factor_reachable": backup,
                "session_fresh": fresh,
                "async_allowed": deferrable,
                "expires_at": found.changes_at,
            }
        )


def _takes_push(person: User) -> bool:
    preference = getattr(person, "preference", None)
    return Channel.PUSH in channels_in(preference or Preference())


class StatusView(APIView):
    """The public status: no token, no cookie."""

    permission_classes = [AllowAny]
    authentication_classes: list[type] = []

    @extend_schema(responses={200: shapes.PublicStatus}, auth=[])
    def get(self, request: Request) -> Response:
        """Mode, open incidents, what works, what fails, what to do, next update."""
        return Response(status_json(current_status()))
