"""The message of an action: chosen by state and reason, with the right moment in it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from identity.messages import say
from identity.messages.compose import Message, message_of, sentence_of
from identity.models import Action, ActionType, Application, Event
from identity.states import Status
from presence.states import Reason

NOW = datetime(2026, 11, 19, 8, 40, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Lisbon")


def compose(
    status: str, reason: str = "", type_name: str = "payout.change", **row: object
) -> Message:
    moments = {
        "updated_at": NOW,
        "created_at": NOW,
        "expires_at": NOW + timedelta(days=1),
        **row,
    }
    action = Action(
        application=Application(name="Payroll"),
        type=ActionType(name=type_name, title="Change it"),
        status=status,
        reason=reason,
        **moments,
    )
    return message_of(action, now=NOW, zone=ZONE, shown_name="Sam")


@pytest.mark.parametrize(
    ("status", "reason", "code"),
    [
        ("queued", "do_not_disturb", "action.queued.do_not_disturb"),
        ("queued", "network_lost", "action.queued.network_lost"),
        ("delayed", "no_answer", "action.delayed"),
        ("fallback", "device_stale", "action.fallback.device_stale"),
        ("fallback", "window_passed", "action.fallback.window_passed"),
        ("review", "held_by_security", "action.review.held_by_security"),
        ("blocked", "anomaly", "action.blocked.anomaly"),
        ("denied", "not_me", "action.denied.not_me"),
        ("cancelled", "session_revoked", "action.cancelled.session_revoked"),
        ("expired", "window_passed", "action.expired"),
        ("failed", "receiver_unreachable", "action.failed.receiver_unreachable"),
        ("pending", "came_back", "action.pending.came_back"),
        # a reason without words of its own is told in the words of its state
        ("committed", "nobody_knows", "action.committed"),
        ("queued", "", "action.queued"),
    ],
)
def test_u1_the_message_follows_the_reason(status: str, reason: str, code: str) -> None:
    message = compose(status, reason)
    assert message.code == code
    assert message.title
    assert message.body
    assert message.next_step


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("reason", ["", *(reason.value for reason in Reason)])
def test_u1_every_state_can_be_told_with_every_reason(status: str, reason: str) -> None:
    for type_name in ("payout.change", "something.new"):
        assert compose(status, reason, type_name).title
        assert compose(status, reason, type_name, expires_at=None).next_step


ASK = NOW + timedelta(hours=11, minutes=20)
END = NOW + timedelta(minutes=10)


@pytest.mark.parametrize(
    ("status", "row", "eta"),
    [
        # what waits is asked again
        ("queued", {"next_attempt_at": ASK}, ASK),
        ("delayed", {"next_attempt_at": ASK}, ASK),
        # without a next try it waits to the end of its window
        ("queued", {}, NOW + timedelta(days=1)),
        # a live question ends
        ("pending", {"challenge_ends_at": END}, END),
        ("review", {}, NOW + timedelta(days=1)),
        # nothing is timed once it is over
        ("committed", {"expires_at": None}, None),
    ],
)
def test_u1_the_eta_is_the_next_thing_that_happens(
    status: str, row: dict[str, datetime], eta: datetime | None
) -> None:
    assert compose(status, **row).eta == eta


def test_u1_times_stand_in_the_sentence_in_the_persons_zone() -> None:
    message = compose("queued", "no_acknowledgement", next_attempt_at=ASK)
    assert "today at 20:00" in message.next_step
    assert "08:40 tomorrow" in message.next_step


def test_f7_a_late_answer_is_admitted() -> None:
    soon, late = (
        compose("blocked", "anomaly"),
        compose("blocked", "anomaly", updated_at=NOW - timedelta(hours=5)),
    )
    assert soon.next_step != late.next_step
    assert "03:40" not in soon.next_step
    assert "is late" in late.next_step


def test_u1_what_did_not_change_is_named() -> None:
    assert compose("expired").title == say("type.payout.change.unchanged")
    assert compose("expired", type_name="something.new").title == say("type.unchanged")


@pytest.mark.parametrize(
    ("name", "reason", "factor", "expected"),
    [
        ("challenge.answered", "", "totp", "You gave a proof with a code from your "),
        ("challenge.answered", "", "", "You gave a proof with another way."),
        ("action.cancelled", "by_user", "", "You cancelled the request."),
        ("action.cancelled", "unheard_of", "", "The request was cancelled."),
        ("auth.requested", "", "", "You asked for this in Payroll."),
    ],
)
def test_q5_events_are_told_in_the_past_tense(
    name: str, reason: str, factor: str, expected: str
) -> None:
    event = Event(name=name, reason=reason, attributes={"factor": factor} if factor else {})
    assert sentence_of(event, application="Payroll").startswith(expected)
