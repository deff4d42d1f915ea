"""Incidents: what people are told while something that identity needs is down (O5)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from unfold.admin import StackedInline
from unfold.overrides import FORMFIELD_OVERRIDES_INLINE
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminTextareaWidget

from config.lifecycle import read_clock
from fallbacks.factors.dependencies import concerns
from fallbacks.models import Incident, IncidentUpdate
from identity.admin.reading import ReadOnlyAdmin, column, moment, shown
from identity.admin.tags import tag
from identity.messages import has, say

SHORT_TEXT = {models.TextField: {"widget": UnfoldAdminTextareaWidget(attrs={"rows": 3})}}
PUBLIC_FIELDS = ("title", "mode", "fails", "works", "what_to_do", "next_update_at")
SPOKEN_FIELDS = (*PUBLIC_FIELDS, "dependencies")


class IncidentForm(forms.ModelForm):
    """The public words of an incident, and what it is about.

    `emergency` is not on offer: two people declare it, and this form has one (O2).
    """

    dependencies = forms.MultipleChoiceField(
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        label=say("console.incident.dependencies"),
        help_text=say("console.incident.dependencies.help"),
    )

    class Meta:
        model = Incident
        fields = SPOKEN_FIELDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        down = self.fields.get("dependencies")
        if isinstance(down, forms.MultipleChoiceField):
            kept = [name for name in self.instance.dependencies if name not in concerns()]
            down.choices = [(name, dependency_in_words(name)) for name in (*concerns(), *kept)]
        mode = self.fields.get("mode")
        if isinstance(mode, forms.ChoiceField):
            mode.choices = [
                (value, say(f"console.incident_mode.{value}")) for value in ("normal", "degraded")
            ]


class UpdateInline(StackedInline):
    """The dated log of an incident: it grows, and what was said stays said."""

    model = IncidentUpdate
    formfield_overrides: Any = {**FORMFIELD_OVERRIDES_INLINE, **SHORT_TEXT}
    extra = 1
    fields = ("said", "title", "text")
    readonly_fields = ("said",)
    verbose_name = say("console.incident.update")
    verbose_name_plural = say("console.incident.updates")

    @column("console.label.at")
    def said(self, row: IncidentUpdate) -> str:
        """When it was published; nothing yet for a new one."""
        return moment(row.at) if row.pk else ""

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Who sees the incident sees its log."""
        return bool(request.user.has_perm("fallbacks.view_incident"))

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """While the incident is open."""
        if isinstance(obj, Incident) and obj.closed_at is not None:
            return False
        return bool(request.user.has_perm("fallbacks.change_incident"))

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never: it was published."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False


def dependency_in_words(name: str) -> str:
    """What staff call a dependency; its bare name where the installation declared it."""
    own = f"dependency.{name}"
    return say(own) if has(own) else say("dependency", name=name)


def close_incident(incident: Incident, now: datetime) -> bool:
    """End an incident at `now`; whether it was still open."""
    closed = Incident.objects.filter(pk=incident.pk, closed_at__isnull=True)
    return bool(closed.update(closed_at=now, next_update_at=None))


class IncidentAdmin(ReadOnlyAdmin):
    """Open and past incidents. Security staff open one, add to its log and close it."""

    name = "incidents"
    form = IncidentForm
    formfield_overrides: Any = SHORT_TEXT
    inlines = (UpdateInline,)
    list_display = ("title", "state", "mode", "opened", "next", "closed")
    list_filter = ("mode",)
    ordering = ("-opened_at",)
    fields = (*SPOKEN_FIELDS, "opened", "closed")
    readonly_fields = ("opened", "closed")
    change_form_outer_after_template = "admin/holdfast/close_incident.html"

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Who may open one."""
        return bool(request.user.has_perm("fallbacks.add_incident"))

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Who may speak for it, while it is open; a closed one is history."""
        if isinstance(obj, Incident) and obj.closed_at is not None:
            return False
        return bool(request.user.has_perm("fallbacks.change_incident"))

    @column("console.label.status", "closed_at")
    def state(self, row: Incident) -> str:
        """Open or closed."""
        return shown(tag("incident", "closed" if row.closed_at else "open"))

    @column("console.label.opened", "opened_at")
    def opened(self, row: Incident) -> str:
        """Since when."""
        return moment(row.opened_at)

    @column("console.label.next_update", "next_update_at")
    def next(self, row: Incident) -> str:
        """When people were promised more."""
        return moment(row.next_update_at)

    @column("console.label.closed", "closed_at")
    def closed(self, row: Incident) -> str:
        """When it ended."""
        return moment(row.closed_at)

    def get_urls(self) -> list[URLPattern]:
        """The admin's addresses and the one that closes."""
        view = self.admin_site.admin_view(self.close_view)
        name = "fallbacks_incident_close"
        return [path("<uuid:object_id>/close/", view, name=name), *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """The form, with the way to close what is open."""
        row = kwargs.get("obj")
        if row is not None and self.has_change_permission(request, row):
            context["close_url"] = reverse("admin:fallbacks_incident_close", args=(row.pk,))
            context["close_title"] = say("console.incident.close.title")
            context["close_text"] = say("console.incident.close.text")
            context["close_button"] = say("console.incident.close.button")
        return super().render_change_form(request, context, *args, **kwargs)

    def close_view(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        """Close the incident; said plainly when somebody else was first."""
        if not request.user.has_perm("fallbacks.change_incident"):
            raise PermissionDenied
        row = Incident.objects.filter(pk=object_id).first()
        if row is None:
            raise Http404
        if request.method == "POST":
            if close_incident(row, read_clock()):
                self.log_change(request, row, [{"changed": {"fields": ["closed_at"]}}])
                messages.success(request, say("console.incident.close.done", name=str(row)))
            else:
                messages.warning(request, say("console.incident.close.late", name=str(row)))
        here = reverse("admin:fallbacks_incident_change", args=(row.pk,))
        return HttpResponseRedirect(here)
