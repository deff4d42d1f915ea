"""Signals, time and choices in any order against a model that is too simple to be wrong."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from config.lifecycle import clock_at
from identity.models import User
from presence import availability
from presence.availability import sweep_availability
from presence.choices import set_do_not_disturb
from presence.ingest import SignalIn, ingest_signals
from presence.models import Presence, SignalSource
from presence.rules import CLASSES, KINDS, PresenceRules, SignalRule
from presence.rules_in_force import put_rules
from tests.presence.ruled import NOON

BEAT = 5
NEVER = -(10**9)
SETTLE = 20
# seconds for which each kind is relied on: nine tenths of its lifetime
RELIED = {
    "heartbeat": 90,
    "push_accepted": 180,
    "push_acknowledged": 135,
    "push_bounced": 225,
    "device_seen": 270,
    "permission": 270,
    "network": 180,
}
RULES = PresenceRules(
    signals={kind: SignalRule(RELIED[kind] * 10 // 9, 100) for kind in KINDS},
    believe=10,
    settle=SETTLE,
    clock_tolerance=300,
    darkness=dict.fromkeys(CLASSES, 3600),
)
SIGNALS = st.sampled_from(
    [
        ("heartbeat", "foreground"),
        ("heartbeat", "background"),
        ("push_accepted", ""),
        ("push_acknowledged", ""),
        ("push_bounced", ""),
        ("device_seen", ""),
        ("permission", "denied"),
        ("permission", "granted"),
        ("network", "lost"),
        ("network", "returned"),
    ]
)


def at(second: int) -> datetime:
    return NOON + timedelta(seconds=second)


class Model:
    """Everything ever said, read again from the beginning each time, second by second."""

    def __init__(self) -> None:
        self.said: list[tuple[int, str, str]] = []
        self.quiet_until = 0
        self.recorded = ""
        self.reason = ""
        self.off_since: int | None = None
        self.dark_since: int | None = None
        self.looked_at = 0

    def newest(self, kind: str, *values: str) -> int:
        """The second of the newest such signal; long ago where there is none."""
        found = [when for when, what, value in self.said if what == kind]
        named = [when for when, what, value in self.said if what == kind and value in values]
        return max(named if values else found, default=NEVER)

    def concluded(self, second: int) -> tuple[str, str]:
        beat, acked = self.newest("heartbeat"), self.newest("push_acknowledged")
        back, lost = self.newest("network", "returned"), self.newest("network", "lost")
        pushed, bounced = self.newest("push_accepted"), self.newest("push_bounced")
        life = max(beat, acked, back)

        def on(when: int, kind: str) -> bool:
            return second < when + RELIED[kind]

        unanswered = on(pushed, "push_accepted") and life < pushed
        awake = (
            on(beat, "heartbeat") or on(acked, "push_acknowledged") or on(back, "heartbeat")
        ) and not unanswered
        seen = self.newest("device_seen")
        if on(lost, "network") and life <= lost:
            return "unreachable", "network_lost"
        if second < self.quiet_until:
            return "delayed", "do_not_disturb"
        if seen > NEVER and not on(seen, "device_seen") and not awake:
            return "degraded", "device_stale"
        if on(bounced, "push_bounced") and life <= bounced:
            return "degraded", "push_bounced"
        front = self.newest("heartbeat", "foreground") == beat
        if on(beat, "heartbeat") and not front and not on(acked, "push_acknowledged"):
            return "delayed", "app_in_background"
        if awake:
            acknowledged = on(acked, "push_acknowledged")
            return "available", "push_acknowledged" if acknowledged else "device_awake"
        if unanswered:
            return "delayed", "no_acknowledgement"
        denied = self.newest("permission", "denied")
        if denied > NEVER and denied == self.newest("permission") and on(denied, "permission"):
            return "delayed", "notifications_off"
        return "delayed", "nothing_known"

    def look(self, second: int, *, swept: bool) -> None:
        """Draw the conclusion, and record what has lasted."""
        if not self.said and not self.recorded and not self.quiet_until:
            return
        seconds = range(self.looked_at + 1, second + 1) if swept else [second]
        self.looked_at = second
        state, reason = self.concluded(second)
        dark = state != "available" and reason != "do_not_disturb"
        if not dark:
            self.dark_since = None
        elif self.dark_since is None:
            self.dark_since = next(each for each in seconds if self.is_dark(each))
        if state == self.recorded:
            self.off_since, self.reason = None, reason
            return
        if self.recorded and state != "available" and reason != "do_not_disturb":
            if self.off_since is None:
                self.off_since = next(
                    each for each in seconds if self.concluded(each)[0] != self.recorded
                )
            if second < self.off_since + SETTLE:
                return
        self.recorded, self.reason, self.off_since = state, reason, None

    def is_dark(self, second: int) -> bool:
        state, reason = self.concluded(second)
        return state != "available" and reason != "do_not_disturb"


class Presences(RuleBasedStateMachine):
    """The product beside the model; every second that matters to both is a whole one."""

    @initialize()
    def begin(self) -> None:
        self.block = transaction.atomic()
        self.block.__enter__()
        put_rules(1, RULES)
        self.person = User.objects.create_user("quill")
        self.model = Model()
        self.second = 0
        self.returns: list[int] = []
        self.waiting = False
        availability.on_return(self.returned)

    def returned(self, user_id: int, when: datetime) -> None:
        self.returns.append(user_id)

    def teardown(self) -> None:
        if hasattr(self, "block"):
            availability._on_return.remove(self.returned)
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)

    def row(self) -> Presence | None:
        return Presence.objects.filter(pk=self.person.pk).first()

    @rule(signal=SIGNALS, late=st.sampled_from([0, 0, 0, 7, 100]), times=st.integers(1, 2))
    def tell(self, signal: tuple[str, str], late: int, times: int) -> None:
        """A signal, perhaps a late one, perhaps twice."""
        kind, value = signal
        when = self.second - late
        if any(each == (when, kind) for each in ((s, k) for s, k, _ in self.model.said)):
            return  # two of a kind at the same moment: whichever came first is as good
        before = self.row()
        known = before is not None
        item = SignalIn(self.person.pk, kind, at(when), value)
        with clock_at(at(self.second)):
            assert ingest_signals([item] * times, SignalSource.APPLICATION) == []
        self.model.said.append((when, kind, value))
        if not known:
            self.model.looked_at = self.second
        self.model.look(self.second, swept=False)
        now = self.row()
        assert now is not None
        if self.waiting and self.model.concluded(self.second)[0] == "available":
            woken = bool(self.returns) or (before is not None and before.status != now.status)
            assert woken, "somebody came back and nothing was woken"
            self.waiting = False
        self.returns.clear()

    @rule(seconds=st.sampled_from([1, 3, 10, 25, 95, 185]))
    def wait(self, seconds: int) -> None:
        """Time passes, and beat sweeps every five seconds."""
        for _ in range(seconds):
            self.second += 1
            if self.second % BEAT == 0:
                with clock_at(at(self.second)):
                    sweep_availability()
                if self.row() is not None:
                    self.model.look(self.second, swept=True)
        self.returns.clear()

    @precondition(lambda self: self.second >= self.model.quiet_until)
    @rule(seconds=st.sampled_from([4, 30, 300]))
    def be_quiet(self, seconds: int) -> None:
        """Do not disturb."""
        self.model.quiet_until = self.second + seconds
        with clock_at(at(self.second)):
            set_do_not_disturb(self.person.pk, at(self.model.quiet_until))
        self.model.look(self.second, swept=False)
        self.returns.clear()

    @precondition(
        lambda self: self.model.recorded and self.model.concluded(self.second)[0] != "available"
    )
    @rule()
    def ask(self) -> None:
        """Something is asked of somebody who is not there, and waits."""
        self.waiting = True

    @invariant()
    def stored_is_as_in_the_model(self) -> None:
        row = self.row()
        if row is None:
            assert not self.model.said
            return
        if self.second % BEAT:
            with clock_at(at(self.second)):
                sweep_availability()
            self.model.look(self.second, swept=True)
        row.refresh_from_db()
        seen: dict[str, Any] = {
            "state": row.status,
            "reason": row.reasons[0],
            "off": row.unsettled_since,
            "dark": row.dark_since,
        }
        off, dark = self.model.off_since, self.model.dark_since
        assert seen == {
            "state": self.model.recorded,
            "reason": self.model.reason,
            "off": None if off is None else at(off),
            "dark": None if dark is None else at(dark),
        }


@pytest.mark.django_db
def test_p1_p2_the_stored_conclusion_is_the_models() -> None:
    run_state_machine_as_test(
        Presences,
        settings=settings(
            max_examples=12,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
