"""Idempotency keys that go, endpoints that may be closed, numbers that the database keeps."""

from __future__ import annotations

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

COUNTED = {"action": "identity_action", "delivery": "identity_delivery"}
KEEP = """
CREATE FUNCTION identity_keep_depth() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO identity_depthchange (kind, status, change)
        SELECT TG_ARGV[0], status, count(*) FROM added GROUP BY status;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO identity_depthchange (kind, status, change)
        SELECT TG_ARGV[0], status, -count(*) FROM gone GROUP BY status;
    ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO identity_depthchange (kind, status, change)
        SELECT TG_ARGV[0], status, sum(one) FROM (
            SELECT status, 1 AS one FROM added UNION ALL SELECT status, -1 FROM gone
        ) moved GROUP BY status HAVING sum(one) <> 0;
    ELSE
        DELETE FROM identity_depthchange WHERE kind = TG_ARGV[0];
        DELETE FROM identity_depth WHERE kind = TG_ARGV[0];
    END IF;
    RETURN NULL;
END
$$;
"""
WATCH = """
CREATE TRIGGER {table}_depth_added AFTER INSERT ON {table} REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION identity_keep_depth('{kind}');
CREATE TRIGGER {table}_depth_gone AFTER DELETE ON {table} REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION identity_keep_depth('{kind}');
CREATE TRIGGER {table}_depth_moved AFTER UPDATE ON {table}
    REFERENCING OLD TABLE AS gone NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION identity_keep_depth('{kind}');
CREATE TRIGGER {table}_depth_none AFTER TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION identity_keep_depth('{kind}');
INSERT INTO identity_depth (kind, status, number)
    SELECT '{kind}', status, count(*) FROM {table} GROUP BY status;
"""
LEAVE = """
DROP TRIGGER {table}_depth_added ON {table};
DROP TRIGGER {table}_depth_gone ON {table};
DROP TRIGGER {table}_depth_moved ON {table};
DROP TRIGGER {table}_depth_none ON {table};
"""
# Under which key a payload is sealed: what a rotation looks for, and an alarm about a missing key.
SEALED_UNDER = """
CREATE INDEX action_sealed_under ON identity_action
    (substring(sealed_payload FROM 3 FOR get_byte(sealed_payload || '\\x0000', 1)), id)
    WHERE sealed_payload <> '';
"""


def _each(template: str) -> str:
    return "".join(template.format(kind=kind, table=table) for kind, table in COUNTED.items())


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0011_audit_chain'),
    ]

    operations = [
        migrations.CreateModel(
            name='Depth',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=10)),
                ('status', models.CharField(max_length=10)),
                ('number', models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='DepthChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=10)),
                ('status', models.CharField(max_length=10)),
                ('change', models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='Endpoint',
            fields=[
                ('application', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='endpoint', serialize=False, to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL)),
                ('status', models.CharField(choices=[('open', 'Called'), ('gone', 'Said that it is gone')], default='open', max_length=10)),
                ('version', models.PositiveIntegerField(default=0)),
                ('changed_at', models.DateTimeField()),
                ('previous_secret_sealed', models.BinaryField(blank=True, default=b'')),
                ('previous_until', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['application__name'],
            },
        ),
        migrations.AddField(
            model_name='idempotencykey',
            name='look_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('status', 'pending')), fields=['application', 'next_attempt_at'], name='delivery_of_endpoint'),
        ),
        migrations.AddIndex(
            model_name='idempotencykey',
            index=models.Index(fields=['look_at'], name='key_look_at'),
        ),
        migrations.AddConstraint(
            model_name='depth',
            constraint=models.UniqueConstraint(fields=('kind', 'status'), name='one_depth_of_a_state'),
        ),
        migrations.RunSQL(
            KEEP + _each(WATCH), _each(LEAVE) + "DROP FUNCTION identity_keep_depth();"
        ),
        migrations.RunSQL(SEALED_UNDER, "DROP INDEX action_sealed_under;"),
    ]
