"""The rehearsal at the console, over HTTP (D5, F24)."""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.etree import ElementTree

import pytest

from identity.costs import assumed_costs
from identity.messages import say
from identity.models import CostAssumption, Decision, Event, PolicyVersion
from identity.policy_lifecycle import draft_policy
from tests.console.conftest import Colleague, has_text, nobody, says
from tests.policy.conftest import AUTHOR, person
from tests.simulation.conftest import STRICTER
from tests.world.demo import Application

LIST = "identity/policyversion/"
Staff = Callable[[str], Colleague]
SENT = {
    "fraud_loss": "900",
    "fraud_at_0": "0.02",
    "fraud_at_100": "12.5",
    "abandonment": "20",
    "completed_value": "3.50",
    "support_cost": "4",
}


@pytest.fixture
def row(demo: None) -> PolicyVersion:
    """A draft that stops everything."""
    return draft_policy(STRICTER, by=person(AUTHOR))


@pytest.fixture
def traffic(payroll: Application) -> None:
    """Two requests, one of which policy stopped."""
    assert payroll.ask("avery").status_code == 201
    assert payroll.ask("riley").status_code == 201


def costs_of(row: PolicyVersion, kind: str = "payout.change") -> str:
    """The address of the form."""
    return f"{LIST}{row.pk}/rehearsal/costs/{kind}/"


def test_d9_a_decision_keeps_what_its_risk_was_worked_out_from(traffic: None) -> None:
    for decision in Decision.objects.all():
        assert decision.inputs["transaction"] == "high"
        assert decision.inputs.keys() >= {"device", "network", "geography", "hour", "role"}
        assert decision.inputs["anomalies"] == round(decision.inputs["anomalies"])


def test_d5_too_many_decisions_are_left_to_the_command(
    row: PolicyVersion, traffic: None, staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, count = f"{LIST}{row.pk}/rehearsal/", str(Decision.objects.count())
    command = f"manage.py policy simulate {row.number} --days 30"
    facts = {"count": count, "limit": "1", "command": command}
    title, detail = "console.rehearsal.too_many", "console.rehearsal.too_many.detail"
    monkeypatch.setattr("identity.admin.rehearsal.AT_THE_CONSOLE", int(count))
    assert not says(staff(AUTHOR).get(path), title)
    monkeypatch.setattr("identity.admin.rehearsal.AT_THE_CONSOLE", 1)
    answer = staff(AUTHOR).get(path)
    assert answer.status_code == 200
    assert says(answer, title)
    assert says(answer, detail, **facts)
    assert not says(answer, "console.rehearsal.result")


def test_d5_the_rehearsal_of_a_draft(row: PolicyVersion, traffic: None, staff: Staff) -> None:
    answer = staff(AUTHOR).get(f"{LIST}{row.pk}/rehearsal/")
    assert answer.status_code == 200, answer.content[:500]
    made = Decision.objects.count()
    stopped = Decision.objects.filter(outcome="block").count()
    # the block of riley's goes on under another rule, with other people told
    assert 0 < stopped < made
    for sentence in ("simulation.rescored", "simulation.model", "simulation.not_a_rule"):
        assert says(answer, sentence, rescored=f"{made:,}"), sentence
    assert says(answer, "policy.difference.direction.stricter")
    assert has_text(answer, "stop.everything")
    assert says(answer, "console.rehearsal.assumed")
    assert has_text(answer, f"{LIST}{row.pk}/change/")


def test_d5_the_chart_has_words_for_who_cannot_see_it(
    row: PolicyVersion, traffic: None, staff: Staff
) -> None:
    page = staff(AUTHOR).get(f"{LIST}{row.pk}/rehearsal/").content.decode()
    drawn = re.search(r'<svg[^>]*role="img".*?</svg>', page, re.DOTALL)
    assert drawn is not None
    chart = ElementTree.fromstring(drawn[0])
    named = chart.attrib["aria-labelledby"].split()
    found = {each.attrib["id"]: each.text for each in chart if "id" in each.attrib}
    assert found.keys() == set(named)
    assert found["loss-title"] == say("simulation.chart.title")
    assert all(found.values())
    assert len(chart.findall("polyline")) == 3
    assert say("console.rehearsal.numbers") in page


def test_d5_the_active_version_changes_nothing(traffic: None, staff: Staff) -> None:
    active = PolicyVersion.objects.get(status="active")
    answer = staff("auditor1").get(f"{LIST}{active.pk}/rehearsal/", days="90")
    assert answer.status_code == 200
    assert says(answer, "simulation.same")
    assert has_text(staff("auditor1").get(f"{LIST}{active.pk}/change/"), "/rehearsal/")


def test_d5_without_traffic_it_says_so(row: PolicyVersion, staff: Staff) -> None:
    answer = staff(AUTHOR).get(f"{LIST}{row.pk}/rehearsal/", days="7")
    assert says(answer, "simulation.none", days="7")
    assert b'role="img"' not in answer.content


@pytest.mark.parametrize("days", ["0", "8", "-7", "x", "", "9" * 30])
def test_d5_only_the_offered_spans(row: PolicyVersion, staff: Staff, days: str) -> None:
    assert staff(AUTHOR).get(f"{LIST}{row.pk}/rehearsal/", days=days).status_code == 404


def test_d5_a_text_that_no_longer_reads_is_said(row: PolicyVersion, staff: Staff) -> None:
    PolicyVersion.objects.filter(pk=row.pk).update(document="rules: [")
    answer = staff(AUTHOR).get(f"{LIST}{row.pk}/rehearsal/")
    assert answer.status_code == 200
    assert says(answer, "console.rehearsal.unreadable")


def test_d5_costs_are_stated_and_stand_in_the_record(row: PolicyVersion, staff: Staff) -> None:
    form = staff(AUTHOR).get(costs_of(row))
    assert says(form, "console.costs.fraud_loss")
    assert b'value="5000"' in form.content  # the default is where one starts
    answer = staff(AUTHOR).post(costs_of(row), **SENT)
    assert answer.status_code == 302, answer.content[:2000]
    held = assumed_costs()["payout.change"]
    assert held.stated
    assert held.costs.fraud_at_100 == pytest.approx(0.125)
    assert held.costs.fraud_at_0 == pytest.approx(0.0002)
    event = Event.objects.filter(name="policy.costs_assumed").latest("id")
    assert (event.actor, event.object_id) == (AUTHOR, "payout.change")
    assert event.attributes["fraud_loss"] == SENT["fraud_loss"]
    # and again, over what stands
    assert staff(AUTHOR).post(costs_of(row), **SENT | {"fraud_loss": "7"}).status_code == 302
    assert CostAssumption.objects.get().fraud_loss == 7


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("fraud_at_0", "0"),  # a chance that cannot grow by a factor
        ("fraud_at_0", "13"),  # above the chance at 100
        ("fraud_at_100", "101"),
        ("abandonment", "100.01"),
        ("abandonment", "-1"),
        ("fraud_loss", "-0.01"),
        ("fraud_loss", "NaN"),
        ("fraud_loss", "1e400"),
        ("support_cost", ""),
        ("completed_value", "much"),
    ],
)
def test_d5_costs_out_of_range_are_refused(
    row: PolicyVersion, staff: Staff, field: str, value: str
) -> None:
    answer = staff(AUTHOR).post(costs_of(row), **SENT | {field: value})
    assert answer.status_code == 422
    assert b"hf-error" in answer.content
    assert not CostAssumption.objects.exists()


@pytest.mark.parametrize("name", ["support1", "legal1", "auditor1"])
def test_f24_who_reads_policies_rehearses_but_states_no_costs(
    row: PolicyVersion, staff: Staff, name: str
) -> None:
    page = staff(name).get(f"{LIST}{row.pk}/rehearsal/")
    assert page.status_code == 200
    assert not has_text(page, costs_of(row))
    assert staff(name).get(costs_of(row)).status_code == 403
    assert staff(name).post(costs_of(row), **SENT).status_code == 403
    assert not CostAssumption.objects.exists()


def test_f24_nobody_else_gets_there(row: PolicyVersion) -> None:
    for address in (f"{LIST}{row.pk}/rehearsal/", costs_of(row)):
        assert nobody().get(f"/admin/{address}").status_code == 302


def test_d5_what_is_not_there_is_404(row: PolicyVersion, staff: Staff) -> None:
    for address in (costs_of(row, "no.such"), f"{LIST}99999999999999999999/rehearsal/"):
        assert staff(AUTHOR).get(address).status_code == 404, address
