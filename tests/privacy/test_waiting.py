"""“Why was my challenge delayed?”, answered from what was recorded (P7)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from identity.actions.sweeping import sweep_actions
from identity.actions.waiting_in_words import plain_rule
from identity.messages import say
from identity.messages.times import by, lasting, when
from presence.availability import sweep_availability
from presence.choices import preference_of, set_do_not_disturb
from presence.rights import delete_presence
from tests.pages.reading import Page, check_shape
from tests.privacy.knowing import person
from tests.world.demo import Application, Visitor, stored

pytestmark = pytest.mark.django_db

Visit = Callable[[str], Visitor]
Later = Callable[[timedelta], datetime]


def explained(payroll: Application, action_id: str) -> Any:
    """How the API says that the action waited."""
    return payroll.call("GET", f"actions/{action_id}/explanation/").json()["wait"]


def test_p7_quiet_by_choice_is_told_with_its_end(
    payroll: Application, visit: Visit, later: Later
) -> None:
    now = later(timedelta())
    user, until = person("tess"), now + timedelta(hours=5)
    set_do_not_disturb(user.pk, until)
    action = payroll.ask("tess").json()
    zone = ZoneInfo(preference_of(user.pk).zone)
    found = explained(payroll, action["id"])
    assert found["because"] == "quiet"
    assert [held["reason"] for held in found["held"]] == ["do_not_disturb"]
    assert found["held"][0]["rule"] == action["decision"]["rule"]
    assert found["next_attempt_at"] == action["next_attempt_at"]
    page = Page(visit("tess").client.get(f"/requests/{action['id']}/"))
    check_shape(page)
    rule = plain_rule(action["decision"]["rule"])
    for sentence in (
        say("wait.next.quiet", when=when(until, now, zone), span=""),
        say("wait.rule", rule=rule, number=str(action["decision"]["policy_version"])),
        say("wait.any_hour"),
    ):
        assert page.says(sentence)
        assert sentence in found["text"]
    assert page.says(say("event.auth.queued.do_not_disturb"))


def test_p7_a_step_of_the_ladder_is_told_with_its_spread(
    payroll: Application, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("identity.actions.climbing._spread.random", lambda: 1.0)
    later(timedelta())
    action = payroll.ask("sam").json()
    first = explained(payroll, action["id"])
    assert (first["because"], len(first["held"])) == ("schedule", 1)
    retries = stored(action["id"]).obligations["retries"]
    span = lasting(timedelta(seconds=retries[0]))
    assert not any(say("wait.spread", span="")[:10] in each for each in first["text"])
    now = later(timedelta(seconds=retries[0] + 1))
    sweep_actions()
    found = explained(payroll, action["id"])
    row = stored(action["id"])
    zone = ZoneInfo("Europe/Lisbon")
    assert [held["reason"] for held in found["held"]] == ["network_lost"] * 2
    assert row.next_attempt_at is not None
    assert row.expires_at is not None
    span = lasting(timedelta(seconds=retries[1]))
    moment = when(row.next_attempt_at, now, zone)
    assert say("wait.next.schedule", when=moment, span=span) in found["text"]
    added = lasting(timedelta(seconds=retries[1] / 10))
    assert say("wait.spread", span=added) in found["text"]
    assert say("wait.until", until=by(row.expires_at, now, zone)) in found["text"]
    assert say("wait.again", count=1, at=when(now, now, zone)) in found["text"]


def test_p7_since_when_presence_said_so(payroll: Application, later: Later) -> None:
    said = later(timedelta())
    payroll.signal("avery", "network", "lost")
    later(timedelta(minutes=20))
    sweep_availability()
    now = later(timedelta(minutes=20))
    action = payroll.ask("avery").json()
    held = explained(payroll, action["id"])["held"][0]
    assert held["reason"] == "network_lost"
    assert held["since"] is not None
    assert datetime.fromisoformat(held["since"]) <= now
    delete_presence(person("avery").pk, actor="avery")
    again = explained(payroll, action["id"])["held"][0]
    assert again == held  # told from the record, which outlives the data
    assert datetime.fromisoformat(again["since"]) >= said


def test_p7_an_unanswered_question_is_told_as_what_it_is(
    payroll: Application, visit: Visit, later: Later
) -> None:
    action = payroll.ask("avery").json()
    assert explained(payroll, action["id"]) is None
    later(timedelta(minutes=11))
    sweep_actions()
    assert stored(action["id"]).status == "delayed"
    found = explained(payroll, action["id"])
    assert (found["because"], found["held"][0]["reason"]) == ("schedule", "no_answer")
    page = Page(visit("avery").client.get(f"/requests/{action['id']}/"))
    assert page.says(say("wait.heading"))
    assert page.says(say("wait.no_answer"))


def test_p7_who_came_back_is_told_that_it_goes_on(payroll: Application) -> None:
    action = payroll.ask("tess").json()
    payroll.signal("tess", "heartbeat")
    assert explained(payroll, action["id"])["because"] == "reachable"


def test_p7_the_answer_stays_when_the_request_is_over(payroll: Application, visit: Visit) -> None:
    action = payroll.ask("tess").json()
    visit("tess").verify(action["id"])
    found = explained(payroll, action["id"])
    assert (found["because"], found["next_attempt_at"]) == (None, None)
    assert len(found["held"]) == 1


def test_p7_the_availability_page_tells_of_the_newest_that_waits(
    payroll: Application, visit: Visit
) -> None:
    visitor = visit("tess")
    assert not Page(visitor.client.get("/presence/")).says(say("wait.panel"))
    action = payroll.ask("tess").json()
    page = Page(visitor.client.get("/presence/"))
    check_shape(page)
    assert page.says(say("wait.panel"))
    assert f"/requests/{action['id']}/" in page.links
    assert not Page(visit("avery").client.get("/presence/")).says(say("wait.panel"))


def test_p7_somebody_elses_answer_is_not_there(payroll: Application, visit: Visit) -> None:
    action = payroll.ask("tess").json()
    assert visit("avery").client.get(f"/requests/{action['id']}/").status_code == 404
