"""The broker's tables and functions, as the `pgmq` package brings them: no extension needed."""

from __future__ import annotations

from typing import Any

import pgmq
from django.db import migrations


def install(_apps: Any, schema_editor: Any) -> None:
    """Install them unless they are there, as an extension or from another project."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('pgmq.meta') IS NOT NULL")
        if not cursor.fetchone()[0]:
            cursor.execute(pgmq.get_embedded_install_sql())


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []
    operations = [migrations.RunPython(install, migrations.RunPython.noop, elidable=False)]
