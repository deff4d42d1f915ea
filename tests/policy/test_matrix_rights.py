"""Who may edit a draft as a matrix, and what happens when it changed meanwhile (D3, F24)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from identity.errors import DraftChanged
from identity.models import PolicyVersion
from identity.policy_lifecycle import draft_policy, edit_draft, submit_policy
from tests.console.conftest import has_text, nobody, says
from tests.policy.conftest import AUTHOR, SHIPPED, person
from tests.policy.test_matrix import (
    FORMS,
    IDS,
    LIST,
    Staff,
    digest_of,
    filled,
    matrix,
    opened,
    step,
    text_of,
)


@pytest.fixture
def row() -> PolicyVersion:
    """A draft of the shipped policy."""
    return draft_policy(SHIPPED, by=person(AUTHOR))


@pytest.mark.parametrize("form", [*FORMS, "step", "edit"])
def test_d3_a_draft_that_changed_meanwhile_is_not_written_over(
    staff: Staff, row: PolicyVersion, form: str
) -> None:
    author = staff(AUTHOR)
    stale = digest_of(row)
    if form == "step":
        sent: dict[str, Any] = {"step": "up high.delayed"}
    elif form == "edit":
        sent = {"document": SHIPPED + "# mine\n"}
    else:
        sent = opened(author, row, form)
        sent |= {"id": "mine"} if "id" in sent else {}
    newer = SHIPPED + "# meanwhile\n"
    edit_draft(row.number, newer, by=person(AUTHOR))
    address = f"{LIST}{row.pk}/edit/" if form == "edit" else matrix(row, form)
    for old in (stale, ""):
        answer = author.post(address, **sent | {"made_from": old})
        assert answer.status_code == 409
        assert says(answer, "error.draft_changed.detail")
        assert text_of(row) == newer
        if form in FORMS:
            assert filled(answer) == sent | {"made_from": digest_of(row)}
    if form == "edit":
        assert has_text(answer, "# mine")
    assert has_text(answer, digest_of(row))  # whoever looked may save what they filled in
    assert author.post(address, **sent | {"made_from": digest_of(row)}).status_code == 302


def test_d3_two_at_once_of_one_author_do_not_lose_a_change(row: PolicyVersion) -> None:
    digest = row.digest
    edit_draft(row.number, SHIPPED + "# first\n", by=person(AUTHOR), made_from=digest)
    with pytest.raises(DraftChanged):
        edit_draft(row.number, SHIPPED + "# second\n", by=person(AUTHOR), made_from=digest)
    assert text_of(row).endswith("# first\n")


WHO = ("support1", "security1", "compliance1", "product1", "legal1", "auditor1", "admin", "avery")


@pytest.mark.parametrize("name", WHO)
def test_f24_only_the_author_edits(
    staff: Staff, visit: Callable[[str], Any], row: PolicyVersion, name: str
) -> None:
    client: Client = visit(name).client if name == "avery" else staff(name).client
    nothing = 404 if name == "avery" else 403
    for form in ("", *FORMS):
        assert client.get(f"/admin/{matrix(row, form)}").status_code == nothing, form
        sent = {"made_from": row.digest, "v0": "x", "id": "x"}
        assert client.post(f"/admin/{matrix(row, form)}", sent).status_code == nothing, form
    sent = {"step": f"remove {IDS[0]}", "made_from": row.digest}
    assert client.post(f"/admin/{matrix(row, 'step')}", sent).status_code == nothing
    count = PolicyVersion.objects.count()
    drafts = name in ("security1", "compliance1", "product1", "admin")
    answer = client.post(f"/admin/{LIST}draft/matrix/")
    assert answer.status_code == (302 if drafts else nothing)
    assert PolicyVersion.objects.count() == count + drafts
    assert text_of(row) == SHIPPED


def test_f24_nobody_is_sent_to_sign_in(row: PolicyVersion) -> None:
    for form in ("", *FORMS, "step"):
        answer = nobody().post(f"/admin/{matrix(row, form)}", {"made_from": row.digest})
        assert answer.status_code == 302
        assert answer["Location"].startswith("/sign-in/")


def test_d3_what_is_in_review_stands_still(staff: Staff, row: PolicyVersion) -> None:
    submit_policy(row.number, by=person(AUTHOR))
    for form in ("", *FORMS):
        assert staff(AUTHOR).get(matrix(row, form)).status_code == 403
    assert step(staff(AUTHOR), row, f"remove {IDS[0]}").status_code == 403
    assert text_of(row) == SHIPPED
