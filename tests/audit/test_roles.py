"""The set-up with two roles as the docs give it: who runs the product cannot change the record."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from config.embedded.server import SUPERUSER
from identity.audit.chain import KEPT_ATTRIBUTES, KEPT_OBJECTS
from tests.audit.events import INSERT

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def app() -> Iterator[psycopg.Connection[Any]]:
    """A connection that has become the role which runs the product; undone at the end."""
    params = connection.get_connection_params()
    names = ("host", "port", "user", "password", "dbname")
    own = {name: params[name] for name in names}
    if "EMBEDDED" in settings.DATABASES["default"]:
        own["user"] = SUPERUSER
    [told] = re.findall(r"```sql\n(.*?)```", (ROOT / "docs" / "audit.md").read_text(), re.DOTALL)
    with psycopg.connect(**own) as made:
        made.execute("CREATE ROLE holdfast_app")
        made.execute(told)
        made.execute("SET ROLE holdfast_app")
        yield made
        made.rollback()


def test_q5_the_role_that_runs_the_product_writes_events_and_links(
    app: psycopg.Connection[Any],
) -> None:
    event = app.execute(INSERT).fetchone()
    assert event is not None
    app.execute(
        "INSERT INTO identity_event_link (seq, event_id, hash) VALUES (10000000, %s, '')", event
    )
    emptied = app.execute(
        "SELECT identity_event_forget(gen_random_uuid(), -1, 'x', %s, %s)",
        [list(KEPT_OBJECTS), list(KEPT_ATTRIBUTES)],
    ).fetchone()
    assert emptied == (0,)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE identity_event SET name = 'x'",
        "UPDATE identity_event SET subject_id = NULL",
        "DELETE FROM identity_event",
        "TRUNCATE identity_event",
        "ALTER TABLE identity_event DISABLE TRIGGER USER",
        "DROP TRIGGER identity_event_append_only ON identity_event",
        "UPDATE identity_event_link SET hash = ''",
        "DELETE FROM identity_event_link",
        "TRUNCATE identity_event_link",
        "DELETE FROM identity_event_salt",
        "UPDATE identity_event_salt SET salt = ''",
        "CREATE OR REPLACE FUNCTION identity_event_append_only() RETURNS trigger"
        " LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    ],
)
def test_q5_and_can_change_nothing_of_the_record(app: psycopg.Connection[Any], sql: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege), app.transaction():
        app.execute(sql)
