"""Delayed MFA as it is lived, over days: the action waits, every challenge is new and short, a real
mail arrives, a person comes back on the third day or nobody does (Q3, Q4, F4, F5)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest

from config.demo.people import backup_codes_of
from config.lifecycle import read_clock
from fallbacks.models import Challenge, OutboundMessage, VerificationCase
from identity.actions.rungs import Rung, rungs
from identity.mailing import PROMPT
from identity.messages import say
from identity.models import Evidence, User
from presence.models import Preference
from tests.afterwards.conftest import activate
from tests.channels.outside import Sink
from tests.console.conftest import has_text
from tests.ladder.days import Days, Moved, monday
from tests.pages.reading import Page, check_shape
from tests.policy.conftest import SHIPPED
from tests.world.demo import Application, Visitor, stored
from tests.world.receiver import Receiver

pytestmark = pytest.mark.django_db

Later = Callable[[timedelta], datetime]
MINUTES, HOURS, DAYS = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
CHALLENGE = 10 * MINUTES
SPREAD = 1.1
"""A step may come a tenth later than it says (F30)."""
OPEN_FROM, OPEN_UNTIL = time(8), time(20)
QUIET_FROM, QUIET_UNTIL = time(22), time(7)
PATIENT = (
    SHIPPED.replace(
        "  high_urgent:",
        "  high_days:\n    like: high\n    ladder: [retry 15m, retry 7h, wait 12h, notify backup, "
        "wait 20h, step_up backup_code, wait 12h, support]\n"
        '    execution: {days: [mon, tue, wed, thu, fri], from: "08:00", until: "20:00", '
        "zone: person}\n  high_urgent:",
        1,
    )
    .replace("    profile: high\n", "    profile: high_days\n")
    .replace(
        "darkness: {low: 3d, medium: 1d, high: 8h}", "darkness: {low: 3d, medium: 3d, high: 3d}"
    )
)
"""The shipped policy with a ladder of days, and with hours in which money may move."""


@pytest.fixture
def days(payroll: Application, later: Later, sink: Sink, receiver: Receiver) -> Days:
    """Tess asks on a Monday afternoon, is asked at once, and puts the phone away."""
    activate(PATIENT)
    found = Days(later, "tess")
    found.go_to(monday(14))
    Preference.objects.update_or_create(
        subject=User.objects.get(username="tess"),
        defaults={
            "zone": "Europe/Lisbon",
            "quiet_days": list(range(7)),
            "quiet_start": QUIET_FROM,
            "quiet_end": QUIET_UNTIL,
        },
    )
    payroll = Application()  # its token is of that day
    payroll.signal("tess", "heartbeat")
    action = payroll.ask("tess").json()
    assert action["status"] == "pending"
    found.action = action["id"]
    return found


def coming(days: Days) -> list[Rung]:
    preference = Preference.objects.get(subject__username="tess")
    return rungs(stored(days.action), read_clock(), preference)[1]


def kept_word(promised: Rung, happened: datetime, steps: int) -> None:
    """What the page said of a step that came as the `steps`-th of those to come."""
    if not promised.no_sooner:
        assert happened == promised.at
        return
    assert promised.at <= happened
    # each step before it may be spread by a tenth, asks for ten minutes, or waits out a night
    assert happened <= promised.at + steps * (CHALLENGE + 2 * HOURS)


def by_status(story: list[Moved], status: str) -> list[Moved]:
    return [each for each in story if each.status == status]


def test_q3_on_the_third_day_the_person_proves_it_once_and_it_is_done_once(
    days: Days, sink: Sink, receiver: Receiver, later: Later
) -> None:
    first_page = coming(days)
    assert [rung.message_id for rung in first_page] == [
        "rung.prompt_ends",
        "rung.ask_again",
        "rung.ask_again",
        "rung.notify",
        "rung.then_other_way",
        "rung.then_support",
        "rung.closes",
    ]
    assert [rung.at for rung in first_page] == sorted(rung.at for rung in first_page)

    # Unanswered: delayed, and the next time is known. It is spread by a tenth at most.
    ended = days.until(monday(14, 10))
    assert [each.status for each in ended] == ["delayed"]
    again = ended[0].next_at
    assert again is not None
    assert 15 * MINUTES <= again - ended[0].at <= 15 * MINUTES * SPREAD
    kept_word(first_page[0], ended[0].at, 0)
    kept_word(first_page[1], again, 1)
    known = coming(days)
    assert (known[0].message_id, known[0].at, known[0].no_sooner) == (
        "rung.ask_again",
        again,
        False,
    )

    # Asked again at that very moment, with a challenge of its own. The one after that would be in
    # the evening, when no money moves: it comes in the morning, and the page had said so.
    monday_evening = days.until(monday(23, 59))
    assert [each.status for each in monday_evening] == ["pending", "delayed"]
    assert monday_evening[0].at == again
    morning = monday(8) + DAYS
    assert monday_evening[1].next_at == morning
    assert known[1].at == morning

    # Asked in the morning; and twelve hours later it would be after eight once more.
    tuesday = days.until(monday(23, 59) + DAYS)
    assert [each.status for each in tuesday] == ["pending", "delayed"]
    assert tuesday[0].at == morning
    assert sink.letters == []
    wednesday = monday(8) + 2 * DAYS
    assert tuesday[1].next_at == wednesday
    assert coming(days)[0].message_id == "rung.notify"

    # Then another channel tells of it: a real mail, in the hours, with words that are true.
    noticed = days.until(wednesday + 11 * MINUTES)
    assert [each.status for each in noticed] == ["pending", "delayed"]
    assert noticed[0].at == wednesday
    [letter] = sink.letters
    assert letter.recipients == ["tess@harbour.example"]
    row = stored(days.action)
    assert letter.message["subject"] == say("mail.prompt.subject", what=row.type.title)
    text = " ".join(letter.text.split())
    assert say("mail.prompt.how") in text
    assert f"http://testserver/requests/{row.pk}/" in letter.text
    assert row.expires_at is not None
    assert f"{row.expires_at:%H:%M}" in letter.text
    assert "account" not in row.sealed_payload.hex()
    assert "DE89" not in letter.text

    # On the third day they come by themselves, with a phone that is gone for good: another way.
    later(3 * HOURS)
    tess = Visitor("tess")
    page = tess.client.get(f"/requests/{row.pk}/")
    check_shape(Page(page))
    assert has_text(page, say("rung.notified"))
    assert tess.verify(days.action, "backup_code", backup_codes_of("tess")[0]).status_code == 303
    days.sweep()
    days.sweep()
    assert stored(days.action).status == "committed"
    assert [each["body"]["type"] for each in receiver.received] == ["action.committed"]
    assert tess.verify(days.action, "backup_code", backup_codes_of("tess")[1]).status_code == 409
    assert Evidence.objects.filter(user=row.subject_id, factor="backup_code").count() == 1
    assert Application().names(days.action).count("action.committed") == 1

    # In all of it every challenge was another one, and none of them lived long.
    asked = Challenge.objects.filter(action_id=days.action)
    assert asked.filter(status="expired").count() == 4
    assert [each.factor for each in asked.exclude(status="expired")] == ["backup_code"]
    days.challenges_are_short()
    days.until(monday(14) + 9 * DAYS)
    assert len(receiver.received) == 1
    assert OutboundMessage.objects.filter(kind=PROMPT, about=days.action).count() == 1


def test_q4_where_nobody_comes_it_goes_to_another_way_to_support_and_ends_and_all_of_it_is_told(
    days: Days, sink: Sink, receiver: Receiver, later: Later
) -> None:
    payroll = Application()
    days.until(monday(8, 11) + 2 * DAYS)
    notified = len(sink.letters)
    assert notified == 1
    promised = {rung.message_id: rung for rung in coming(days)}

    # Another factor is asked for; it may be given in the hours, and the hand-over is known.
    thursday = days.until(monday(12) + 3 * DAYS)
    [step_up] = by_status(thursday, "fallback")
    kept_word(promised["rung.then_other_way"], step_up.at, 1)
    assert stored(days.action).obligations["permitted_factors"] == ["backup_code"]
    last = {rung.message_id: rung for rung in coming(days)}
    assert list(last) == ["rung.then_support", "rung.closes"]
    assert not last["rung.then_support"].no_sooner
    assert step_up.next_at == last["rung.then_support"].at

    # Handed to people at the time that was said, whatever the hour: they need no person's morning.
    handed = days.until(last["rung.then_support"].at)
    assert [each.status for each in handed] == ["review"]
    assert handed[0].at == last["rung.then_support"].at
    case = VerificationCase.objects.get(action_id=days.action)
    assert case.status == "open"
    row = stored(days.action)
    assert row.expires_at == handed[0].at + DAYS
    assert bytes(row.sealed_payload)
    kept_word(last["rung.closes"], row.expires_at, 1)

    # Nobody answers: only now it ends, the payload is gone, everybody is told why.
    ended = days.until(row.expires_at)
    assert [(each.status, each.reason) for each in ended] == [("expired", "window_passed")]
    assert ended[0].at == row.expires_at
    row = stored(days.action)
    assert bytes(row.sealed_payload) == b""
    case.refresh_from_db()
    assert case.status != "open"
    assert [each["body"]["type"] for each in receiver.received] == ["action.expired"]
    names = payroll.names(days.action)
    assert names.index("fallback.selected") < names.index("review.opened")
    assert names[-2:] in (
        ["action.expired", "delivery.acknowledged"],
        ["case.closed", "action.expired"],
    )
    assert "action.committed" not in names

    # A week later: what happened, and what to do.
    later(7 * DAYS)
    tess = Visitor("tess")
    page = tess.client.get(f"/requests/{row.pk}/")
    check_shape(Page(page))
    message = Application().get(days.action)["message"]
    assert message["code"].startswith("action.expired")
    assert has_text(page, message["title"])
    assert has_text(page, message["next_step"])
    assert has_text(tess.client.get("/"), row.type.title)
    assert tess.verify(days.action, "backup_code", backup_codes_of("tess")[0]).status_code == 409
    assert stored(days.action).status == "expired"


def test_f5_a_time_that_is_not_certain_says_so(days: Days) -> None:
    """While the question is open nobody knows yet when the next one comes, but not before when."""
    page = Page(Visitor("tess").client.get(f"/requests/{days.action}/"))
    assert page.says(say("rung.no_sooner", at="Mon 4 Jan, 14:25"))
