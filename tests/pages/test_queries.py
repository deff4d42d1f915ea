"""A page costs a small, fixed number of queries, however much there is to show."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.pages.test_requests import other_iban
from tests.world.demo import Application, Visitor

pytestmark = pytest.mark.django_db

Visit = Callable[[str], Visitor]
MOST = 13


def queries(visitor: Visitor, path: str) -> int:
    """How many queries `path` takes once the process is warm."""
    visitor.client.get(path)
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert visitor.client.get(path).status_code == 200
    kept = [each for each in found if not each["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    if len(kept) > MOST:
        print("\n".join(each["sql"][:200] for each in kept))  # noqa: T201
    return len(kept)


@pytest.mark.parametrize(
    "path",
    ["/", "/sessions/", "/presence/", "/factors/", "/account/", "/status/", "/help/"],
)
def test_u4_few_queries_and_none_more_with_more_to_show(
    payroll: Application, visit: Visit, path: str
) -> None:
    payroll.ask("tess")
    visitor = visit("tess")
    few = queries(visitor, path)
    assert few <= MOST
    for number in range(6):
        payroll.ask("tess", payload={"account": other_iban(number)})
        visit("tess")
    assert queries(visitor, path) <= few


@pytest.mark.parametrize("path", ["", "verify/", "verify/totp/"])
@pytest.mark.parametrize("person", ["avery", "tess"])
def test_u4_one_request_takes_few_queries(
    payroll: Application, visit: Visit, person: str, path: str
) -> None:
    action = payroll.ask(person).json()
    assert queries(visit(person), f"/requests/{action['id']}/{path}") <= MOST
