"""`/api/v1/signals/`, `/api/v1/subjects/…`, `/api/v1/status/`."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.lifecycle import read_clock
from fallbacks.incidents import current_status
from identity.actions.ground import with_presence
from identity.api import shapes
from identity.api.actions import ApiView
from identity.api.authentication import application_of
from identity.api.batches import read_batch
from identity.api.parsing import SignalsParser
from identity.api.representation import status_json
from identity.api.serializers import TypeQuery, given
from identity.errors import NotFound, UnknownActionType
from identity.reachability import reach_of
from presence.ingest import ingest_signals
from presence.models import SignalSource


class SignalsView(ApiView):
    """Tell what was observed."""

    scope = "signals"
    parser_classes = [SignalsParser]

    @extend_schema(request=shapes.SignalBatch, responses=shapes.answers(shapes.SignalResult, 202))
    def post(self, request: Request) -> Response:
        """Store the good signals, name the others by index and code. 202 even if all are bad."""
        batch = read_batch(request.data)
        rejected = dict(batch.rejected)
        for refused in ingest_signals(batch.signals, SignalSource.APPLICATION):
            rejected[batch.where[refused.index]] = refused.code
        return Response(
            {
                "accepted": len(batch.signals) + len(batch.rejected) - len(rejected),
                "rejected": [
                    {"index": index, "code": code} for index, code in sorted(rejected.items())
                ],
            },
            status=202,
        )


class AvailabilityView(ApiView):
    """Whether a person can answer, for what the question names."""

    scope = "read"

    @extend_schema(parameters=[TypeQuery], responses=shapes.answers(shapes.Availability, 200))
    def get(self, request: Request, subject: str) -> Response:
        """State, reasons and the four contextual flags (P3). Without a type: for an ordinary
        one, and no asynchronous path is promised."""
        query = TypeQuery(data=given(request))
        query.is_valid(raise_exception=True)
        person = with_presence(subject)
        if person is None:
            raise NotFound
        kind = query.action_type()
        if kind is None and "type" in query.validated_data:
            raise UnknownActionType(type=query.validated_data["type"])
        found = reach_of(
            person,
            kind,
            read_clock(),
            session=query.validated_data.get("session") or "",
            application=application_of(request),
        )
        return Response(
            {
                "state": found.availability.state.value,
                "since": found.since,
                "reasons": [reason.value for reason in found.availability.reasons],
                "can_receive_push": found.flags.can_receive_push,
                "backup_factor_reachable": found.flags.backup_factor_reachable,
                "session_fresh": found.flags.session_fresh,
                "async_allowed": found.flags.async_allowed,
                "expires_at": found.availability.changes_at,
            }
        )


class StatusView(APIView):
    """The public status: no token, no cookie."""

    permission_classes = [AllowAny]
    authentication_classes: list[type] = []

    @extend_schema(responses={200: shapes.PublicStatus}, auth=[])
    def get(self, request: Request) -> Response:
        """Mode, open incidents, what works, what fails, what to do, next update."""
        return Response(status_json(current_status()))
