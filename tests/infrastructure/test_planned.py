"""Statements that stay planned in their connection; rows made into instances without the ORM."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import DatabaseError, connection, models, transaction
from django.test.utils import CaptureQueriesContext

from config.lifecycle import fetch, fetch_planned
from identity.models import ActionType, Session, User
from identity.plain_rows import Columns
from presence.models import Preference
from tests.world.demo import demo

__all__ = ["demo"]

pytestmark = pytest.mark.django_db

ASKED = "SELECT %(at)s::timestamptz, n FROM unnest(%(numbers)s::bigint[]) AS of (n) ORDER BY n"
NOON = datetime(2030, 6, 1, 12, tzinfo=UTC)


def prepared(sql: str) -> list[tuple[int, int]]:
    """How often what is prepared under this text was planned for all and for one."""
    return fetch(
        "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement LIKE %s",
        [f"{sql.split('%')[0]}$1::timestamptz%"],
    )  # type: ignore[return-value]


def test_a_statement_is_planned_once_for_whatever_is_asked() -> None:
    for numbers in ([], [3, 1], [2], list(range(1000))):
        parameters = {"at": NOON, "numbers": numbers}
        found = fetch_planned(ASKED, parameters)
        assert found == fetch(ASKED, parameters) == [(NOON, n) for n in sorted(numbers)]
    kept = prepared(ASKED)
    assert sum(generic for generic, _ in kept) == 4
    assert sum(custom for _, custom in kept) == 0


def test_it_is_counted_and_logged_like_any_other() -> None:
    with CaptureQueriesContext(connection) as queries:
        fetch_planned(ASKED, {"at": NOON, "numbers": [1]})
    assert [query["sql"] for query in queries] == [ASKED]


def test_a_rollback_costs_it_nothing() -> None:
    assert fetch_planned(ASKED, {"at": NOON, "numbers": [1]})
    with pytest.raises(DatabaseError), transaction.atomic():
        fetch_planned("SELECT 1 / %s::int", [0])
    assert fetch_planned(ASKED, {"at": NOON, "numbers": [1]}) == [(NOON, 1)]


@pytest.mark.parametrize("model", [ActionType, Preference, User, Session])
def test_a_row_makes_what_the_orm_makes(demo: None, model: type[models.Model]) -> None:
    if model is Session:
        Session.objects.create(
            user=User.objects.get(username="sam"), started_at=NOON, last_seen_at=NOON
        )
    columns: Any = Columns(model, "mine")
    table = model._meta.db_table
    rows = fetch(f"SELECT {columns.sql} FROM {table} mine")
    found = {row.pk: row for row in map(columns.made_of, rows)}
    expected = {row.pk: row for row in model._default_manager.all()}
    assert found == expected
    assert found
    for key, row in found.items():
        assert not row._state.adding
        assert not row.get_deferred_fields()
        for field in model._meta.concrete_fields:
            assert getattr(row, field.attname) == getattr(expected[key], field.attname)


def test_what_was_not_read_is_read_when_asked_for(demo: None) -> None:
    columns = Columns(User, "person", {"username"})
    (row,) = fetch(
        f"SELECT {columns.sql} FROM identity_user person WHERE username = %s",
        ["sam"],
    )
    person = columns.made_of(row)
    assert "first_name" in person.get_deferred_fields()
    assert (person.username, person.first_name) == ("sam", "Sam")
    assert columns.found_in([None, None]) is None
