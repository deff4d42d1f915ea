"""What staff read about the factors: made of the constants that the product counts by."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fallbacks.budget import GUESSES_SHORT
from fallbacks.factors import FACTORS
from fallbacks.factors.limits import EVERYTHING
from identity.admin.factor_table import bound
from identity.messages import say
from tests.console.conftest import Colleague, has_text, says
from tests.world.demo import Visitor

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["support1", "security1", "compliance1", "auditor1", "admin"])
def test_f1_staff_read_every_factor_and_number_with_its_source(
    staff: Callable[[str], Colleague], name: str
) -> None:
    page = staff(name).get("factors/")
    assert page.status_code == 200
    for factor in FACTORS.values():
        assert says(page, f"way.{factor.name}.title")
        for dependency in factor.depends_on:
            assert has_text(page, dependency)
    for number in EVERYTHING:
        assert says(page, f"console.limit.{number.what}")
        assert has_text(page, bound(number))
        assert has_text(page, number.source)
    assert bound(GUESSES_SHORT) == say("console.factors.within", count=5, span="5 minutes")


def test_f24_the_page_is_for_staff_who_may_read_the_rules_and_takes_no_form(
    staff: Callable[[str], Colleague], visit: Callable[[str], Visitor]
) -> None:
    assert visit("avery").client.get("/admin/factors/").status_code == 404
    robin = staff("security1")
    assert '/admin/factors/"' in robin.get("").content.decode()
    assert robin.post("factors/").status_code == 403
    robin.user.groups.clear()
    assert robin.get("factors/").status_code == 403
