"""Two people at the same moment: one gets it, the other is told (D3)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from config.lifecycle import HoldfastError
from identity.errors import PolicySuperseded, SignedAlready
from identity.models import PolicyVersion
from identity.policy_lifecycle import activate_policy, draft_policy, sign_policy
from tests.policy.conftest import AUTHOR, SHIPPED, STRICTER, in_review, person, signed

pytestmark = pytest.mark.django_db(transaction=True)


def _together(calls: Sequence[Callable[[], object]]) -> list[HoldfastError | None]:
    """What each call was refused with, all begun at one moment."""
    gate = Barrier(len(calls))

    def run(call: Callable[[], object]) -> HoldfastError | None:
        try:
            gate.wait()
            call()
        except HoldfastError as refusal:
            return refusal
        finally:
            connections.close_all()
        return None

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def _kinds(answers: list[HoldfastError | None]) -> list[type | None]:
    return sorted((type(each) if each else None for each in answers), key=str)


def test_d3_of_two_activations_at_once_one_wins() -> None:
    rows = [signed(), signed(STRICTER + "# another\n")]
    who = person("security1")
    answers = _together([lambda row=row: activate_policy(row.number, by=who) for row in rows])
    assert sorted(map(str, _kinds(answers))) == sorted(map(str, [None, PolicySuperseded]))
    won = rows[answers.index(None)]
    in_force = PolicyVersion.objects.filter(status="active")
    assert list(in_force.values_list("number", flat=True)) == [won.number]


def test_d3_one_person_signs_for_one_area_even_at_once() -> None:
    row, who = in_review(), person("admin")
    areas = ("security", "compliance", "product", "support")
    answers = _together([lambda area=area: sign_policy(row.number, area, by=who) for area in areas])
    assert answers.count(None) == 1
    assert {type(each) for each in answers if each} == {SignedAlready}
    assert row.sign_offs.count() == 1


def test_d3_drafts_at_once_get_numbers_of_their_own() -> None:
    who = person(AUTHOR)
    answers = _together([lambda: draft_policy(SHIPPED, by=who)] * 4)
    assert answers == [None] * 4
    numbers = PolicyVersion.objects.filter(status="draft").values_list("number", flat=True)
    assert sorted(numbers) == [2, 3, 4, 5]
