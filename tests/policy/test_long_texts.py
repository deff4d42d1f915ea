"""A policy posted as text may be as long as one that is imported (D3)."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from django.http import HttpResponse
from django.test import Client

from identity.models import PolicyVersion
from identity.policy_lifecycle import draft_policy
from tests.console.conftest import Colleague, has_text, nobody
from tests.policy.conftest import AUTHOR, SHIPPED, person, stored

LIST = "identity/policyversion/"
Staff = Callable[[str], Colleague]


@pytest.fixture
def row() -> PolicyVersion:
    """A draft of the shipped policy."""
    return draft_policy(SHIPPED, by=person(AUTHOR))


@pytest.mark.parametrize("kib", [70, 250])
def test_d3_a_long_text_is_taken(staff: Staff, row: PolicyVersion, kib: int) -> None:
    text = SHIPPED + "# …\n" * ((kib * 1024 - len(SHIPPED.encode())) // 6)
    sent = urlencode({"document": text, "made_from": row.digest})
    for address in (f"/admin/{LIST}draft/", f"/admin/{LIST}{row.pk}/edit/"):
        answer = _posted(staff(AUTHOR).client, address, sent)
        assert answer.status_code == 302, address
    assert stored(row)["document"] == text
    assert PolicyVersion.objects.latest("number").document == text


def test_d3_a_text_that_is_too_long_is_said_to_be(staff: Staff, row: PolicyVersion) -> None:
    sent = urlencode({"document": SHIPPED + "# .\n" * 65536, "made_from": row.digest})
    answer = _posted(staff(AUTHOR).client, f"/admin/{LIST}{row.pk}/edit/", sent)
    assert answer.status_code == 422
    assert has_text(answer, "larger than 256 KiB")


def test_d3_nobody_else_is_read_that_long(staff: Staff, row: PolicyVersion) -> None:
    sent = urlencode({"document": SHIPPED + "# .\n" * 20000, "step": "up low"})
    for client, address in (
        (staff("auditor1").client, f"/admin/{LIST}{row.pk}/edit/"),
        (staff(AUTHOR).client, f"/admin/{LIST}{row.pk}/matrix/step/"),
        (nobody(), f"/admin/{LIST}{row.pk}/edit/"),
        (nobody(), "/sign-in/"),
    ):
        assert _posted(client, address, sent).status_code in (302, 400, 403, 413), address
    assert stored(row)["document"] == SHIPPED


def _posted(client: Client, address: str, sent: str) -> HttpResponse:
    return client.post(address, sent, content_type="application/x-www-form-urlencoded")  # type: ignore[return-value]
