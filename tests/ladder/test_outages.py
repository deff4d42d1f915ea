"""While something is down: what hangs on it is not offered, and the page says why (F3, F5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from config.lifecycle import read_clock
from fallbacks.challenges import start, verify
from fallbacks.errors import FactorNotPermitted, FactorOutOfOrder, WrongCode
from fallbacks.factors import FACTORS
from fallbacks.models import GuessBudget, Incident
from identity.admin.incidents import close_incident
from identity.messages import say
from identity.models import User
from tests.console.conftest import Colleague, has_text
from tests.factors.changing import begun
from tests.world.demo import Application, Visitor

pytestmark = pytest.mark.django_db

Visit = Callable[[str], Visitor]


def goes_down(*names: str, mode: str = "normal") -> Incident:
    return Incident.objects.create(
        title="Outage", mode=mode, fails="-", works="-", what_to_do="-", dependencies=list(names)
    )


@pytest.fixture
def app_on_sms(monkeypatch: pytest.MonkeyPatch) -> None:
    """The authenticator app as if it needed the SMS gateway: something that can be down alone."""
    changed = replace(
        FACTORS["totp"], depends_on=FACTORS["sms"].depends_on, trust_domain="app_maker"
    )
    monkeypatch.setitem(FACTORS, "totp", changed)  # type: ignore[arg-type]


def budget(name: str) -> list[Any]:
    return list(GuessBudget.objects.filter(subject__username=name).values())


def lines(page: Any) -> str:
    return " ".join(page.content.decode().split())


def test_f3_a_way_that_hangs_on_what_is_down_is_not_offered_until_it_is_over(
    payroll: Application, visit: Visit, app_on_sms: None
) -> None:
    sam = visit("sam")
    action = payroll.ask("sam").json()["id"]
    address = f"/requests/{action}/verify/"
    assert f"{address}totp/" in lines(sam.client.get(address))

    incident = goes_down("network")
    shown = sam.client.get(address)
    assert f"{address}totp/" not in lines(shown)
    assert f"{address}backup_code/" in lines(shown)
    before = budget("sam")
    refused = sam.verify(action)
    assert refused.status_code == 409
    assert has_text(refused, say("error.factor_out_of_order.detail"))
    assert budget("sam") == before, "nothing was looked at, so nothing is counted"
    assert payroll.get(action)["status"] == "queued"

    close_incident(incident, read_clock())
    assert f"{address}totp/" in lines(sam.client.get(address))


@pytest.mark.parametrize("down", ["holdfast", "database"])
def test_f3_the_gate_refuses_what_is_down_when_asked_for_and_when_answered(
    demo: None, down: str
) -> None:
    sam, now = User.objects.get(username="sam"), read_clock()
    incident = goes_down(down)
    for factor, code in (("totp", "123456"), ("backup_code", "a" * 16)):
        with pytest.raises(FactorOutOfOrder) as asked:
            start(sam.pk, factor, permitted=[factor], now=now)
        assert asked.value.context == {"factor": factor, "down": down}
        with pytest.raises(FactorOutOfOrder):
            verify(sam.pk, factor, code, permitted=[factor], now=now)
        with pytest.raises(FactorNotPermitted):
            start(sam.pk, factor, permitted=[], now=now)
    assert budget("sam") == []
    close_incident(incident, now)
    with pytest.raises(WrongCode):
        verify(sam.pk, "backup_code", "a" * 16, permitted=["backup_code"], now=now)


def test_f3_staff_get_in_to_close_the_incident_that_takes_their_own_way_out(
    staff: Callable[[str], Colleague],
) -> None:
    goes_down("holdfast")
    assert staff("security1").get("fallbacks/incident/").status_code == 200


def test_f3_a_change_of_ways_is_proved_by_what_works(visit: Visit, demo: None) -> None:
    sam = visit("sam")
    address = begun(sam, "backup_code", "replace")
    goes_down("holdfast")
    assert has_text(sam.client.get(address), say("error.factor_out_of_order.detail"))
    refused = sam.client.post(f"{address}proof/totp/", {"code": sam.code()})
    assert refused.status_code == 409
    assert budget("sam") == []


def test_f5_the_page_says_why_what_comes_next_and_what_is_left_to_do(
    payroll: Application, visit: Visit, app_on_sms: None
) -> None:
    sam = visit("sam")
    action = payroll.ask("sam").json()["id"]
    path = f"/requests/{action}/"
    assert not has_text(sam.client.get(path), say("outage.heading"))
    goes_down("sms_gateway")
    for page in (sam.client.get(path), sam.client.get(f"{path}verify/")):
        assert has_text(page, say("outage.heading"))
        assert has_text(page, say("outage.why.sms_gateway", way=say("way.totp.inline")))
        assert has_text(page, say("way.down.sms_gateway"))
        assert has_text(page, say("outage.next", way=say("way.backup_code.inline")))
        assert has_text(page, say("outage.later.recovery"))


def test_f5_where_nothing_is_left_the_page_says_so(payroll: Application, visit: Visit) -> None:
    sam = visit("sam")
    action = payroll.ask("sam").json()["id"]
    goes_down("holdfast")
    page = sam.client.get(f"/requests/{action}/")
    assert has_text(page, say("outage.next.none"))
    assert has_text(page, say("outage.later.none"))
    assert has_text(page, say("way.down"))


def test_f3_a_challenge_never_names_what_is_down(payroll: Application, app_on_sms: None) -> None:
    """The primary way is out, so somebody without a live factor counts as uncertain: the policy's
    other way is asked for, and nothing is asked by a line that is dead."""
    assert payroll.ask("avery").json()["challenge"]["factor"] == "totp"
    goes_down("sms_gateway")
    other = payroll.ask("avery", payload={"account": "GB29NWBK60161331926819"}).json()
    assert other["challenge"] is None
    assert other["status"] == "fallback"
    assert "factor_uncertain" in {reason["code"] for reason in other["decision"]["reasons"]}


def test_f3_staff_say_what_an_incident_concerns(staff: Callable[[str], Colleague]) -> None:
    robin = staff("security1")
    form = robin.get("fallbacks/incident/add/")
    assert has_text(form, say("dependency.sms_gateway"))
    sent = {
        "title": "Messages stuck",
        "mode": "degraded",
        "fails": "Text messages.",
        "works": "Everything else.",
        "what_to_do": "Use your app.",
        "next_update_at_0": "",
        "next_update_at_1": "",
        "dependencies": ["sms_gateway", "mobile_carrier"],
        "updates-TOTAL_FORMS": "0",
        "updates-INITIAL_FORMS": "0",
    }
    assert robin.post("fallbacks/incident/add/", **sent).status_code == 302
    assert Incident.objects.get().dependencies == ["sms_gateway", "mobile_carrier"]
    refused = robin.post("fallbacks/incident/add/", **{**sent, "dependencies": ["the_moon"]})
    assert refused.status_code == 200
    assert Incident.objects.count() == 1
