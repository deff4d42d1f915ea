"""Relying applications: who may ask, and where they are told. Secrets are never shown (F23)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.http import HttpRequest

from identity.admin.reading import ReadOnlyAdmin, column
from identity.messages import say
from identity.models import Application


class ApplicationForm(forms.ModelForm):
    """Where the application is told, and where it may send people back to."""

    class Meta:
        model = Application
        fields = ("name", "webhook_url", "return_urls")

    def clean_webhook_url(self) -> str:
        """HTTPS, but where plain HTTP has networks of its own (demo data); no name and password.

        Which addresses are called at all is judged when a message is sent (F44).
        """
        url = str(self.cleaned_data["webhook_url"] or "")
        if url and not _sound(url, plain=bool(settings.WEBHOOK_PLAIN_NETWORKS)):
            raise forms.ValidationError(say("console.application.bad_webhook"))
        return url

    def clean_return_urls(self) -> str:
        """One whole address a line."""
        lines = str(self.cleaned_data["return_urls"] or "").split()
        if not all(_sound(line, plain=True) for line in lines):
            raise forms.ValidationError(say("console.application.bad_return_url"))
        return "\n".join(lines)


def _sound(url: str, *, plain: bool) -> bool:
    try:
        parts = urlsplit(url)
        named = bool(parts.hostname) and parts.username is None and parts.port != 0
    except ValueError:
        return False
    return (
        named
        and not parts.fragment
        and parts.scheme in (("https", "http") if plain else ("https",))
    )


class ApplicationAdmin(ReadOnlyAdmin):
    """Applications. The configuration role changes their addresses; secrets have no field."""

    name = "applications"
    form = ApplicationForm
    list_display = ("name_shown", "client_id", "webhook_url", "created")
    ordering = ("name",)
    fields = ("name", "client_id", "webhook_url", "return_urls", "created")
    readonly_fields = ("client_id", "created")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The configuration role only."""
        return bool(request.user.is_superuser)

    @column("console.label.application", "name")
    def name_shown(self, row: Application) -> str:
        """What people call it."""
        return str(row)

    @column("console.label.created", "created")
    def created(self, row: Application) -> str:
        """Since when."""
        return f"{row.created:%Y-%m-%d}"
