from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Decisions are read by when they were made: a rehearsal counts them first."""

    # 0006 comes after 0007: they were numbered side by side.
    dependencies = [("identity", "0006_cost_assumptions")]

    operations = [
        migrations.AddIndex(
            model_name="decision",
            index=models.Index(fields=["at"], name="decision_at"),
        ),
    ]
