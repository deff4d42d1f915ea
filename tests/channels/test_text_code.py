"""A code by text: typed where it was asked for, once, within ten minutes, for little only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.db import transaction

from config.lifecycle import read_clock
from fallbacks.challenges import verify
from fallbacks.channels.budgets import HOUR, LONGEST, count_text, forget_budgets
from fallbacks.contacts import Kind
from fallbacks.errors import MalformedCode, TooManyMessages
from fallbacks.factors.limits import TEXTS_NUMBER, TEXTS_PREFIX
from fallbacks.models import SendBudget
from identity.messages import say
from identity.models import Evidence
from tests.channels.outside import Gateway
from tests.channels.sent import NUMBER, ask, guesses, person, reached, texted, waiting
from tests.world.demo import Application, Visitor

pytestmark = pytest.mark.django_db

Visit = Callable[[str], Visitor]
Later = Callable[[timedelta], object]


@pytest.fixture
def kai(gateway: Gateway, visit: Visit, careful: None) -> Visitor:
    """Somebody with a number of theirs confirmed."""
    visitor = visit("kai")
    reached("kai", Kind.SMS)
    return visitor


def test_f1_a_text_confirms_the_request_it_was_asked_for(
    kai: Visitor, payroll: Application, gateway: Gateway
) -> None:
    action = waiting(payroll, "kai")
    code = texted(kai.client, action, gateway)
    text = gateway.texts[-1]
    assert text["To"] == NUMBER
    assert text["Body"].splitlines()[-1] == f"@testserver #{code}"
    answer = kai.verify(action, "sms", code)
    assert answer.status_code == 303
    assert payroll.get(action)["status"] in ("approved", "committed")
    assert Evidence.objects.get(factor="sms").aal == 1
    other = waiting(payroll, "kai", "payslip.view")
    assert kai.verify(other, "sms", code).status_code == 410


SPELLINGS = [
    # how it is typed, the status, whether it is counted
    ("{}", 303, True),
    (" {} ", 303, True),
    ("{}9", 400, False),
    ("full-width", 303, True),
    ("", 400, False),
    ("12345", 400, False),
    ("1234567", 400, False),
    ("١٢٣٤٥٦", 400, False),
    ("1" * 65, 400, False),
    ("wrong", 400, False),
]


@pytest.mark.parametrize(("typed", "status", "counted"), SPELLINGS)
def test_f03_a_code_has_one_spelling_and_a_slip_is_not_counted(
    kai: Visitor, payroll: Application, gateway: Gateway, typed: str, status: int, counted: bool
) -> None:
    action = waiting(payroll, "kai")
    code = texted(kai.client, action, gateway)
    if typed == "full-width":
        typed = "".join(chr(ord(digit) + 0xFEE0) for digit in code)
    answer = kai.verify(action, "sms", typed.format(code))
    assert answer.status_code == status
    # A success clears what was counted.
    assert guesses("kai") == 0
    assert (payroll.get(action)["status"] in ("approved", "committed")) == counted


def test_f1_a_wrong_code_is_counted_once_and_changes_nothing_else(
    kai: Visitor, payroll: Application, gateway: Gateway
) -> None:
    action = waiting(payroll, "kai")
    code = texted(kai.client, action, gateway)
    answer = kai.verify(action, "sms", f"{(int(code) + 1) % 1_000_000:06d}")
    assert answer.status_code == 400
    words = say("error.wrong_code.sms.detail", tries_left=4)
    assert words in answer.content.decode()
    assert guesses("kai") == 1
    assert payroll.names(action)[-1] == "challenge.missed"
    assert kai.verify(action, "sms", code).status_code == 303


@pytest.mark.parametrize("body", [{"code": ["1", "2"]}, {"code[]": "123456"}, {}, {"send": ""}])
def test_f10_arrays_and_empty_forms_confirm_nothing(
    kai: Visitor, payroll: Application, gateway: Gateway, body: dict[str, object]
) -> None:
    action = waiting(payroll, "kai")
    texted(kai.client, action, gateway)
    address = f"/requests/{action}/verify/sms/"
    assert kai.client.post(address, body).status_code in (303, 400)
    assert payroll.get(action)["status"] not in ("approved", "committed")


def test_f11_a_code_dies_after_ten_minutes(
    kai: Visitor, payroll: Application, gateway: Gateway, later: Later
) -> None:
    action = waiting(payroll, "kai")
    code = texted(kai.client, action, gateway)
    later(timedelta(minutes=10))
    answer = kai.verify(action, "sms", code)
    assert answer.status_code == 410
    assert say("error.challenge_expired.sms.detail") in answer.content.decode()
    assert guesses("kai") == 1


def test_f01_a_code_is_spent_once(
    kai: Visitor, payroll: Application, gateway: Gateway, careful: None
) -> None:
    action = waiting(payroll, "kai")
    code = texted(kai.client, action, gateway)
    assert kai.verify(action, "sms", code).status_code == 303
    assert kai.verify(action, "sms", code).status_code == 409


def test_f09_a_code_is_typed_in_the_browser_that_asked(
    kai: Visitor, payroll: Application, gateway: Gateway, visit: Visit
) -> None:
    first, second = waiting(payroll, "kai"), waiting(payroll, "kai", "payslip.view")
    code = texted(kai.client, first, gateway)
    assert visit("kai").verify(first, "sms", code).status_code == 410  # another browser
    assert kai.verify(second, "sms", code).status_code == 410  # another request
    assert visit("tess").verify(first, "sms", code).status_code == 404  # another person
    assert kai.verify(first, "sms", code).status_code == 303


def test_f2_a_text_is_no_proof_elsewhere(kai: Visitor, payroll: Application) -> None:
    action = waiting(payroll, "kai", "payout.change")
    page = kai.client.get(f"/requests/{action}/verify/").content.decode()
    assert say("way.sms.not_here") in page
    assert ask(kai.client, action, "sms").status_code == 403
    # A bare code belongs to no request, so the gate takes it nowhere else either.
    with pytest.raises(MalformedCode):
        verify(person("kai").pk, "sms", "123456", permitted=["sms"], now=read_clock())


def test_f05_a_locked_account_is_refused_before_and_after(
    kai: Visitor, payroll: Application, gateway: Gateway
) -> None:
    action = waiting(payroll, "kai")
    code = texted(kai.client, action, gateway)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    codes = [kai.verify(action, "sms", wrong).status_code for _ in range(6)]
    assert codes == [400] * 5 + [429]
    assert ask(kai.client, action, "sms").status_code == 429
    assert kai.verify(action, "sms", code).status_code == 429


def block_of(last: int) -> str:
    """A number that differs from its neighbours in the last three digits."""
    return f"+351912345{last:03d}"


def test_f20_a_number_gets_so_many_texts_and_no_more(db: None, later: Later) -> None:
    for _ in range(TEXTS_NUMBER.count):
        count_text(NUMBER, read_clock())
    with pytest.raises(TooManyMessages) as refusal:
        count_text(NUMBER, read_clock())
    first = refusal.value.context["until"]
    assert first > read_clock()
    later(TEXTS_NUMBER.span)
    count_text(NUMBER, read_clock())


def test_f20_neighbouring_numbers_share_a_budget(db: None) -> None:
    for last in range(TEXTS_PREFIX.count):
        count_text(block_of(last), read_clock())
    with pytest.raises(TooManyMessages):
        count_text(block_of(999), read_clock())
    count_text("+351913345678", read_clock())  # elsewhere


def test_f20_all_texts_share_a_budget(db: None, settings: LazySettings, later: Later) -> None:
    settings.TEXTS_AN_HOUR = 7
    for block in range(7):
        count_text(f"+35191{block}345678", read_clock())
    with pytest.raises(TooManyMessages):
        count_text("+447400123456", read_clock())
    later(HOUR)
    count_text("+447400123456", read_clock())


def test_f20_what_is_refused_is_counted_nowhere(db: None, settings: LazySettings) -> None:
    settings.TEXTS_AN_HOUR = 1
    count_text(block_of(1), read_clock())
    before = dict(SendBudget.objects.values_list("key", "recent"))
    for _ in range(3):
        with pytest.raises(TooManyMessages), transaction.atomic():
            count_text(block_of(2), read_clock())
    assert dict(SendBudget.objects.values_list("key", "recent")) == before
    assert not any("912345" in key for key in before)  # no number is kept


def test_f20_pumping_by_one_account_ends_at_the_gateway(
    kai: Visitor, payroll: Application, gateway: Gateway, later: Later
) -> None:
    action = waiting(payroll, "kai")
    sent = 0
    for _ in range(24):
        sent += ask(kai.client, action, "sms").status_code == 303
        later(timedelta(minutes=20))
    assert sent == TEXTS_NUMBER.count


def test_what_looks_back_no_more_is_forgotten(db: None, later: Later) -> None:
    count_text(NUMBER, read_clock())
    assert forget_budgets(read_clock()) == 0
    later(LONGEST)
    later(timedelta(seconds=1))
    assert forget_budgets(read_clock()) == 3
