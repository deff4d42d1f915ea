"""One of several processes that sweep: as it is, stopped in the middle, or dying of an action.

Nothing of Django is imported before the process set it up.
"""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any


def sweep(settings: dict[str, Any], task: dict[str, Any], signs: Any, out: Any) -> None:
    """Django on the tests' database, then one sweep as `task` says.

    `stop_at`: at that action of a batch tell `signs[0]` and wait for `signs[1]`. `dies_of`: the id
    that ends the process. `lease`: seconds. `at`: the clock. `gate`: let go with the others.
    """
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django  # noqa: PLC0415 (a process of its own begins here)

    django.setup()
    from django.db import connection as own  # noqa: PLC0415

    own.settings_dict.update(settings)
    from config.lifecycle import clock_at, read_clock  # noqa: PLC0415
    from identity.actions import claiming, sweeping  # noqa: PLC0415

    if "lease" in task:
        claiming.LEASE = timedelta(seconds=task["lease"])
    take, seen = sweeping.take_what_is_due, [0]

    def watched(action: Any, *rest: Any) -> None:
        seen[0] += 1
        if seen[0] == task.get("stop_at"):
            signs[0].set()
            signs[1].wait(60)
        if str(action.pk) == task.get("dies_of"):
            os._exit(1)
        take(action, *rest)

    sweeping.take_what_is_due = watched
    if signs is not None and "gate" in task:
        signs.wait(60)
    try:
        with clock_at(task.get("at") or read_clock()):
            out.put(sweeping.sweep_actions(**task.get("with", {})))
    except Exception as error:
        out.put(type(error).__name__)
