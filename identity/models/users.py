"""People: those who use applications, and staff."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):  # type: ignore[django-manager-missing]
    """A person. `username` is the subject that applications name.

    `usual_network` and `usual_country` are the coarse context last seen with a good proof; the
    anomaly points decay from `anomaly_at` (D6). Points come from reported or observed misuse,
    never from silence (P4).
    """

    usual_network = models.CharField(max_length=64, blank=True)
    usual_country = models.CharField(max_length=2, blank=True)
    anomaly_points = models.FloatField(default=0)
    anomaly_at = models.DateTimeField(null=True, blank=True)

    class Meta(AbstractUser.Meta):
        db_table = "identity_user"

    @property
    def shown_name(self) -> str:
        """The name a page greets with."""
        return self.first_name or self.username
