"""Typed codes: one budget an account, each code once, one spelling."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from config.demo.people import backup_codes_of, totp_key_of
from config.lifecycle import fetch, read_clock
from fallbacks.challenges import verify
from fallbacks.codes import canonical_code
from fallbacks.errors import LockedOut, MalformedCode, WrongCode
from fallbacks.factors import registered
from fallbacks.models import GuessBudget
from identity.models import Evidence, User
from tests.world.demo import Application, Visitor, shown_by_app, stored

Visit = Callable[[str], Visitor]


def codes_of(name: str, now: datetime) -> dict[str, str]:
    """A code of each factor that somebody of the demo could type at `now`."""
    shown = shown_by_app(bytes.fromhex(totp_key_of(name)), now)
    return {"totp": shown, "backup_code": backup_codes_of(name)[0]}


@pytest.mark.django_db
def test_f02_an_older_code_is_refused_after_a_newer_one(payroll: Application, visit: Visit) -> None:
    avery = visit("avery")
    action = payroll.ask("avery").json()
    now = read_clock()
    older, newer = avery.code(now), avery.code(now + timedelta(seconds=30))
    user = User.objects.get(username="avery")
    verify(user.pk, "totp", newer, permitted=["totp"], now=now)
    assert avery.verify(action["id"], code=older).status_code == 400
    assert avery.verify(action["id"], code=newer).status_code == 400
    assert stored(action["id"]).status == "pending"


@pytest.mark.django_db(transaction=True)
def test_f01_a_code_spent_twice_at_once_passes_once(demo: None) -> None:
    user = User.objects.get(username="sam")
    code = backup_codes_of("sam")[0]
    barrier = threading.Barrier(5)
    results: list[bool] = []

    def spend() -> None:
        now = read_clock()
        barrier.wait()
        try:
            verify(user.pk, "backup_code", code, permitted=["backup_code"], now=now)
            results.append(True)
        except WrongCode:
            results.append(False)
        connection.close()

    threads = [threading.Thread(target=spend) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [False] * 4 + [True]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("factor", ["totp", "backup_code"])
def test_f01_a_writer_that_had_to_wait_finds_the_code_spent(demo: None, factor: str) -> None:
    user = User.objects.get(username="sam")
    now = read_clock()
    code = canonical_code(factor, codes_of("sam", now)[factor])
    entry = registered(factor)
    assert entry is not None
    second: list[object] = []

    def wait_and_spend() -> None:
        second.append(entry.verifier.spend(user.pk, code, None, now))
        connection.close()

    thread = threading.Thread(target=wait_and_spend)
    with transaction.atomic():
        assert entry.verifier.spend(user.pk, code, None, now)
        thread.start()
        while not fetch("SELECT 1 FROM pg_locks WHERE NOT granted"):
            assert thread.is_alive()
    thread.join()
    assert second == [False]


@given(
    st.text(alphabet=" \t\u00a0-\u2010", max_size=3),
    st.lists(st.integers(0, 9), min_size=6, max_size=6),
    st.sampled_from([0x30, 0xFF10]),
)
def test_f03_every_spelling_is_one_code(noise: str, digits: list[int], zero: int) -> None:
    typed = noise.join(chr(zero + digit) for digit in digits)
    assert canonical_code("totp", typed) == "".join(map(str, digits))


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "12345",
        "1234567",
        "12345a",
        "١٢٣٤٥٦",
        ["123456"],
        123456,
        None,
        "1" * 100_000,
        "²²²²²²x",
    ],
)
def test_f03_what_is_no_code_is_refused_unread(typed: object) -> None:
    with pytest.raises(MalformedCode):
        canonical_code("totp", typed)


@pytest.mark.django_db
def test_f06_five_misses_pause_the_account_in_every_session(
    payroll: Application, visit: Visit
) -> None:
    action = payroll.ask("sam").json()
    first, second = visit("sam"), visit("sam")
    right = first.code()
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    for visitor in (first, second, first, second, first):
        assert visitor.verify(action["id"], code=wrong).status_code == 400
    assert first.verify(action["id"], code=right).status_code == 429
    other = second.verify(action["id"], "backup_code", backup_codes_of("sam")[0])
    assert other.status_code == 429
    assert stored(action["id"]).status == "queued"
    assert not Evidence.objects.exists()


@pytest.mark.django_db
def test_f06_the_pause_ends_and_the_day_has_its_own_limit(
    demo: None, later: Callable[[timedelta], datetime]
) -> None:
    user = User.objects.get(username="sam")
    now = later(timedelta(0))
    misses = 0
    for _ in range(10):
        for _ in range(5):
            with pytest.raises(WrongCode):
                verify(user.pk, "backup_code", "a" * 16, permitted=["backup_code"], now=now)
            misses += 1
        with pytest.raises(LockedOut) as paused:
            verify(user.pk, "backup_code", "a" * 16, permitted=["backup_code"], now=now)
        now = later(timedelta(minutes=5))
    assert misses == 50
    assert paused.value.context["until"] > now + timedelta(hours=1)
    assert GuessBudget.objects.get().day_count == 50


@pytest.mark.django_db
def test_f07_another_accounts_success_clears_nothing(demo: None) -> None:
    now = read_clock()
    sam, kai = User.objects.get(username="sam"), User.objects.get(username="kai")
    for _ in range(4):
        with pytest.raises(WrongCode):
            verify(sam.pk, "backup_code", "a" * 16, permitted=["backup_code"], now=now)
    verify(kai.pk, "backup_code", backup_codes_of("kai")[0], permitted=["backup_code"], now=now)
    assert GuessBudget.objects.get(subject=sam).short_count == 4


@pytest.mark.django_db
def test_a_slip_is_not_a_guess(payroll: Application, visit: Visit) -> None:
    action = payroll.ask("avery").json()
    avery = visit("avery")
    for typed in ("", "12 34", "abcdef"):
        assert avery.verify(action["id"], code=typed).status_code == 400
    assert not GuessBudget.objects.filter(subject__username="avery").exists()
