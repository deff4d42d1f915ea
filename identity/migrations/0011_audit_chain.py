"""The chain of events, and a record that is append-only for whoever asks (Q5, F27, F47).

What tells of a person may be emptied once their salt is gone, and nothing else may ever change.
The owner of the tables takes the rights from itself too: it can take them back, and drop the
triggers, which the chain and the checkpoints outside the database then show.
"""

import uuid
from django.db import migrations, models

GUARD = """
CREATE OR REPLACE FUNCTION identity_event_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.id, NEW.name, NEW.at, NEW.kind, NEW.action_id)
                IS NOT DISTINCT FROM (OLD.id, OLD.name, OLD.at, OLD.kind, OLD.action_id)
            AND (NEW.from_state, NEW.to_state, NEW.reason)
                = (OLD.from_state, OLD.to_state, OLD.reason)
            AND (NEW.subject_id IS NULL OR NEW.subject_id IS NOT DISTINCT FROM OLD.subject_id)
            AND NEW.object_id IN ('', OLD.object_id)
            AND NEW.actor IN ('', OLD.actor)
            AND NOT EXISTS (
                SELECT FROM jsonb_each(NEW.attributes) AS kept
                WHERE OLD.attributes -> kept.key IS DISTINCT FROM kept.value
            )
            AND EXISTS (
                SELECT FROM identity_event_link AS link
                WHERE link.event_id = OLD.id
                    AND (
                        (NEW.subject_id, NEW.object_id, NEW.attributes)
                            IS NOT DISTINCT FROM (OLD.subject_id, OLD.object_id, OLD.attributes)
                        OR link.subject_salt IS NOT NULL AND NOT EXISTS (
                            SELECT FROM identity_event_salt WHERE id = link.subject_salt
                        )
                    )
                    AND (
                        NEW.actor = OLD.actor
                        OR link.actor_salt IS NOT NULL AND NOT EXISTS (
                            SELECT FROM identity_event_salt WHERE id = link.actor_salt
                        )
                    )
            )
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'events are append-only' USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE TRIGGER identity_event_no_truncate BEFORE TRUNCATE ON identity_event
    FOR EACH STATEMENT EXECUTE FUNCTION identity_event_append_only();

CREATE FUNCTION identity_event_link_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'links are append-only' USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE TRIGGER identity_event_link_append_only BEFORE UPDATE OR DELETE ON identity_event_link
    FOR EACH ROW EXECUTE FUNCTION identity_event_link_append_only();
CREATE TRIGGER identity_event_link_no_truncate BEFORE TRUNCATE ON identity_event_link
    FOR EACH STATEMENT EXECUTE FUNCTION identity_event_link_append_only();

-- The one way to make a person unknown in the record; how many events it emptied.
CREATE FUNCTION identity_event_forget(
    gone uuid, person bigint, called text, kept_objects text[], kept_attributes text[]
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    emptied bigint;
    acted bigint;
BEGIN
    DELETE FROM identity_event_salt WHERE id = gone AND person_id = person;
    UPDATE identity_event AS event SET
        subject_id = NULL,
        object_id = CASE WHEN kind = ANY (kept_objects) THEN object_id ELSE '' END,
        attributes = coalesce((
            SELECT jsonb_object_agg(kept.key, kept.value) FROM jsonb_each(attributes) AS kept
            WHERE kept.key = ANY (kept_attributes)
        ), '{}')
    FROM identity_event_link AS link
    WHERE event.subject_id = person AND link.event_id = event.id AND link.subject_salt = gone;
    GET DIAGNOSTICS emptied = ROW_COUNT;
    UPDATE identity_event AS event SET actor = ''
    FROM identity_event_link AS link
    WHERE event.actor = called AND link.event_id = event.id AND link.actor_salt = gone;
    GET DIAGNOSTICS acted = ROW_COUNT;
    RETURN emptied + acted;
END
$$;
REVOKE ALL ON FUNCTION identity_event_forget(uuid, bigint, text, text[], text[]) FROM PUBLIC;

REVOKE UPDATE, DELETE, TRUNCATE ON identity_event, identity_event_link FROM PUBLIC, CURRENT_USER;
GRANT UPDATE (subject_id, object_id, actor, attributes) ON identity_event TO CURRENT_USER;
"""
UNGUARD = """
GRANT UPDATE, DELETE, TRUNCATE ON identity_event, identity_event_link TO CURRENT_USER;
DROP FUNCTION identity_event_forget(uuid, bigint, text, text[], text[]);
DROP TRIGGER identity_event_link_no_truncate ON identity_event_link;
DROP TRIGGER identity_event_link_append_only ON identity_event_link;
DROP FUNCTION identity_event_link_append_only();
DROP TRIGGER identity_event_no_truncate ON identity_event;
CREATE OR REPLACE FUNCTION identity_event_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events are append-only' USING ERRCODE = 'integrity_constraint_violation';
END
$$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0010_sweeps'),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditMark',
            fields=[
                ('name', models.CharField(max_length=20, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('holds', models.BooleanField()),
                ('seq', models.BigIntegerField(default=0)),
                ('finding', models.JSONField(default=dict)),
            ],
            options={
                'db_table': 'identity_audit_mark',
            },
        ),
        migrations.CreateModel(
            name='ChainProgress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('settled', models.BigIntegerField(default=0)),
                ('candidate', models.BigIntegerField(default=0)),
                ('fence', models.BigIntegerField(null=True)),
                ('newest', models.BigIntegerField(default=0)),
                ('looked_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'identity_event_progress',
            },
        ),
        migrations.CreateModel(
            name='EventLink',
            fields=[
                ('seq', models.BigIntegerField(primary_key=True, serialize=False)),
                ('event_id', models.BigIntegerField(unique=True)),
                ('hash', models.BinaryField()),
                ('subject_salt', models.UUIDField(null=True)),
                ('subject_mark', models.BinaryField(null=True)),
                ('actor_salt', models.UUIDField(null=True)),
                ('actor_mark', models.BinaryField(null=True)),
            ],
            options={
                'db_table': 'identity_event_link',
                'ordering': ['seq'],
            },
        ),
        migrations.CreateModel(
            name='EventSalt',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('person_id', models.BigIntegerField(unique=True)),
                ('salt', models.BinaryField()),
            ],
            options={
                'db_table': 'identity_event_salt',
            },
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
