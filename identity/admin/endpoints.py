"""Webhook addresses that said that they are gone, and how they are called again (Q6)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from identity.admin.explaining import state_filter
from identity.admin.panels import Facts, Link, Page, Words
from identity.admin.reading import Act, DetailAdmin, column, moment, shown
from identity.admin.tags import tag
from identity.messages import say
from identity.models import Delivery, DeliveryStatus, Endpoint, EndpointStatus, User
from identity.webhooks.endpoints import open_endpoint


class OpenForm(forms.Form):
    """Nothing to fill in: the address is that of the application."""


def _open(row: Endpoint, user: User, given: dict[str, Any]) -> None:
    open_endpoint(row.pk, user)


def _gone(row: Endpoint, user: User) -> bool:
    return row.status == EndpointStatus.GONE


class EndpointAdmin(DetailAdmin):
    """Addresses that anything ever became of: closed by a 410, or with a secret being changed."""

    name = "endpoints"
    list_display = ("application_shown", "state", "changed", "both_until")
    list_select_related = ("application",)
    list_filter = (state_filter("endpoint", EndpointStatus.values),)
    ordering = ("application__name",)
    acts = (Act("open_endpoint", "identity.change_endpoint", OpenForm, _open, _gone),)

    @column("console.label.application", "application__name")
    def application_shown(self, row: Endpoint) -> str:
        """Whose it is."""
        return str(row.application)

    @column("console.label.status", "status")
    def state(self, row: Endpoint) -> str:
        """Whether it is called."""
        return shown(tag("endpoint", row.status))

    @column("console.label.updated", "changed_at")
    def changed(self, row: Endpoint) -> str:
        """Since when."""
        return moment(row.changed_at)

    @column("console.label.both_until", "previous_until")
    def both_until(self, row: Endpoint) -> str:
        """Until when the secret before signs too."""
        return moment(row.previous_until)

    def detail_queryset(self) -> QuerySet[Endpoint]:
        """With what its page names."""
        return Endpoint.objects.select_related("application")

    def page(self, request: HttpRequest, row: Endpoint, now: datetime) -> Page:
        """Whether it is called, since when, and what waits for it."""
        waiting = Delivery.objects.filter(
            application_id=row.pk, status=DeliveryStatus.PENDING
        ).count()
        url = reverse("admin:identity_delivery_changelist") + "?status__exact=pending"
        facts = [
            (say("console.label.application"), str(row.application)),
            (say("console.label.updated"), moment(row.changed_at)),
            (say("console.label.both_until"), moment(row.previous_until)),
            (say("console.label.waiting"), Link(str(waiting), url) if waiting else "0"),
        ]
        return Page(
            title=str(row.application),
            tags=(tag("endpoint", row.status),),
            main=(Facts(say("console.endpoint.facts"), facts),),
            aside=(Words(say("console.endpoint.about"), (say("console.endpoint.about.text"),)),),
        )
