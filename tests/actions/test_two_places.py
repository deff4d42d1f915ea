"""A proof counts where it was given, and where the request came from that it answers (D8)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.world.demo import Application, Visitor

pytestmark = pytest.mark.django_db

Visit = Callable[[str], Visitor]
HOME = {"ip": "127.0.0.1", "country": "PT"}


def test_d8_a_proof_speaks_for_where_the_request_came_from_that_it_answers(
    payroll: Application, visit: Visit
) -> None:
    there = {"ip": "198.51.100.7", "country": "PT"}
    action = payroll.ask("avery", context=there, device="avery-phone").json()
    assert visit("avery").verify(action["id"]).status_code == 303
    body = {"type": "address.change", "subject": "avery", "payload": {"address": "Here 1"}}

    def trust_of(**more: Any) -> str:
        answer = payroll.call("POST", "decisions/", {**body, **more})
        return str(answer.json()["explanation"]["inputs"]["trust"])

    assert trust_of(device="avery-phone", context=there) == "fresh"
    # whole or not at all: the phone on another network, or in another country, is somewhere else
    assert trust_of(device="avery-phone", context=HOME) == "none"
    assert trust_of(device="avery-phone", context={**there, "country": "BR"}) == "none"
    # unknown is never fresh
    assert trust_of(device="avery-phone", context={"country": "PT"}) == "recent"
