"""Hours in which it may be done: before them nothing happens and nobody is asked (D2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils.dateparse import parse_datetime

from config.lifecycle import clock_at, read_clock
from fallbacks.contacts import Kind
from fallbacks.models import Challenge, GuessBudget, SentSecret
from identity.actions import answering
from identity.actions.sweeping import sweep_actions
from identity.messages import say
from identity.models import Action, Delivery
from identity.webhooks.sending import deliver_due
from presence.models import Preference
from tests.afterwards.conftest import ADDRESS, KIND, activate, medium
from tests.channels.sent import ask, reached
from tests.pages.reading import Page, check_shape
from tests.world.demo import Application, Visitor, stored
from tests.world.receiver import Receiver

pytestmark = pytest.mark.django_db
Visit = Callable[[str], Visitor]
HOURS = (
    'execution: {days: [mon, tue, wed, thu, fri, sat, sun], from: "09:00", until: "17:00", '
    "zone: person}"
)
TOKYO = ZoneInfo("Asia/Tokyo")


@pytest.fixture
def hours(demo: None) -> None:
    """Medium things may be done from nine to five on the person's clock, which is Tokyo's."""
    activate(medium(HOURS))
    Preference.objects.update(zone="Asia/Tokyo", dnd_until=None)


def _at(clock: time) -> datetime:
    """The next time that it is `clock` in Tokyo."""
    here = read_clock().astimezone(TOKYO)
    there = datetime.combine(here.date(), clock, TOKYO)
    return (there if there > here else there + timedelta(days=1)).astimezone(UTC)


def test_d2_outside_the_hours_it_is_held_and_nobody_is_asked(
    hours: None, payroll: Application, visit: Visit
) -> None:
    opens = _at(time(9))
    with clock_at(opens - timedelta(hours=2)):
        payroll.signal("avery", "heartbeat")
        action = payroll.ask("avery", KIND, ADDRESS).json()
        assert (action["status"], action["message"]["code"]) == (
            "queued",
            "action.queued.window_closed",
        )
        assert parse_datetime(action["message"]["eta"]) == opens
        assert parse_datetime(action["next_attempt_at"]) == opens
        payroll.signal("avery", "push_acknowledged")  # being there changes nothing
        sweep_actions()
        assert stored(action["id"]).status == "queued"
        assert not Challenge.objects.exists()
        page = Page(visit("avery").client.get(f"/requests/{action['id']}/"))
        check_shape(page)
        assert not [link for link in page.links if "/verify/" in link]
        assert page.says("tomorrow at 09:00") or page.says("today at 09:00")
    with clock_at(opens - timedelta(seconds=1)):
        sweep_actions()
        assert not Challenge.objects.exists()
    with clock_at(opens):
        payroll.signal("avery", "heartbeat")
        sweep_actions()
    assert stored(action["id"]).status == "pending"
    assert Challenge.objects.count() == 1


def test_d2_a_code_outside_the_hours_is_refused_and_not_counted(
    hours: None, payroll: Application, visit: Visit
) -> None:
    opens = _at(time(9))
    with clock_at(opens - timedelta(hours=2)):
        action = payroll.ask("tess", KIND, ADDRESS).json()
        visitor = visit("tess")
        for code in ("000000", None):
            answer = visitor.verify(action["id"], code=code)
            page = Page(answer)
            check_shape(page)
            assert page.status == 409
            assert page.says(say("error.window_closed.title"))
            assert page.says("09:00")
    assert not GuessBudget.objects.exists()
    with clock_at(opens + timedelta(seconds=1)):
        assert visitor.verify(action["id"]).status_code == 303
    assert stored(action["id"]).status == "approved"


@pytest.mark.parametrize(
    ("address", "sent"),
    [
        ("verify/email_link/", {"send": "1"}),
        ("verify/sms/", {"send": "1"}),
        ("verify/sms/", {"code": "123456"}),
        ("prompt/", {}),
        ("verify/push/", {"code": "123456"}),
        ("verify/security_key/", {"answer": "{}"}),
        ("verify/backup_code/", {"code": "a" * 16}),
    ],
)
def test_d2_no_way_in_is_open_while_the_hours_are_closed(
    hours: None, payroll: Application, visit: Visit, address: str, sent: dict[str, str]
) -> None:
    with clock_at(_at(time(9)) - timedelta(hours=2)):
        action = payroll.ask("tess", KIND, ADDRESS).json()["id"]
        reached("tess", Kind.EMAIL)
        reached("tess", Kind.SMS)
        visitor = visit("tess")
        path = f"/requests/{action}/{address}"
        refused = Page(visitor.client.post(path, sent))
        check_shape(refused)
        assert refused.status == 409
        assert refused.says(say("error.window_closed.title"))
        if address != "prompt/":
            looked = visitor.client.get(path)
            assert (looked.status_code, looked.headers["location"]) == (303, f"/requests/{action}/")
    assert not SentSecret.objects.exists()
    assert not GuessBudget.objects.exists()


@pytest.mark.parametrize("factor", ["email_link", "sms"])
def test_d2_nothing_is_sent_for_a_question_from_before_closing(
    hours: None, payroll: Application, visit: Visit, factor: str
) -> None:
    closes = _at(time(17))
    with clock_at(closes - timedelta(minutes=2)):
        visitor = visit("tess")
        reached("tess", Kind.EMAIL if factor == "email_link" else Kind.SMS)
        action = payroll.ask("tess", KIND, ADDRESS).json()["id"]
        row = stored(action)
        row.obligations["permitted_factors"] = [factor]
        Action.objects.filter(pk=action).update(obligations=row.obligations)
    with clock_at(closes):
        refused = Page(ask(visitor.client, action, factor))
    assert refused.status == 409
    assert refused.says(say("error.window_closed.title"))
    assert not SentSecret.objects.exists()
    assert (stored(action).status, stored(action).reason) == ("queued", "window_closed")


def test_d2_a_question_from_before_is_refused_after_closing(
    hours: None, payroll: Application, visit: Visit
) -> None:
    closes = _at(time(17))
    with clock_at(closes - timedelta(minutes=2)):
        visitor = visit("tess")
        action = payroll.ask("tess", KIND, ADDRESS).json()
        assert action["message"]["code"] != "action.queued.window_closed"
    with clock_at(closes):
        assert visitor.verify(action["id"]).status_code == 409
    row = stored(action["id"])
    assert (row.status, row.reason) == ("queued", "window_closed")
    assert row.next_attempt_at == closes + timedelta(hours=16)
    assert not GuessBudget.objects.exists()


def test_d2_a_proof_seconds_before_closing_waits_for_the_next_opening(
    hours: None,
    payroll: Application,
    visit: Visit,
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    closes = _at(time(17))
    with clock_at(closes - timedelta(seconds=2)):
        visitor = visit("tess")
        action = payroll.ask("tess", KIND, ADDRESS).json()
        checked = answering._finish

        def slowly(*args: object) -> object:
            with clock_at(closes + timedelta(seconds=1)):
                return checked(*args)  # type: ignore[arg-type]

        monkeypatch.setattr(answering, "_finish", slowly)
        assert visitor.verify(action["id"]).status_code == 303
        page = Page(visitor.client.get(f"/requests/{action['id']}/"))
    assert page.heading == say("action.queued.window_closed.title")
    row = stored(action["id"])
    assert (row.status, row.reason) == ("queued", "window_closed")
    assert row.next_attempt_at == closes + timedelta(hours=16)
    deliver_due()
    assert receiver.received == []


def test_d2_at_the_opening_it_is_decided_anew(
    hours: None, payroll: Application, receiver: Receiver
) -> None:
    opens = _at(time(9))
    with clock_at(opens - timedelta(hours=2)):
        action = payroll.ask("avery", KIND, ADDRESS).json()
        activate(
            medium(HOURS).replace('until: "17:00"', 'until: "18:00"').replace("09:00", "10:00")
        )
    with clock_at(opens):
        assert sweep_actions() == 1
        found = payroll.get(action["id"])
        assert (found["status"], found["decision"]["policy_version"]) == ("queued", 3)
        assert parse_datetime(found["next_attempt_at"]) == opens + timedelta(hours=1)
    assert payroll.names(action["id"])[-1] == "action.rescheduled"


def test_d2_a_commit_sent_again_after_closing_waits_for_the_next_opening(
    hours: None, payroll: Application, visit: Visit, receiver: Receiver
) -> None:
    closes = _at(time(17))
    with clock_at(closes - timedelta(minutes=2)):
        visitor = visit("tess")
        action = payroll.ask("tess", KIND, ADDRESS).json()
        assert visitor.verify(action["id"]).status_code == 303
        receiver.answers = [500]
        deliver_due()
    opens = closes + timedelta(hours=16)
    for moment in (closes, closes + timedelta(hours=1), opens - timedelta(seconds=1)):
        with clock_at(moment):
            deliver_due()
            sweep_actions()
    commit = Delivery.objects.get(type="action.committed")
    assert (len(receiver.received), commit.attempts, commit.next_attempt_at) == (1, 1, opens)
    assert payroll.names(action["id"]).count("delivery.held") == 1
    assert stored(action["id"]).status == "approved"
    with clock_at(closes + timedelta(minutes=1)):
        page = Page(visitor.client.get(f"/requests/{action['id']}/"))
        check_shape(page)
        assert page.says(
            say("event.delivery.held", application=stored(action["id"]).application.name)
        )
    with clock_at(opens):
        deliver_due()
    assert len({each["headers"]["webhook-id"] for each in receiver.received}) == 1
    assert (len(receiver.received), stored(action["id"]).status) == (2, "committed")


def test_d2_news_of_what_is_over_does_not_wait_for_the_hours(
    hours: None, payroll: Application, receiver: Receiver
) -> None:
    with clock_at(_at(time(9)) - timedelta(hours=2)):
        action = payroll.ask("tess", KIND, ADDRESS).json()
        payroll.call("POST", f"actions/{action['id']}/cancel/")
        deliver_due()
    assert [each["body"]["type"] for each in receiver.received] == ["action.cancelled"]


@pytest.mark.parametrize(
    ("night", "opens"),
    [
        # Berlin's clocks go from 02:00 to 03:00: what opens at 02:30 opens when they have skipped
        (datetime(2027, 3, 28, 0, 50, tzinfo=UTC), datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),
        # they go back from 03:00 to 02:00: 02:30 comes twice, and it opens the first time
        (datetime(2027, 10, 31, 0, 10, tzinfo=UTC), datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),
    ],
)
def test_d2_hours_go_by_the_clock_when_it_is_changed(
    demo: None, payroll: Application, night: datetime, opens: datetime
) -> None:
    activate(medium(HOURS.replace("09:00", "02:30").replace("person", "Europe/Berlin")))
    with clock_at(night):
        action = payroll.ask("tess", KIND, ADDRESS).json()
        assert action["message"]["code"] == "action.queued.window_closed"
        assert parse_datetime(action["next_attempt_at"]) == opens
    with clock_at(opens - timedelta(seconds=1)):
        sweep_actions()
        assert stored(action["id"]).reason == "window_closed"
    with clock_at(opens):
        sweep_actions()
        assert stored(action["id"]).reason != "window_closed"


def test_d2_within_the_hours_nothing_is_different(
    hours: None, payroll: Application, visit: Visit
) -> None:
    with clock_at(_at(time(12))):
        visitor = visit("tess")
        action = payroll.ask("tess", KIND, ADDRESS).json()
        assert visitor.verify(action["id"]).status_code == 303
        assert stored(action["id"]).status == "approved"


def test_u2_held_read_only_it_says_what_goes_on(payroll: Application, visit: Visit) -> None:
    held = payroll.ask("sam").json()
    assert (held["read_only"], held["decision"]["read_scope"]) == (True, ["draft", "view"])
    page = Page(visit("sam").client.get(f"/requests/{held['id']}/"))
    assert page.says(say("scope.view"))
    assert page.says(say("scope.draft"))
    assert not page.says(say("scope.history"))
    other = payroll.ask("tess").json()
    assert "read_scope" not in other["decision"]
