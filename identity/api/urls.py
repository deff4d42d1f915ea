"""The addresses of the API."""

from __future__ import annotations

from django.urls import path, re_path
from drf_spectacular.views import SpectacularAPIView

from identity.api.actions import (
    ActionsView,
    ActionView,
    CancelView,
    DecisionsView,
    EventsView,
    ExplanationView,
)
from identity.api.presence import PresenceView
from identity.api.problems import api_not_found
from identity.api.subjects import AvailabilityView, SignalsView, StatusView

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(permission_classes=[]), name="schema"),
    path("actions/", ActionsView.as_view()),
    path("actions/<uuid:action_id>/", ActionView.as_view()),
    path("actions/<uuid:action_id>/cancel/", CancelView.as_view()),
    path("actions/<uuid:action_id>/explanation/", ExplanationView.as_view()),
    path("actions/<uuid:action_id>/events/", EventsView.as_view()),
    path("decisions/", DecisionsView.as_view()),
    path("signals/", SignalsView.as_view()),
    path("subjects/<str:subject>/availability/", AvailabilityView.as_view()),
    path("subjects/<str:subject>/presence/", PresenceView.as_view()),
    path("status/", StatusView.as_view()),
    re_path(r"^.*$", api_not_found),
]
