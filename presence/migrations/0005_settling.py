from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('presence', '0004_consents'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='preference',
            options={'permissions': [('view_inventory', 'Can view what is stored about people, and why'), ('override_quiet', 'Can ask a person in spite of their quiet, in a named emergency')]},
        ),
        migrations.AddField(
            model_name='presence',
            name='unsettled_since',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='presence',
            name='dark_since',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='presence',
            name='returned_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='preference',
            name='overridden_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='preference',
            name='overridden_until',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='preference',
            name='overridden_for',
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddIndex(
            model_name='presence',
            index=models.Index(condition=models.Q(('returned_at__isnull', False)), fields=['returned_at'], name='presence_returned'),
        ),
    ]
