"""People who agreed beforehand, and policies with hours and with agreement of others in force."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from identity.models import Application as Client
from identity.models import Consent, Session
from identity.policy_lifecycle import activate_policy
from identity.webhooks.sending import deliver_due
from tests.console.conftest import staff
from tests.policy.conftest import SHIPPED, person, signed
from tests.world.demo import Application, Visitor, demo, later, payroll, visit
from tests.world.receiver import Receiver, receiver

__all__ = ["demo", "later", "payroll", "receiver", "staff", "visit"]

KIND = "address.change"
ADDRESS = {"address": "Harbour Street 1, Porto"}
ORIGIN = {"ip": "127.0.0.1", "country": "PT"}
STEP = timedelta(seconds=61)
"""The next code of an authenticator app."""
Later = Callable[[timedelta], datetime]


def activate(text: str) -> int:
    """Bring a policy into force as people do: drafted, proved, signed by four, activated."""
    row = signed(text)
    activate_policy(row.number, by=person("security1"))
    return int(row.number)


def medium(more: str) -> str:
    """The shipped policy with `more` in what medium profiles oblige to."""
    found = SHIPPED.replace("  medium:\n    like: low\n", f"  medium:\n    like: low\n    {more}\n")
    assert found != SHIPPED
    return found


def escalating() -> str:
    """The shipped policy, where silence leads to the security staff."""
    found = SHIPPED.replace("on_silence: reverse", "on_silence: escalate")
    assert found != SHIPPED
    return found


def consent(visitor: Visitor, code: str | None = None, **fields: Any) -> Any:
    """Send the form in which one agrees."""
    application = Client.objects.get(client_id="demo-payroll").pk
    sent = {
        "what": f"{application}:{KIND}",
        "days": "30",
        "way": "totp",
        "code": visitor.code() if code is None else code,
    }
    return visitor.client.post("/account/consents/", {**sent, **fields})


class Agreed:
    """Avery, who agreed that her address may be changed first, and proved who she is since."""

    def __init__(
        self, payroll: Application, receiver: Receiver, visitor: Visitor, later: Later
    ) -> None:
        self.payroll, self.receiver, self.visitor, self.later = payroll, receiver, visitor, later
        own = Session.objects.filter(user__username="avery").latest("started_at")
        # asked from the very browser and network in which she proved who she is
        self.origin = {"device": str(own.device_id), "context": ORIGIN}
        assert consent(visitor).status_code == 303
        later(STEP)
        action = payroll.ask("avery", KIND, {"address": "Elsewhere 2"}, **self.origin).json()
        assert visitor.verify(action["id"]).status_code == 303
        deliver_due()
        later(timedelta(minutes=20))  # proved some time ago, and not just now
        receiver.received.clear()

    def asks(self, **more: Any) -> Any:
        """Ask for it once more, as the application does."""
        payload = more.pop("payload", ADDRESS)
        answer = self.payroll.ask("avery", KIND, payload, **{**self.origin, **more})
        assert answer.status_code == 201, answer.content
        return answer.json()

    def done(self) -> str:
        """The id of one that is done and waits to be confirmed."""
        action_id = str(self.asks()["id"])
        deliver_due()
        found = self.payroll.get(action_id)
        assert (found["status"], bool(found["confirm_by"])) == ("committed", True), found
        return action_id

    def told(self) -> list[str]:
        """The types of the webhooks that arrived."""
        return [each["body"]["type"] for each in self.receiver.received]


@pytest.fixture
def agreed(
    payroll: Application,
    receiver: Receiver,
    visit: Callable[[str], Visitor],
    later: Later,
) -> Agreed:
    """Avery with a standing consent; what she asks for is done first."""
    found = Agreed(payroll, receiver, visit("avery"), later)
    assert Consent.objects.count() == 1
    return found
