"""Policy versions to read, write, sign and activate (D2, D3)."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from config.lifecycle import HoldfastError
from identity.admin.panels import Facts, Link, Page, Panel, Words
from identity.admin.policy_acts import ACTS
from identity.admin.policy_drafts import DraftForm, draft_context
from identity.admin.policy_matrix.pages import MatrixPages, start_url, tabs
from identity.admin.policy_reading import difference, matrix, proof, signatures
from identity.admin.reading import column, moment, shown, words_of
from identity.admin.rehearsal import RehearsalPages
from identity.admin.tags import tag
from identity.admin.trust_table import trust_view
from identity.errors import DraftChanged
from identity.messages import say
from identity.models import PolicyVersion
from identity.policy_activation import DEFAULT
from identity.policy_lifecycle import draft_policy, edit_draft

Status = PolicyVersion.Status
DRAFT = "identity.draft_policy"


class PolicyAdmin(MatrixPages, RehearsalPages):
    """Versions of the policy; exactly one is in force."""

    name = "policies"
    list_display = (
        "number_shown",
        "name_shown",
        "state",
        "written_by",
        "created",
        "activated",
        "digest_shown",
    )
    list_select_related = ("author",)
    list_filter = ("status",)
    list_before_template = "admin/holdfast/policy_list.html"
    ordering = ("-number",)
    acts = ACTS

    @column("console.label.version", "number")
    def number_shown(self, row: PolicyVersion) -> str:
        """What every decision quotes."""
        return str(row)

    @column("console.label.name", "name")
    def name_shown(self, row: PolicyVersion) -> str:
        """What its authors call it."""
        return row.name

    @column("console.label.status", "status")
    def state(self, row: PolicyVersion) -> str:
        """Draft, in review, active or retired."""
        return shown(tag("policy", row.status))

    @column("console.label.author", "author__username")
    def written_by(self, row: PolicyVersion) -> str:
        """Who answers for the text."""
        return _author(row)

    @column("console.label.written", "created_at")
    def created(self, row: PolicyVersion) -> str:
        """When it was written."""
        return moment(row.created_at)

    @column("console.label.activated", "activated_at")
    def activated(self, row: PolicyVersion) -> str:
        """Since when it decides."""
        return moment(row.activated_at)

    @column("console.label.digest")
    def digest_shown(self, row: PolicyVersion) -> str:
        """The beginning of its SHA-256."""
        return row.digest[:12]

    def detail_queryset(self) -> QuerySet[PolicyVersion]:
        """With what its page names."""
        return PolicyVersion.objects.select_related("author")

    def get_urls(self) -> list[URLPattern]:
        """The admin's addresses and those where a draft is written."""
        guard = self.admin_site.admin_view
        return [
            *self.matrix_urls(),
            *self.rehearsal_urls(),
            path("draft/", guard(self.draft_view), name="identity_policyversion_draft"),
            path("trust/", guard(partial(trust_view, self)), name="identity_policyversion_proofs"),
            path(
                "<path:object_id>/trust/",
                guard(partial(trust_view, self)),
                name="identity_policyversion_trust",
            ),
            path(
                "<path:object_id>/edit/",
                guard(self.edit_view),
                name="identity_policyversion_edit",
            ),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list, with the way to a new draft for those who may write one."""
        more = dict(extra_context or {})
        if request.user.has_perm(DRAFT):
            more["draft_url"] = reverse("admin:identity_policyversion_draft")
            more["draft_text"] = say("console.policy.new")
        return super().changelist_view(request, more)

    def draft_view(self, request: HttpRequest) -> HttpResponse:
        """Write a new draft; it starts from the version in force."""
        active = PolicyVersion.objects.filter(status=Status.ACTIVE).first()
        text = active.document if active else DEFAULT.read_text(encoding="utf-8")
        return self._written(request, None, text)

    def edit_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Write a draft anew, by its author."""
        self._writer_or_denied(request)
        row = self.row_or_404(object_id)
        if not self.editable_by(row, request.user):
            raise PermissionDenied
        return self._written(request, row, row.document)

    def _writer_or_denied(self, request: HttpRequest) -> None:
        if not (self.has_view_permission(request) and request.user.has_perm(DRAFT)):
            raise PermissionDenied

    def _written(self, request: HttpRequest, row: PolicyVersion | None, text: str) -> HttpResponse:
        """The form; a text that does not read comes back as it was sent, with its place."""
        self._writer_or_denied(request)
        form = DraftForm(request.POST or None, initial={"document": text})
        status = 200
        if request.method == "POST":
            status = 422
            if form.is_valid():
                sent = form.cleaned_data["document"]
                try:
                    if row is None:
                        row = draft_policy(sent, by=request.user)  # type: ignore[arg-type]
                    else:
                        made_from = request.POST.get("made_from", "")
                        row = edit_draft(row.number, sent, by=request.user, made_from=made_from)  # type: ignore[arg-type]
                except HoldfastError as refusal:
                    form.add_error("document", words_of(refusal))
                    status = refusal.status
                    if isinstance(refusal, DraftChanged) and row is not None:
                        row.refresh_from_db()
                else:
                    messages.success(request, say("console.draft.done", name=str(row)))
                    return HttpResponseRedirect(self.address(row))
        title = (
            say("console.draft.title")
            if row is None
            else say("console.draft.title.edit", name=str(row))
        )
        request.current_app = self.admin_site.name
        context = {
            **self.admin_site.each_context(request),
            **draft_context(form, title, self.crumb()),
            "tabs": [] if row is None else tabs(self, row, "edit"),
            "made_from": "" if row is None else row.digest,
            "start_url": start_url() if row is None else "",
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/holdfast/policy_draft.html", context, status=status)

    def page(self, request: HttpRequest, row: PolicyVersion, now: datetime) -> Page:
        """What it changes and proves, who signed it, and the rules as a matrix."""
        first: list[Panel] = []
        if self.editable_by(row, request.user):
            names = ("matrix", "edit")
            ways = zip(names, tabs(self, row, ""), strict=True)
            links = [(say(f"console.matrix.open.{name}"), link) for name, (link, _) in ways]
            first.append(Facts(say("console.matrix.open"), links))
        if row.status == Status.DRAFT and row.returned_because:
            first.append(Words(say("console.policy.returned"), [row.returned_because], True))
        changes = difference(row)
        first += [*changes[:1], *proof(row)]
        if row.author_id is not None:
            first.append(signatures(row))
        waits = row.status in (Status.DRAFT, Status.REVIEW)
        return Page(
            title=f"{row} · {row.name}",
            lede=say(f"console.policy.lede.{row.status}" if waits else "console.policy.lede"),
            tags=(tag("policy", row.status),),
            first=first,
            main=(*changes[1:], matrix(row), self._facts(request, row)),
            wide=True,
        )

    def _facts(self, request: HttpRequest, row: PolicyVersion) -> Facts:
        facts: list[tuple[str, Any]] = [
            (say("console.label.name"), row.name),
            (
                say("console.trust.open"),
                Link(say("console.trust.open"), self.address(row, "trust")),
            ),
            (say("console.label.author"), _author(row)),
            (say("console.label.written"), moment(row.created_at)),
            (say("console.label.submitted"), moment(row.submitted_at)),
            (say("console.label.activated"), moment(row.activated_at)),
            (say("console.label.retired"), moment(row.retired_at)),
            (say("console.label.digest"), row.digest),
            (say("console.rehearsal"), self.rehearsal_link(row)),
        ]
        return Facts(say("console.policy.facts"), facts)


def _author(row: PolicyVersion) -> str:
    return str(row.author) if row.author else say("console.policy.shipped")
