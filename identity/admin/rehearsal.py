"""A policy version rehearsed on recorded decisions, and the costs that this assumes (D5)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_http_methods, require_safe
from unfold.widgets import UnfoldAdminTextInputWidget

from config.lifecycle import HoldfastError
from identity.active_policy import active_policy
from identity.admin.explaining import outcome_words
from identity.admin.loss_chart import EVERY, loss_chart
from identity.admin.panels import Link, Noted, Panel, Table, Words
from identity.admin.reading import DetailAdmin, words_of
from identity.costs import FIELDS, PERCENT, Assumed, assume_costs, assumed_costs, figures_of
from identity.errors import NoActivePolicy, PolicyUnusable
from identity.messages import say
from identity.messages.policy_words import situation_of
from identity.models import CostAssumption, PolicyVersion
from identity.policy.document import Policy
from identity.policy_lifecycle import read_policy
from identity.rehearsal import AT_THE_CONSOLE, SPAN, SPANS, Rehearsal, recorded_decisions, rehearse
from identity.rehearsal_words import counted, harmed
from identity.simulation.curves import LossCurves, loss_curves
from identity.simulation.scale import money

DRAFT = "identity.draft_policy"
_TITLE = "console.rehearsal.title"


class CostForm(forms.ModelForm):
    """The assumptions about one type."""

    class Meta:
        model = CostAssumption
        fields = FIELDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Say beside each field what it takes."""
        super().__init__(*args, **kwargs)
        for name in FIELDS:
            hint = "money" if name not in PERCENT else "chance"
            hint = "share" if name == "abandonment" else hint
            field = self.fields[name]
            field.label = say(f"console.costs.{name}")
            field.help_text = say(f"console.costs.hint.{hint}")
            field.widget = UnfoldAdminTextInputWidget({"inputmode": "decimal"})

    def clean(self) -> dict[str, Any]:
        """Fraud does not become less likely as the score grows."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        least, most = (cleaned.get(name) for name in ("fraud_at_0", "fraud_at_100"))
        if least is not None and most is not None and most < least:
            self.add_error("fraud_at_100", say("console.costs.order"))
        return cleaned


class RehearsalPages(DetailAdmin):
    """What whoever reads a version can try out with it."""

    def rehearsal_urls(self) -> list[URLPattern]:
        """The rehearsal of a version, and the form of a type's costs."""
        guard = self.admin_site.admin_view
        return [
            path(
                "<int:object_id>/rehearsal/",
                guard(self.rehearsal_view),
                name="identity_policyversion_rehearsal",
            ),
            path(
                "<int:object_id>/rehearsal/costs/<str:name>/",
                guard(self.costs_view),
                name="identity_policyversion_costs",
            ),
        ]

    def rehearsal_link(self, row: PolicyVersion) -> Link:
        """The way to the rehearsal of `row`."""
        return Link(say("console.rehearsal.open"), self.address(row, "rehearsal"))

    @method_decorator(require_safe)
    def rehearsal_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """What it would have decided, over the span that `days` names."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        row: PolicyVersion = self.row_or_404(str(object_id))
        wanted = request.GET.get("days", str(SPAN))
        if wanted not in map(str, SPANS):
            raise Http404
        days, here = int(wanted), self.address(row, "rehearsal")
        context: dict[str, Any] = {
            "title": say(_TITLE, name=str(row)),
            "crumb": self.crumb(),
            "lede": say("console.rehearsal.lede"),
            "spans": [
                (
                    Link(
                        say("console.rehearsal.days", days=str(each)),
                        f"{here}?{urlencode({'days': each})}",
                    ),
                    each == days,
                )
                for each in SPANS
            ],
            "back": Link(say("console.rehearsal.back"), self.address(row)),
        }
        try:
            document = read_policy(row.document)
        except PolicyUnusable as unusable:
            sentences = [words_of(unusable)]
            context["before"] = [Words(say("console.rehearsal.unreadable"), sentences)]
            return self._shown(request, "rehearsal", context)
        if (count := recorded_decisions(days=days)) > AT_THE_CONSOLE:
            command = f"manage.py policy simulate {row.number} --days {days}"
            facts = {"count": f"{count:,}", "limit": f"{AT_THE_CONSOLE:,}", "command": command}
            sentences = [say("console.rehearsal.too_many.detail", **facts)]
            context["before"] = [Words(say("console.rehearsal.too_many"), sentences)]
            return self._shown(request, "rehearsal", context)
        found = rehearse(document, days=days)
        return self._shown(
            request, "rehearsal", context | self._found(request, row, document, found)
        )

    def _found(
        self, request: HttpRequest, row: PolicyVersion, document: Policy, found: Rehearsal
    ) -> dict[str, Any]:
        before: list[Panel] = [
            Words(say("console.rehearsal.result"), counted(found.replay, str(row), found.days))
        ]
        if found.replay.moves:
            before.append(_moves(found))
        if found.curves is None:
            return {"before": before, "after": [self._costs(request, row, assumed_costs())]}
        try:
            active = active_policy().document
        except NoActivePolicy:
            active = None
        return {
            "before": before,
            "chart": loss_chart(found.curves, document, active),
            "harm": harmed(found.curves, document, active),
            "after": [
                _numbers(found.curves),
                _types(found),
                self._costs(request, row, found.costs),
            ],
        }

    def _costs(self, request: HttpRequest, row: PolicyVersion, costs: Any) -> Table:
        may = request.user.has_perm(DRAFT)
        headings = [
            say("console.rehearsal.type"),
            *(say(f"console.costs.{name}") for name in FIELDS),
            say("console.rehearsal.source"),
        ]
        rows: list[list[Any]] = []
        for name, each in sorted(costs.items()):
            figures = figures_of(each.costs)
            source = say(f"console.rehearsal.{'stated' if each.stated else 'assumed'}")
            line: list[Any] = [
                Noted(each.title, name),
                *(f"{figures[field].normalize():,f}" for field in FIELDS),
                source,
            ]
            if may:
                address = reverse("admin:identity_policyversion_costs", args=(row.pk, name))
                line.append(Link(say("console.rehearsal.edit"), address))
            rows.append(line)
        if may:
            headings.append(say("console.rehearsal.edit"))
        return Table(say("console.rehearsal.costs"), headings, rows, "")

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def costs_view(self, request: HttpRequest, object_id: int, name: str) -> HttpResponse:
        """State what a wrong decision about a type costs; by those who draft policies."""
        if not (self.has_view_permission(request) and request.user.has_perm(DRAFT)):
            raise PermissionDenied
        row: PolicyVersion = self.row_or_404(str(object_id))
        assumed: Assumed | None = assumed_costs().get(name)
        if assumed is None:
            raise Http404
        form = CostForm(request.POST or None, initial=_initial(assumed))
        status = 200
        if request.method == "POST":
            status = 422
            if form.is_valid():
                try:
                    assume_costs(name, form.cleaned_data, by=request.user)  # type: ignore[arg-type]
                except HoldfastError as refusal:
                    form.add_error(None, words_of(refusal))
                    status = refusal.status
                else:
                    messages.success(request, say("console.costs.done", type=assumed.title))
                    return HttpResponseRedirect(self.address(row, "rehearsal"))
        context = {
            "title": say("console.costs.title", type=assumed.title),
            "crumb": (say(_TITLE, name=str(row)), self.address(row, "rehearsal")),
            "lede": say("console.costs.lede"),
            "model": say("simulation.model"),
            "form": form,
            "button": say("console.costs.button"),
        }
        return self._shown(request, "cost_form", context, status)

    def _shown(
        self, request: HttpRequest, name: str, context: dict[str, Any], status: int = 200
    ) -> HttpResponse:
        request.current_app = self.admin_site.name
        everything = {**self.admin_site.each_context(request), **context, "opts": self.opts}
        template = f"admin/holdfast/{name}.html"
        return TemplateResponse(request, template, everything, status=status)


def _initial(assumed: Assumed) -> dict[str, str]:
    return {name: f"{figure.normalize():f}" for name, figure in figures_of(assumed.costs).items()}


def _moves(found: Rehearsal) -> Table:
    headings = [
        say(f"console.rehearsal.{each}")
        for each in ("type", "way", "outcomes", "count", "rules", "example")
    ]
    rows = [
        [
            each.type,
            say(f"policy.difference.direction.{each.direction}"),
            f"{outcome_words(each.old_outcome)} → {outcome_words(each.new_outcome)}",
            f"{each.count:,}",
            f"{each.old_rule} → {each.new_rule}",
            situation_of(each.example),
        ]
        for each in found.replay.moves
    ]
    return Table(say("console.rehearsal.changes"), headings, rows, "")


def _numbers(curves: LossCurves) -> Table:
    headings = [
        say("console.rehearsal.threshold"),
        *(say(f"simulation.chart.{each}") for each in ("permissive", "restrictive", "total")),
    ]
    places = sorted({*range(0, len(curves.total), EVERY), curves.minimum})
    rows = [
        [
            str(place)
            if place != curves.minimum
            else say("simulation.chart.minimum", threshold=str(place)),
            *(money(line[place]) for line in (curves.permissive, curves.restrictive, curves.total)),
        ]
        for place in places
    ]
    return Table(say("console.rehearsal.numbers"), headings, rows, "")


def _types(found: Rehearsal) -> Table:
    headings = [
        say(f"console.rehearsal.{each}") for each in ("type", "requests", "best")
    ] + [say("simulation.chart.total")]  # fmt: skip
    rows = []
    for name, scores in found.replay.scores.items():
        curves = loss_curves({name: scores}, {name: found.costs[name].costs})
        rows.append(
            [
                Noted(found.costs[name].title, name),
                f"{curves.requests:,}",
                str(curves.minimum),
                money(curves.total[curves.minimum]),
            ]
        )
    return Table(say("console.rehearsal.types"), headings, rows, "")
