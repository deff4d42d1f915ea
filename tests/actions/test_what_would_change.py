"""What would change a decision, as the API, the person's page and the console tell it (D9)."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from typing import Any

from identity.messages import say
from tests.world.demo import Application, Visitor


def _told(conditions: str, outcome: str) -> str:
    return say("change.sentence", conditions=conditions, outcome=say(f"change.then.{outcome}"))


def _rehearsed(payroll: Application, subject: str, **more: Any) -> list[dict[str, str]]:
    body = {"type": "address.change", "subject": subject, "payload": {"address": "Here 1"}, **more}
    answer = payroll.call("POST", "decisions/", body)
    assert answer.status_code == 200, answer.content
    found: list[dict[str, str]] = answer.json()["explanation"]["would_change"]
    return found


REACHABLE = _told(say("change.if.availability").capitalize(), "challenge")


def test_d9_a_held_request_tells_what_would_change_it(
    payroll: Application, visit: Callable[[str], Visitor]
) -> None:
    action = payroll.ask("tess").json()
    found = payroll.call("GET", f"actions/{action['id']}/explanation/").json()["would_change"]
    assert found == [
        {"change": "availability.available", "outcome": "challenge", "text": REACHABLE}
    ]
    page = visit("tess").client.get(f"/requests/{action['id']}/")
    assert REACHABLE in unescape(page.content.decode())


def test_d9_changes_are_told_by_what_the_person_has_and_does(payroll: Application) -> None:
    (one,) = _rehearsed(payroll, "avery")
    assert (one["change"], one["outcome"]) == ("trust.fresh+risk.green", "proceed")
    assert say("way.totp.inline") in one["text"]
    assert say("change.if.risk.device") in one["text"]
    assert say("way.security_key.inline") not in one["text"]  # avery has none


def test_d9_nothing_is_said_to_end_an_escalation(
    payroll: Application, visit: Callable[[str], Visitor]
) -> None:
    assert _rehearsed(payroll, "riley") == []
    action = payroll.ask("riley").json()
    page = unescape(visit("riley").client.get(f"/requests/{action['id']}/").content.decode())
    assert say("detail.change") not in page


def test_d9_staff_read_what_the_person_reads(
    payroll: Application, staff: Callable[[str], Any]
) -> None:
    action = payroll.ask("tess").json()
    page = staff("support1").get(f"identity/action/{action['id']}/change/")
    assert REACHABLE in unescape(page.content.decode())
    blocked = payroll.ask("riley").json()
    page = staff("support1").get(f"identity/action/{blocked['id']}/change/")
    assert say("console.changes.none") in unescape(page.content.decode())
