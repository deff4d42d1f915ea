"""The life of a policy version: states, signatures, and what the database itself refuses (D3)."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

REFUSE = """
CREATE FUNCTION identity_policy_holds() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.status <> 'draft' THEN
            RAISE EXCEPTION 'only a draft can be deleted'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF NEW.number <> OLD.number OR (OLD.status <> 'draft' AND
        (NEW.document, NEW.digest, NEW.name, NEW.author_id, NEW.created_at)
        IS DISTINCT FROM (OLD.document, OLD.digest, OLD.name, OLD.author_id, OLD.created_at))
    THEN
        RAISE EXCEPTION 'only a draft can be changed'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN
        (('draft', 'review'), ('review', 'draft'), ('review', 'active'), ('active', 'retired'))
    THEN
        RAISE EXCEPTION 'a policy version does not go from % to %', OLD.status, NEW.status
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.status = 'review' AND NEW.status = 'active' AND
        (SELECT count(*) FROM identity_signoff WHERE policy_id = NEW.id) <> 4
    THEN
        RAISE EXCEPTION 'four signatures are needed'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER identity_policy_holds BEFORE UPDATE OR DELETE ON identity_policyversion
    FOR EACH ROW EXECUTE FUNCTION identity_policy_holds();
CREATE FUNCTION identity_signature_holds() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    found identity_policyversion%ROWTYPE;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        RAISE EXCEPTION 'a signature is never changed'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    SELECT * INTO found FROM identity_policyversion
        WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.policy_id ELSE NEW.policy_id END
        FOR UPDATE;
    IF found.status <> 'review' THEN
        RAISE EXCEPTION 'signatures come and go in review only'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF found.author_id = NEW.person_id THEN
        RAISE EXCEPTION 'the author does not sign'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER identity_signature_holds BEFORE INSERT OR UPDATE OR DELETE ON identity_signoff
    FOR EACH ROW EXECUTE FUNCTION identity_signature_holds();
"""
ALLOW = """
DROP TRIGGER identity_signature_holds ON identity_signoff;
DROP FUNCTION identity_signature_holds();
DROP TRIGGER identity_policy_holds ON identity_policyversion;
DROP FUNCTION identity_policy_holds();
"""


class Migration(migrations.Migration):
    """States, authors and signatures; triggers that keep them."""

    dependencies = [
        ('identity', '0002_append_only_events'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='policyversion',
            options={'ordering': ['-number'], 'permissions': [('draft_policy', 'Can draft a policy version and submit it'), ('return_policy', 'Can return a policy version to its author'), ('activate_policy', 'Can bring a signed policy version into force'), ('sign_policy_security', 'Can sign a policy version for security'), ('sign_policy_compliance', 'Can sign a policy version for compliance'), ('sign_policy_product', 'Can sign a policy version for product'), ('sign_policy_support', 'Can sign a policy version for support')]},
        ),
        migrations.AddField(
            model_name='policyversion',
            name='author',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='policyversion',
            name='compared_with',
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='policyversion',
            name='retired_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='policyversion',
            name='returned_because',
            field=models.TextField(blank=True, max_length=2000),
        ),
        migrations.AddField(
            model_name='policyversion',
            name='submitted_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='policyversion',
            name='version',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name='policyversion',
            name='status',
            field=models.CharField(choices=[('draft', 'Draft'), ('review', 'Review'), ('active', 'Active'), ('retired', 'Retired')], default='draft', max_length=8),
        ),
        migrations.CreateModel(
            name='SignOff',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.CharField(choices=[('security', 'Security'), ('compliance', 'Compliance'), ('product', 'Product'), ('support', 'Support')], max_length=10)),
                ('at', models.DateTimeField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('policy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sign_offs', to='identity.policyversion')),
            ],
            options={
                'ordering': ['at'],
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('policy', 'area'), name='one_signature_an_area'), models.UniqueConstraint(fields=('policy', 'person'), name='one_area_a_person'), models.CheckConstraint(condition=models.Q(('area__in', ['security', 'compliance', 'product', 'support'])), name='signature_for_a_known_area')],
            },
        ),
        migrations.RunSQL(REFUSE, ALLOW),
    ]
