"""`/api/v1/actions/` and `/api/v1/decisions/`."""

from __future__ import annotations

import re
import uuid
from dataclasses import replace
from typing import Any

from django.utils.dateparse import parse_datetime
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions
from rest_framework.pagination import CursorPagination
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.lifecycle import read_clock
from fallbacks.factors import enrolled_names
from identity.actions.ending import cancel_action
from identity.actions.explaining import explain
from identity.actions.naming import read_request
from identity.actions.requesting import fingerprint_of, request_action
from identity.actions.situation import assess
from identity.actions.views import history
from identity.actions.waiting import wait_of
from identity.actions.waiting_in_words import sentences_of
from identity.active_policy import policy_numbered
from identity.api import shapes
from identity.api.authentication import HasScope, application_of
from identity.api.errors import InvalidCursor
from identity.api.parsing import StrictJSONParser
from identity.api.representation import (
    action_json,
    challenges_of,
    event_json,
    reasons_in_words,
    wait_json,
    zone_of,
)
from identity.api.serializers import ActionIn, ListQuery, given
from identity.database import once_more_when_away
from identity.errors import InvalidIdempotencyKey, MissingIdempotencyKey, NotFound
from identity.models import Action, Application, Event, PolicyVersion
from identity.payloads import checked_payload
from identity.policy.errors import PolicyError
from identity.values import value_band

_KEY = re.compile(r"[\x21-\x7e]{1,255}")


class ApiView(APIView):
    """A call of the API: the scope it needs is named, or it is closed."""

    permission_classes = [HasScope]
    parser_classes: list[type[BaseParser]] = [StrictJSONParser]
    scope = ""


def own_action(application: Application, action_id: uuid.UUID) -> Action:
    """The application's own action. Raises NotFound for another's, as for none at all."""
    found = (
        Action.objects.select_related("subject__preference")
        .filter(pk=action_id, application=application)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def shown(action: Action) -> dict[str, Any]:
    """The action as it stands now."""
    return action_json(action, challenges_of([action]).get(action.pk), read_clock())


def idempotency_key(request: Request) -> str:
    """The key of the request. Raises MissingIdempotencyKey, InvalidIdempotencyKey."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        raise MissingIdempotencyKey
    if not _KEY.fullmatch(key):
        raise InvalidIdempotencyKey
    return key


class NewestFirst(CursorPagination):
    """Pages that stay right while new actions arrive."""

    page_size = 50
    ordering = ("-created_at", "-id")

    def decode_cursor(self, request: Request) -> Any:
        """Raises InvalidCursor for a cursor that we did not make."""
        try:
            cursor = super().decode_cursor(request)
            good = cursor is None or not cursor.position or parse_datetime(str(cursor.position))
        except (exceptions.NotFound, ValueError) as error:
            raise InvalidCursor from error
        if not good:
            raise InvalidCursor
        return cursor


class ActionsView(ApiView):
    """Ask for an action; list the actions of the application."""

    scope = "actions"

    @extend_schema(
        request=ActionIn,
        responses=shapes.answers(shapes.Action, 201, 200),
        parameters=[
            OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, required=True)
        ],
    )
    def post(self, request: Request) -> Response:
        """Ask. 201 for a new action, 200 for the same key and body, or an equal open one."""
        key = idempotency_key(request)
        body = ActionIn(data=request.data)
        body.is_valid(raise_exception=True)
        application, asked = application_of(request), body.to_request()
        fingerprint = fingerprint_of(body.initial_data)
        done = once_more_when_away(
            lambda: request_action(application, asked, key=key, fingerprint=fingerprint)
        )
        challenge = challenges_of([done.action]).get(done.action.pk)
        data = action_json(done.action, challenge, done.at)
        if done.joined:
            data["joined"] = True
        return Response(data, status=201 if done.created else 200)

    @extend_schema(
        operation_id="actions_list",
        responses=shapes.answers(shapes.ActionPage, 200),
        parameters=[ListQuery],
    )
    def get(self, request: Request) -> Response:
        """The application's actions, newest first, by status and subject."""
        query = ListQuery(data=given(request))
        query.is_valid(raise_exception=True)
        rows = Action.objects.filter(application=application_of(request)).select_related(
            "subject__preference"
        )
        if "status" in query.validated_data:
            rows = rows.filter(status=query.validated_data["status"])
        if "subject" in query.validated_data:
            rows = rows.filter(subject__username=query.validated_data["subject"])
        pages = NewestFirst()
        page = pages.paginate_queryset(rows, request, self) or []
        challenges = challenges_of(page)
        now = read_clock()
        return pages.get_paginated_response(
            [action_json(action, challenges.get(action.pk), now) for action in page]
        )


class ActionView(ApiView):
    """One action."""

    scope = "actions"

    @extend_schema(responses=shapes.answers(shapes.Action, 200))
    def get(self, request: Request, action_id: uuid.UUID) -> Response:
        """The action as it stands."""
        return Response(shown(own_action(application_of(request), action_id)))


class CancelView(ApiView):
    """Withdraw an action."""

    scope = "actions"

    @extend_schema(request=None, responses=shapes.answers(shapes.Action, 200))
    def post(self, request: Request, action_id: uuid.UUID) -> Response:
        """Cancel a waiting action; one that was cancelled already is shown as it is."""
        application = application_of(request)
        action = own_action(application, action_id)
        if action.status != "cancelled":
            cancel_action(action_id, application=application)
        return Response(shown(own_action(application, action_id)))


class ExplanationView(ApiView):
    """Why an action stands where it stands."""

    scope = "actions"

    @extend_schema(responses=shapes.answers(shapes.Explanation, 200))
    def get(self, request: Request, action_id: uuid.UUID) -> Response:
        """Inputs, rule, reasons, what would change the answer, and how it waited."""
        action = own_action(application_of(request), action_id)
        try:
            policy = policy_numbered(action.policy_number)
        except (PolicyError, PolicyVersion.DoesNotExist):
            policy = None
        found = explain(
            action.facts,
            action.reasons,
            action.policy_number,
            policy,
            action.rule,
            action.outcome,
            enrolled_names(action.subject_id),
        )
        zone, now = zone_of(action.subject), read_clock()
        wait = wait_of(action, history(action), now, zone)
        told = wait_json(wait, sentences_of(action, wait, now, zone)) if wait else None
        return Response({**found, "wait": told})


class EventsView(ApiView):
    """What happened to an action."""

    scope = "actions"

    @extend_schema(responses=shapes.answers(shapes.Events, 200))
    def get(self, request: Request, action_id: uuid.UUID) -> Response:
        """All events of the action, oldest first."""
        action = own_action(application_of(request), action_id)
        rows = Event.objects.filter(action_id=action.pk).order_by("id")
        return Response({"results": [event_json(row) for row in rows]})


class DecisionsView(ApiView):
    """A rehearsal: what would be decided."""

    scope = "actions"

    @extend_schema(request=ActionIn, responses=shapes.answers(shapes.Decision, 200))
    def post(self, request: Request) -> Response:
        """The decision about a request that is not made; nothing is stored."""
        body = ActionIn(data=request.data)
        body.is_valid(raise_exception=True)
        asked = read_request(body.to_request())
        payload = checked_payload(body.validated_data["payload"], asked.type.payload)
        asked = replace(
            asked,
            application_id=application_of(request).pk,
            value=value_band(payload, asked.type.value_rule),
        )
        situation = assess(asked, read_clock())
        decision, words = situation.decision, situation.facts.words()
        return Response(
            {
                "policy_version": situation.policy.number,
                "rule": decision.rule_id,
                "outcome": decision.outcome.value,
                "mode": situation.mode,
                "reasons": reasons_in_words(situation.reasons),
                "explanation": explain(
                    words,
                    list(situation.reasons),
                    situation.policy.number,
                    situation.policy,
                    decision.rule_id,
                    decision.outcome.value,
                    situation.factors,
                ),
            }
        )
