"""Presence, offline passes, consent and execution windows in the document: read, or refused with
the place."""

from __future__ import annotations

import json
from datetime import time

import pytest

from identity.policy.decision import Obligations
from identity.policy.document import parse_policy
from identity.policy.execution import ExecutionWindow
from tests.decision.refusals import place_of, refused
from tests.decision.shipped import TEXT


@pytest.mark.parametrize(
    ("old", "new", "code", "marker"),
    [
        # presence
        ("believe: 5", "believe: 101", "out_of_range", "101"),
        ("heartbeat: {lifetime: 5m,", "pulse: {lifetime: 5m,", "unknown_key", "pulse"),
        ("  settle: 20s\n", "", "missing_key", "signals:\n    heart"),
        ("high: 8h}", "high: 44h}", "darkness_order", "44h}"),
        ("clock_tolerance: 5m", "clock_tolerance: 6m", "out_of_range", "6m"),
        # offline
        ("valid_for: 12h, uses: 20", "valid_for: 8d, uses: 20", "out_of_range", "8d"),
        ("uses: 3}", "uses: 0}", "out_of_range", "0}\n\nprofiles"),
        # consent beforehand
        (", consent: given}", "}", "needs_consent", "proceed_then_confirm"),
        (", consent: given}", ", consent: [given, none]}", "needs_consent", "proceed_then"),
        ("confirm_within: 1d, on_silence", "on_silence", "no_deadline", "medium_confirmed\n    b"),
        ("confirm_within: 1d", "confirm_within: 31d", "out_of_range", "31d"),
        ("on_silence: reverse", "on_silence: hope", "unknown_word", "hope"),
        # execution window
        (
            "high: {like: medium,",
            "high: {execution: {days: mon, from: 9, until: 17:00, zone: person}, like: medium,",
            "not_a_clock_time",
            "9, u",
        ),
        (
            "high: {like: medium,",
            "high: {execution: {days: mon, from: 24:00, until: 17:00, zone: person}, like: medium,",
            "not_a_clock_time",
            "24:00",
        ),
        (
            "high: {like: medium,",
            "high: {execution: {days: mon, from: 09:00, until: 09:00, zone: person}, like: medium,",
            "empty_window",
            "09:00, z",
        ),
        (
            "high: {like: medium,",
            "high: {execution: {days: moon, from: 09:00, until: 17:00, zone: UTC}, like: medium,",
            "unknown_word",
            "moon",
        ),
        (
            "high: {like: medium,",
            "high: {execution: {days: [], from: 09:00, until: 17:00, zone: person}, like: medium,",
            "empty_list",
            "[], from",
        ),
        (
            "high: {like: medium,",
            "high: {execution: {days: mon, from: 09:00, until: 17:00, zone: Mars}, like: medium,",
            "unknown_zone",
            "Mars",
        ),
        (
            "high: {like: medium,",
            "high: {execution: {days: mon, from: 09:00, until: 17:00}, like: medium,",
            "missing_key",
            "{days",
        ),
        ("high: {like: medium,", "high: {execution: nay, like: medium,", "unknown_word", "nay"),
        (
            "high: {like: medium,",
            "high: {read_scope: lot, like: medium,",
            "unknown_word",
            "lot",
        ),
    ],
)
def test_d2_each_mistake_is_named_with_its_place(
    old: str, new: str, code: str, marker: str
) -> None:
    text = TEXT.replace(old, new, 1)
    error = refused(text)
    assert error.code == code
    assert (error.line, error.column) == place_of(text, marker)


def test_d2_an_execution_window_is_read_as_written() -> None:
    text = TEXT.replace(
        "high: {like: medium,",
        "high: {execution: {days: [fri, mon], from: 22:00, until: 02:30, zone: Europe/Berlin},"
        " read_scope: [view, history], approvals: 2, like: medium,",
    )
    high = parse_policy(text).profiles["high"]
    assert high.execution == ExecutionWindow(("mon", "fri"), time(22), time(2, 30), "Europe/Berlin")
    assert (high.read_scope, high.approvals) == ({"view", "history"}, 2)
    always = text.replace(
        "high_urgent: {like: high,", "high_urgent: {execution: always, like: high,"
    )
    assert parse_policy(always).profiles["high_urgent"].execution is None
    assert Obligations.from_json(json.loads(json.dumps(high.to_json()))) == high
