"""Before it breaks: counted over real enrolments and the active policy, nobody named (F3)."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_otp.plugins.otp_totp.models import TOTPDevice

from fallbacks.factors import dependencies
from fallbacks.independence import Kind, Point
from identity.messages import say
from identity.models import User
from identity.standing import Finding, populations, standing
from tests.console.conftest import Colleague, has_text
from tests.world.demo import Visitor

pytestmark = pytest.mark.django_db

HOLDFAST = Point(Kind.TRUST_DOMAIN, "holdfast")


def people_with(*factors: str) -> int:
    return {each.factors: each.people for each in populations()}.get(frozenset(factors), 0)


def finding(rows: tuple[Finding, ...], *factors: str) -> list[Finding]:
    return [each for each in rows if each.population.factors == frozenset(factors)]


def test_f3_people_are_counted_by_what_they_have_now(demo: None) -> None:
    none, app = people_with(), people_with("totp")
    newcomer = User.objects.create_user("newcomer")
    assert people_with() == none + 1
    device = TOTPDevice.objects.create(user=newcomer, confirmed=False)
    assert people_with() == none + 1  # not confirmed: not theirs yet
    TOTPDevice.objects.filter(pk=device.pk).update(confirmed=True)
    assert (people_with(), people_with("totp")) == (none, app + 1)
    User.objects.filter(pk=newcomer.pk).update(is_active=False)
    assert people_with("totp") == app
    assert sum(each.people for each in populations()) == User.objects.filter(is_active=True).count()


def test_f3_ways_that_all_hang_on_one_thing_are_found_before_any_outage(demo: None) -> None:
    found = standing()
    both = finding(found.hanging, "totp", "backup_code")
    assert both
    assert any("payout.change" in each.types and HOLDFAST in each.points for each in both)
    assert not found.rings
    assert not found.holds


def test_f3_people_with_nothing_that_policy_takes_as_a_fallback_are_found(demo: None) -> None:
    alone = finding(standing().helpless, "totp")
    assert len(alone) == 1
    assert "payout.change" in alone[0].types
    assert finding(standing().helpless, "totp", "backup_code") == []


def test_f3_a_circular_set_up_is_reported_before_any_outage(
    demo: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dependencies, "_declared", {})
    dependencies.declare("smtp", "single_sign_on")
    dependencies.declare("single_sign_on", "holdfast")
    assert standing().rings == (("holdfast", "single_sign_on", "smtp"),)


def test_f3_it_takes_as_many_queries_for_many_people_as_for_few(demo: None) -> None:
    standing()
    with CaptureQueriesContext(connection) as few:
        standing()
    User.objects.bulk_create(User(username=f"many{each}") for each in range(50))
    with CaptureQueriesContext(connection) as many:
        standing()
    assert len(many) == len(few) <= 4


def test_f3_the_command_fails_while_something_is_found(demo: None) -> None:
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("independence", "--json", stdout=out)
    assert ended.value.code == 1
    said = json.loads(out.getvalue())
    assert said["hanging"]
    assert not any(name in out.getvalue() for name in ("avery", "tess", "riley"))
    User.objects.update(is_active=False)
    out = StringIO()
    call_command("independence", "--json", stdout=out)
    assert json.loads(out.getvalue())["hanging"] == []


@pytest.mark.parametrize("name", ["support1", "security1", "auditor1", "admin"])
def test_f3_staff_read_it_in_words(staff: Callable[[str], Colleague], name: str) -> None:
    page = staff(name).get("standing/")
    assert page.status_code == 200
    assert has_text(page, say("console.standing.heading"))
    assert has_text(page, say("dependency.holdfast"))
    assert has_text(page, say("console.standing.circles.none"))
    assert not has_text(page, "avery")


def test_f24_only_staff_who_may_read_the_rules_and_it_takes_no_form(
    staff: Callable[[str], Colleague], visit: Callable[[str], Visitor]
) -> None:
    assert visit("avery").client.get("/admin/standing/").status_code == 404
    robin = staff("security1")
    assert '/admin/standing/"' in robin.get("").content.decode()
    assert robin.post("standing/").status_code == 403
    robin.user.groups.clear()
    assert robin.get("standing/").status_code == 403
