"""The ladder over HTTP: steps by time, the plan of the start, policy asked anew (F4, Q3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from config.lifecycle import read_clock
from fallbacks.models import Challenge, OutboundMessage, VerificationCase
from identity.actions.notifying import backup_channels
from identity.actions.situation import reassess
from identity.actions.sweeping import sweep_actions
from identity.mailing import PROMPT
from identity.messages import say
from identity.models import Event, User
from presence.models import Preference
from tests.afterwards.conftest import activate
from tests.console.conftest import Colleague, has_text
from tests.policy.conftest import SHIPPED
from tests.world.demo import Application, Visitor, stored

pytestmark = pytest.mark.django_db

Later = Callable[[timedelta], datetime]
Visit = Callable[[str], Visitor]
SHORT = "retries: [15m, 1h, 4h, 12h]"
WHOLE = (
    "ladder: [retry 15m, wait 1h, notify backup, wait 2h, step_up backup_code, wait 3h, support]"
)
MINUTES = timedelta(minutes=1)
HOURS = timedelta(hours=1)


@pytest.fixture(autouse=True)
def sharp(monkeypatch: pytest.MonkeyPatch) -> None:
    """No spread, so that a step comes when it is said to come."""
    monkeypatch.setattr("identity.actions.climbing._spread.random", lambda: 0.0)


def mails(action_id: str) -> list[str]:
    """The channels by which it was said that the request waits."""
    found = OutboundMessage.objects.filter(kind=PROMPT, about=action_id).order_by("created_at")
    return list(found.values_list("channel", flat=True))


@pytest.fixture
def climbing(payroll: Application) -> Application:
    """The shipped policy with a written ladder, in force as people bring it there."""
    activate(SHIPPED.replace(SHORT, WHOLE, 1))
    return payroll


def ladder_of(action_id: str) -> dict[str, Any]:
    return stored(action_id).ladder


def test_f4_the_steps_come_by_time_in_their_order_with_a_known_next_one(
    climbing: Application, later: Later
) -> None:
    start = later(timedelta())
    action = climbing.ask("sam").json()["id"]
    assert stored(action).next_attempt_at == start + 15 * MINUTES

    now = later(15 * MINUTES)  # a silent try
    sweep_actions()
    row = stored(action)
    assert (row.status, row.next_attempt_at) == ("queued", now + HOURS)
    assert mails(action) == []

    now = later(HOURS)  # a notice by a backup channel
    sweep_actions()
    row = stored(action)
    assert (row.status, row.next_attempt_at) == ("queued", now + 2 * HOURS)
    assert mails(action) == ["email"]
    told = Event.objects.get(action_id=row.pk, name="ladder.notified")
    assert told.attributes["channels"] == ["email"]

    now = later(2 * HOURS)  # another factor
    sweep_actions()
    row = stored(action)
    assert (row.status, row.reason) == ("fallback", "ladder")
    assert row.obligations["permitted_factors"] == ["backup_code"]
    assert row.next_attempt_at == now + 3 * HOURS

    now = later(3 * HOURS)  # a person
    sweep_actions()
    row = stored(action)
    assert (row.status, row.reason) == ("review", "ladder")
    assert VerificationCase.objects.filter(action_id=row.pk, status="open").exists()
    assert row.expires_at is not None

    later(row.expires_at - now)
    sweep_actions()
    assert stored(action).status == "expired"
    assert climbing.names(action).count("ladder.notified") == 1


def test_f4_a_missed_answer_leads_to_no_step(climbing: Application, later: Later) -> None:
    """Asked three times because they look in three times, and no answer: still the first step."""
    later(timedelta())
    action = climbing.ask("sam").json()["id"]
    due = stored(action).next_attempt_at
    for _ in range(3):
        later(2 * MINUTES)
        row = stored(action)
        type(row).objects.filter(pk=row.pk).update(
            next_attempt_at=read_clock(), due_at=read_clock()
        )
        sweep_actions()
        assert stored(action).status == "queued"
        assert ladder_of(action)["done"] == 0
        assert stored(action).next_attempt_at == due


def test_q3_each_challenge_is_new_and_short_and_unanswered_it_is_delayed_with_a_known_next_time(
    climbing: Application, later: Later
) -> None:
    later(timedelta())
    action = climbing.ask("avery").json()["id"]
    ids = set()
    for _ in range(2):
        challenge = Challenge.objects.get(action_id=action, status="issued")
        assert challenge.expires_at - challenge.issued_at <= 10 * MINUTES
        ids.add(challenge.pk)
        now = later(challenge.expires_at - read_clock())
        climbing.signal("avery", "heartbeat")
        sweep_actions()
        row = stored(action)
        assert row.status == "delayed"
        assert row.next_attempt_at is not None
        assert now < row.next_attempt_at < row.expires_at  # type: ignore[operator]
        assert climbing.get(action)["next_attempt_at"] is not None
        later(row.next_attempt_at - now)
        climbing.signal("avery", "heartbeat")
        sweep_actions()
        assert stored(action).status == "pending"
    assert len(ids) == 2


def test_q3_who_was_there_all_the_time_is_not_welcomed_back(
    climbing: Application, later: Later
) -> None:
    later(timedelta())
    action = climbing.ask("avery").json()["id"]
    later(10 * MINUTES)
    sweep_actions()
    later(15 * MINUTES)
    climbing.signal("avery", "heartbeat")
    sweep_actions()
    assert stored(action).status == "pending"
    assert climbing.get(action)["message"]["code"] == "action.pending.asked_again"


def test_q3_after_the_step_up_only_the_factor_that_it_names_completes_it(
    climbing: Application, later: Later, visit: Visit
) -> None:
    sam = visit("sam")
    later(timedelta())
    action = climbing.ask("sam").json()["id"]
    for step in (15 * MINUTES, HOURS, 2 * HOURS):
        later(step)
        sweep_actions()
    assert stored(action).reason == "ladder"
    assert sam.verify(action).status_code == 403
    assert stored(action).status == "fallback"
    assert has_text(sam.client.get(f"/requests/{action}/"), say("rung.then_support"))


def test_f4_a_run_keeps_the_ladder_it_began_with_and_policy_still_decides(
    payroll: Application, later: Later
) -> None:
    later(timedelta())
    action = payroll.ask("sam").json()["id"]
    kept = ladder_of(action)["steps"]
    activate(SHIPPED.replace(SHORT, "retries: [7h]", 1))
    now = later(15 * MINUTES)
    sweep_actions()
    row = stored(action)
    assert row.ladder["steps"] == kept
    assert row.next_attempt_at == now + HOURS  # by the ladder of the start, not in 7 hours
    assert row.obligations["retries"] == [25200]  # what was decided is of the new policy
    younger = payroll.ask("sam", payload={"account": "GB29NWBK60161331926819"}).json()["id"]
    assert stored(younger).next_attempt_at == now + 7 * HOURS


def test_p4_a_try_never_falls_into_the_quiet_that_begins_meanwhile(
    payroll: Application, later: Later
) -> None:
    now = later(timedelta())
    action = payroll.ask("sam").json()["id"]
    sam = User.objects.get(username="sam")
    quiet_from, quiet_to = now + 30 * MINUTES, now + 8 * HOURS
    Preference.objects.update_or_create(
        subject=sam,
        defaults={
            "zone": "UTC",
            "quiet_days": list(range(7)),
            "quiet_start": quiet_from.time().replace(second=0, microsecond=0),
            "quiet_end": quiet_to.time().replace(second=0, microsecond=0),
        },
    )
    later(15 * MINUTES)
    sweep_actions()
    following = stored(action).next_attempt_at
    assert following == quiet_to.replace(second=0, microsecond=0)


def test_p4_a_notice_goes_by_permitted_channels_only(climbing: Application, later: Later) -> None:
    sam = User.objects.get(username="sam")
    Preference.objects.update_or_create(subject=sam, defaults={"email_permitted": False})
    later(timedelta())
    action = climbing.ask("sam").json()["id"]
    for step in (15 * MINUTES, HOURS):
        later(step)
        sweep_actions()
    assert mails(action) == []
    assert ladder_of(action)["done"] == 3
    assert "ladder.notified" not in climbing.names(action)


def test_f5_person_and_staff_read_the_steps_to_come_with_their_times(
    climbing: Application, later: Later, visit: Visit, staff: Callable[[str], Colleague]
) -> None:
    sam, robin = visit("sam"), staff("security1")
    later(timedelta())
    action = climbing.ask("sam").json()["id"]
    pages = (sam.client.get(f"/requests/{action}/"), robin.get(f"identity/action/{action}/change/"))
    for page in pages:
        for rung in ("ask_again", "notify", "then_other_way", "then_support", "closes"):
            assert has_text(page, say(f"rung.{rung}")), rung
        assert has_text(page, say("rung.queued"))


def test_d10_what_was_asked_for_by_the_ladder_stands_when_policy_is_asked_again(
    climbing: Application, later: Later, visit: Visit
) -> None:
    later(timedelta())
    action = climbing.ask("sam").json()["id"]
    for step in (15 * MINUTES, HOURS, 2 * HOURS):
        later(step)
        sweep_actions()
    row = stored(action)
    situation = reassess(row, read_clock())
    assert situation is not None
    assert situation.decision.obligations.permitted_factors == {"backup_code"}


@pytest.mark.parametrize(
    ("names", "tried", "permitted", "down", "channels"),
    [
        ({"backup"}, "totp", {"email", "sms"}, set(), ["email", "sms"]),  # any that there is
        ({"backup"}, "sms", {"email", "sms"}, set(), ["email"]),  # not the one that was tried
        ({"sms"}, "totp", {"email", "sms"}, set(), ["sms"]),  # the named one alone
        ({"backup"}, "totp", {"sms"}, set(), ["sms"]),  # what the person does not want is not used
        ({"backup"}, "totp", {"email", "sms"}, {"smtp"}, ["sms"]),  # what is down is not used
        ({"backup"}, "", {"email", "sms"}, {"network"}, []),
    ],
)
def test_f4_a_notice_goes_by_another_channel_that_works(
    names: set[str], tried: str, permitted: set[str], down: set[str], channels: list[str]
) -> None:
    assert backup_channels(names, tried=tried, permitted=permitted, down=down) == channels
