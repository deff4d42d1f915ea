"""A code is spent once, in every spelling, for as long as any clock could take it again."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps
from django.contrib.auth.hashers import identify_hasher, make_password
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.crypto import salted_hmac
from hypothesis import given
from hypothesis import strategies as st

from config.demo.people import backup_codes_of, totp_key_of
from config.lifecycle import clock_at, read_clock
from fallbacks import backup_codes
from fallbacks.backup_codes import LOOKUP, digest_of, replace_codes, spend_code
from fallbacks.challenges import verify
from fallbacks.codes import canonical_code
from fallbacks.errors import LockedOut, WrongCode
from fallbacks.factors.limits import TOTP_LEEWAY, TOTP_STEP
from fallbacks.models import BackupCode, GuessBudget
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


def test_asvs_6_5_2_codes_are_kept_as_passwords_are(demo: None) -> None:
    """Below 112 bits: a salted password hash, and what a row is found by needs our key."""
    rows = list(BackupCode.objects.filter(device__user__username="kai"))
    codes = [code.replace("-", "") for code in backup_codes_of("kai")]
    assert len(rows) == len(codes)
    for row in rows:
        like = identify_hasher(make_password("x"))
        assert identify_hasher(row.hashed).algorithm == like.algorithm
        assert len(row.digest) == LOOKUP
        assert not [code for code in codes if code in f"{row.digest}{row.hashed}"]
    assert len({row.hashed for row in rows}) == len(rows), "each with a salt of its own"


def test_codes_from_before_are_hashed_by_the_migration_and_still_count(demo: None) -> None:
    kai = User.objects.get(username="kai")
    code = backup_codes_of("kai")[0].replace("-", "")
    row = BackupCode.objects.get(device__user=kai, digest=digest_of(code))
    whole = salted_hmac("fallbacks.backup_codes", code, algorithm="sha256").hexdigest()
    BackupCode.objects.filter(pk=row.pk).update(digest=whole, hashed="")
    migration = importlib.import_module("fallbacks.migrations.0010_codes_as_passwords")
    migration.hash_codes(apps, None)
    row.refresh_from_db()
    assert whole not in (row.digest, row.hashed)
    assert not spend_code(kai.pk, "a" * 16)
    assert spend_code(kai.pk, code)
    assert not spend_code(kai.pk, code)


def test_f01_a_code_that_shares_its_look_up_with_another_does_not_spend_it(demo: None) -> None:
    kai = User.objects.get(username="kai")
    first, second = (code.replace("-", "") for code in backup_codes_of("kai")[:2])
    row = BackupCode.objects.get(device__user=kai, digest=digest_of(first))
    BackupCode.objects.filter(device__user=kai, digest=digest_of(second)).delete()
    BackupCode.objects.filter(pk=row.pk).update(digest=digest_of(second))
    assert not spend_code(kai.pk, second)
    row.refresh_from_db()
    assert row.spent_at is None


@pytest.mark.parametrize("codes", [1, 10, 300])
def test_f01_checking_costs_one_slow_hash_however_many_codes(
    demo: None, monkeypatch: pytest.MonkeyPatch, codes: int
) -> None:
    kai = User.objects.get(username="kai")
    replace_codes(kai.pk, [f"{number:016d}" for number in range(codes)])
    worked = []

    def counted(real: Callable[..., object]) -> Callable[..., object]:
        def work(*told: str) -> object:
            worked.append(real)
            return real(*told)

        return work

    for name in ("check_password", "make_password"):
        monkeypatch.setattr(backup_codes, name, counted(getattr(backup_codes, name)))
    with CaptureQueriesContext(connection) as queries:
        assert spend_code(kai.pk, f"{codes - 1:016d}")
        assert not spend_code(kai.pk, "a" * 16)
    assert (len(worked), len(queries)) == (2, 4)
