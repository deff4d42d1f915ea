"""Hours that close again and again do not keep a request for ever (D2)."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from config.lifecycle import HoldfastError, clock_at
from identity.actions.moves import obligations_of
from identity.actions.opening import WINDOW_CLOSED
from identity.actions.proving import open_to_proof
from identity.actions.sweeping import sweep_actions
from identity.models import Event, User
from identity.states import TERMINAL
from tests.afterwards.conftest import ADDRESS, KIND, activate, medium
from tests.afterwards.test_hours import HOURS
from tests.world.demo import Application, stored

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")
LONGEST = 30
"""Days that are looked at; no policy of the tests lets anything wait for so long."""


def at(day: datetime, clock: time) -> datetime:
    """`clock` in Berlin on the day that `day` is there."""
    return datetime.combine(day.astimezone(BERLIN).date(), clock, BERLIN).astimezone(UTC)


def tries(action_id: str, user: User, moment: datetime) -> None:
    """The person is here at `moment`, and the sweep looks."""
    with clock_at(moment):
        try:
            open_to_proof(stored(action_id).pk, user)
        except HoldfastError:
            pass
        sweep_actions()


@pytest.mark.parametrize(
    "first",
    [
        datetime(2027, 1, 11, 20, tzinfo=UTC),
        datetime(2027, 3, 26, 20, tzinfo=UTC),  # the night of the 28th lacks an hour
        datetime(2027, 10, 29, 20, tzinfo=UTC),  # the night of the 31st has one more
    ],
)
@pytest.mark.parametrize("more", [{}, {"requested_expiry": 30 * 3600}])
def test_f37_d2_night_after_night_does_not_put_the_end_off(
    demo: None, payroll: Application, first: datetime, more: dict[str, Any]
) -> None:
    activate(medium(HOURS.replace("person", "Europe/Berlin")))
    tess = User.objects.get(username="tess")
    with clock_at(first):
        action_id = payroll.ask("tess", KIND, ADDRESS, **more).json()["id"]
    row = stored(action_id)
    assert row.reason == WINDOW_CLOSED
    opens, obligations = row.next_attempt_at, obligations_of(row)
    assert opens == at(first + timedelta(days=1), time(9))
    asked = more.get("requested_expiry", obligations.window)
    window = timedelta(seconds=min(obligations.window, asked))
    grace = timedelta(seconds=min(obligations.grace, asked))
    assert row.expires_at == opens + window, "the first hold takes nothing away"
    latest = opens + window + grace
    for days in range(1, LONGEST):
        day = first + timedelta(days=days)
        for moment in (at(day, time(9)), at(day, time(12)), at(day, time(17)), at(day, time(23))):
            tries(action_id, tess, moment)
            row = stored(action_id)
            if row.status in TERMINAL:
                break
            if row.reason == WINDOW_CLOSED:
                assert row.expires_at <= latest, moment
                assert row.due_at <= row.expires_at
        if row.status in TERMINAL:
            break
    assert row.status == "expired"
    # the end that a passed window itself leads to (Q4) is one more grace, and the sweep's step
    assert row.updated_at <= latest + grace + timedelta(days=1)
    holds = Event.objects.filter(action_id=action_id, kind="action", reason=WINDOW_CLOSED).count()
    assert holds >= 2, "it was held again, or this shows nothing"
