"""`/api/v1/subjects/{id}/presence/`: a copy, correction and deletion of presence data (P7)."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

from identity.api import shapes
from identity.api.actions import ApiView
from identity.api.authentication import application_of
from identity.api.serializers import PresenceIn
from identity.errors import NotFound
from identity.models import User
from identity.own_data import presence_choices, presence_export
from presence.rights import correct_presence, delete_presence


class PresenceView(ApiView):
    """What is stored about how to reach a person. Reading needs `read`, the rest `signals`."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Name the scope before it is asked for."""
        self.scope = "read" if request.method in SAFE_METHODS else "signals"
        super().initial(request, *args, **kwargs)

    @extend_schema(
        operation_id="presence_export", responses=shapes.answers(shapes.PresenceCopy, 200)
    )
    def get(self, request: Request, subject: str) -> Response:
        """Everything that is stored, newest signal first; that it was asked for is recorded."""
        actor = application_of(request).client_id
        return Response(presence_export(_person(subject), actor=actor))

    @extend_schema(
        operation_id="presence_correct",
        request=PresenceIn,
        responses=shapes.answers(shapes.PresenceChoices, 200),
    )
    def patch(self, request: Request, subject: str) -> Response:
        """Correct what is wrong, all of it or nothing. Consent and channels can only be taken
        back here; giving them is the person's own act."""
        person = _person(subject)
        body = PresenceIn(data=request.data)
        body.is_valid(raise_exception=True)
        correct_presence(person.pk, body.to_correction(), actor=application_of(request).client_id)
        return Response(presence_choices(person))

    @extend_schema(
        operation_id="presence_delete", request=None, responses=shapes.answers(None, 204)
    )
    def delete(self, request: Request, subject: str) -> Response:
        """Delete signals and conclusions. What the person chose stays, and so do their actions."""
        delete_presence(_person(subject).pk, actor=application_of(request).client_id)
        return Response(status=204)


def _person(subject: str) -> User:
    """The active person of that name. Raises NotFound."""
    found = User.objects.filter(username=subject, is_active=True).first()
    if found is None:
        raise NotFound
    return found
