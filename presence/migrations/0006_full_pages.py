"""Pages of people's rows are filled up.

Room kept free on every page meant that a page was tidied up before nearly every write. On full
pages the rows of those who are there move together, and a page is tidied up once for many.
"""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("presence", "0005_settling"),
    ]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE presence_presence RESET (fillfactor)",
            "ALTER TABLE presence_presence SET (fillfactor = 70)",
        ),
    ]
