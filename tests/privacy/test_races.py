"""Consent is withdrawn while signals come in: what was on its way does not stay (P7)."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from config.lifecycle import read_clock
from presence.consents import set_consent
from presence.ingest import ingest_signals
from presence.models import SignalKind, SignalSource
from presence.purposes import Purpose
from presence.signals import SignalIn
from tests.privacy.knowing import known, person

pytestmark = pytest.mark.django_db(transaction=True)

BATCHES = 40
SENDERS = 3


def test_p7_no_signal_outlives_the_withdrawal(demo: None) -> None:
    user_id = person("tess").pk
    start = threading.Barrier(SENDERS + 1)
    refused: list[str] = []

    def send(number: int) -> None:
        try:
            start.wait()
            for _ in range(BATCHES):
                one = SignalIn(user_id, SignalKind.HEARTBEAT, read_clock(), value="foreground")
                codes = ingest_signals([one], SignalSource.APPLICATION)
                refused.extend(each.code for each in codes)
        finally:
            connection.close()

    senders = [threading.Thread(target=send, args=(number,)) for number in range(SENDERS)]
    for sender in senders:
        sender.start()
    start.wait()
    set_consent(user_id, Purpose.REACHABILITY, False, actor="tess")
    for sender in senders:
        sender.join()
    assert known("tess") == (0, False)
    assert set(refused) == {"no_consent"}
