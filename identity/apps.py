"""Identity: people, applications, policy, actions, and what users and applications see."""

from __future__ import annotations

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    """The top app. Its listeners are registered when it is ready, after the lower apps."""

    name = "identity"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let every domain event be recorded, and hear what the lower apps tell."""
        from identity import audit, listeners

        audit.register()
        listeners.register()
