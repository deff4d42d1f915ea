"""Bad input: problem+json with a stable code, never a 500, nothing stored."""

from __future__ import annotations

import json
from typing import Any

import pytest

from config.lifecycle import read_clock
from identity.models import Action, Event, IdempotencyKey
from identity.models import Application as Client
from tests.world.demo import IBAN, Application

pytestmark = pytest.mark.django_db

GOOD: dict[str, Any] = {"type": "payout.change", "subject": "avery", "payload": {"account": IBAN}}


def refused(answer: Any, status: int, code: str) -> None:
    """The shape of every refusal."""
    assert answer.status_code == status, answer.content
    assert answer.headers["content-type"].startswith("application/problem+json")
    body = answer.json()
    assert body["code"] == code
    assert body["status"] == status
    assert all(body[field] for field in ("title", "detail", "type"))
    assert not Action.objects.exists()
    assert not IdempotencyKey.objects.exists()
    assert not Event.objects.filter(name="auth.requested").exists()


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"type": "no.such.type"}, 422, "unknown_action_type"),
        ({"type": 7}, 400, "invalid_request"),
        ({"type": None}, 400, "invalid_request"),
        ({"type": ["payout.change"]}, 400, "invalid_request"),
        ({"type": "x" * 41}, 400, "invalid_request"),
        ({"subject": "nobody"}, 422, "unknown_subject"),
        ({"subject": {"name": "avery"}}, 400, "invalid_request"),
        ({"subject": "Avery\u0000"}, 400, "invalid_json"),
        ({"subject": "ａvery"}, 422, "unknown_subject"),
        ({"payload": {}}, 422, "invalid_payload"),
        ({"payload": None}, 400, "invalid_request"),
        ({"payload": []}, 422, "invalid_payload"),
        ({"payload": {"account": IBAN, "extra": 1}}, 422, "invalid_payload"),
        ({"payload": {"account": "DE00370400440532013000"}}, 422, "invalid_payload"),
        ({"payload": {"account": [IBAN]}}, 422, "invalid_payload"),
        ({"payload": {"account": 12}}, 422, "invalid_payload"),
        ({"requested_expiry": "soon"}, 400, "invalid_request"),
        ({"requested_expiry": True}, 400, "invalid_request"),
        ({"requested_expiry": 0}, 400, "invalid_request"),
        ({"requested_expiry": -1}, 400, "invalid_request"),
        ({"requested_expiry": 10**20}, 400, "invalid_request"),
        ({"context": "here"}, 400, "invalid_request"),
        ({"context": {"ip": "999.1.1.1"}}, 400, "invalid_request"),
        ({"context": {"colour": "blue"}}, 400, "invalid_request"),
        ({"binding_message": "x" * 121}, 400, "invalid_request"),
        ({"binding_message": "a\nb"}, 400, "invalid_request"),
        ({"unknown": 1}, 400, "invalid_request"),
        ({"return_url": "javascript:alert(1)"}, 422, "invalid_return_url"),
    ],
)
def test_wrong_bodies(payroll: Application, change: dict[str, Any], status: int, code: str) -> None:
    answer = payroll.call("POST", "actions/", {**GOOD, **change}, **{"idempotency-key": "k"})
    refused(answer, status, code)
    if not set(change) & {"payload", "return_url"}:
        dry = payroll.call("POST", "decisions/", {**GOOD, **change})
        assert (dry.status_code, dry.json()["code"]) == (status, code)


@pytest.mark.parametrize("missing", ["type", "subject", "payload"])
def test_missing_fields(payroll: Application, missing: str) -> None:
    body = {name: value for name, value in GOOD.items() if name != missing}
    refused(
        payroll.call("POST", "actions/", body, **{"idempotency-key": "k"}), 400, "invalid_request"
    )


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"\xff\xfe",
        b'{"type": NaN}',
        b'{"a": 1, "a": 2}',
        b'{"subject": "\\ud800"}',
        b"[" * 5000 + b"]" * 5000,
    ],
)
def test_bad_json(payroll: Application, raw: bytes) -> None:
    answer = payroll.call("POST", "actions/", raw=raw, **{"idempotency-key": "k"})
    assert answer.json()["code"] in ("invalid_json", "invalid_request")
    refused(answer, 400, answer.json()["code"])


def test_oversized_bodies(payroll: Application) -> None:
    raw = json.dumps({**GOOD, "binding_message": "x" * 70_000}).encode()
    answer = payroll.call("POST", "actions/", raw=raw, **{"idempotency-key": "k"})
    refused(answer, 413, "body_too_large")
    huge = payroll.call("POST", "signals/", raw=b" " * 300_000)
    refused(huge, 413, "body_too_large")


def test_other_media_types(payroll: Application) -> None:
    answer = payroll.client.post(
        "/api/v1/actions/",
        GOOD["payload"],
        headers={"authorization": f"Bearer {payroll.token}", "idempotency-key": "k"},
    )
    refused(answer, 415, "unsupported_media_type")


ROUTES = [
    ("GET", "actions/"),
    ("POST", "actions/"),
    ("GET", "actions/00000000-0000-4000-8000-000000000000/"),
    ("POST", "actions/00000000-0000-4000-8000-000000000000/cancel/"),
    ("GET", "actions/00000000-0000-4000-8000-000000000000/explanation/"),
    ("GET", "actions/00000000-0000-4000-8000-000000000000/events/"),
    ("POST", "decisions/"),
    ("POST", "signals/"),
    ("GET", "subjects/avery/availability/"),
]


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_f24_no_token_no_access(payroll: Application, method: str, path: str) -> None:
    for header in ({}, {"authorization": "Bearer nonsense"}, {"authorization": "Basic eDp5"}):
        answer = payroll.client.generic(
            method, f"/api/v1/{path}", b"{}", content_type="application/json", headers=header
        )
        refused(answer, 401, "not_authenticated")


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_f24_the_scope_is_asked_for(demo: None, method: str, path: str) -> None:
    stranger = Application(scope="offline")
    refused(stranger.call(method, path, {}), 403, "missing_scope")


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_f24_other_methods_are_refused(payroll: Application, method: str, path: str) -> None:
    for other in {"PUT", "PATCH", "DELETE"}:
        refused(payroll.call(other, path, {}), 405, "method_not_allowed")


def test_another_applications_action_is_not_found(payroll: Application) -> None:
    action = payroll.ask("avery").json()
    Action.objects.filter(pk=action["id"]).update(
        application=Client.objects.create(
            name="Other",
            client_type=Client.CLIENT_CONFIDENTIAL,
            authorization_grant_type=Client.GRANT_CLIENT_CREDENTIALS,
        )
    )
    for method, path in (
        ("GET", ""),
        ("POST", "cancel/"),
        ("GET", "explanation/"),
        ("GET", "events/"),
    ):
        answer = payroll.call(method, f"actions/{action['id']}/{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert payroll.call("GET", "actions/").json()["results"] == []
    assert Action.objects.get(pk=action["id"]).status == "pending"


@pytest.mark.parametrize("path", ["nothing/", "actions/not-a-uuid/", "actions//", ""])
def test_unknown_addresses(payroll: Application, path: str) -> None:
    refused(payroll.call("GET", path), 404, "not_found")


@pytest.mark.parametrize(
    ("item", "code"),
    [
        ({"kind": "telepathy"}, "unknown_kind"),
        ({"subject": "nobody"}, "unknown_subject"),
        ({"value": "sideways"}, "wrong_value"),
        ({"kind": "network", "value": ""}, "wrong_value"),
        ({"observed_at": "yesterday"}, "wrong_time"),
        ({"observed_at": "2026-11-21T10:00:00"}, "wrong_time"),
        ({"observed_at": "2999-01-01T00:00:00Z"}, "clock_ahead"),
        ({"observed_at": "1999-01-01T00:00:00Z"}, "clock_behind"),
        ({"device": "tess-phone"}, "foreign_device"),
        ({"extra": 1}, "unknown_field"),
    ],
)
def test_p1_bad_signals_are_refused_one_by_one(
    payroll: Application, item: dict[str, Any], code: str
) -> None:
    good = {"subject": "avery", "kind": "heartbeat", "observed_at": _now()}
    answer = payroll.call("POST", "signals/", {"signals": [good, {**good, **item}, good]})
    assert answer.status_code == 202
    assert answer.json() == {"accepted": 2, "rejected": [{"index": 1, "code": code}]}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "invalid_request"),
        ({"signals": {}}, 400, "invalid_request"),
        ({"signals": []}, 400, "invalid_request"),
        ([], 400, "invalid_request"),
        ({"signals": [0] * 1001}, 422, "too_many_items"),
    ],
)
def test_p1_bad_batches(payroll: Application, body: Any, status: int, code: str) -> None:
    refused(payroll.call("POST", "signals/", body), status, code)


@pytest.mark.parametrize("item", [0, None, "text", [], {"subject": 1}, {"subject": ["avery"]}])
def test_p1_items_that_are_no_signals(payroll: Application, item: Any) -> None:
    answer = payroll.call("POST", "signals/", {"signals": [item]})
    assert answer.status_code == 202
    assert answer.json()["accepted"] == 0


def _now() -> str:
    return read_clock().isoformat()
