"""How many rows stand in each state, kept by the database itself as they move."""

from __future__ import annotations

from django.db import models


class Depth(models.Model):
    """The number of rows of a kind in a state, as of the last folding."""

    kind = models.CharField(max_length=10)
    status = models.CharField(max_length=10)
    number = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "status"], name="one_depth_of_a_state")
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.kind} {self.status}"


class DepthChange(models.Model):
    """What a statement changed of a number since. Written by triggers, only ever added: writers
    never wait for each other; folded into `Depth` now and then."""

    kind = models.CharField(max_length=10)
    status = models.CharField(max_length=10)
    change = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.change:+d} {self.kind} {self.status}"
