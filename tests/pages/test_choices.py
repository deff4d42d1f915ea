"""Availability in words, and every choice about being left in peace (P3, P4)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from config.lifecycle import read_clock
from identity.messages import say
from identity.models import User
from identity.states import Status
from presence.choices import preference_of, set_zone
from tests.pages.reading import Page, check_shape
from tests.world.demo import Application, Visitor, stored

pytestmark = pytest.mark.django_db

Visit = Callable[[str], Visitor]
Later = Callable[[timedelta], datetime]


@pytest.mark.parametrize(
    ("person", "state"),
    [
        ("avery", "available"),
        ("tess", "delayed"),
        ("sam", "unreachable"),
        ("kai", "degraded"),
    ],
)
def test_p3_availability_is_told_in_words(visit: Visit, person: str, state: str) -> None:
    page = Page(visit(person).client.get("/presence/"))
    check_shape(page)
    assert page.heading == say(f"availability.{state}.title")
    for question in ("phone", "other", "fresh", "wait"):
        assert page.says(say(f"presence.ask.{question}"))


def test_p4_quiet_is_told_with_its_end(visit: Visit) -> None:
    page = Page(visit("noor").client.get("/presence/"))
    assert page.heading.startswith(say("availability.do_not_disturb.title", until="07:00"))


def test_p4_i_am_here_ends_the_quiet_and_wakes_what_waits(
    payroll: Application, visit: Visit
) -> None:
    action = payroll.ask("noor").json()
    due = stored(action["id"]).next_attempt_at
    visitor = visit("noor")
    answer = visitor.client.post("/presence/here/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/presence/")
    page = Page(visitor.client.get("/presence/"))
    assert page.says(say("presence.here.done"))
    assert page.heading == say("availability.available.title")
    woken = stored(action["id"])
    assert woken.status == Status.PENDING or woken.next_attempt_at < due


def test_p4_do_not_disturb_until_a_moment_on_the_persons_clock(visit: Visit) -> None:
    visitor = visit("tess")
    user = User.objects.get(username="tess")
    set_zone(user.pk, "Asia/Kathmandu")
    until = read_clock().astimezone(ZoneInfo("Asia/Kathmandu")).replace(
        second=0, microsecond=0
    ) + timedelta(hours=5)
    visitor.client.post("/presence/do-not-disturb/", {"until": until.strftime("%Y-%m-%dT%H:%M")})
    assert preference_of(user.pk).dnd_until == until.astimezone(UTC)
    page = Page(visitor.client.get("/presence/"))
    check_shape(page)
    assert until.strftime("%H:%M") in page.heading
    visitor.client.post("/presence/do-not-disturb/", {"off": "1"})
    assert preference_of(user.pk).dnd_until is None


def test_p4_away_until_the_first_day_back(visit: Visit) -> None:
    visitor = visit("tess")
    user = User.objects.get(username="tess")
    back = (read_clock() + timedelta(days=9)).date()
    visitor.client.post("/presence/away/", {"until": back.isoformat()})
    kept = preference_of(user.pk)
    morning = datetime.combine(back, time(), ZoneInfo(kept.zone))
    assert kept.away_until == morning.astimezone(UTC)
    assert f'value="{back.isoformat()}"' in Page(visitor.client.get("/presence/")).text
    visitor.client.post("/presence/away/", {"off": "1"})
    assert preference_of(user.pk).away_until is None


def test_p4_quiet_hours_on_chosen_days(visit: Visit) -> None:
    visitor = visit("tess")
    user = User.objects.get(username="tess")
    visitor.client.post(
        "/presence/quiet-hours/", {"day": ["mon", "sun"], "from": "21:30", "to": "07:00"}
    )
    kept = preference_of(user.pk)
    assert (kept.quiet_days, kept.quiet_start, kept.quiet_end) == ([0, 6], time(21, 30), time(7))
    page = Page(visitor.client.get("/presence/"))
    check_shape(page)
    assert len(re.findall(r'name="day"[^>]* checked>', page.text)) == 2
    visitor.client.post("/presence/quiet-hours/", {"from": "21:30", "to": "07:00"})
    assert preference_of(user.pk).quiet_days == []


@pytest.mark.parametrize(
    ("path", "form", "error", "kept"),
    [
        ("do-not-disturb", {"until": "2020-01-01T10:00"}, "wrong_time", "2020-01-01T10:00"),
        ("do-not-disturb", {"until": "soon"}, "wrong_time", "soon"),
        ("do-not-disturb", {"until": "2026-02-31T10:00"}, "wrong_time", "2026-02-31T10:00"),
        ("do-not-disturb", {}, "wrong_time", ""),
        ("away", {"until": "9999-12-31"}, "wrong_time", "9999-12-31"),
        ("away", {"until": "0001-01-01"}, "wrong_time", "0001-01-01"),
        ("quiet-hours", {"day": "mon", "from": "25:00", "to": "07:00"}, "wrong_time", "25:00"),
        ("quiet-hours", {"day": "mon", "from": "", "to": "07:00"}, "wrong_time", "07:00"),
        ("quiet-hours", {"day": "someday", "from": "21:00", "to": "07:00"}, "wrong_time", "21:00"),
        ("zone", {"zone": "Middle/Earth"}, "unknown_zone", ""),
        ("zone", {"zone": "../../etc/passwd"}, "unknown_zone", ""),
        ("zone", {}, "unknown_zone", ""),
    ],
)
def test_p4_a_choice_that_cannot_be_is_refused_and_kept(
    visit: Visit, path: str, form: dict[str, str], error: str, kept: str
) -> None:
    visitor = visit("tess")
    user = User.objects.get(username="tess")
    before = preference_of(user.pk)
    page = Page(visitor.client.post(f"/presence/{path}/", form))
    check_shape(page)
    assert page.status == 400
    assert page.title.startswith(say("title.error"))
    own = f"error.{error}.quiet.detail"
    assert page.says(say(own if path == "quiet-hours" else f"error.{error}.detail"))
    assert kept in page.text
    after = preference_of(user.pk)
    assert (after.dnd_until, after.away_until, after.quiet_days, after.zone) == (
        before.dnd_until,
        before.away_until,
        before.quiet_days,
        before.zone,
    )


def test_p4_a_time_zone_moves_every_time_on_the_pages(visit: Visit) -> None:
    visitor = visit("tess")
    visitor.client.post("/presence/zone/", {"zone": "Pacific/Auckland"})
    page = Page(visitor.client.get("/presence/"))
    assert page.says(say("chrome.zone", place="Auckland"))
    assert page.says(say("zone.done"))


@pytest.mark.parametrize("path", ["here", "do-not-disturb", "away", "quiet-hours", "zone"])
def test_p4_choices_take_a_post(visit: Visit, path: str) -> None:
    assert visit("tess").client.get(f"/presence/{path}/").status_code == 405
