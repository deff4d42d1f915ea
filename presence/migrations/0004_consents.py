from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('presence', '0003_partitions'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='preference',
            options={'permissions': [('view_inventory', 'Can view what is stored about people, and why')]},
        ),
        migrations.AddField(
            model_name='preference',
            name='presence_consent',
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name='preference',
            name='presence_consent_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='preference',
            name='page_signals_consent',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='preference',
            name='page_signals_consent_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='preference',
            name='metrics_consent',
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name='preference',
            name='metrics_consent_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='preference',
            name='push_permitted',
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name='preference',
            name='email_permitted',
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name='preference',
            name='sms_permitted',
            field=models.BooleanField(default=False),
        ),
    ]
