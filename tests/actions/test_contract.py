"""`POST actions/` and what hangs on it, by the words of the contract."""

from __future__ import annotations

import threading
import uuid

import pytest
from django.db import connection

from config.lifecycle import read_clock
from identity.models import Action, Decision, Event, IdempotencyKey, PolicyVersion
from tests.world.demo import IBAN, OTHER_IBAN, Application

pytestmark = pytest.mark.django_db


def test_q2_same_key_and_body_give_the_same_action(payroll: Application) -> None:
    first = payroll.ask("avery", key="k-1")
    again = payroll.ask("avery", key="k-1")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    assert "joined" not in again.json()
    assert Action.objects.count() == 1


def test_f45_same_key_other_body_is_refused(payroll: Application) -> None:
    payroll.ask("avery", key="k-1")
    other = payroll.ask("avery", payload={"account": OTHER_IBAN}, key="k-1")
    assert other.status_code == 422
    assert other.json()["code"] == "idempotency_key_reused"
    assert Action.objects.count() == 1


def test_q2_no_key_is_refused(payroll: Application) -> None:
    body = {"type": "payout.change", "subject": "avery", "payload": {"account": IBAN}}
    answer = payroll.call("POST", "actions/", body)
    assert (answer.status_code, answer.json()["code"]) == (400, "missing_idempotency_key")


@pytest.mark.parametrize("key", ["", " ", "k" * 256, "schlüssel"])
def test_q2_a_key_that_is_no_key_is_refused(payroll: Application, key: str) -> None:
    body = {"type": "payout.change", "subject": "avery", "payload": {"account": IBAN}}
    answer = payroll.call("POST", "actions/", body, **{"idempotency-key": key})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_idempotency_key")


def test_q2_an_equal_open_request_is_joined(payroll: Application) -> None:
    first = payroll.ask("avery", key="k-1").json()
    joined = payroll.ask("avery", key="k-2")
    assert joined.status_code == 200
    assert joined.json()["id"] == first["id"]
    assert joined.json()["joined"] is True
    assert payroll.ask("avery", key="k-2").json()["joined"] is True
    assert Action.objects.count() == 1


def test_q2_an_equal_request_after_the_end_is_new(payroll: Application) -> None:
    first = payroll.ask("avery").json()
    payroll.call("POST", f"actions/{first['id']}/cancel/")
    assert payroll.ask("avery").status_code == 201


@pytest.mark.django_db(transaction=True)
def test_q2_two_identical_requests_at_once_make_one_action(payroll: Application) -> None:
    barrier = threading.Barrier(6)
    statuses: list[int] = []

    def ask() -> None:
        caller = Application()
        barrier.wait()
        statuses.append(caller.ask("avery", key="at-once").status_code)
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(set(statuses)) in ([201], [200, 201], [201, 409], [200, 201, 409])
    assert statuses.count(201) == 1
    assert Action.objects.count() == 1
    assert IdempotencyKey.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_q2_equal_requests_under_different_keys_at_once_make_one(payroll: Application) -> None:
    barrier = threading.Barrier(6)
    statuses: list[int] = []

    def ask(number: int) -> None:
        caller = Application()
        barrier.wait()
        statuses.append(caller.ask("avery", key=f"key-{number}").status_code)
        connection.close()

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200] * 5 + [201]
    assert Action.objects.count() == 1


def test_return_url_must_be_registered(payroll: Application) -> None:
    bad = payroll.ask("avery", return_url="https://evil.example/")
    assert (bad.status_code, bad.json()["code"]) == (422, "invalid_return_url")
    assert not Action.objects.exists()


def test_list_is_paged_by_cursor(payroll: Application) -> None:
    ids = {payroll.ask("avery", "draft.save").json()["id"]}
    for number in range(54):
        account = f"{number:04d}"
        iban = _iban(account)
        ids.add(payroll.ask("avery", payload={"account": iban}).json()["id"])
    first = payroll.call("GET", "actions/?subject=avery").json()
    second = payroll.client.get(
        first["next"], headers={"authorization": f"Bearer {payroll.token}"}
    ).json()
    seen = [row["id"] for row in first["results"] + second["results"]]
    assert len(first["results"]) == 50
    assert second["next"] is None
    assert (len(seen), set(seen)) == (55, ids)
    waiting = payroll.call("GET", "actions/?status=pending&subject=avery").json()
    assert {row["status"] for row in waiting["results"]} == {"pending"}


def _iban(account: str) -> str:
    bban = f"3704004405320{account}0"
    check = 98 - int(f"{bban}131400") % 97
    return f"DE{check:02d}{bban}"


@pytest.mark.parametrize("query", ["cursor=AAAA", "cursor=%00", "cursor=cD1ub3c="])
def test_a_tampered_cursor_is_refused(payroll: Application, query: str) -> None:
    answer = payroll.call("GET", f"actions/?{query}")
    assert answer.status_code in (400, 200)
    if answer.status_code == 400:
        assert answer.json()["code"] in ("invalid_cursor", "invalid_request")


def test_cancel_is_told_and_final(payroll: Application) -> None:
    action = payroll.ask("tess").json()
    first = payroll.call("POST", f"actions/{action['id']}/cancel/")
    again = payroll.call("POST", f"actions/{action['id']}/cancel/")
    assert first.json()["status"] == again.json()["status"] == "cancelled"
    assert payroll.names(action["id"])[-1] == "action.cancelled"
    assert bytes(Action.objects.get(pk=action["id"]).sealed_payload) == b""


def test_an_approved_action_is_not_cancelled(payroll: Application) -> None:
    action = payroll.ask("avery", "payslip.view").json()
    answer = payroll.call("POST", f"actions/{action['id']}/cancel/")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_cancellable")


def test_d9_explanation_says_why_and_what_would_change_it(payroll: Application) -> None:
    action = payroll.ask("tess").json()
    found = payroll.call("GET", f"actions/{action['id']}/explanation/").json()
    assert found["inputs"]["availability"] == "delayed"
    assert found["rule"] == action["decision"]["rule"]
    assert {"change", "outcome", "text"} == set(found["would_change"][0])
    change = {row["change"]: row["outcome"] for row in found["would_change"]}
    assert change["availability.available"] == "challenge"


def test_d9_what_an_unreadable_policy_decided_is_still_explained(payroll: Application) -> None:
    action = payroll.ask("tess").json()
    # written by another release
    PolicyVersion.objects.create(
        number=99, document="of: tomorrow", digest="other", created_at=read_clock()
    )
    Action.objects.update(policy_number=99)
    answer = payroll.call("GET", f"actions/{action['id']}/explanation/")
    assert answer.status_code == 200
    found = answer.json()
    assert (found["rule"], found["policy_version"]) == (action["decision"]["rule"], 99)
    assert found["reasons"]
    assert found["would_change"] == []  # nobody knows, so nothing is promised


def test_d10_a_dry_run_stores_nothing(payroll: Application) -> None:
    body = {"type": "payout.change", "subject": "sam", "payload": {"account": IBAN}}
    answer = payroll.call("POST", "decisions/", body)
    assert answer.status_code == 200
    found = answer.json()
    assert (found["outcome"], found["mode"]) == ("read_only", "normal")
    assert found["explanation"]["inputs"]["availability"] == "unreachable"
    assert not Action.objects.exists()
    assert not Decision.objects.exists()
    assert not Event.objects.filter(name="auth.requested").exists()


def test_p3_availability_is_contextual(payroll: Application) -> None:
    found = payroll.call("GET", "subjects/avery/availability/?type=payout.change").json()
    assert found["state"] == "available"
    assert found["can_receive_push"] is True
    assert found["async_allowed"] is True
    assert payroll.call("GET", "subjects/nobody/availability/").status_code == 404
    riley = payroll.call("GET", "subjects/riley/availability/?type=payout.change").json()
    assert riley["state"] == "escalated"
    unknown = payroll.call("GET", "subjects/avery/availability/?type=no.such")
    assert unknown.json()["code"] == "unknown_action_type"


def test_somebody_elses_session_is_refused_and_an_unknown_one_counts_for_nothing(
    payroll: Application,
) -> None:
    own = payroll.ask("sam", session="payroll-sam", device="sam-phone")
    assert own.status_code == 201
    foreign = payroll.ask("sam", session="payroll-avery")
    assert (foreign.status_code, foreign.json()["code"]) == (422, "foreign_session")
    device = payroll.ask("sam", device="avery-phone")
    assert (device.status_code, device.json()["code"]) == (422, "foreign_device")
    unknown = payroll.ask("tess", session=str(uuid.uuid4()), device="never-seen")
    assert unknown.status_code == 201


def test_what_is_left_out_may_be_null_and_a_query_may_be_empty(payroll: Application) -> None:
    nothing = dict.fromkeys(
        ("session", "device", "context", "binding_message", "requested_expiry", "return_url")
    )
    assert payroll.ask("avery", **nothing).status_code == 201
    context = {"ip": None, "asn": 3243, "country": "pt", "user_agent": None}
    other = payroll.ask("avery", payload={"account": OTHER_IBAN}, context=context)
    assert other.status_code == 201
    assert Action.objects.get(pk=other.json()["id"]).network
    assert len(payroll.call("GET", "actions/?status=&subject=avery").json()["results"]) == 2
