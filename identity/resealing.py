"""Changing the key: what is sealed under an old one is sealed anew, while everything runs (Q1).

In batches, each a transaction of its own: killed at any point, what was done is done and the rest
is found again. A row that somebody else holds is left to them and comes with the next pass, so
nobody waits and nothing is overwritten; a value is replaced only if it is still the one that was
opened.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from config.lifecycle import fetch
from identity.errors import CannotOpen
from identity.models import Application, Endpoint
from identity.sealing import key_of, place_of, seal, unseal
from identity.webhooks.endpoints import place_of_previous, place_of_secret

BATCH = 200
PAUSE_SECONDS = 0.2
"""Before rows that somebody held are looked at again."""
PASSES = 50
"""How often they are: ten seconds and the time of the work itself."""
ROTATING = 7_215_330_948
"""The number of the lock that one rotation holds."""

_UNDER = r"substring(sealed_payload FROM 3 FOR get_byte(sealed_payload || '\x0000', 1))"
"""The key's id in a sealed value; the bytes after it make it total."""
# One step of the index for each key in use, however many rows there are; applications are few.
KEYS_IN_USE = f"""
WITH RECURSIVE found AS (
    (SELECT {_UNDER} AS kid FROM identity_action
     WHERE sealed_payload <> '' ORDER BY {_UNDER} LIMIT 1)
    UNION ALL
    SELECT (SELECT {_UNDER} FROM identity_action
            WHERE sealed_payload <> '' AND {_UNDER} > found.kid ORDER BY {_UNDER} LIMIT 1)
    FROM found WHERE found.kid IS NOT NULL
)
SELECT kid FROM found WHERE kid IS NOT NULL
UNION SELECT {_UNDER.replace("sealed_payload", "webhook_secret_sealed")} FROM identity_application
WHERE webhook_secret_sealed <> ''
UNION SELECT {_UNDER.replace("sealed_payload", "previous_secret_sealed")} FROM identity_endpoint
WHERE previous_secret_sealed <> ''
"""  # noqa: S608 (constants only)
"""The ids of the keys that anything is sealed under, as SQL."""
_COUNT = f"""
SELECT count(*) FROM identity_action WHERE sealed_payload <> '' AND {_UNDER} = %s
"""  # noqa: S608 (constants only)
_BATCH = f"""
SELECT id, subject_id, application_id, sealed_payload FROM identity_action
WHERE sealed_payload <> '' AND {_UNDER} = %s AND id > %s
ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
"""  # noqa: S608 (constants only)
_REPLACE = """
UPDATE identity_action a SET sealed_payload = v.fresh
FROM unnest(%s::uuid[], %s::bytea[], %s::bytea[]) AS v(id, before, fresh)
WHERE a.id = v.id AND a.sealed_payload = v.before
"""
_OLDER = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
  AND backend_type = 'client backend' AND xact_start < %s
"""
FIRST = "00000000-0000-0000-0000-000000000000"


@dataclass(slots=True)
class Resealed:
    """What a rotation came to."""

    done: int = 0
    left: int = 0
    """Still under an old key."""
    shut: list[str] = field(default_factory=list)
    """What could not be opened, by kind and id, at most a few."""


@contextmanager
def alone() -> Iterator[bool]:
    """Whether no other rotation runs; until the end of this one none will."""
    mine = bool(fetch("SELECT pg_try_advisory_lock(%s)", [ROTATING])[0][0])
    try:
        yield mine
    finally:
        if mine:
            fetch("SELECT pg_advisory_unlock(%s)", [ROTATING])


def newest_key() -> str:
    """The id of the key that new values are sealed with."""
    return next(iter(settings.SEAL_KEYS))


def keys_in_use() -> set[str]:
    """The ids of the keys that anything is sealed under."""
    return {bytes(kid).decode("ascii", "replace") for (kid,) in fetch(KEYS_IN_USE)}


def missing_of(kids: Iterable[bytes]) -> list[str]:
    """Those of the keys that we do not have: what is sealed under them is held until they are
    back."""
    named = {bytes(kid).decode("ascii", "replace") for kid in kids}
    return sorted(named - set(settings.SEAL_KEYS))


def left_under_old() -> int:
    """How many values are not sealed under the newest key."""
    newest = newest_key()
    payloads = sum(fetch(_COUNT, [kid.encode()])[0][0] for kid in keys_in_use() if kid != newest)
    return int(payloads) + sum(key_of(row.sealed) != newest for row in _secrets())


def reseal(tell: Callable[[int], None]) -> Resealed:
    """Seal everything under the newest key; `tell` hears how many more were done.

    Safe to repeat, to kill and to run beside web and workers. What cannot be opened stays as it is.
    """
    found = Resealed()
    for _ in range(PASSES):
        shut: list[str] = []
        for kid in sorted(keys_in_use() - {newest_key()}):
            shut += _reseal_payloads(kid, found, tell)
        shut += _reseal_secrets(found, tell)
        found.left = left_under_old()
        found.shut = shut[:10]
        if found.left <= len(shut):
            break
        time.sleep(PAUSE_SECONDS)
    return found


def _reseal_payloads(kid: str, found: Resealed, tell: Callable[[int], None]) -> list[str]:
    shut: list[str] = []
    after: Any = FIRST
    while True:
        with transaction.atomic():
            rows = fetch(_BATCH, [kid.encode(), after, BATCH])
            if not rows:
                return shut
            after = rows[-1][0]
            ids, before, fresh = [], [], []
            for pk, subject, application, sealed in rows:
                place = place_of(pk, subject, application)
                try:
                    fresh.append(seal(unseal(sealed, place), place))
                except CannotOpen:
                    shut.append(f"action {pk}")
                else:
                    ids.append(pk)
                    before.append(bytes(sealed))
            with connection.cursor() as cursor:
                cursor.execute(_REPLACE, [ids, before, fresh])
        found.done += len(ids)
        tell(len(ids))


@dataclass(frozen=True, slots=True)
class _Secret:
    """A sealed secret of an application, where it is kept, and what it is bound to."""

    row: Application | Endpoint
    column: str
    place: str

    @property
    def sealed(self) -> bytes:
        return bytes(getattr(self.row, self.column))


def _secrets() -> list[_Secret]:
    found = [
        _Secret(row, "webhook_secret_sealed", place_of_secret(row))
        for row in Application.objects.all()
    ]
    found += [
        _Secret(row, "previous_secret_sealed", place_of_previous(row.pk))
        for row in Endpoint.objects.all()
    ]
    return [each for each in found if each.sealed]


def _reseal_secrets(found: Resealed, tell: Callable[[int], None]) -> list[str]:
    shut: list[str] = []
    for each in _secrets():
        if key_of(each.sealed) == newest_key():
            continue
        try:
            fresh = seal(unseal(each.sealed, each.place), each.place)
        except CannotOpen:
            shut.append(f"{each.column} {each.row.pk}")
            continue
        model = type(each.row)
        moved = model._default_manager.filter(pk=each.row.pk, **{each.column: each.sealed}).update(
            **{each.column: fresh}
        )
        found.done += moved
        tell(moved)
    return shut


def older_work(moment: datetime) -> int:
    """How many transactions run that began before `moment`: they may have sealed with a key that
    was the newest then."""
    return int(fetch(_OLDER, [moment])[0][0])
