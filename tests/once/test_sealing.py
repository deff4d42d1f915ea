"""What is kept sealed: held while its key is away, sealed anew without a pause, gone at the end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings as product
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django.fixtures import Settings

from config.demo import people
from config.key_file import KeyFile
from config.management.commands import seal
from config.secret_files import kept_seal_keys
from identity.actions.committing import opened
from identity.health import held_up
from identity.models import Action, Application, Delivery, Event
from identity.resealing import keys_in_use, left_under_old, reseal
from identity.sealing import key_of, place_of, seal_payload
from identity.sealing import seal as seal_value
from identity.webhooks.endpoints import place_of_secret, secret_of
from identity.webhooks.sending import deliver_due
from tests.console.conftest import Colleague, says
from tests.world.demo import IBAN
from tests.world.demo import Application as Caller
from tests.world.receiver import Receiver

Later = Callable[[timedelta], datetime]
NEW = bytes(range(32))


def with_new_key() -> dict[str, bytes]:
    """The present keys behind a new one."""
    return {"fresh": NEW, **product.SEAL_KEYS}


# -- away and back -------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("way", ["missing", "wrong"])
def test_q1_what_cannot_be_opened_is_held_with_an_alarm_and_goes_on_with_its_key(
    payroll: Caller,
    receiver: Receiver,
    settings: Settings,
    staff: Callable[[str], Colleague],
    later: Later,
    way: str,
) -> None:
    action_id = payroll.ask("avery", "payslip.view").json()["id"]
    right: Mapping[str, bytes] = settings.SEAL_KEYS
    kid = next(iter(right))
    settings.SEAL_KEYS = {"other": NEW} if way == "missing" else {kid: NEW}
    for _ in range(12):  # more often than a message is tried
        deliver_due()
        later(timedelta(seconds=61))
    row = Delivery.objects.get()
    assert (row.status, row.attempts, row.last_answer) == ("pending", 0, "cannot_open")
    assert Caller().get(action_id)["status"] == "approved"
    assert receiver.received == []
    assert Event.objects.filter(name="delivery.locked", action_id=action_id).count() == 1
    assert held_up().missing_keys == ([kid] if way == "missing" else [])
    home = staff("security1").get("")
    assert says(home, "console.home.sealed", count=1)
    assert says(home, "console.home.keys", keys=kid) == (way == "missing")
    settings.SEAL_KEYS = right
    deliver_due()
    action = Action.objects.get(pk=action_id)
    assert (action.status, bytes(action.sealed_payload)) == ("committed", b"")


# -- rotation ------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_q1_everything_is_sealed_anew_and_opens_with_the_new_key_alone(
    payroll: Caller, settings: Settings
) -> None:
    for person in ("avery", "tess", "sam", "noor", "kai"):
        payroll.ask(person)
    old = next(iter(settings.SEAL_KEYS))
    settings.SEAL_KEYS = with_new_key()
    before = left_under_old()
    assert before >= 6  # five payloads, and the secret of the application
    told: list[int] = []
    found = reseal(told.append)
    assert (found.done, found.left, sum(told)) == (before, 0, before)
    assert keys_in_use() == {"fresh"}
    settings.SEAL_KEYS = {"fresh": NEW}
    assert {opened(each)["account"] for each in Action.objects.all()} == {IBAN}
    assert secret_of(Application.objects.get(name="Harbour Payroll")).startswith("whsec_")
    assert old not in keys_in_use()
    assert reseal(told.append).done == 0  # again: nothing to do


@pytest.mark.django_db
def test_q1_what_cannot_be_opened_stays_and_is_named(payroll: Caller, settings: Settings) -> None:
    payroll.ask("avery")
    kept = bytes(Action.objects.get().sealed_payload)
    settings.SEAL_KEYS = {"fresh": NEW}
    with pytest.raises(CommandError):
        call_command("seal", "rotate")
    assert bytes(Action.objects.get().sealed_payload) == kept


@pytest.mark.django_db(transaction=True)
def test_q1_a_row_that_is_held_is_left_to_its_holder_and_comes_later(
    payroll: Caller, settings: Settings
) -> None:
    first = payroll.ask("avery").json()["id"]
    second = payroll.ask("tess").json()["id"]
    settings.SEAL_KEYS = with_new_key()
    other, let_go = connection.copy(), threading.Event()

    def tell(number: int) -> None:
        if number:
            let_go.set()

    with other.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT 1 FROM identity_action WHERE id = %s FOR UPDATE", [first])

        def release() -> None:
            let_go.wait(20)
            cursor.execute("COMMIT")

        holder = threading.Thread(target=release)
        holder.start()
        found = reseal(tell)
        holder.join()
    other.close()
    assert found.left == 0
    for pk in (first, second):
        assert key_of(Action.objects.get(pk=pk).sealed_payload) == "fresh"


@pytest.fixture
def key_file(tmp_path: Path, settings: Settings) -> KeyFile:
    """Keys in a file of ours, as on a machine that is tried out."""
    kept_seal_keys(tmp_path)
    found = KeyFile(tmp_path / "seal_keys")
    settings.SEAL_KEYS = found
    return found


def under_these_keys() -> None:
    """The demo's own secret, sealed with the keys of this test."""
    row = Application.objects.get(client_id=people.APPLICATION)
    row.webhook_secret_sealed = seal_value(people.WEBHOOK_SECRET.encode(), place_of_secret(row))
    row.save(update_fields=["webhook_secret_sealed"])


def test_q1_every_process_sees_a_new_key_at_once(tmp_path: Path) -> None:
    kept_seal_keys(tmp_path)
    one, two = (KeyFile(tmp_path / "seal_keys") for _ in range(2))
    before = next(iter(one))
    kid = one.add_key()
    assert list(two) == [kid, before]
    assert two[kid] == one[kid]
    assert (tmp_path / "seal_keys").stat().st_mode & 0o777 == 0o600
    (tmp_path / "seal_keys").write_text("no keys at all\n")
    assert list(two) == [kid, before]  # what was known stays known
    one.keep_newest()
    assert list(two) == [kid]


ROTATE = [sys.executable, "manage.py", "seal", "rotate"]
ROOT = Path(__file__).resolve().parents[2]


def started(keys: KeyFile) -> subprocess.Popen[str]:
    """`seal rotate` as a process on the tests' database."""
    params = connection.get_connection_params()
    url = "postgresql://{user}:{password}@{host}:{port}/{dbname}".format(**params)
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "STATE_DIR": str(keys.path.parent),
        "SEAL_KEYS": "",
        "ENV_FILE": "",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    return subprocess.Popen(
        ROTATE, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def many(payroll: Caller, count: int) -> None:
    """So many actions that wait, each with a payload."""
    payroll.ask("noor")
    pattern = Action.objects.get()
    payload = opened(pattern)
    rows = []
    for number in range(count):
        row = Action.objects.get(pk=pattern.pk)
        row.pk = None
        row.pk = Action._meta.pk.get_default()
        row.payload_fingerprint = str(number)
        place = place_of(row.pk, row.subject_id, row.application_id)
        row.sealed_payload = seal_payload(payload, place)
        rows.append(row)
    Action.objects.bulk_create(rows)


@pytest.mark.django_db(transaction=True)
def test_q1_killed_and_started_again_while_requests_come_in(
    key_file: KeyFile, payroll: Caller
) -> None:
    under_these_keys()
    many(payroll, 3000)
    old = next(iter(key_file))
    first = started(key_file)
    until = time.monotonic() + 60
    while key_of(_one_moved(old)) == old and first.poll() is None:
        assert time.monotonic() < until
        time.sleep(0.01)
    first.send_signal(signal.SIGKILL)
    first.communicate()
    asked = [payroll.ask(name).status_code for name in ("avery", "tess", "sam")]
    assert asked == [201, 201, 201]
    assert len(key_file) == 2
    second = started(key_file)
    while second.poll() is None:
        assert payroll.ask("avery", payload={"account": IBAN}).status_code in (200, 201)
        time.sleep(0.05)
    said = second.communicate()
    assert second.returncode == 0, said
    assert len(key_file) == 1
    assert old not in key_file
    assert keys_in_use() == set(key_file)
    assert {opened(each)["account"] for each in Action.objects.all()} == {IBAN}


def _one_moved(old: str) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sealed_payload FROM identity_action"
            " ORDER BY position(%s::bytea in sealed_payload) LIMIT 1",
            [old.encode()],
        )
        return bytes(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_q1_the_old_key_stays_while_older_work_may_still_use_it(
    key_file: KeyFile, payroll: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seal, "OLDER_SECONDS", 0.5)
    under_these_keys()
    payroll.ask("avery")
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT 1")
        with pytest.raises(CommandError):
            call_command("seal", "rotate")
        assert len(key_file) == 2
        cursor.execute("ROLLBACK")
    other.close()
    call_command("seal", "rotate")
    assert len(key_file) == 1


@pytest.mark.django_db(transaction=True)
def test_q1_one_rotation_at_a_time(payroll: Caller) -> None:
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(7215330948)")
        with pytest.raises(CommandError):
            call_command("seal", "rotate")
    other.close()
