"""One of several processes that write events at the same time, a third of them late or not at all.

Nothing of Django is imported before the process set it up.
"""

from __future__ import annotations

import os
import random
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.synchronize import Barrier
from typing import Any

ROUNDS = 20


def write(settings: dict[str, Any], number: int, threads: int, gate: Barrier, out: Any) -> None:
    """So many writers in threads, each with a connection of its own; how many events they kept."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django  # noqa: PLC0415 (a process of its own begins here)

    django.setup()
    from django.db import connection, transaction  # noqa: PLC0415

    connection.settings_dict.update(settings)
    from identity.models import User  # noqa: PLC0415
    from tests.audit.events import announce, event_number  # noqa: PLC0415

    people = list(User.objects.order_by("pk").values_list("pk", "username"))

    def one(writer: int) -> int:
        from django.db import connection as own  # noqa: PLC0415

        dice, kept = random.Random(writer), 0
        own.settings_dict.update(settings)
        try:
            for turn in range(ROUNDS):
                given_up = False
                with transaction.atomic():
                    first = (writer * ROUNDS + turn) * 3
                    announce(*(event_number(first + each, people) for each in range(3)))
                    time.sleep(dice.random() * 0.02)
                    given_up = dice.random() < 0.3
                    if given_up:
                        transaction.set_rollback(True)
                kept += 0 if given_up else 3
        finally:
            own.close()
        return kept

    with ThreadPoolExecutor(threads) as crowd:
        gate.wait(120)
        out.put(sum(crowd.map(one, range(number * threads, (number + 1) * threads))))
    connection.close()
