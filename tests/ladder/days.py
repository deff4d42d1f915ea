"""Days of a person whose app lies in the background, by the injected clock: the sweeps run when
something is due, mail goes to a real server, webhooks to a real receiver."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from config.demo.feeder import signals_for
from config.lifecycle import read_clock
from fallbacks.channels.sending import send_due
from fallbacks.models import Challenge
from identity.actions.sweeping import sweep_actions
from identity.models import Action, User
from identity.webhooks.sending import deliver_due
from presence.ingest import ingest_signals
from presence.models import SignalSource
from tests.world.demo import stored

Later = Callable[[timedelta], datetime]
SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Moved:
    """The request was moved: when, to what, and when it goes on as far as was known then."""

    at: datetime
    status: str
    reason: str
    next_at: datetime | None


@dataclass
class Days:
    """The life of one request while its person does nothing."""

    later: Later
    person: str
    action: str = ""
    story: list[Moved] = field(default_factory=list)

    def go_to(self, moment: datetime) -> datetime:
        """Set the clock. The phone went on telling that it is there and its app is not."""
        while read_clock() != moment:  # the first time real time goes on while it is read
            self.later(moment - read_clock())
        user = User.objects.get(username=self.person)
        ingest_signals(signals_for("delayed", user.pk, moment), SignalSource.FEEDER, moment)
        return moment

    def sweep(self) -> None:
        """What beat says every five seconds."""
        sweep_actions()
        send_due()
        deliver_due()

    def until(self, moment: datetime) -> list[Moved]:
        """Live on until `moment`, from one thing that is due to the next; what moved meanwhile.

        A second before each of them nothing moves.
        """
        begun = len(self.story)
        while True:
            row = stored(self.action)
            due = row.due_at
            if due is None or due > moment:
                break
            if due - SECOND > read_clock():
                self.go_to(due - SECOND)
                self.sweep()
                assert stored(self.action).version == row.version
            self.go_to(max(due, read_clock()))
            self.sweep()
            self._note(row)
            self.challenges_are_short()
        self.go_to(moment)
        self.sweep()
        return self.story[begun:]

    def _note(self, before: Action) -> None:
        now = stored(self.action)
        if now.version != before.version:
            self.story.append(Moved(read_clock(), now.status, now.reason, now.next_attempt_at))

    def challenges_are_short(self) -> None:
        """At most one is live, and none lives for more than ten minutes (NIST SP 800-63B-4)."""
        asked = Challenge.objects.filter(action_id=self.action)
        assert asked.filter(status="issued").count() <= 1
        for each in asked:
            assert each.expires_at - each.issued_at <= timedelta(minutes=10)


def monday(hour: int, minute: int = 0) -> datetime:
    """A Monday in winter, when Lisbon and UTC have the same time, some days from now."""
    today = datetime.now(UTC).replace(hour=hour, minute=minute, second=0, microsecond=0)
    winter = today.replace(month=1, day=1, year=today.year + 1)
    return winter + timedelta(days=(7 - winter.weekday()) % 7)
