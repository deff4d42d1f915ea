"""Identity: people, applications, policy, actions, and what users and applications see."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class IdentityConfig(AppConfig):
    """The top app. Its listeners are registered when it is ready, after the lower apps."""

    name = "identity"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let every domain event be recorded, and hear what the lower apps tell."""
        from identity import audit, listeners, mailing

        audit.register()
        listeners.register()
        mailing.register()
        post_migrate.connect(_equip, sender=self)


def _equip(**kwargs: object) -> None:
    """A migrated database can work at once: the staff's roles, the shipped action types,
    and a policy if there is none."""
    from identity.policy_activation import install_default_policy
    from identity.roles import sync_roles
    from identity.shipped_types import install_shipped_types

    sync_roles()
    install_shipped_types()
    install_default_policy()
