"""Fallbacks: factors, challenges, the ladder, and where people decide."""

from __future__ import annotations

from django.apps import AppConfig


class FallbacksConfig(AppConfig):
    """Stands on presence; tells identity what happened by domain events."""

    name = "fallbacks"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let every factor and every channel whose module is here be used."""
        from fallbacks import backup_codes, sent_factors, support, totp  # noqa: F401 (a module registers itself)
        from fallbacks.channels import mail, texts  # noqa: F401
        from fallbacks.push import answers  # noqa: F401
        from fallbacks.security_keys import credentials  # noqa: F401
