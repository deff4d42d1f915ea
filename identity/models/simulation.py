"""What the organisation assumes a wrong decision costs (D5)."""

from __future__ import annotations

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from identity.models.catalogue import ActionType

_MONEY = [MinValueValidator(0)]
_CHANCE = [MinValueValidator(Decimal("0.0001")), MaxValueValidator(100)]
_SHARE = [MinValueValidator(0), MaxValueValidator(100)]


class CostAssumption(models.Model):
    """Assumptions about one type; `identity.simulation.costs` says what each means.

    Money is in the organisation's own currency, chances and shares are percent. Without a row the
    defaults hold.
    """

    type = models.OneToOneField(
        ActionType, models.CASCADE, primary_key=True, related_name="cost_assumption"
    )
    fraud_loss = models.DecimalField(max_digits=14, decimal_places=2, validators=_MONEY)
    fraud_at_0 = models.DecimalField(max_digits=7, decimal_places=4, validators=_CHANCE)
    fraud_at_100 = models.DecimalField(max_digits=7, decimal_places=4, validators=_CHANCE)
    abandonment = models.DecimalField(max_digits=5, decimal_places=2, validators=_SHARE)
    completed_value = models.DecimalField(max_digits=14, decimal_places=2, validators=_MONEY)
    support_cost = models.DecimalField(max_digits=14, decimal_places=2, validators=_MONEY)

    class Meta:
        ordering = ["type"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=models.Q(fraud_at_0__gt=0)
                & models.Q(fraud_at_100__gte=models.F("fraud_at_0"))
                & models.Q(fraud_at_100__lte=100),
                name="fraud_grows_with_the_score",
            )
        ]

    def __str__(self) -> str:
        return f"costs of {self.type_id}"
