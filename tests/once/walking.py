"""One of several processes that move rows about at random.

Nothing of Django is imported before the process set it up.
"""

from __future__ import annotations

import os
import random
import uuid
from multiprocessing.synchronize import Barrier
from typing import Any


def walk(settings: dict[str, Any], seed: int, steps: int, gate: Barrier) -> None:
    """Insert, move, delete and roll back, in statements over one row and over many."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django  # noqa: PLC0415 (a process of its own begins here)

    django.setup()
    from django.db import connection, transaction  # noqa: PLC0415

    connection.settings_dict.update(settings)
    from identity.depths import fold_depths  # noqa: PLC0415
    from identity.models import Action  # noqa: PLC0415

    chance = random.Random(seed)
    states = ["pending", "queued", "delayed", "fallback", "committed", "expired"]
    pattern = Action.objects.order_by("created_at").first()
    assert pattern is not None
    own: list[uuid.UUID] = []
    gate.wait(60)
    for _ in range(steps):
        kept = list(own)
        with transaction.atomic():
            what = chance.randrange(4)
            if what == 0 or not own:
                for _ in range(chance.randrange(1, 4)):
                    pattern.pk = uuid.uuid4()
                    pattern.payload_fingerprint = pattern.pk.hex
                    pattern.status = chance.choice(states)
                    pattern.save(force_insert=True)
                    own.append(pattern.pk)
            elif what == 1:
                some = chance.sample(own, min(len(own), 3))
                Action.objects.filter(pk__in=some).update(status=chance.choice(states))
            elif what == 2:
                Action.objects.filter(pk=chance.choice(own)).update(reason="seen")
            else:
                gone = own.pop(chance.randrange(len(own)))
                with connection.cursor() as cursor:
                    cursor.execute("DELETE FROM identity_action WHERE id = %s", [gone])
            if chance.random() < 0.2:
                transaction.set_rollback(True)
                own = kept
        if chance.random() < 0.1:
            fold_depths()
