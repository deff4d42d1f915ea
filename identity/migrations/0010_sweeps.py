from __future__ import annotations

import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):
    """Batches on a lease, attempts that are counted, and what is due in an order to go on in."""

    dependencies = [
        ('identity', '0009_action_ladder'),
    ]

    operations = [
        migrations.CreateModel(
            name='SweepAttempt',
            fields=[
                ('action', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='sweep_attempt', serialize=False, to='identity.action')),
                ('status', models.CharField(choices=[('failing', 'To be tried again'), ('quarantined', 'Put aside')], default='failing', max_length=11)),
                ('version', models.PositiveIntegerField(default=0)),
                ('count', models.PositiveSmallIntegerField(default=0)),
                ('last_error', models.CharField(blank=True, max_length=60)),
                ('last_at', models.DateTimeField()),
                ('retry_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['-last_at'],
            },
        ),
        migrations.CreateModel(
            name='SweepBatch',
            fields=[
                ('token', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('actions', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None)),
                ('lease_until', models.DateTimeField()),
            ],
            options={
                'verbose_name_plural': 'sweep batches',
            },
        ),
        migrations.RemoveIndex(
            model_name='action',
            name='action_due',
        ),
        migrations.AddIndex(
            model_name='action',
            index=models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at', 'id'], name='action_due_in_order'),
        ),
    ]
