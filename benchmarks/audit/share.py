"""`event_share`: see the row of that name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from time import perf_counter
from uuid import uuid4

from django.db import connection, transaction

from benchmarks.presence.people import scratch_database
from benchmarks.sample import ROUNDS, Sample
from benchmarks.scratch import report
from config import lifecycle
from config.lifecycle import read_clock, transition
from identity.audit import record_events
from identity.audit.chaining import chain_events, head_of_chain
from identity.models import ACTION_MACHINE, Action, ActionType, Application, Event, User
from identity.webhooks.outbox import tell_application

COUNT = 300
"""Transitions a round: what a sweep every 5 s finds to link at 60 a second."""


@contextmanager
def without_events() -> Iterator[None]:
    """Nobody writes events down."""
    kept = list(lifecycle._listeners)
    lifecycle._listeners[:] = [each for each in kept if each[1] is not record_events]
    if len(kept) != len(lifecycle._listeners) + 1:
        raise AssertionError("the record was not among the listeners")
    try:
        yield
    finally:
        lifecycle._listeners[:] = kept


def waiting_actions(application: Application, person: User) -> list[Action]:
    """Fresh ones, with what a transition needs of them in memory."""
    now = read_clock()
    kind = ActionType.objects.get(pk="payout.change")
    facts = {"risk": "amber", "availability": "unreachable"}
    made = [
        Action(
            application=application, subject=person, type=kind, status="queued", outcome="queue",
            mode="normal", rule="unreachable-queue", policy_number=1, facts=facts,
            sealed_payload=bytes(200), payload_fingerprint=uuid4().hex, created_at=now,
            updated_at=now, expires_at=now, due_at=now,
        )
        for _ in range(COUNT)
    ]  # fmt: skip
    return Action.objects.bulk_create(made)


def move(actions: list[Action]) -> float:
    """Seconds to end each in a transaction of its own: compare-and-set, outbox row, commit, and
    events where somebody writes them down."""
    now = read_clock()
    emptied = {"reason": "by_application", "sealed_payload": b"", "due_at": None, "updated_at": now}
    start = perf_counter()
    for action in actions:
        with transaction.atomic():
            transition(
                action, "action.cancelled", ACTION_MACHINE, at=now, reason="by_application",
                changes=emptied,
            )  # fmt: skip
            tell_application(action, "action.cancelled", now)
    return perf_counter() - start


def main() -> None:
    """Both ways in turns; the chaining of what was written counts to the one with events."""
    lifecycle._wakers.clear()  # telling a worker is no part of either
    whole, bare, chaining = [], [], []
    with scratch_database():
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit = off")
        person = User.objects.create_user("person")
        application = Application.objects.create(
            name="bench", client_type="confidential", authorization_grant_type="client-credentials",
            webhook_url="https://app.example.org/hook",
        )  # fmt: skip
        chain_events()
        for number in range(-1, ROUNDS):
            for events in (True, False) if number % 2 else (False, True):
                actions = waiting_actions(application, person)
                if not events:
                    with without_events():
                        spent = move(actions)
                    bare += [spent] if number >= 0 else []
                    continue
                spent = move(actions)
                start = perf_counter()
                if chain_events() != COUNT:
                    raise AssertionError("not every event was linked")
                linking = perf_counter() - start
                if number >= 0:
                    whole.append(spent + linking)
                    chaining.append(linking)
        if head_of_chain().seq != Event.objects.count():
            raise AssertionError("the chain is not whole")
    each = 1_000_000 / COUNT
    print(
        f"event_share: {median(whole) * each:.0f} µs a transition with its event, of it"
        f" {median(chaining) * each:.0f} µs of chaining; {median(bare) * each:.0f} µs without"
    )
    share = median((one - other) / one for one, other in zip(whole, bare, strict=True))
    report(Sample(median(whole) * each, median(bare) * each, share))


if __name__ == "__main__":
    main()
