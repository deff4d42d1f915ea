"""A link while mail is down by an open incident: none is sent, and none that was sent counts."""

from __future__ import annotations

import pytest

from config.lifecycle import read_clock
from fallbacks.models import Incident, SentSecret
from identity.admin.incidents import close_incident
from identity.messages import say
from tests.channels.outside import Sink
from tests.channels.sent import ask, guesses, mailed, waiting
from tests.channels.test_email_link import kai
from tests.world.demo import Application, Visitor

__all__ = ["kai"]
pytestmark = pytest.mark.django_db


def test_f3_while_mail_is_down_no_link_is_sent_and_none_opened(
    kai: Visitor, payroll: Application, sink: Sink
) -> None:
    action = waiting(payroll, "kai")
    path = mailed(kai.client, action, sink)
    before = guesses("kai")
    incident = Incident.objects.create(
        title="Mail", mode="normal", fails="-", works="-", what_to_do="-", dependencies=["smtp"]
    )
    refused = ask(kai.client, action)
    assert refused.status_code == 409
    assert say("error.factor_out_of_order.title") in refused.content.decode()
    assert kai.client.post(path).status_code == 409
    assert (guesses("kai"), SentSecret.objects.count()) == (before, 1)
    close_incident(incident, read_clock())
    assert kai.client.post(path).status_code == 303
