"""Batches over HTTP: what is wrong is named item by item, and a thousand cost what ten do (P1)."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.lifecycle import read_clock
from identity.api import batches
from identity.api.batches import _Item
from identity.models import Device, User
from presence.models import Presence, Signal
from tests.world.demo import Application

pytestmark = pytest.mark.django_db

AT = "2026-03-04T12:00:00+00:00"


def people_with_devices(count: int) -> list[tuple[str, str]]:
    """Names and the references of their devices."""
    now = read_clock()
    users = User.objects.bulk_create(User(username=f"quill{number}") for number in range(count))
    devices = Device.objects.bulk_create(
        Device(
            user=user,
            reference=uuid.uuid4().hex[:12],
            name="x",
            first_seen_at=now,
            last_seen_at=now,
        )
        for user in users
    )
    return [(user.username, device.reference) for user, device in zip(users, devices, strict=True)]


def beats(known: list[tuple[str, str]]) -> list[dict[str, str]]:
    at = read_clock().isoformat()
    return [
        {"subject": name, "device": device, "kind": "heartbeat", "observed_at": at}
        for name, device in known
    ]


def test_p1_a_thousand_items_cost_as_many_queries_as_ten(payroll: Application) -> None:
    known = people_with_devices(1000)
    payroll.call("POST", "signals/", {"signals": beats(known)})  # whoever was away is back
    counts = []
    for size in (10, 1000):
        with CaptureQueriesContext(connection) as queries:
            answer = payroll.call("POST", "signals/", {"signals": beats(known[:size])})
        assert answer.json() == {"accepted": size, "rejected": []}
        counts.append(len(queries))
    assert counts[0] == counts[1]
    named = [each for each in queries.captured_queries if "presence_presence" in each["sql"]]
    assert len(named) == 1  # the one statement of quiet heartbeats


def test_p1_bad_items_cost_no_query(payroll: Application) -> None:
    known = people_with_devices(20)
    payroll.call("POST", "signals/", {"signals": beats(known)})
    counts = []
    for bad in (0, 500):
        items = beats(known) + [{"subject": "quill0", "kind": "telepathy"}] * bad
        with CaptureQueriesContext(connection) as queries:
            answer = payroll.call("POST", "signals/", {"signals": items})
        assert answer.json()["accepted"] == len(known)
        assert len(answer.json()["rejected"]) == bad
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_p1_each_bad_item_is_refused_with_its_code_and_the_good_are_stored(
    payroll: Application,
) -> None:
    now = read_clock()
    Signal.objects.all().delete()
    good = {"subject": "avery", "kind": "device_seen", "observed_at": now.isoformat()}
    ahead, behind = now + timedelta(minutes=10), now - timedelta(days=400)
    bad: list[tuple[Any, str]] = [
        (good | {"kind": "telepathy"}, "unknown_kind"),
        (good | {"kind": 7}, "unknown_kind"),
        (good | {"device": "tess-phone"}, "foreign_device"),
        (good | {"subject": "nobody"}, "unknown_subject"),
        (good | {"value": "open"}, "wrong_value"),
        (good | {"value": ["open"]}, "wrong_value"),
        (good | {"value": {"open": True}}, "wrong_value"),
        (good | {"value": 1}, "wrong_value"),
        (good | {"kind": "network", "value": "sideways"}, "wrong_value"),
        (good | {"observed_at": "yesterday"}, "wrong_time"),
        (good | {"observed_at": "2026-03-04T12:00:00"}, "wrong_time"),
        (good | {"observed_at": 1700000000}, "wrong_time"),
        (good | {"observed_at": ahead.isoformat()}, "clock_ahead"),
        (good | {"observed_at": behind.isoformat()}, "clock_behind"),
    ]
    items = [good]
    for number, (item, _) in enumerate(bad):
        seen = (now - timedelta(seconds=number + 1)).isoformat()
        items += [item, good | {"observed_at": seen}]
    answer = payroll.call("POST", "signals/", {"signals": items})
    assert answer.status_code == 202
    assert answer.json() == {
        "accepted": 1 + len(bad),
        "rejected": [
            {"index": 1 + 2 * number, "code": code} for number, (_, code) in enumerate(bad)
        ],
    }
    assert Signal.objects.filter(subject__username="avery").count() == 1 + len(bad)
    assert Signal.objects.exclude(subject__username="avery").count() == 0
    assert Presence.objects.get(subject__username="avery").device_seen_at == now


def test_p1_a_thousand_and_one_are_refused_whole(payroll: Application) -> None:
    Signal.objects.all().delete()
    item = {"subject": "avery", "kind": "device_seen", "observed_at": read_clock().isoformat()}
    answer = payroll.call("POST", "signals/", {"signals": [item] * 1001})
    assert (answer.status_code, answer.json()["code"]) == (422, "too_many_items")
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert not Signal.objects.exists()
    answer = payroll.call("POST", "signals/", {"signals": [item] * 1000})
    assert answer.json() == {"accepted": 1000, "rejected": []}
    assert Signal.objects.count() == 1


GOOD: dict[str, Any] = {"subject": "avery", "kind": "heartbeat", "observed_at": AT}


@pytest.mark.parametrize(
    "item",
    [
        GOOD,
        GOOD | {"value": "background", "device": "avery-phone"},
        # null says what leaving out says
        GOOD | {"value": None, "device": None},
        GOOD | {"value": ""},
        # another zone, the letter for none, fractions, a space for the T
        GOOD | {"observed_at": "2026-03-04T14:00:00+02:00"},
        GOOD | {"observed_at": "2026-03-04T12:00:00Z"},
        GOOD | {"observed_at": "2026-03-04T12:00:00.123456Z"},
        GOOD | {"observed_at": "2026-03-04T12:00:00.5+00:00"},
        GOOD | {"observed_at": "2026-03-04 12:00:00+00:00"},
        # the ends of names
        GOOD | {"subject": "a" * 150},
        GOOD | {"device": "a" * 64},
        GOOD | {"subject": "ａvery"},
        GOOD | {"subject": "a very"},
    ],
)
def test_the_quick_way_reads_what_the_serializer_reads(item: dict[str, Any]) -> None:
    quick = batches._plain(3, item)
    assert isinstance(quick, _Item)
    assert quick == batches._by_serializer(3, item)


@pytest.mark.parametrize(
    "item",
    [
        # not an object, or not of these fields
        None,
        7,
        [],
        "avery",
        {},
        GOOD | {"colour": "blue"},
        {"subject": "avery", "kind": "heartbeat"},
        # names that are none, or too long, or would be trimmed
        GOOD | {"subject": ""},
        GOOD | {"subject": " avery"},
        GOOD | {"subject": "a" * 151},
        GOOD | {"subject": 7},
        GOOD | {"subject": "a\tb"},
        GOOD | {"device": "a" * 65},
        GOOD | {"device": ""},
        GOOD | {"device": False},
        # words that are none
        GOOD | {"kind": "Heartbeat"},
        GOOD | {"kind": "heartbeat "},
        GOOD | {"kind": None},
        GOOD | {"kind": ["heartbeat"]},
        GOOD | {"value": "sideways"},
        GOOD | {"value": ["background"]},
        # times without a zone, or beyond the calendar, or none
        GOOD | {"observed_at": "2026-03-04T12:00:00"},
        GOOD | {"observed_at": "2026-03-04"},
        GOOD | {"observed_at": "0001-01-01T00:00:00+14:00"},
        GOOD | {"observed_at": "9999-12-31T23:59:59-14:00"},
        GOOD | {"observed_at": None},
        GOOD | {"observed_at": 1700000000},
        GOOD | {"observed_at": True},
    ],
)
def test_the_quick_way_leaves_what_is_unusual_to_the_serializer(item: Any) -> None:
    assert batches._plain(3, item) is None


ODD = [
    # what the quick way takes, the serializer must take for the same; what only one of them can
    # read must never be read otherwise by the other
    GOOD | {"value": 0},
    GOOD | {"value": False},
    GOOD | {"value": []},
    GOOD | {"value": {}},
    GOOD | {"observed_at": "20260304T120000Z"},
    GOOD | {"observed_at": "2026-W10-3T12:00:00Z"},
    GOOD | {"observed_at": "2026-03-04T12Z"},
    GOOD | {"observed_at": "2026-03-04T12:00Z"},
    GOOD | {"observed_at": "2026-03-04T12:00:00+0000"},
    GOOD | {"observed_at": "2026-03-04T12:00:00z"},
    GOOD | {"observed_at": "2026-03-04T12:00:00+25:00"},
    GOOD | {"observed_at": "2026-03-04_12:00:00+00:00"},
    GOOD | {"observed_at": "2026-03-04T12:00:00.1234567Z"},
    GOOD | {"observed_at": "2026-03-04T24:00:00Z"},
    GOOD | {"observed_at": "2026-02-29T12:00:00Z"},
    GOOD | {"observed_at": "2026-03-04T12:00:00+00:00:30"},
]


@pytest.mark.parametrize("item", ODD)
def test_the_quick_way_takes_nothing_that_the_serializer_refuses(item: dict[str, Any]) -> None:
    quick = batches._plain(3, item)
    if quick is not None:
        assert quick == batches._by_serializer(3, item)
