"""Presence: signals, availability, quiet hours."""

from __future__ import annotations

from django.apps import AppConfig


class PresenceConfig(AppConfig):
    """The lowest app: it knows people only by key, and nothing of actions or factors."""

    name = "presence"
    default_auto_field = "django.db.models.BigAutoField"
