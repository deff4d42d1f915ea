"""Bringing the database and the files up to date before the processes start.

Each step is given a function that tells how far it is, and returns what it came to.
"""

from __future__ import annotations

import io
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor

from config.demo.load import load_demo, refresh_demo_addresses

Say = Callable[[str], None]


def connect(_say: Say) -> str:
    """Start or join the embedded server, or reach the one that is set; says which it is."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        version = str(cursor.fetchone()[0]).split(" ")[0]
    kind = "embedded PostgreSQL" if "EMBEDDED" in connection.settings_dict else "PostgreSQL"
    return f"{kind} {version}"


def migrate(_say: Say) -> str:
    """Apply what is not applied yet."""
    executor = MigrationExecutor(connection)
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if missing:
        call_command("migrate", interactive=False, verbosity=0)
        return f"{missing} migrations applied"
    return "database is up to date"


def collect_files(_say: Say) -> str:
    """Put the pages' files where the web server takes them from."""
    for directory in settings.STATICFILES_DIRS:
        directory.mkdir(parents=True, exist_ok=True)
    call_command("collectstatic", interactive=False, verbosity=0, stdout=io.StringIO())
    return "static files collected"


def load_demo_data(say: Say) -> str:
    """Fill an empty database with the demo; one with people in it is left as it is."""
    if get_user_model()._default_manager.exists():
        refresh_demo_addresses()
        return "demo data is there"
    load_demo(say)
    return "demo data loaded"


def disconnect() -> None:
    """Close the connections: the processes that follow open their own."""
    connections.close_all()
