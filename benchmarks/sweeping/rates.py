"""Actions a second through full transitions by two workers, beside jobs a second of a queue.

An action is claimed on a lease, read with everything that its move depends on, moved, recorded and
told: `expire` ends it with an event and a webhook in the outbox; `retry` decides anew, keeps the
decision and asks by a new challenge, half of the people being there and half not known to be.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from statistics import median

import django

django.setup()

from benchmarks.presence.people import add_people, scratch_database  # noqa: E402
from benchmarks.sample import Sample  # noqa: E402
from benchmarks.scratch import report  # noqa: E402
from benchmarks.sweeping import anchors, world  # noqa: E402
from benchmarks.sweeping.crew import crew  # noqa: E402
from fallbacks.models import Challenge  # noqa: E402
from identity.models import Action, Decision, Delivery, Event  # noqa: E402

ROUNDS = 5
ACTIONS = {"expire": 5_000, "retry": 10_000}
JOBS = {"procrastinate": 2000, "pgqueuer": 20_000}
INSTALL: dict[str, Callable[[], None]] = {
    "procrastinate": anchors.install_procrastinate,
    "pgqueuer": anchors.install_pgqueuer,
}


def prepared(kind: str) -> Callable[[], None]:
    """What makes the `ACTIONS` due, of a person each."""
    count = ACTIONS[kind]
    if kind == "expire":
        people = world.strangers(count)
    else:
        there, elsewhere = add_people(count // 2), world.strangers(count // 2)
        people = [each for pair in zip(there, elsewhere, strict=True) for each in pair]
        world.with_codes(people)

    def prepare() -> None:
        world.clear()
        columns = world.EXPIRING if kind == "expire" else world.RETRYING
        world.add_actions(people, due=True, **columns)
        world.settle()

    return prepare


def check(kind: str) -> None:
    """Every one of them was moved, recorded and told."""
    count = ACTIONS[kind]
    if kind == "expire":
        moved = Action.objects.filter(status="expired").count()
        written = (moved, Event.objects.count(), Delivery.objects.count())
        if written != (count, count, count):
            raise AssertionError(f"moved, recorded, told: {written}")
        return
    asked = Action.objects.filter(status="pending").count()
    written = (asked, Decision.objects.count(), Challenge.objects.count())
    if written != (count, count, count):
        raise AssertionError(f"asked, decided, challenges: {written}")


def main(kind: str, anchor: str) -> None:
    """Rounds of both in turns."""
    with scratch_database():
        world.let_record_be_emptied()
        INSTALL[anchor]()
        prepare = prepared(kind)
        rates: dict[str, list[float]] = {"ours": [], "theirs": []}
        with (
            crew("benchmarks.sweeping.holdfast_worker") as ours,
            crew(f"benchmarks.sweeping.{anchor}_worker") as theirs,
        ):
            for _ in range(ROUNDS + 1):
                prepare()
                rates["ours"].append(ACTIONS[kind] / ours.run())
                check(kind)
                theirs.fill(JOBS[anchor])
                rates["theirs"].append(JOBS[anchor] / theirs.run())
                latest = {who: round(found[-1]) for who, found in rates.items()}
                print(latest, file=sys.stderr, flush=True)
    value, against = (median(rates[who][1:]) for who in ("ours", "theirs"))
    print({who: [round(each) for each in found] for who, found in rates.items()})
    report(Sample(value=value, anchor=against, ratio=value / against))


if __name__ == "__main__":
    main(*sys.argv[1:])
