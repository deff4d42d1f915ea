"""A code is spent once, in every spelling, for as long as any clock could take it again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.demo.people import backup_codes_of, totp_key_of
from config.lifecycle import clock_at, read_clock
from fallbacks.challenges import verify
from fallbacks.codes import canonical_code
from fallbacks.errors import LockedOut, WrongCode
from fallbacks.factors.limits import TOTP_LEEWAY, TOTP_STEP
from fallbacks.models import GuessBudget
from identity.models import User
from tests.world.demo import Application, Visitor, shown_by_app

START = datetime(2026, 11, 21, 9, 0, 0, tzinfo=UTC)
Visit = Callable[[str], Visitor]


def code_at(name: str, now: datetime) -> str:
    """What the person's app shows."""
    return shown_by_app(bytes.fromhex(totp_key_of(name)), now)


def passes(user: User, factor: str, code: str, now: datetime) -> bool:
    """Whether the code is taken at `now`; the budget is given back, it is tested elsewhere."""
    GuessBudget.objects.filter(subject=user).delete()
    with clock_at(now):
        try:
            verify(user.pk, factor, code, permitted=[factor], now=now)
        except WrongCode:
            return False
    return True


@pytest.mark.django_db
@pytest.mark.parametrize("early", [-30, 0, 29, 30, 59])
def test_f04_a_spent_code_stays_spent_each_second_past_its_leeway(demo: None, early: int) -> None:
    user = User.objects.get(username="sam")
    code = code_at("sam", START)
    spent = START + timedelta(seconds=early)
    assert passes(user, "totp", code, spent)
    outlived = TOTP_STEP.span + 2 * TOTP_LEEWAY.span + timedelta(seconds=60)
    for second in range(int(outlived.total_seconds())):
        assert not passes(user, "totp", code, spent + timedelta(seconds=second)), second


@pytest.mark.django_db
def test_f04_a_code_lives_for_its_step_and_the_leeway_and_no_longer(demo: None) -> None:
    user = User.objects.get(username="sam")
    code = code_at("sam", START)
    first, last = -TOTP_LEEWAY.span, TOTP_STEP.span + TOTP_LEEWAY.span
    assert not passes(user, "totp", code, START + first - timedelta(seconds=1))
    assert not passes(user, "totp", code, START + last)
    assert passes(user, "totp", code, START + last - timedelta(seconds=1))


@pytest.mark.django_db
def test_f04_a_spent_backup_code_stays_spent_for_years(demo: None) -> None:
    user = User.objects.get(username="sam")
    code = backup_codes_of("sam")[0]
    assert passes(user, "backup_code", code, START)
    for years in (0, 1, 10):
        assert not passes(user, "backup_code", code, START + timedelta(days=365 * years))


@pytest.mark.django_db
def test_f02_every_older_step_is_refused_after_a_newer_one(demo: None) -> None:
    user = User.objects.get(username="sam")
    steps = [START + timedelta(seconds=30 * number) for number in range(-1, 2)]
    assert passes(user, "totp", code_at("sam", steps[1]), START)
    assert not passes(user, "totp", code_at("sam", steps[0]), START)
    assert passes(user, "totp", code_at("sam", steps[2]), START)
    for each in steps:
        assert not passes(user, "totp", code_at("sam", each), START)


SPACES = st.sampled_from(["", " ", "\t", "\u00a0", "\u2003", "-", "\u2010", "\u2011", "\u2013"])


@given(st.data())
def test_f03_every_spelling_of_a_backup_code_is_that_code(data: st.DataObject) -> None:
    code = "abcdefgh234567yz"
    typed = ""
    for char in code:
        wide = chr(ord(char) + 0xFEE0)
        typed += data.draw(st.sampled_from([char, char.upper(), wide, wide.upper()]))
        typed += data.draw(SPACES)
    assert canonical_code("backup_code", typed) == code


@pytest.mark.django_db
def test_f03_a_spent_code_spelled_otherwise_is_the_same_code(
    payroll: Application, visit: Visit
) -> None:
    sam = visit("sam")
    action = payroll.ask("sam").json()["id"]
    code = backup_codes_of("sam")[0]
    user = User.objects.get(username="sam")
    assert passes(user, "backup_code", code, read_clock())
    wide = "".join(chr(ord(char) + 0xFEE0) for char in code)
    for typed in (code, code.upper(), code.replace("-", " "), wide):
        GuessBudget.objects.filter(subject=user).delete()
        assert sam.verify(action, "backup_code", typed).status_code == 400


@pytest.mark.django_db
def test_f07_interleaved_successes_clear_only_their_own_account(demo: None) -> None:
    sam, kai = User.objects.get(username="sam"), User.objects.get(username="kai")
    now = read_clock()
    for number, code in enumerate(backup_codes_of("kai")[:5], start=1):
        with pytest.raises(WrongCode):
            verify(sam.pk, "backup_code", "a" * 16, permitted=["backup_code"], now=now)
        verify(kai.pk, "backup_code", code, permitted=["backup_code"], now=now)
        assert GuessBudget.objects.get(subject=sam).short_count == number
        assert GuessBudget.objects.get(subject=kai).short_count == 0
    with pytest.raises(LockedOut):
        verify(sam.pk, "totp", code_at("sam", now), permitted=["totp"], now=now)


@pytest.mark.django_db
def test_f07_a_success_leaves_the_count_of_the_day(demo: None) -> None:
    sam = User.objects.get(username="sam")
    now = read_clock()
    for number, code in enumerate(backup_codes_of("sam"), start=1):
        with pytest.raises(WrongCode):
            verify(sam.pk, "totp", "000000", permitted=["totp"], now=now)
        verify(sam.pk, "backup_code", code, permitted=["backup_code"], now=now)
        assert GuessBudget.objects.get(subject=sam).day_count == 2 * number
