from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('fallbacks', '0006_channels'),
    ]

    operations = [
        migrations.AddField(
            model_name='incident',
            name='dependencies',
            field=models.JSONField(blank=True, db_default=[], default=list),
        ),
    ]
