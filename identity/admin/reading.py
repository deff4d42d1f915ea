"""The two kinds of page: a list, and one row. Nothing can be added, changed or deleted here.

What a member of staff may do beside reading is an `Act`: a small form in front of one use case,
with a permission of its own, checked where it is offered and again where it is posted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.admin import ShowFacets
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString, mark_safe
from unfold.admin import ModelAdmin
from unfold.decorators import display

from config.lifecycle import HoldfastError, read_clock
from identity.admin.panels import Page
from identity.admin.tags import Tag
from identity.messages import say
from identity.messages.times import stamp


def column(message_id: str, ordering: str | None = None) -> Callable[..., Any]:
    """A column or field with its heading from the catalogue."""
    return display(description=say(message_id), ordering=ordering)


def shown(tag: Tag | None) -> SafeString | str:
    """A tag in a list; nothing for none."""
    return tag.html() if tag is not None else ""


def moment(at: datetime | None) -> str:
    """A moment in a list: day and time, UTC; empty for none."""
    return stamp(at, UTC) if at is not None else ""


FILTERED_HOW = frozenset({"exact", "isnull", "id__exact", "name__exact"})
"""What the filters of a list ask of a field."""

REFERENCE = re.compile(r"(?:[A-Za-z]-)?([0-9a-fA-F]{8})")


def ids_of(term: str) -> tuple[UUID, UUID] | None:
    """The first and last id that `term` may mean: a whole id, or a reference like R-1A2B3C4D."""
    short = REFERENCE.fullmatch(term)
    if short is not None:
        return UUID(short[1] + "0" * 24), UUID(short[1] + "f" * 24)
    try:
        return UUID(term), UUID(term)
    except ValueError:
        return None


def words_of(error: HoldfastError) -> str:
    """A refusal in the product's own words."""
    return say(f"error.{error.code}.detail", **error.context)


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that may be done with a row: who may, how it is asked for, and the use case."""

    name: str
    """The last part of the address, and of the message ids `console.<name>.*`."""
    permission: str
    form: type[forms.Form]
    run: Callable[[Any, Any, dict[str, Any]], object]
    """`run(row, user, cleaned)`; what it raises of ours is said on the page."""
    offered: Callable[[Any, Any], bool]
    """Whether `(row, user)` leave anything to do; the use case decides, this only tidies."""
    alarm: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """An act as the page offers it: its form, and where that is posted to."""

    act: Act
    form: forms.Form
    url: str

    @property
    def title(self) -> str:
        """What it is called."""
        return say(f"console.{self.act.name}.title")

    @property
    def text(self) -> str:
        """What it does."""
        return say(f"console.{self.act.name}.text")

    @property
    def button(self) -> str:
        """What the button says."""
        return say(f"console.{self.act.name}.button")


class ReadOnlyAdmin(ModelAdmin):
    """A list and a page that show, and never write (deny by default, F24)."""

    name: str = ""
    """Names the messages `console.<name>.heading` and so on."""
    person_field = ""
    """Where a search finds the person's name."""
    reference_field = ""
    """Where a search finds a reference (R-1A2B3C4D) or a whole id."""
    list_per_page = 25
    show_full_result_count = False
    list_fullwidth = True
    view_on_site = False
    show_facets = ShowFacets.NEVER
    actions: Any = None
    rows_label = say("console.rows")
    empty_text = ""
    """What a list without rows says; a general sentence where this is empty."""

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Never: rows come from use cases."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never: rows are moved by use cases."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never: what happened stays."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """By the one permission to view this model, and by no other."""
        app, model = self.opts.app_label, self.opts.model_name
        return bool(request.user.has_perm(f"{app}.view_{model}"))

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only the filters on offer: by any other a secret column could be guessed bit by bit."""
        field, _, how = lookup.partition("__")
        for offered in self.get_list_filter(request):
            if isinstance(offered, str):
                if field == offered and how in FILTERED_HOW:
                    return True
            elif lookup == getattr(offered, "parameter_name", None):
                return True
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list under its own heading."""
        heading = {"title": say(f"console.{self.name}.heading"), "crumb": None}
        return super().changelist_view(request, {**heading, **(extra_context or {})})

    def get_search_fields(self, request: HttpRequest) -> Sequence[str]:
        """The search box is there where there is something to find."""
        return [each for each in (self.person_field, self.reference_field) if each]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """By the beginning of a person's name, or by reference; both are answered by an index."""
        term = search_term.strip()
        if not term:
            return queryset, False
        found = Q()
        if self.person_field:
            found |= Q(**{f"{self.person_field}__istartswith": term})
        span = ids_of(term)
        if self.reference_field and span is not None:
            found |= Q(**{f"{self.reference_field}__range": span})
        return (queryset.filter(found) if found else queryset.none()), False

    @column("console.label.person")
    def person(self, row: Any) -> str:
        """The sign-in name of the person that the row is about; empty where it is about nobody."""
        found = row
        for step in self.person_field.split("__"):
            found = getattr(found, step, None)
        return str(found or "")

    def crumb(self) -> tuple[str, str]:
        """The way back to the list: its heading and address."""
        app, model = self.opts.app_label, self.opts.model_name
        return say(f"console.{self.name}.heading"), reverse(f"admin:{app}_{model}_changelist")

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """The form under the row's own name."""
        row = kwargs.get("obj")
        title = say(f"console.{self.name}.add") if row is None else str(row)
        context |= {
            "title": title,
            "subtitle": None,
            "crumb": self.crumb(),
            "show_save_and_add_another": False,
        }
        return super().render_change_form(request, context, *args, **kwargs)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The record of events is the history; the admin's own is not offered."""
        raise Http404


class DetailAdmin(ReadOnlyAdmin):
    """A row as a page of panels, with the acts that the member of staff may take.

    Every kind of row says `page` for itself: there is nothing that fits all.
    """

    acts: Sequence[Act] = ()

    def page(self, request: HttpRequest, row: Any, now: datetime) -> Page:
        """What the page of `row` says at `now`."""
        raise NotImplementedError

    def detail_queryset(self) -> QuerySet[Any]:
        """Where one row is read from, with what its page needs."""
        return self.model._default_manager.all()

    def get_urls(self) -> list[URLPattern]:
        """The admin's addresses and one for each act."""
        app, model = self.opts.app_label, self.opts.model_name
        return [
            path(
                f"<path:object_id>/{act.name}/",
                self.admin_site.admin_view(partial(self.act_view, act=act)),
                name=f"{app}_{model}_{act.name}",
            )
            for act in self.acts
        ] + super().get_urls()

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The page; posting to it is refused, acts have addresses of their own."""
        if request.method not in ("GET", "HEAD") or not self.has_view_permission(request):
            raise PermissionDenied
        return self.drawn(request, self.row_or_404(object_id))

    def act_view(self, request: HttpRequest, object_id: str, *, act: Act) -> HttpResponse:
        """Do `act`, or say why not on the same page with nothing changed."""
        if not (self.has_view_permission(request) and request.user.has_perm(act.permission)):
            raise PermissionDenied
        row = self.row_or_404(object_id)
        here = self.address(row)
        if request.method != "POST":
            return HttpResponseRedirect(here)
        form = act.form(request.POST, prefix=act.name)
        status = 422
        if form.is_valid():
            try:
                act.run(row, request.user, form.cleaned_data)
            except HoldfastError as refusal:
                form.add_error(None, words_of(refusal))
                status = refusal.status
            else:
                messages.success(request, say(f"console.{act.name}.done", name=str(row)))
                return HttpResponseRedirect(here)
        return self.drawn(request, self.row_or_404(object_id), {act.name: form}, status)

    def row_or_404(self, object_id: str) -> Any:
        """The row of this address, read now; a page that is not there otherwise."""
        try:
            key = self.opts.pk.to_python(unquote(object_id))
            return self.detail_queryset().get(pk=key)
        except (self.model.DoesNotExist, ValueError, forms.ValidationError) as missing:
            raise Http404 from missing

    def address(self, row: Any, what: str = "change") -> str:
        """The page of `row`, or the address that one of its acts is posted to."""
        app, model = self.opts.app_label, self.opts.model_name
        return reverse(f"admin:{app}_{model}_{what}", args=(quote(str(row.pk)),))

    def drawn(
        self,
        request: HttpRequest,
        row: Any,
        posted: dict[str, forms.Form] | None = None,
        status: int = 200,
    ) -> HttpResponse:
        """The page with its forms: those just refused as they were sent, the others empty."""
        posted = dict(posted or {})
        page = self.page(request, row, read_clock())
        offers = [
            Offer(
                act,
                posted.pop(act.name) if act.name in posted else act.form(prefix=act.name),
                self.address(row, act.name),
            )
            for act in self.acts
            if request.user.has_perm(act.permission) and act.offered(row, request.user)
        ]
        too_late = [
            error for form in posted.values() for errors in form.errors.values() for error in errors
        ]
        request.current_app = self.admin_site.name
        context = {
            **self.admin_site.each_context(request),
            "title": page.title,
            "crumb": self.crumb(),
            "page": page,
            "offers": offers,
            "refusals": too_late,
            "opts": self.opts,
            "media": mark_safe(""),
        }
        return TemplateResponse(request, "admin/holdfast/detail.html", context, status=status)
