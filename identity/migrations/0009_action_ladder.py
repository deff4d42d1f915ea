from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0008_decision_at'),
    ]

    operations = [
        migrations.AddField(
            model_name='action',
            name='ladder',
            field=models.JSONField(db_default={}, default=dict),
        ),
    ]
