"""The roles of the staff, as data: each holds what its work needs and nothing else.

Nobody may add, change or delete what the record is made of. `admin`, the configuration role, is
Django's superuser; it is not a group, so that no group can grow into it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.apps import apps as installed

READ_REQUESTS = frozenset({"identity.view_action", "identity.view_actiontype"})
READ_POLICY = frozenset(
    {"identity.view_policyversion", "identity.view_actiontype", "identity.view_decision"}
)
DRAFT_POLICY = READ_POLICY | {"identity.draft_policy", "identity.return_policy"}
DESK = READ_REQUESTS | {
    "identity.view_user",
    "presence.view_presence",
    "fallbacks.view_incident",
    "fallbacks.view_verificationcase",
    "fallbacks.propose_case",
    "fallbacks.decide_case",
    "fallbacks.view_outboundmessage",
}
SUPPORT = DESK | {
    "identity.view_policyversion",
    "identity.return_policy",
    "identity.sign_policy_support",
}
SECURITY = (
    DESK
    | DRAFT_POLICY
    | {
        "identity.sign_policy_security",
        "identity.activate_policy",
        "fallbacks.view_escalation",
        "fallbacks.resolve_escalation",
        "presence.override_quiet",
        "fallbacks.view_challenge",
        "fallbacks.change_outboundmessage",
        "fallbacks.add_incident",
        "fallbacks.change_incident",
        "identity.view_session",
        "identity.change_session",
        "identity.view_device",
        "identity.view_evidence",
        "identity.view_event",
        "identity.view_delivery",
        "identity.change_delivery",
        "identity.view_sweepattempt",
        "identity.change_sweepattempt",
        "identity.view_endpoint",
        "identity.change_endpoint",
    }
)
AUDITOR = frozenset(
    {
        "admin.view_logentry",
        "fallbacks.view_challenge",
        "fallbacks.view_escalation",
        "fallbacks.view_incident",
        "fallbacks.view_outboundmessage",
        "fallbacks.view_verificationcase",
        "identity.view_action",
        "identity.view_actiontype",
        "identity.view_application",
        "identity.view_decision",
        "identity.view_delivery",
        "identity.view_device",
        "identity.view_endpoint",
        "identity.view_event",
        "identity.view_evidence",
        "identity.view_policyversion",
        "identity.view_session",
        "identity.view_sweepattempt",
        "identity.view_user",
        "presence.view_inventory",
        "presence.view_preference",
        "presence.view_presence",
        "presence.view_signal",
    }
)

ROLES: Mapping[str, frozenset[str]] = {
    "support": SUPPORT,
    "security": SECURITY,
    "compliance": DRAFT_POLICY | {"identity.sign_policy_compliance"},
    "product": DRAFT_POLICY | {"identity.sign_policy_product"},
    "legal": READ_POLICY,
    "auditor": AUDITOR,
}
"""Group name to permissions. `change_session` revokes a session; `change_delivery` and
`change_outboundmessage` send a message again, `change_sweepattempt` has a request tried again that
was put aside, `change_endpoint` calls a closed address again: none of them opens a form, since
those rows have none. The four signatures under a policy are four permissions, and no role holds two
of them (D3)."""


def sync_roles(apps: Any = installed, **_signal: Any) -> None:
    """Make the groups exactly what `ROLES` says; safe to repeat, and to connect to `post_migrate`.

    A migration that stopped before the apps stand leaves nothing to do. Raises LookupError for a
    permission that does not exist: a role is never quietly less, or more, than it says.
    """
    try:
        group_model = apps.get_model("auth", "Group")
        permission_model = apps.get_model("auth", "Permission")
        for app, model in (("identity", "Action"), ("fallbacks", "Escalation")):
            apps.get_model(app, model)
    except LookupError:
        return
    wanted = {name for names in ROLES.values() for name in names}
    found = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in permission_model.objects.select_related("content_type").filter(
            codename__in={name.partition(".")[2] for name in wanted}
        )
    }
    missing = wanted - found.keys()
    if missing:
        raise LookupError(f"no such permission: {', '.join(sorted(missing))}")
    for role, names in ROLES.items():
        group, _ = group_model.objects.get_or_create(name=role)
        group.permissions.set([found[name] for name in names])
