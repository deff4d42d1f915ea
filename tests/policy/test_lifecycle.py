"""The life of a policy version by its use cases (D3)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction

from config.lifecycle import HoldfastError, IllegalTransition
from fallbacks.errors import PermissionNeeded
from identity.active_policy import active_policy
from identity.errors import (
    AuthorMayNotSign,
    GuardrailsNotKept,
    OnlyTheAuthor,
    PolicySuperseded,
    PolicyUnusable,
    SignedAlready,
    SignOffsMissing,
    UnknownArea,
    UnknownPolicyVersion,
)
from identity.models import Event, PolicyVersion, SignOff
from identity.policy_lifecycle import (
    activate_policy,
    draft_policy,
    edit_draft,
    export_policy,
    import_policy,
    return_policy,
    sign_policy,
    submit_policy,
)
from identity.roles import ROLES
from tests.policy.conftest import (
    AUTHOR,
    BROKEN,
    SHIPPED,
    SIGNERS,
    STRICTER,
    in_review,
    person,
    signed,
    stored,
)
from tests.world.demo import Application


def test_d3_a_signed_version_decides_from_its_activation(payroll: Application) -> None:
    before = payroll.ask("avery").json()
    row = signed()
    assert active_policy().number == 1
    activate_policy(row.number, by=person("security1"))
    after = payroll.ask("tess").json()
    assert (before["status"], before["decision"]["policy_version"]) == ("pending", 1)
    assert (after["status"], after["decision"]["policy_version"]) == ("blocked", row.number)
    assert after["decision"]["rule"] == "stop.everything"
    shipped = PolicyVersion.objects.get(number=1)
    assert (shipped.status, shipped.retired_at is not None) == ("retired", True)
    names = Event.objects.filter(kind="policy", object_id=row.pk).order_by("id")
    assert list(names.values_list("name", "from_state", "to_state", "reason", "actor")) == [
        ("policy.drafted", "", "draft", "", AUTHOR),
        ("policy.submitted", "draft", "review", "", AUTHOR),
        *[("policy.signed", "review", "review", area, name) for area, name in SIGNERS.items()],
        ("policy.activated", "review", "active", "", "security1"),
    ]
    retired = Event.objects.get(name="policy.retired")
    assert (retired.object_id, retired.actor) == (str(shipped.pk), "security1")


def test_the_shipped_version_has_no_author() -> None:
    row = PolicyVersion.objects.get(number=1)
    assert (row.author, row.status, row.document) == (None, "active", SHIPPED)


@pytest.mark.parametrize(
    "text",
    [SHIPPED, SHIPPED + "\n\n# the end, without a line break", SHIPPED.replace("\n", "\r\n")],
)
def test_d3_export_gives_back_byte_for_byte(text: str) -> None:
    row = import_policy(text, by=person(AUTHOR))
    assert export_policy(row.number).encode() == text.encode()
    again = import_policy(export_policy(row.number), by=person(AUTHOR))
    assert (again.digest, again.number) == (row.digest, row.number + 1)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (SHIPPED.replace('version_name: "v1"', "version_nam: x"), 3),
        ("a: &a [*a]\n", 1),
        ("", 1),
        ("x" * (256 * 1024 + 1), 1),
        ("a: [" * 5000, 1),
        ("version_name: \x00", 1),
    ],
)
def test_d3_a_bad_document_is_refused_with_its_place(text: str, line: int) -> None:
    row = draft_policy(SHIPPED, by=person(AUTHOR))
    count = PolicyVersion.objects.count()
    for attempt in (
        lambda: draft_policy(text, by=person(AUTHOR)),
        lambda: edit_draft(row.number, text, by=person(AUTHOR)),
    ):
        with pytest.raises(PolicyUnusable) as refused:
            attempt()
        assert refused.value.context["line"] == line
        assert refused.value.context["column"] >= 1
    assert PolicyVersion.objects.count() == count
    assert stored(row)["document"] == SHIPPED


def test_d3_the_author_does_not_sign() -> None:
    row = in_review()
    with pytest.raises(AuthorMayNotSign):
        sign_policy(row.number, "security", by=person(AUTHOR))
    with pytest.raises(IntegrityError), transaction.atomic():
        SignOff.objects.create(
            policy=row, area="security", person=person(AUTHOR), at=row.created_at
        )
    assert not row.sign_offs.exists()


def test_d3_one_person_signs_for_one_area_and_an_area_once() -> None:
    row = in_review()
    everything = person("admin")
    sign_policy(row.number, "product", by=everything)
    with pytest.raises(SignedAlready):
        sign_policy(row.number, "support", by=everything)
    with pytest.raises(SignedAlready):
        sign_policy(row.number, "product", by=person("product1"))
    with pytest.raises(IntegrityError), transaction.atomic():
        SignOff.objects.create(policy=row, area="support", person=everything, at=row.created_at)
    assert row.sign_offs.count() == 1


def test_d3_four_areas_are_four_permissions_and_no_role_holds_two() -> None:
    row = in_review()
    for area in SignOff.Area.values:
        permission = f"identity.sign_policy_{area}"
        assert [role for role, held in ROLES.items() if permission in held] == [area]
        for other, name in SIGNERS.items():
            if other != area:
                with pytest.raises(PermissionNeeded):
                    sign_policy(row.number, area, by=person(name))
    with pytest.raises(UnknownArea):
        sign_policy(row.number, "legal", by=person("admin"))
    assert not row.sign_offs.exists()


@pytest.mark.parametrize("absent", SIGNERS)
def test_d3_no_activation_without_all_four(absent: str) -> None:
    row = in_review()
    for area, name in SIGNERS.items():
        if area != absent:
            sign_policy(row.number, area, by=person(name))
    with pytest.raises(SignOffsMissing) as refused:
        activate_policy(row.number, by=person("security1"))
    assert refused.value.context["areas"].lower() == absent
    with pytest.raises(IntegrityError, match="four signatures"), transaction.atomic():
        PolicyVersion.objects.filter(pk=row.pk).update(status="active")
    assert active_policy().number == 1


def test_d4_a_policy_that_breaks_a_guardrail_never_reaches_review() -> None:
    row = draft_policy(BROKEN, by=person(AUTHOR))
    with pytest.raises(GuardrailsNotKept) as refused:
        submit_policy(row.number, by=person(AUTHOR))
    assert "let.everything.through" in refused.value.context["sentence"]
    assert stored(row)["status"] == "draft"


def test_d4_a_policy_is_proved_again_when_it_is_activated() -> None:
    row = draft_policy(BROKEN, by=person(AUTHOR))
    PolicyVersion.objects.filter(pk=row.pk).update(status="review", compared_with=1)
    for area, name in SIGNERS.items():
        sign_policy(row.number, area, by=person(name))
    with pytest.raises(GuardrailsNotKept):
        activate_policy(row.number, by=person("security1"))
    assert active_policy().number == 1


def test_d3_a_returned_version_loses_its_signatures_and_may_change() -> None:
    row = signed()
    returned = return_policy(row.number, by=person("compliance1"), reason="Say why.")
    assert (returned.status, returned.returned_because) == ("draft", "Say why.")
    assert not returned.sign_offs.exists()
    edit_draft(row.number, STRICTER + "# because\n", by=person(AUTHOR))
    with pytest.raises(OnlyTheAuthor):
        edit_draft(row.number, SHIPPED, by=person("product1"))
    again = submit_policy(row.number, by=person(AUTHOR))
    assert (again.status, again.document) == ("review", STRICTER + "# because\n")


def test_d3_of_two_signed_versions_one_comes_into_force() -> None:
    first, second = signed(), signed(STRICTER + "# another\n")
    activate_policy(first.number, by=person("security1"))
    with pytest.raises(PolicySuperseded):
        activate_policy(second.number, by=person("security2"))
    assert active_policy().number == first.number
    assert stored(second)["status"] == "review"
    with pytest.raises(IllegalTransition):
        activate_policy(first.number, by=person("security2"))


STEPS: dict[str, Callable[[int, str], object]] = {
    "draft": lambda number, name: draft_policy(SHIPPED, by=person(name)),
    "edit": lambda number, name: edit_draft(number, SHIPPED, by=person(name)),
    "submit": lambda number, name: submit_policy(number, by=person(name)),
    "return": lambda number, name: return_policy(number, by=person(name), reason="no"),
    "activate": lambda number, name: activate_policy(number, by=person(name)),
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("name", ["auditor1", "legal1", "avery"])
def test_f24_whoever_lacks_the_permission_changes_nothing(step: str, name: str) -> None:
    row = signed()
    before, count = stored(row), PolicyVersion.objects.count()
    with pytest.raises(PermissionNeeded):
        STEPS[step](row.number, name)
    assert (stored(row), PolicyVersion.objects.count()) == (before, count)


@pytest.mark.parametrize("step", ["edit", "submit", "return", "activate"])
def test_a_version_that_is_not_there_is_said_so(step: str) -> None:
    with pytest.raises(UnknownPolicyVersion):
        STEPS[step](999, "admin")


@pytest.mark.parametrize("step", ["edit", "submit", "return", "activate"])
def test_d3_a_retired_version_stays_as_it_is(step: str) -> None:
    row = draft_policy(SHIPPED, by=person("admin"))
    submit_policy(row.number, by=person("admin"))
    for area, name in SIGNERS.items():
        sign_policy(row.number, area, by=person(name))
    activate_policy(row.number, by=person("admin"))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE identity_policyversion SET status = 'retired' WHERE number = %s", [row.number]
        )
    before = stored(row)
    with pytest.raises(HoldfastError):
        STEPS[step](row.number, "admin")
    assert stored(row) == before


@pytest.mark.parametrize("status", ["review", "active", "retired"])
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE identity_policyversion SET document = 'x' WHERE id = %s",
        "UPDATE identity_policyversion SET digest = 'x' WHERE id = %s",
        "UPDATE identity_policyversion SET number = 77 WHERE id = %s",
        "UPDATE identity_policyversion SET author_id = NULL WHERE id = %s",
        "DELETE FROM identity_policyversion WHERE id = %s",
        "UPDATE identity_signoff SET area = 'product' WHERE policy_id = %s",
    ],
)
def test_d3_the_database_itself_keeps_what_was_submitted(status: str, change: str) -> None:
    row = signed()
    if status != "review":
        activate_policy(row.number, by=person("security1"))
    if status == "retired":
        PolicyVersion.objects.filter(pk=row.pk).update(status="retired")
    before = stored(row)
    assert before["status"] == status
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change, [row.pk])
    assert stored(row) == before


def test_d3_signatures_stay_under_what_was_activated() -> None:
    row = signed()
    activate_policy(row.number, by=person("security1"))
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM identity_signoff WHERE policy_id = %s", [row.pk])
    assert row.sign_offs.count() == len(SIGNERS)


@pytest.mark.parametrize(
    ("now", "then"),
    [("draft", "active"), ("draft", "retired"), ("review", "retired"), ("active", "draft")],
)
def test_d3_no_state_is_skipped_in_the_database(now: str, then: str) -> None:
    row = {
        "draft": lambda: draft_policy(SHIPPED, by=person(AUTHOR)),
        "review": signed,
        "active": lambda: PolicyVersion.objects.get(status="active"),
    }[now]()
    with pytest.raises(IntegrityError), transaction.atomic():
        PolicyVersion.objects.filter(pk=row.pk).update(status=then)
    assert stored(row)["status"] == now


def test_a_draft_may_be_thrown_away() -> None:
    row = draft_policy(SHIPPED, by=person(AUTHOR))
    row.delete()
    assert not PolicyVersion.objects.filter(number=row.number).exists()
