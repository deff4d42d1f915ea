"""Relying applications: OAuth clients that ask, and are told by webhook."""

from __future__ import annotations

from django.core.validators import URLValidator
from django.db import models
from oauth2_provider.models import AbstractApplication


class Application(AbstractApplication):
    """A relying application. Its webhook secret is sealed at rest (`identity.sealing`)."""

    webhook_url = models.CharField(
        blank=True, max_length=500, validators=[URLValidator(schemes=["http", "https"])]
    )
    webhook_secret_sealed = models.BinaryField(blank=True, default=b"")
    return_urls = models.TextField(
        blank=True, help_text="Where users may be sent back to: one URL prefix a line."
    )

    class Meta(AbstractApplication.Meta):
        swappable = ""

    def __str__(self) -> str:
        return self.name or self.client_id

    def allows_return_url(self, url: str) -> bool:
        """`url` is a registered one, or lies below one that ends with a slash."""
        for registered in self.return_urls.split():
            if url == registered or (registered.endswith("/") and url.startswith(registered)):
                return True
        return False
