"""Events are append-only in the database itself, whoever writes to it (Q5)."""

from __future__ import annotations

from django.db import migrations

REFUSE = """
CREATE FUNCTION identity_event_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events are append-only' USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE TRIGGER identity_event_append_only BEFORE UPDATE OR DELETE ON identity_event
    FOR EACH ROW EXECUTE FUNCTION identity_event_append_only();
"""
ALLOW = """
DROP TRIGGER identity_event_append_only ON identity_event;
DROP FUNCTION identity_event_append_only();
"""


class Migration(migrations.Migration):
    """A trigger refuses UPDATE and DELETE of a row."""

    dependencies = [("identity", "0001_initial")]
    operations = [migrations.RunSQL(REFUSE, ALLOW)]
