"""`GET|PATCH|DELETE subjects/{id}/presence/`: a copy, correction, deletion by an application."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

import pytest

from config.lifecycle import read_clock
from identity.models import Event, User
from presence.choices import preference_of
from presence.consents import channels_in, consents_of, set_consent
from presence.models import Preference, Presence, Signal
from presence.purposes import Channel, Consents, Purpose
from tests.privacy.knowing import known, person, told
from tests.world.demo import Application, stored

pytestmark = pytest.mark.django_db

HERE = "subjects/tess/presence/"


def test_p7_the_copy_has_every_column_of_every_table(payroll: Application) -> None:
    payroll.signal("tess", "network", "lost")
    found = payroll.call("GET", HERE).json()
    assert found["subject"] == "tess"
    parts: list[tuple[type[Any], dict[str, Any]]] = [
        (Signal, found["signals"][0]),
        (Presence, found["concluded"]),
        (Preference, found["choices"] | found["consents"] | found["channels"]),
    ]
    for model, part in parts:
        columns = {field.name for field in model._meta.concrete_fields} - {"subject"}
        assert set(part) == columns, model
    assert len(found["signals"]) == Signal.objects.filter(subject__username="tess").count()
    assert found["signals"][0]["value"] == "lost"


def test_p7_the_copy_is_recorded_and_the_record_holds_no_data(payroll: Application) -> None:
    payroll.signal("tess", "network", "lost")
    payroll.call("GET", HERE)
    assert told("tess") == [("presence.exported", "", "demo-payroll")]
    event = Event.objects.get(name="presence.exported")
    assert (event.attributes, event.object_id) == ({}, str(person("tess").pk))
    history = payroll.call("GET", HERE).json()["history"]
    assert "presence.exported" in [each["name"] for each in history]


def test_p7_what_is_wrong_is_corrected(payroll: Application) -> None:
    back = read_clock() + timedelta(days=3)
    answer = payroll.call(
        "PATCH",
        HERE,
        {
            "zone": "Asia/Kathmandu",
            "quiet_hours": {"days": [0, 6], "start": "21:30", "end": "07:00"},
            "away_until": back.isoformat(),
        },
    )
    assert answer.status_code == 200
    kept = preference_of(person("tess").pk)
    assert (kept.zone, kept.away_until) == ("Asia/Kathmandu", back)
    assert (kept.quiet_days, kept.quiet_start, kept.quiet_end) == ([0, 6], time(21, 30), time(7))
    assert answer.json()["choices"]["zone"] == "Asia/Kathmandu"
    assert "signals" not in answer.json()  # this scope sends, it does not read
    assert [each[:2] for each in told("tess")] == [
        ("presence.corrected", "zone"),
        ("presence.corrected", "away_until"),
        ("presence.corrected", "quiet_hours"),
    ]
    payroll.call("PATCH", HERE, {"quiet_hours": None, "away_until": None})
    kept = preference_of(person("tess").pk)
    assert (kept.quiet_days, kept.away_until, kept.zone) == ([], None, "Asia/Kathmandu")


def test_p7_a_wrong_state_is_corrected(payroll: Application) -> None:
    assert payroll.call("GET", "subjects/tess/availability/").json()["state"] == "delayed"
    assert payroll.call("PATCH", HERE, {"here": True}).status_code == 200
    assert payroll.call("GET", "subjects/tess/availability/").json()["state"] == "available"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"zone": "Middle/Earth"}, 422, "unknown_zone"),
        ({"zone": 7}, 400, "invalid_request"),
        ({"away_until": "2020-01-01T00:00:00Z"}, 422, "wrong_time"),
        ({"away_until": "tomorrow"}, 400, "invalid_request"),
        ({"quiet_hours": {"days": [7], "start": "21:00", "end": "07:00"}}, 400, "invalid_request"),
        ({"quiet_hours": {"days": [0]}}, 422, "wrong_time"),
        ({"quiet_hours": {"days": [0], "start": 21, "end": "07:00"}}, 400, "invalid_request"),
        ({"here": "yes"}, 400, "invalid_request"),
        ({"consents": {"reachability": True}}, 403, "only_the_person"),
        ({"channels": {"sms": True}}, 403, "only_the_person"),
        ({"consents": {"marketing": False}}, 400, "invalid_request"),
        ({"state": "available"}, 400, "invalid_request"),
        ([], 400, "invalid_request"),
    ],
)
def test_p7_a_correction_that_cannot_be_changes_nothing(
    payroll: Application, body: Any, status: int, code: str
) -> None:
    before = Preference.objects.filter(subject__username="tess").values().get()
    wrong = {"here": True, **body} if isinstance(body, dict) else body
    answer = payroll.call("PATCH", HERE, wrong)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.content
    assert Preference.objects.filter(subject__username="tess").values().get() == before
    assert told("tess") == []
    assert payroll.call("GET", "subjects/tess/availability/").json()["state"] == "delayed"


def test_p7_deletion_removes_signals_and_conclusions_and_no_request(payroll: Application) -> None:
    action = payroll.ask("tess").json()
    before = stored(action["id"])
    assert known("tess") != (0, False)
    assert payroll.call("DELETE", HERE).status_code == 204
    assert payroll.call("DELETE", HERE).status_code == 204
    assert known("tess") == (0, False)
    after = stored(action["id"])
    assert (after.status, after.next_attempt_at) == (before.status, before.next_attempt_at)
    assert bytes(after.sealed_payload) == bytes(before.sealed_payload) != b""
    assert [each[0] for each in told("tess")] == ["presence.deleted"] * 2
    found = payroll.call("GET", HERE).json()
    assert (found["signals"], found["concluded"]) == ([], None)
    assert found["choices"]["zone"] == "Europe/Lisbon"
    payroll.signal("tess", "heartbeat")
    assert known("tess") == (1, True)


def test_p7_an_application_takes_consent_back(payroll: Application) -> None:
    body = {"consents": {"reachability": False}, "channels": {"push": False}}
    found = payroll.call("PATCH", HERE, body).json()
    assert found["consents"]["presence_consent"] is False
    assert known("tess") == (0, False)
    user = person("tess")
    assert consents_of(user.pk) == Consents(reachability=False)
    assert channels_in(preference_of(user.pk)) == {Channel.EMAIL}
    assert [each[:2] for each in told("tess")] == [
        ("presence.withdrawn", "reachability"),
        ("presence.channels_chosen", ""),
    ]


def test_p4_no_prompts_by_push_where_they_are_not_wanted(payroll: Application) -> None:
    address = "subjects/avery/availability/?type=payout.change"
    assert payroll.call("GET", address).json()["can_receive_push"] is True
    payroll.call("PATCH", "subjects/avery/presence/", {"channels": {"push": False}})
    found = payroll.call("GET", address).json()
    assert (found["state"], found["can_receive_push"]) == ("available", False)


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_p7_only_with_the_scope_and_only_about_somebody(demo: None, method: str) -> None:
    needed = "read" if method == "GET" else "signals"
    others = " ".join({"actions", "read", "signals"} - {needed})
    body = {"here": True} if method == "PATCH" else None
    refused = Application(others).call(method, HERE, body)
    assert (refused.status_code, refused.json()["code"]) == (403, "missing_scope")
    allowed = Application(needed)
    assert allowed.call(method, HERE, body).status_code in (200, 204)
    nobody = allowed.call(method, "subjects/nobody/presence/", body)
    assert (nobody.status_code, nobody.json()["code"]) == (404, "not_found")
    User.objects.filter(username="tess").update(is_active=False)
    assert allowed.call(method, HERE, body).status_code == 404
    allowed.token = "guessed"
    assert allowed.call(method, HERE, body).status_code == 401


def test_p7_one_person_at_a_time(payroll: Application) -> None:
    payroll.call("DELETE", HERE)
    set_consent(person("sam").pk, Purpose.REACHABILITY, False, actor="sam")
    assert known("avery") != (0, False)
    assert payroll.call("GET", "subjects/sam/presence/").json()["signals"] == []
    assert payroll.call("GET", "subjects/avery/presence/").json()["signals"] != []
