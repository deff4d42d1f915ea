"""Many people with actions of theirs, in a scratch database."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django_otp.plugins.otp_totp.models import TOTPDevice

from config.lifecycle import read_clock
from identity.active_policy import active_policy
from identity.models import Action, Application, User
from identity.models.actions import Window

EXPIRING = {"status": "fallback", "outcome": "fallback", "window": Window.LAST}
RETRYING = {"status": "delayed", "outcome": "challenge", "window": Window.FIRST}


def application() -> Application:
    """One that is told by webhook; nothing is ever sent to it here."""
    found, _ = Application.objects.get_or_create(
        client_id="bench",
        defaults={
            "name": "Bench",
            "client_type": Application.CLIENT_CONFIDENTIAL,
            "authorization_grant_type": Application.GRANT_CLIENT_CREDENTIALS,
            "webhook_url": "https://bench.invalid/hook",
        },
    )
    return found


def with_codes(people: list[int]) -> None:
    """Give each of `people` an authenticator app."""
    TOTPDevice.objects.bulk_create(
        [TOTPDevice(user_id=each, name="app", confirmed=True) for each in people], 5000
    )


def strangers(count: int) -> list[int]:
    """People of whom nothing is known; their keys."""
    rows = [User(username=uuid.uuid4().hex) for _ in range(count)]
    return [row.pk for row in User.objects.bulk_create(rows, 5000)]


def add_actions(people: list[int], *, due: bool, **columns: Any) -> None:
    """An action of each of `people`: due since a moment ago, one after the other, or in a year."""
    now = read_clock()
    pattern = Action(
        application=application(),
        type_id="payout.change",
        subject_id=people[0],
        mode="normal",
        rule="bench",
        policy_number=active_policy().number,
        payload_fingerprint=uuid.uuid4().hex,
        created_at=now - timedelta(minutes=1),
        updated_at=now - timedelta(minutes=1),
        **columns,
    )
    pattern.save(force_insert=True)
    first = now - timedelta(minutes=30) if due else now + timedelta(days=365)
    past_end = due and columns["window"] == Window.LAST
    ends = "{}" if past_end else "{} + interval '2 days'"
    moment = "%(first)s::timestamptz + n * interval '100 microseconds'"
    other = {
        "id": "gen_random_uuid()",
        "subject_id": "person",
        "payload_fingerprint": "md5(n::text || clock_timestamp())",
        "due_at": moment,
        "next_attempt_at": moment,
        "expires_at": ends.format(moment),
    }
    names = [field.column for field in Action._meta.concrete_fields]
    chosen = ", ".join(other.get(name, f'pattern."{name}"') for name in names)
    columns_in_order = ", ".join(f'"{name}"' for name in names)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO identity_action ({columns_in_order}) SELECT {chosen} "
            "FROM identity_action AS pattern, "
            "unnest(%(people)s::bigint[]) WITH ORDINALITY AS each(person, n) "
            "WHERE pattern.id = %(pattern)s",
            {"first": first, "people": people, "pattern": pattern.pk},
        )
    pattern.delete()


def settle() -> None:
    """What autovacuum does in a system that has been running for a while."""
    assert settings.configured
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE identity_action")
        cursor.execute("VACUUM ANALYZE identity_event")


def let_record_be_emptied() -> None:
    """A scratch record is emptied between rounds: TRUNCATE alone is allowed."""
    with connection.cursor() as cursor:
        for table in ("identity_event", "identity_event_link"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_no_truncate")
            cursor.execute(f"GRANT TRUNCATE ON {table} TO CURRENT_USER")


def clear() -> None:
    """No actions, and nothing about them."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE identity_action, identity_event CASCADE")
