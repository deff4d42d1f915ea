"""One of several processes that settle the same action at one moment.

Nothing of Django is imported before the process set it up.
"""

from __future__ import annotations

import os
import uuid
from datetime import timedelta
from multiprocessing.synchronize import Barrier
from typing import Any


def settle(
    way: str, settings: dict[str, Any], action_id: str, code: str, at: Any, gate: Barrier, out: Any
) -> None:
    """One process: Django on the tests' database, then `way`, let go with the others."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django  # noqa: PLC0415 (a process of its own begins here)

    django.setup()
    from django.db import connection as own  # noqa: PLC0415

    own.settings_dict.update(settings)
    from config.lifecycle import HoldfastError, clock_at  # noqa: PLC0415
    from identity.actions.answering import answer_challenge  # noqa: PLC0415
    from identity.actions.confirming import refuse_action  # noqa: PLC0415
    from identity.actions.sweeping import sweep_actions  # noqa: PLC0415
    from identity.models import Session  # noqa: PLC0415

    session = (
        Session.objects.select_related("user").filter(user__username="avery").latest("started_at")
    )
    who = {"user": session.user, "session": session}
    key = uuid.UUID(action_id)
    gate.wait(60)
    try:
        if way == "silence":
            with clock_at(at + timedelta(days=2)):
                out.put((way, sweep_actions()))
            return
        with clock_at(at):
            if way == "confirm":
                answer_challenge(key, **who, factor="totp", code=code)
            else:
                refuse_action(key, **who)
        out.put((way, 1))
    except HoldfastError:
        out.put((way, 0))
