"""What a person is told about their account, and "I did not do this"."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from config.demo.people import backup_codes_of, password_of
from fallbacks.models import Escalation, FactorChange, SecurityNotice
from identity.messages import UnknownMessage, say
from identity.models import Event, Session, User
from identity.notices import DISPUTABLE, notify_security
from tests.console.conftest import Colleague, says
from tests.factors.changing import ask, begun, code_of, new_device, own, person, prove, ways
from tests.pages.reading import Page, check_shape
from tests.world.demo import Application, Visitor

pytestmark = pytest.mark.django_db

Visit = Callable[[str], Visitor]


def told(name: str) -> list[str]:
    """What the person was told, oldest first."""
    found = SecurityNotice.objects.filter(subject__username=name).order_by("at")
    return list(found.values_list("message_id", flat=True))


def renewed(visitor: Visitor) -> SecurityNotice:
    """New backup codes, and the notice of them."""
    prove(visitor, begun(visitor, "backup_code", "replace"))
    return SecurityNotice.objects.get(subject=person(visitor.name))


def test_f21_every_change_of_a_way_is_told(visit: Visit) -> None:
    tess = visit("tess")
    codes = backup_codes_of("tess")
    address = begun(tess, "totp", "enrol")
    prove(tess, address, "backup_code", codes[0])
    tess.client.post(f"{address}confirm/", {"code": code_of(new_device("tess"))})
    prove(tess, begun(tess, "totp", "remove"), "backup_code", codes[1])
    prove(tess, begun(tess, "backup_code", "replace"), "backup_code", codes[2])
    assert told("tess") == ["factor_enrol", "factor_remove", "factor_replace"]


def test_p4_the_use_of_a_fallback_is_told(visit: Visit, payroll: Application) -> None:
    kai = visit("kai")
    action = payroll.ask("kai").json()["id"]
    kai.verify(action, "backup_code", backup_codes_of("kai")[0])
    assert told("kai") == ["fallback_used"]
    tess = visit("tess")
    tess.verify(payroll.ask("tess").json()["id"])
    assert told("tess") == []


def test_p4_a_new_password_is_told(visit: Visit) -> None:
    new = "seven-quiet-herons"
    form = {"old_password": password_of("tess"), "new_password1": new, "new_password2": new}
    visit("tess").client.post("/account/", form)
    assert told("tess") == ["password_changed"]


def test_f21_whoever_did_it_cannot_wave_the_notice_away(visit: Visit) -> None:
    here, elsewhere = visit("tess"), visit("tess")
    notice = renewed(here)
    words = say("notice.factor_replace.title")
    assert not Page(here.client.get("/")).says(say("notices.heading"))
    assert here.client.post(f"/factors/notices/{notice.pk}/seen/").status_code == 404
    for path in ("/", "/factors/"):
        page = Page(elsewhere.client.get(path))
        check_shape(page)
        assert page.says(words)
        assert page.says(say("notices.heading"))
    assert elsewhere.client.post(f"/factors/notices/{notice.pk}/seen/").status_code == 303
    assert not Page(elsewhere.client.get("/")).says(say("notices.heading"))
    assert Page(elsewhere.client.get("/factors/")).says(words)  # it stays in the list


def test_i_did_not_do_this_ends_sessions_tells_security_and_freezes(
    visit: Visit, payroll: Application
) -> None:
    thief, owner = visit("tess"), visit("tess")
    notice = renewed(thief)
    before = User.objects.get(username="tess").anomaly_points
    answer = owner.client.post(f"/factors/notices/{notice.pk}/not-me/")
    assert answer.status_code == 303
    assert thief.client.get("/").status_code == 303  # signed out
    page = Page(owner.client.get("/factors/"))
    check_shape(page)
    assert page.says(say("factors.frozen"))
    assert page.says(say("notices.with_security"))
    assert User.objects.get(username="tess").anomaly_points > before
    escalation = Escalation.objects.get(notice=notice)
    assert (escalation.queue, escalation.status, escalation.reasons) == (
        "security", "open", ["not_me"],
    )  # fmt: skip
    names = list(Event.objects.filter(kind="notice").order_by("id").values_list("name", flat=True))
    assert names == ["notice.given", "notice.disputed", "escalation.triggered"]
    for factor, kind in (("totp", "enrol"), ("totp", "remove"), ("backup_code", "replace")):
        assert ask(owner, factor, kind).status_code == 423
    assert payroll.ask("tess").json()["status"] == "blocked"
    assert owner.client.post(f"/factors/notices/{notice.pk}/not-me/").status_code == 303
    assert Escalation.objects.filter(notice=notice).count() == 1


def test_a_dispute_stops_a_change_that_is_under_way(visit: Visit) -> None:
    owner = visit("tess")
    notice = renewed(owner)
    address = begun(owner, "totp", "enrol")
    prove(owner, address, "backup_code", backup_codes_of("tess")[0])
    owner.client.post(f"/factors/notices/{notice.pk}/not-me/")
    assert owner.client.get(address).status_code in (409, 423)
    assert prove(owner, address).status_code in (409, 423)
    assert len(ways("tess")) == 2


def test_f12_disputing_takes_nobodys_way_away(visit: Visit) -> None:
    owner = visit("tess")
    notice = renewed(owner)
    stranger = visit("tess")  # knows the password, has no way
    stranger.client.post(f"/factors/notices/{notice.pk}/not-me/")
    assert [factor for factor, _ in ways("tess")] == ["totp", "backup_code"]
    assert own("tess", "backup_code").left == 10


def test_this_was_not_me_on_the_page_of_a_change(visit: Visit) -> None:
    avery = visit("avery")
    address = begun(avery, "totp", "enrol")
    assert f"{address}not-me/" in Page(avery.client.get(address)).forms
    assert avery.client.post(f"{address}not-me/").status_code == 303
    assert told("avery") == ["change_disputed"]
    assert FactorChange.objects.get().status == "withdrawn"
    assert Escalation.objects.filter(subject__username="avery", status="open").exists()


def test_somebody_elses_notice_is_not_there(visit: Visit) -> None:
    notice = renewed(visit("tess"))
    sam = visit("sam")
    for step in ("seen", "not-me"):
        assert sam.client.post(f"/factors/notices/{notice.pk}/{step}/").status_code == 404
    assert SecurityNotice.objects.get().status == "open"


def test_an_old_notice_leaves_the_list(
    visit: Visit, later: Callable[[timedelta], datetime]
) -> None:
    tess = visit("tess")
    renewed(tess)
    later(DISPUTABLE)
    assert not Page(tess.client.get("/factors/")).says(say("notices.recent"))


def test_security_reads_the_dispute_and_thaws_with_a_verdict(
    visit: Visit, staff: Callable[[str], Colleague]
) -> None:
    tess = visit("tess")
    notice = renewed(tess)
    tess.client.post(f"/factors/notices/{notice.pk}/not-me/")
    escalation = Escalation.objects.get(notice=notice)
    robin = staff("security1")
    assert says(robin.get("fallbacks/escalation/"), "notice.factor_replace.title")
    assert says(robin.get(""), "notice.factor_replace.title")
    address = f"fallbacks/escalation/{escalation.pk}/"
    assert says(robin.get(f"{address}change/"), "console.escalation.lede.notice", name="Tess")
    given = {"resolve-verdict": "release", "resolve-reason_code": "genuine_contacted"}
    assert robin.post(f"{address}resolve/", **given).status_code == 302
    assert robin.get(f"{address}change/").status_code == 200
    escalation.refresh_from_db()
    assert escalation.status == "resolved"
    assert ask(tess, "totp", "enrol").status_code == 303


def test_an_unknown_notice_is_an_error_and_words_are_whole(demo: None) -> None:
    user = person("tess")
    with pytest.raises(UnknownMessage):
        notify_security(user, "nowhere", {})
    whats = [
        "factor_enrol", "factor_replace", "factor_remove", "change_disputed", "fallback_used",
        "recovered", "password_changed",
    ]  # fmt: skip
    for what in whats:
        assert say(f"notice.{what}.title")
        assert say(f"notice.{what}.text", way="a way", place="a place", name="it")


def test_f26_a_notice_rolls_back_with_what_it_is_about(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    avery = visit("avery")
    address = begun(avery, "totp", "enrol")
    prove(avery, address)
    device = new_device("avery")

    def broken(*given: object, **more: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("identity.factor_changes.notify_security", broken)
    avery.client.raise_request_exception = False
    assert avery.client.post(f"{address}confirm/", {"code": code_of(device)}).status_code == 500
    assert len(ways("avery")) == 1
    assert Session.objects.filter(user=person("avery"), status="active").exists()
