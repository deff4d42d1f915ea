"""Done first and confirmed afterwards, on real parts: the example undoes it once."""

from __future__ import annotations

import random
import re
from typing import Any

import httpx
import pytest

from tests.live.outside import Payroll, Person, Product, wait_for
from tests.live.test_payout_story import iban

pytestmark = pytest.mark.xdist_group("product")

PLACE: dict[str, Any] = {
    "session": "payroll-sam",
    "device": "sam-phone",
    "context": {"country": "PT", "ip": "198.51.100.7"},
}


def effect(product: Product, action_id: str) -> dict[str, Any]:
    """What the example did for the action."""
    found = httpx.get(f"{product.payroll_url}/effects.json", timeout=10).json()["results"]
    [one] = [each for each in found if each["action"] == action_id]
    return dict(one)


def moves(payroll: Payroll) -> dict[str, Any]:
    """Sam asks for a new address, out of reach."""
    return payroll.ask(
        "sam",
        type="address.change",
        payload={"address": f"{random.randrange(1, 10**6)} Quay Lane, Porto"},
        **PLACE,
    )


def test_d2_what_was_agreed_to_is_done_at_once_and_confirmed_or_undone(
    product: Product, payroll: Payroll
) -> None:
    sam = Person(product, "sam")
    # a proof for the application's own session, which then is known to be Sam's
    first = payroll.ask("sam", iban(), **PLACE)
    sam.verify(first["id"], "backup_code")
    payroll.reaches(first["id"], "committed")
    code = product.codes("sam")["backup_codes"][0]
    page = sam.http.get("/account/consents/").text
    [kind] = re.findall(r'value="([0-9]+:address\.change)"', page)
    sam.post("/account/consents/", what=kind, days="30", way="backup_code", code=code)
    payroll.loses_network("sam")

    confirmed, undone = moves(payroll), moves(payroll)
    for action in (confirmed, undone):
        assert action["outcome"] == "proceed_then_confirm"
        done = payroll.reaches(action["id"], "committed")
        assert done["confirm_by"]
        assert effect(product, action["id"])["undone_at"] is None

    sam.verify(confirmed["id"], "backup_code")
    assert payroll.get(confirmed["id"])["confirm_by"] is None
    sam.post(f"/requests/{undone['id']}/undo/", at=f"/requests/{undone['id']}/")
    payroll.reaches(undone["id"], "reversed")
    wait_for(lambda: effect(product, undone["id"])["undone_at"], "the address is as it was")
    assert effect(product, undone["id"])["deliveries"] == 1
    assert effect(product, confirmed["id"])["undone_at"] is None
