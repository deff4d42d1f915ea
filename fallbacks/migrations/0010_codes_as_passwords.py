"""Backup codes are kept as passwords are.

A code that was stored before is hashed from its keyed hash: some 50 ms each, once.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import migrations, models

LOOKUP = 8
"""As `fallbacks.backup_codes.LOOKUP` was then."""


def hash_codes(apps: Any, schema_editor: Any) -> None:
    """Nothing is left that a code could be tried against at speed."""
    codes = apps.get_model("fallbacks", "BackupCode").objects
    for row in codes.filter(hashed="").iterator():
        codes.filter(pk=row.pk).update(
            hashed=make_password(row.digest), digest=row.digest[:LOOKUP]
        )


class Migration(migrations.Migration):
    """One way: a slow hash leads back to nothing."""

    dependencies = [("fallbacks", "0009_message_put_aside")]

    operations = [
        migrations.AddField(
            "backupcode",
            "hashed",
            models.CharField(default="", max_length=128),
            preserve_default=False,
        ),
        migrations.RunPython(hash_codes, migrations.RunPython.noop),
    ]
