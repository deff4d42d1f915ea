"""One of several processes that ask at one moment.

Nothing of Django is imported before the process set it up.
"""

from __future__ import annotations

import os
from multiprocessing.synchronize import Barrier
from typing import Any


def ask_at_once(settings: dict[str, Any], account: str, gate: Barrier, out: Any) -> None:
    """One process: Django on the tests' database, then one request, let go with the others."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django  # noqa: PLC0415 (a process of its own begins here)

    django.setup()
    from django.conf import settings as own  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    own.ALLOWED_HOSTS = ["testserver"]
    connection.settings_dict.update(settings)
    from tests.world.demo import Application  # noqa: PLC0415

    caller = Application()
    gate.wait(60)
    out.put((account, caller.ask("avery", payload={"account": account}, key="k").status_code))
