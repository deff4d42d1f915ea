"""The page that says how long a proof counts by a version, and what ends it at once (D7, D8)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse

from config.lifecycle import read_clock
from identity.messages.trust import factors_in_words, span
from identity.models import PolicyVersion, User
from identity.policy.decision import FACTOR_CEILING
from identity.policy_lifecycle import draft_policy
from identity.trust import TRIGGERS
from tests.console.conftest import Colleague, has_text, says
from tests.decision.shipped import TEXT

pytestmark = pytest.mark.django_db

Staff = Callable[[str], Colleague]
IN_FORCE = "identity/policyversion/trust/"


def of(row: PolicyVersion) -> str:
    """The page of a version."""
    return f"identity/policyversion/{row.pk}/trust/"


def active() -> PolicyVersion:
    return PolicyVersion.objects.get(status="active")


@pytest.mark.parametrize("name", ["security1", "compliance1", "auditor1"])
def test_d7_staff_read_the_table_of_the_version_in_force(staff: Staff, name: str) -> None:
    for address in (IN_FORCE, of(active())):
        page = staff(name).get(address)
        assert page.status_code == 200
        weak = factors_in_words(["email_link", "sms", "support"])
        spans = {"sensitivity": "Low", "mode": "normal", "gone": span(3600), "factors": weak}
        assert says(page, "console.trust.window.weak", **spans)
        assert says(page, "console.trust.cell", fresh=span(300), recent=span(900))
        assert says(page, "console.trust.cell.never")
        for factor in FACTOR_CEILING:
            assert has_text(page, factors_in_words([factor]))
        # a code at high sensitivity: five minutes, half of it in an outage, a quarter at worst
        for mode, fresh, recent, gone in (
            ("normal", 300, 900, 3890),
            ("degraded", 150, 450, 1945),
            ("emergency", 75, 225, 973),
        ):
            spans = {"fresh": span(fresh), "recent": span(recent), "gone": span(gone)}
            spans |= {"sensitivity": "High", "mode": mode}
            assert says(page, "console.trust.window", **spans)


def test_d8_every_trigger_stands_there_with_its_code_and_what_the_person_reads(
    staff: Staff,
) -> None:
    page = staff("auditor1").get(IN_FORCE)
    for trigger in TRIGGERS:
        assert says(page, f"trust.trigger.{trigger.broken}", threshold="30")
        assert says(page, f"reason.{trigger.broken}")
        assert has_text(page, trigger.broken)
        if trigger.unknown:
            assert has_text(page, trigger.unknown)
    assert says(page, "console.trust.checked.text")


def test_d7_the_page_is_made_from_the_version_itself(staff: Staff) -> None:
    text = TEXT.replace("high: {fresh: 1m, recent: 5m", "high: {fresh: 1m, recent: 4m").replace(
        "emergency: 25", "emergency: 20"
    ).replace("threshold: 30", "threshold: 33")  # fmt: skip
    text = text.replace("one_time_code:", "live_codes:")
    row = draft_policy(text, by=User.objects.get(username="compliance1"))
    page = staff("security1").get(of(row))
    spans = {"fresh": span(60), "recent": span(180), "gone": span(778)}
    spans |= {"sensitivity": "High", "mode": "emergency"}
    assert says(page, "console.trust.window", **spans)
    assert says(page, "trust.trigger.proof_risk_raised", threshold="33")
    assert has_text(page, "Live codes")
    assert not says(staff("security1").get(IN_FORCE), "console.trust.window", **spans)


def test_d7_it_is_one_link_away_from_the_version_and_the_home(staff: Staff) -> None:
    link = f'href="{reverse("admin:identity_policyversion_trust", args=[active().pk])}"'
    assert has_text(staff("auditor1").get(f"identity/policyversion/{active().pk}/change/"), link)
    for name in ("security1", "auditor1", "compliance1"):
        home = staff(name).get("")
        assert has_text(home, f'href="{reverse("admin:identity_policyversion_proofs")}"')


def test_f24_the_table_is_only_read_and_only_by_those_who_read_policies(staff: Staff) -> None:
    for address in (IN_FORCE, of(active())):
        assert staff("security1").post(address).status_code == 405
    assert staff("auditor1").get("identity/policyversion/999/trust/").status_code == 404
    PolicyVersion.objects.update(status="retired")
    assert staff("auditor1").get(IN_FORCE).status_code == 404


def test_f24_who_may_not_read_policies_does_not_see_it(staff: Staff) -> None:
    outsider = staff("support1")
    outsider.user.groups.clear()
    assert outsider.get(IN_FORCE).status_code == 403
    assert not says(outsider.get(""), "console.trust.open")


def test_d7_a_version_that_this_release_cannot_read_says_so(staff: Staff) -> None:
    row = PolicyVersion.objects.create(
        number=99, name="old", status="draft", document="nothing", created_at=read_clock()
    )
    answer = staff("auditor1").get(of(row))
    assert answer.status_code == 200
    assert not says(answer, "console.trust.triggers")
