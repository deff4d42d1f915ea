"""Adding, making anew and removing ways: by a proof for that very change, told, and seen once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from config.demo.people import backup_codes_of
from config.lifecycle import read_clock
from fallbacks.models import BackupCode, FactorChange, GuessBudget, SecurityNotice
from identity.messages import say
from identity.models import Event
from tests.factors.changing import (
    CODE,
    ask,
    begun,
    changes_done,
    code_of,
    new_device,
    own,
    person,
    prove,
    typed_key,
    ways,
    wrong,
)
from tests.pages.reading import Page, check_shape
from tests.world.demo import OTHER_IBAN, Application, Visitor, stored

pytestmark = pytest.mark.django_db

Visit = Callable[[str], Visitor]
Later = Callable[[timedelta], datetime]


def names_of(user: str) -> list[str]:
    """The names of the person's events about factors, oldest first."""
    found = Event.objects.filter(subject__username=user, kind="factor_change").order_by("id")
    return list(found.values_list("name", flat=True))


def test_f1_a_second_authenticator_app_counts_after_its_first_code(
    visit: Visit, later: Later, payroll: Application
) -> None:
    avery = visit("avery")
    address = begun(avery, "totp", "enrol", name="  The tablet  at home ")
    page = Page(avery.client.get(address))
    check_shape(page)
    assert prove(avery, address).status_code == 303
    shown = avery.client.get(address)
    check_shape(Page(shown))
    device = new_device("avery")
    assert typed_key(shown) == device.bin_key
    assert "<svg" in shown.content.decode()
    assert "no-store" in shown.headers["cache-control"]
    assert ways("avery") == [("totp", "Authenticator app")]
    assert avery.client.post(f"{address}confirm/", {"code": code_of(device)}).status_code == 303
    assert ways("avery") == [("totp", "Authenticator app"), ("totp", "The tablet at home")]
    assert names_of("avery") == ["factor.change_begun", "factor.change_proved", "factor.enrolled"]
    used = code_of(device)
    action = payroll.ask("avery").json()["id"]
    assert avery.verify(action, code=used).status_code == 400  # the code that confirmed is used up
    now = later(timedelta(seconds=60))
    device.refresh_from_db()
    assert avery.verify(action, code=code_of(device, now)).status_code == 303
    assert stored(action).status in ("approved", "committed")


def test_f1_a_wrong_first_code_adds_nothing_and_counts(visit: Visit) -> None:
    avery = visit("avery")
    address = begun(avery, "totp", "enrol")
    prove(avery, address)
    device = new_device("avery")
    answer = avery.client.post(f"{address}confirm/", {"code": wrong(code_of(device))})
    assert answer.status_code == 400
    check_shape(Page(answer))
    assert Page(answer).says(say("error.wrong_code.totp.detail", tries_left=4))
    assert len(ways("avery")) == 1
    assert GuessBudget.objects.get(subject=person("avery")).short_count == 1
    assert not SecurityNotice.objects.exists()
    assert avery.client.post(f"{address}confirm/", {"code": code_of(device)}).status_code == 303
    assert len(ways("avery")) == 2


def test_f1_backup_codes_are_seen_once_and_the_old_ones_stop(
    visit: Visit, payroll: Application
) -> None:
    tess = visit("tess")
    old = backup_codes_of("tess")[0]
    address = begun(tess, "backup_code", "replace")
    answer = prove(tess, address)
    assert answer.status_code == 200
    check_shape(Page(answer))
    codes = CODE.findall(answer.content.decode())
    assert len(codes) == len(set(codes)) == 10
    assert "no-store" in answer.headers["cache-control"]
    again = tess.client.get(address)
    assert again.status_code == 409
    for page in (again, tess.client.get("/factors/"), tess.client.get(f"{address}proof/totp/")):
        assert not CODE.findall(page.content.decode())
    assert not BackupCode.objects.filter(digest__in=codes).exists()
    action = payroll.ask("tess").json()["id"]
    assert tess.verify(action, "backup_code", old).status_code == 400
    assert tess.verify(action, "backup_code", codes[0].upper()).status_code == 303
    assert own("tess", "backup_code").left == 9


def test_f1_a_removed_way_stops_at_once(visit: Visit, payroll: Application) -> None:
    tess = visit("tess")
    action = payroll.ask("tess").json()["id"]
    answer = prove(tess, begun(tess, "totp", "remove"), "backup_code", backup_codes_of("tess")[0])
    assert answer.status_code == 303
    assert ways("tess") == [("backup_code", "Backup codes")]
    assert tess.verify(action, code="123456").status_code == 404
    assert names_of("tess")[-1] == "factor.removed"


def test_f1_the_last_way_stays(visit: Visit) -> None:
    avery = visit("avery")
    answer = ask(avery, "totp", "remove")
    assert answer.status_code == 409
    assert Page(answer).says(say("error.last_way.detail"))
    BackupCode.objects.filter(device__user__username="tess").update(spent_at=read_clock())
    assert ask(visit("tess"), "totp", "remove").status_code == 409


def test_f1_two_removals_at_once_cannot_take_the_last_way(visit: Visit) -> None:
    first, second = visit("tess"), visit("tess")
    one = begun(first, "totp", "remove")
    other = begun(second, "backup_code", "remove")
    assert first.client.get(one).status_code == 409  # one change at a time
    assert prove(second, other).status_code == 303
    assert ask(first, "totp", "remove").status_code == 409


@pytest.mark.parametrize("credential", ["", "0", "x", "٣", "9" * 60, "-1", "1;drop"])
def test_f1_somebody_elses_way_or_none_is_not_there(visit: Visit, credential: str) -> None:
    tess = visit("tess")
    for factor in ("totp", "backup_code"):
        answer = ask(tess, factor, "remove", credential=credential)
        assert answer.status_code == 404, (factor, credential)
        foreign = own("sam", factor).id
        assert ask(tess, factor, "remove", credential=foreign).status_code == 404
    assert not FactorChange.objects.exists()


@pytest.mark.parametrize(
    ("factor", "kind"),
    [("", ""), ("totp", ""), ("totp", "replace"), ("support", "enrol"), ("eyes", "enrol")],
)
def test_f1_what_cannot_be_changed_is_refused(visit: Visit, factor: str, kind: str) -> None:
    answer = ask(visit("avery"), factor, kind, credential="1")
    assert answer.status_code in (403, 404)
    assert not FactorChange.objects.exists()


@pytest.mark.parametrize("typed", ["\x01\x07", "<b>x</b>", "é" * 100, "\u202egnihtemos"])
def test_f1_a_name_is_text_and_short(visit: Visit, typed: str) -> None:
    avery = visit("avery")
    address = begun(avery, "totp", "enrol", name=typed)
    prove(avery, address)
    avery.client.post(f"{address}confirm/", {"code": code_of(new_device("avery"))})
    page = Page(avery.client.get("/factors/"))
    check_shape(page)
    name = ways("avery")[1][1]
    assert name.isprintable()
    assert 0 < len(name) <= 40
    assert "<b>" not in page.text


def test_f12_a_proof_is_for_one_change_and_five_minutes(visit: Visit, later: Later) -> None:
    avery = visit("avery")
    address = begun(avery, "totp", "enrol")
    prove(avery, address)
    device = new_device("avery")
    now = later(timedelta(minutes=5))
    answer = avery.client.post(f"{address}confirm/", {"code": code_of(device, now)})
    assert answer.status_code == 409
    assert Page(answer).says(say("error.change_over.detail"))
    assert len(ways("avery")) == 1
    assert names_of("avery")[-1] == "factor.change_expired"


def test_f11_a_change_that_was_not_proved_is_over_by_the_clock(visit: Visit, later: Later) -> None:
    avery = visit("avery")
    address = begun(avery, "totp", "enrol")
    later(timedelta(minutes=10))
    assert prove(avery, address).status_code == 409
    assert not TOTPDevice.objects.filter(confirmed=False).exists()


def test_f12_the_proof_of_one_change_does_not_serve_another(visit: Visit, later: Later) -> None:
    tess = visit("tess")
    first = begun(tess, "totp", "enrol")
    prove(tess, first)
    second = begun(tess, "backup_code", "replace")
    assert tess.client.post(f"{second}done/").status_code == 409
    assert tess.client.get(first).status_code == 409
    assert own("tess", "backup_code").left == 8


def test_f1_what_is_left_as_it_was_forgets_its_key(visit: Visit) -> None:
    avery = visit("avery")
    address = begun(avery, "totp", "enrol")
    prove(avery, address)
    assert avery.client.post(f"{address}cancel/").status_code == 303
    assert not TOTPDevice.objects.filter(confirmed=False).exists()
    assert names_of("avery")[-1] == "factor.change_withdrawn"
    assert changes_done("avery") == 0


def test_d8_a_changed_way_ends_the_trust_that_was_earned_before(
    visit: Visit, payroll: Application
) -> None:
    tess = visit("tess")
    action = payroll.ask("tess").json()["id"]
    tess.verify(action, "backup_code", backup_codes_of("tess")[0])
    body = {"type": "payout.change", "subject": "tess", "payload": {"account": OTHER_IBAN}}

    def trust() -> str:
        told = payroll.call("POST", "decisions/", body).json()
        return str(told["explanation"]["inputs"]["trust"])

    assert trust() != "none"
    prove(tess, begun(tess, "backup_code", "replace"))
    assert trust() == "none"


def test_f23_the_key_is_on_no_other_page_and_in_no_address(visit: Visit) -> None:
    avery = visit("avery")
    address = begun(avery, "totp", "enrol")
    prove(avery, address)
    key = new_device("avery").key
    assert key not in address
    for path in ("/factors/", "/account/", "/", "/sessions/"):
        text = avery.client.get(path).content.decode()
        assert key not in text
        assert "typed-key" not in text
    stranger = visit("sam")
    assert stranger.client.get(address).status_code == 409
    assert Client().get(address).status_code == 303


def test_f12_a_change_belongs_to_the_session_it_was_begun_in(visit: Visit) -> None:
    here, elsewhere = visit("avery"), visit("avery")
    address = begun(here, "totp", "enrol")
    assert elsewhere.client.get(address).status_code == 409
    assert prove(elsewhere, address).status_code == 409
    prove(here, address)
    device = new_device("avery")
    assert elsewhere.client.post(f"{address}confirm/", {"code": code_of(device)}).status_code == 409
    assert len(ways("avery")) == 1


def test_f26_a_change_without_its_record_is_no_change(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    avery = visit("avery")
    address = begun(avery, "totp", "enrol")
    prove(avery, address)
    device = new_device("avery")
    monkeypatch.setattr("identity.audit.record.NAMES", frozenset({"factor.change_begun"}))
    avery.client.raise_request_exception = False
    avery.client.post(f"{address}confirm/", {"code": code_of(device)})
    assert len(ways("avery")) == 1
    assert connection.is_usable()
