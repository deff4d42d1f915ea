"""Medians (ms) of checking codes and of one bare commit, taken in turns; printed as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from statistics import median
from time import perf_counter

import django

TURNS = 200
"""Of each, after a few that do not count."""
WARM = 10
FEW, MANY = 10, 1000
START = datetime(2030, 1, 1, tzinfo=UTC)


def main() -> None:
    """Prepare the people, then take turns."""
    django.setup()
    from django.conf import settings  # noqa: PLC0415
    from django.contrib.auth import hashers  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415
    from django_otp.oath import TOTP  # noqa: PLC0415
    from django_otp.plugins.otp_totp.models import TOTPDevice  # noqa: PLC0415

    from benchmarks.server.bare import TABLE  # noqa: PLC0415
    from fallbacks.backup_codes import digest_of, replace_codes  # noqa: PLC0415
    from fallbacks.challenges import verify  # noqa: PLC0415
    from fallbacks.models import BackupCode, GuessBudget  # noqa: PLC0415
    from identity.models import User  # noqa: PLC0415

    # Password-grade hashing is slow on purpose and counted apart.
    sys.stderr.write(f"one password-grade hash: {_hash_ms(hashers.make_password):.1f} ms\n")
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    hashers.reset_hashers(setting="PASSWORD_HASHERS")

    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute(TABLE)

    def person(name: str, codes: int) -> tuple[User, list[str]]:
        user, _ = User.objects.get_or_create(username=name)
        spelled = [f"{number:016d}" for number in range(codes)]
        if codes:
            replace_codes(user.pk, spelled)
        return user, spelled

    typist, _ = person("bench-totp", 0)
    TOTPDevice.objects.filter(user=typist).delete()
    device = TOTPDevice.objects.create(user=typist, name="app", confirmed=True)
    few, many = person("bench-few", FEW), person("bench-many", MANY)
    clock = TOTP(device.bin_key)

    def totp(turn: int) -> Callable[[], object]:
        now = START + timedelta(seconds=30 * turn)
        clock.time = now.timestamp()
        code = f"{clock.token():06d}"
        return lambda: verify(typist.pk, "totp", code, permitted=["totp"], now=now)

    def backup(user: User, codes: list[str]) -> Callable[[int], Callable[[], object]]:
        def prepared(turn: int) -> Callable[[], object]:
            code = codes[turn * 7 % len(codes)]
            again = BackupCode.objects.filter(device__user=user, digest=digest_of(code))
            again.update(spent_at=None)
            permitted = ["backup_code"]
            return lambda: verify(user.pk, "backup_code", code, permitted=permitted, now=START)

        return prepared

    def commit(turn: int) -> Callable[[], object]:
        return lambda: _commit(turn)

    def _commit(turn: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO benchmark_bare (name, at, body) VALUES (%s, now(), '{}')", [str(turn)]
            )

    subjects: dict[str, Callable[[int], Callable[[], object]]] = {
        "commit": commit,
        "totp": totp,
        "backup_code_of_10": backup(*few),
        "backup_code_of_1000": backup(*many),
    }
    spent: dict[str, list[float]] = {name: [] for name in subjects}
    names = list(subjects)
    for turn in range(WARM + TURNS):
        GuessBudget.objects.filter(subject__username__startswith="bench-").update(day_count=0)
        for place in range(len(names)):
            name = names[(turn + place) % len(names)]
            work = subjects[name](turn)
            start = perf_counter()
            work()
            if turn >= WARM:
                spent[name].append((perf_counter() - start) * 1000)
    sys.stdout.write(json.dumps({name: median(times) for name, times in spent.items()}) + "\n")


def _hash_ms(work: Callable[[str], object]) -> float:
    """The median of a few, in milliseconds."""
    taken = []
    for turn in range(WARM):
        start = perf_counter()
        work(str(turn))
        taken.append((perf_counter() - start) * 1000)
    return median(taken)


if __name__ == "__main__":
    main()
