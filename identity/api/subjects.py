"""`/api/v1/signals/`, `/api/v1/subjects/…`, `/api/v1/status/`."""

from __future__ import annotations

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
from identity.api.batches import read_batch
from identity.api.parsing import SignalsParser
from identity.api.representation import status_json
from identity.api.serializers import TypeQuery, given
from identity.errors import NotFound, UnknownActionType
from identity.models import User
from identity.policy.decision import Outcome
from presence.availability import availability_of
from presence.consents import channels_in
from presence.ingest import ingest_signals
from presence.models import Preference, Presence, SignalSource
from presence.purposes import Channel
from presence.states import State

ASYNC_OUTCOMES = frozenset({Outcome.QUEUE, Outcome.READ_ONLY, Outcome.CHALLENGE, Outcome.FALLBACK})


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
