"""A million decisions about half a million requests, made by the database, then rehearsed."""

from __future__ import annotations

import json
import resource
from time import perf_counter

import django

from benchmarks.matrix import SHIPPED
from benchmarks.sample import Sample
from benchmarks.scratch import report

DECISIONS = 1_000_000
PER_REQUEST = 2
MOST_MB = 500
"""Peak resident memory of the process."""

REQUESTS = """
INSERT INTO identity_action (id, application_id, subject_id, type_id, status, version, outcome,
    mode, read_only, decision_id, reason, rule, policy_number, obligations, facts, reasons,
    sealed_payload, payload_fingerprint, network, country, device_class, binding_message,
    return_url, attempts, "window", created_at, updated_at)
SELECT gen_random_uuid(), %(application)s, %(subject)s,
    (%(types)s::text[])[1 + n %% cardinality(%(types)s::text[])], 'committed', 0, 'challenge',
    'normal', false, gen_random_uuid(), %(mark)s, 'bench', 1, '{}', '{}', '[]', '', n::text, '',
    '', '', '', '', 0, 'first', at, at
FROM (SELECT n, clock_timestamp() - interval '1 hour' - random() * interval '28 days' AS at
      FROM generate_series(1, %(count)s) n) made
"""
DECIDED = """
INSERT INTO identity_decision (id, action_id, at, policy_number, rule, outcome, mode, facts,
    reasons, inputs, risk_score)
SELECT gen_random_uuid(), id, created_at + again * interval '1 minute', %(policy)s,
    rules[1 + floor(random() * cardinality(rules))],
    (ARRAY['proceed', 'challenge', 'queue', 'fallback', 'block'])[1 + floor(random() * 5)],
    'normal', {facts}, '[]', {inputs}, floor(random() * 101)
FROM identity_action, generate_series(0, %(again)s) again, (SELECT %(rules)s::text[] AS rules) said
WHERE reason = %(mark)s
"""
MARK = "benchmark_replay"
EMPTY = "TRUNCATE identity_action CASCADE"
"""The database is the benchmark's own; deleting row by row would take longer than the replay."""


def main() -> None:
    """Print what it took, and refuse more memory than `MOST_MB`."""
    django.setup()
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    from config.demo.load import load_demo  # noqa: PLC0415
    from identity.active_policy import active_policy  # noqa: PLC0415
    from identity.models import ActionType, Application, User  # noqa: PLC0415
    from identity.policy.document import parse_policy  # noqa: PLC0415
    from identity.policy.facts import DIMENSIONS  # noqa: PLC0415
    from identity.rehearsal import rehearse  # noqa: PLC0415
    from identity.risk import SIGNALS  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    if not User.objects.exists():
        load_demo()
    active = active_policy()
    facts = {name: [each.word for each in members] for name, members in DIMENSIONS.items()}
    anomalies = "'anomalies', floor(random() * 101)"
    made = {
        "application": Application.objects.values_list("pk", flat=True)[0],
        "subject": User.objects.values_list("pk", flat=True)[0],
        "types": list(ActionType.objects.values_list("pk", flat=True)),
        "count": DECISIONS // PER_REQUEST,
        "mark": MARK,
        "policy": active.number,
        "rules": list(active.table.rule_ids),
        "again": PER_REQUEST - 1,
    }
    decided = DECIDED.replace("{facts}", _random(facts)).replace(
        "{inputs}", _random({name: list(words) for name, words in SIGNALS.items()}, anomalies)
    )
    with connection.cursor() as cursor:
        cursor.execute(EMPTY)
        cursor.execute(REQUESTS, made)
        cursor.execute(decided, made)
        cursor.execute("ANALYZE identity_action, identity_decision")
    text = SHIPPED.read_text(encoding="utf-8")
    draft = parse_policy(text.replace("risk: red", "risk: amber"))
    start = perf_counter()
    found = rehearse(draft)
    spent = perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with connection.cursor() as cursor:
        cursor.execute(EMPTY)
    if found.replay.decisions < DECISIONS or found.replay.rescored < DECISIONS:
        raise SystemExit(f"only {found.replay.decisions:,} decisions were rehearsed")
    if peak > MOST_MB:
        raise SystemExit(f"the peak was {peak:.0f} MB")
    print(
        f"replay_million_s: {found.replay.decisions:,} decisions, {found.replay.changed:,} change, "
        f"peak {peak:.0f} MB"
    )
    report(Sample(spent))


def _random(words: dict[str, list[str]], more: str = "") -> str:
    """SQL for a JSON object with one of the words for every name."""
    pairs = [
        f"'{name}', (ARRAY{json.dumps(each).replace(chr(34), chr(39))})"
        f"[1 + floor(random() * {len(each)})]"
        for name, each in words.items()
    ]
    return f"jsonb_build_object({', '.join([*pairs, *([more] if more else [])])})"


if __name__ == "__main__":
    main()
