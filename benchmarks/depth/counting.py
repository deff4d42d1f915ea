"""`depth_counter_scale`: see the row of that name."""

from __future__ import annotations

from statistics import median
from time import perf_counter

import django

from benchmarks.sample import ROUNDS, Sample
from benchmarks.scratch import report

FEW, MANY = 10_000, 1_000_000
READINGS = 50
"""In one turn."""
MOVES = 1_000
"""Statements that are not folded yet."""

ACTIONS = """
INSERT INTO identity_action (id, application_id, subject_id, type_id, status, version, outcome,
    mode, read_only, decision_id, reason, rule, policy_number, obligations, facts, reasons,
    sealed_payload, payload_fingerprint, network, country, device_class, binding_message,
    return_url, attempts, "window", created_at, updated_at, due_at)
SELECT gen_random_uuid(), %(application)s, %(subject)s, %(type)s,
    (ARRAY['pending', 'queued', 'delayed', 'fallback', 'review', 'blocked'])[1 + n %% 6],
    0, 'challenge', 'normal', false, gen_random_uuid(), '', 'bench', 1, '{}', '{}', '[]', '',
    n::text, '', '', '', '', '', 0, 'first', at, at, at + interval '1 day'
FROM (SELECT n, clock_timestamp() - random() * interval '2 days' AS at
      FROM generate_series(1, %(count)s) n) made
"""
COUNT = "SELECT status, count(*) FROM identity_action GROUP BY status"


def main() -> None:
    """Print what one reading costs at both sizes."""
    django.setup()
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    from config.demo.load import load_demo  # noqa: PLC0415
    from config.lifecycle import fetch  # noqa: PLC0415
    from identity.depths import depths, fold_depths  # noqa: PLC0415
    from identity.health import health  # noqa: PLC0415
    from identity.models import Action, ActionType, Application, User  # noqa: PLC0415

    home = connection.settings_dict["NAME"]

    def go_to(name: str) -> None:
        connection.close()
        connection.settings_dict["NAME"] = name

    def furnish(size: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS depth_{size}")
            cursor.execute(f"CREATE DATABASE depth_{size}")
        go_to(f"depth_{size}")
        call_command("migrate", verbosity=0)
        load_demo()
        with connection.cursor() as cursor:
            cursor.execute(
                ACTIONS,
                {
                    "application": Application.objects.values_list("pk", flat=True)[0],
                    "subject": User.objects.values_list("pk", flat=True)[0],
                    "type": ActionType.objects.values_list("pk", flat=True)[0],
                    "count": size,
                },
            )
            fold_depths()
            cursor.execute("VACUUM ANALYZE")
        for pk in Action.objects.values_list("pk", flat=True)[:MOVES]:
            Action.objects.filter(pk=pk).update(status="expired", due_at=None)
        if depths("action") != dict(fetch(COUNT)):
            raise SystemExit("the numbers are not those that counting gives")
        go_to(home)

    def turn(size: int) -> float:
        go_to(f"depth_{size}")
        health()
        start = perf_counter()
        for _ in range(READINGS):
            health()
        return (perf_counter() - start) / READINGS * 1000

    for size in (FEW, MANY):
        furnish(size)
    taken: dict[int, list[float]] = {FEW: [], MANY: []}
    for number in range(ROUNDS):
        for size in (FEW, MANY) if number % 2 else (MANY, FEW):
            taken[size].append(turn(size))
    few, many = median(taken[FEW]), median(taken[MANY])
    counted = []
    for size in (FEW, MANY):
        go_to(f"depth_{size}")
        fetch(COUNT)
        start = perf_counter()
        fetch(COUNT)
        counted.append((perf_counter() - start) * 1000)
    go_to(home)
    with connection.cursor() as cursor:
        for size in (FEW, MANY):
            cursor.execute(f"DROP DATABASE depth_{size}")
    print(
        f"depth_counter_scale: {few:.2f} ms and {many:.2f} ms; counting takes {counted[0]:.1f} ms "
        f"and {counted[1]:.1f} ms ({counted[1] / counted[0]:.0f} times)"
    )
    report(Sample(many, few, many / few))


if __name__ == "__main__":
    main()
