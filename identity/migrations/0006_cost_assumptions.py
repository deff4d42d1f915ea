import django.core.validators
import django.db.models.deletion
from decimal import Decimal
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0007_scope_of_evidence'),
    ]

    operations = [
        migrations.CreateModel(
            name='CostAssumption',
            fields=[
                ('type', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='cost_assumption', serialize=False, to='identity.actiontype')),
                ('fraud_loss', models.DecimalField(decimal_places=2, max_digits=14, validators=[django.core.validators.MinValueValidator(0)])),
                ('fraud_at_0', models.DecimalField(decimal_places=4, max_digits=7, validators=[django.core.validators.MinValueValidator(Decimal('0.0001')), django.core.validators.MaxValueValidator(100)])),
                ('fraud_at_100', models.DecimalField(decimal_places=4, max_digits=7, validators=[django.core.validators.MinValueValidator(Decimal('0.0001')), django.core.validators.MaxValueValidator(100)])),
                ('abandonment', models.DecimalField(decimal_places=2, max_digits=5, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(100)])),
                ('completed_value', models.DecimalField(decimal_places=2, max_digits=14, validators=[django.core.validators.MinValueValidator(0)])),
                ('support_cost', models.DecimalField(decimal_places=2, max_digits=14, validators=[django.core.validators.MinValueValidator(0)])),
            ],
            options={
                'ordering': ['type'],
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(('fraud_at_0__gt', 0), ('fraud_at_100__gte', models.F('fraud_at_0')), ('fraud_at_100__lte', 100)), name='fraud_grows_with_the_score')],
            },
        ),
    ]
