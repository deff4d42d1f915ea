"""A worker that is killed, or stopped, at a given point of a delivery.

Nothing of Django is imported before the process set it up.
"""

from __future__ import annotations

import os
import signal
from datetime import timedelta
from typing import Any


def deliver_and_die(settings: dict[str, Any], point: str) -> None:
    """One process: Django on the tests' database, then a delivery that SIGKILL ends at `point`.

    At `stopped` it only stops, in the middle of writing an answer down, and may go on later.
    """
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django  # noqa: PLC0415 (a process of its own begins here)

    django.setup()
    from django.db import connection  # noqa: PLC0415

    connection.settings_dict.update(settings)
    from identity.webhooks import sending, settling  # noqa: PLC0415

    def die(*args: Any) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def rest(*args: Any) -> None:
        os.kill(os.getpid(), signal.SIGSTOP)

    def after(name: str, where: Any, then: Any = die) -> None:
        real = getattr(where, name)

        def both(*args: Any) -> None:
            real(*args)
            then()

        setattr(where, name, both)

    if point == "claimed":
        sending.send_all = die  # type: ignore[assignment]
    elif point == "sent":
        sending.settle = die  # type: ignore[assignment]
    elif point == "settling":
        after("_acknowledge", settling)  # everything is written, nothing is committed
    elif point == "stopped":
        settling.SETTLED_WITHIN = timedelta(seconds=0.5)
        after("_acknowledge", settling, rest)
    elif point == "settled":
        after("settle", sending)
    sending.deliver_due()
