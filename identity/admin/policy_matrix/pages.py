"""The addresses where a draft is edited as a matrix. Each change is one use case: `edit_draft`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_http_methods, require_POST

from config.lifecycle import HoldfastError
from identity.admin.panels import Link
from identity.admin.policy_matrix.forms import (
    MatrixForm,
    NumbersForm,
    ProfileForm,
    RuleForm,
    sections_of,
)
from identity.admin.policy_matrix.grid import grid_of, profiles_table
from identity.admin.policy_reading import difference, proof
from identity.admin.reading import DetailAdmin, words_of
from identity.errors import DraftChanged, OnlyAsText, PolicyUnusable
from identity.messages import say
from identity.models import PolicyVersion
from identity.policy.document import DEFAULT_ID, Policy
from identity.policy.editing import (
    CannotEdit,
    add_rule,
    edit_rule,
    move_rule,
    plain_at,
    remove_rule,
    write,
)
from identity.policy.errors import PolicyError
from identity.policy.guardrails import Proof
from identity.policy_lifecycle import draft_policy, edit_draft, proof_of, read_policy

Status = PolicyVersion.Status
DRAFT = "identity.draft_policy"
Change = Callable[[str], str]
"""From the text of the draft to what it says afterwards."""
_STEPS: dict[str, Callable[[str, str], str]] = {
    "up": lambda text, rule: move_rule(text, rule, "up"),
    "down": lambda text, rule: move_rule(text, rule, "down"),
    "remove": remove_rule,
}


class MatrixPages(DetailAdmin):
    """What a draft's author does with its rules, profiles and numbers."""

    def matrix_urls(self) -> list[URLPattern]:
        """The matrix, one step with a row, and the forms of a rule, a profile, a section."""
        routes: list[tuple[str, str, Callable[..., HttpResponse]]] = [
            ("", "matrix", self.matrix_view),
            ("step/", "matrix_step", self.step_view),
            ("add/", "matrix_add", self.new_rule_view),
            ("rule/<str:name>/", "matrix_rule", self.rule_view),
            ("profile/<str:name>/", "matrix_profile", self.profile_view),
            ("numbers/<str:name>/", "matrix_numbers", self.numbers_view),
        ]
        guard = self.admin_site.admin_view
        start = path(
            "draft/matrix/", guard(self.start_view), name="identity_policyversion_draft_matrix"
        )
        return [
            start,
            *(
                path(
                    f"<int:object_id>/matrix/{route}",
                    guard(view),
                    name=f"identity_policyversion_{name}",
                )
                for route, name, view in routes
            ),
        ]

    def editable_by(self, row: PolicyVersion, user: Any) -> bool:
        """Whether `user` may change what `row` says: its author, while it is a draft."""
        return bool(
            row.status == Status.DRAFT and row.author_id == user.pk and user.has_perm(DRAFT)
        )

    @method_decorator(require_POST)
    def start_view(self, request: HttpRequest) -> HttpResponse:
        """A draft that says what the version in force says, ready to be changed."""
        if not (self.has_view_permission(request) and request.user.has_perm(DRAFT)):
            raise PermissionDenied
        active = PolicyVersion.objects.filter(status=Status.ACTIVE).first()
        if active is None:
            raise Http404
        row = draft_policy(active.document, by=request.user)  # type: ignore[arg-type]
        return HttpResponseRedirect(self.address(row, "matrix"))

    def matrix_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """The whole of it, with what it changes and whether it holds."""
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied
        return self._matrix(request, self._draft(request, object_id))

    @method_decorator(require_POST)
    def step_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Move a rule up or down, or take it out."""
        row = self._draft(request, object_id)
        step, _, rule = request.POST.get("step", "").partition(" ")
        if step not in _STEPS:
            raise Http404
        try:
            self._change(request, row, lambda text: _STEPS[step](text, rule))
        except HoldfastError as refusal:
            row = self._draft(request, object_id)
            return self._matrix(request, row, words_of(refusal), refusal.status)
        messages.success(request, say(f"console.matrix.done.{step}", rule=rule))
        anchor = "" if step == "remove" else f"#rule-{rule}"
        return HttpResponseRedirect(self.address(row, "matrix") + anchor)

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def new_rule_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """A new rule below the one that `after` names, made like it; on top without one."""
        row = self._draft(request, object_id)
        document = self._document(row)
        after = request.GET.get("after", "")
        ids = [rule.id for rule in document.rules]
        if after and after not in ids:
            raise Http404
        like = dict(_rule_at(row.document, after or ids[0]) if ids else {})
        like |= {"id": "", "when": like.get("when", {})}
        form = RuleForm(like, document.profiles, self._sent(request))
        title = say("console.matrix.add.title")
        return self._edited(
            request, row, form, title, lambda text: add_rule(text, after, form.wanted())
        )

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def rule_view(self, request: HttpRequest, object_id: int, name: str) -> HttpResponse:
        """One rule, or the default."""
        row = self._draft(request, object_id)
        document = self._document(row)
        rule = _rule_at(row.document, name)
        if not rule:
            raise Http404
        default = name == DEFAULT_ID
        form = RuleForm(rule, document.profiles, self._sent(request), default=default)
        title = say("console.matrix.rule.title", rule=name)
        return self._edited(
            request, row, form, title, lambda text: edit_rule(text, name, form.wanted())
        )

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def profile_view(self, request: HttpRequest, object_id: int, name: str) -> HttpResponse:
        """What a profile obliges to."""
        row = self._draft(request, object_id)
        document = self._document(row)
        profile = plain_at(row.document, ("profiles", name))
        if not isinstance(profile, dict):
            raise Http404
        form = ProfileForm(name, profile, document.profiles, self._sent(request))
        title = say("console.matrix.profile.title", profile=name)
        return self._edited(
            request, row, form, title, lambda text: write(text, ("profiles", name), form.wanted())
        )

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def numbers_view(self, request: HttpRequest, object_id: int, name: str) -> HttpResponse:
        """The numbers of a section: weights, ages, times."""
        row = self._draft(request, object_id)
        self._document(row)
        found = plain_at(row.document, (name,))
        if found is None or name not in sections_of(plain_at(row.document, ())):
            raise Http404
        form = NumbersForm(name, found, self._sent(request))

        def change(text: str) -> str:
            for place, value in form.changes():
                text = write(text, place, value)
            return text

        title = say("console.matrix.numbers.title", section=section_words(name))
        return self._edited(request, row, form, title, change)

    def _draft(self, request: HttpRequest, object_id: int) -> PolicyVersion:
        """The draft, for its author and nobody else. Raises PermissionDenied, Http404."""
        if not (self.has_view_permission(request) and request.user.has_perm(DRAFT)):
            raise PermissionDenied
        row: PolicyVersion = self.row_or_404(str(object_id))
        if not self.editable_by(row, request.user):
            raise PermissionDenied
        return row

    def _document(self, row: PolicyVersion) -> Policy:
        """What the draft says. A draft of an earlier release may not read: then there is only the
        text. Raises Http404."""
        try:
            return read_policy(row.document)
        except PolicyUnusable as unusable:
            raise Http404 from unusable

    def _sent(self, request: HttpRequest) -> Any:
        return request.POST if request.method == "POST" else None

    def _change(self, request: HttpRequest, row: PolicyVersion, change: Change) -> bool:
        """Write what `change` makes of the draft; whether it says anything else now.

        Raises DraftChanged, OnlyAsText, PolicyUnusable, Http404, and what `edit_draft` raises.
        """
        made_from = request.POST.get("made_from", "")
        if made_from != row.digest:
            raise DraftChanged
        try:
            text = change(row.document)
        except LookupError as missing:
            raise Http404 from missing
        except CannotEdit as cannot:
            raise OnlyAsText from cannot
        except PolicyError as error:
            raise PolicyUnusable(
                line=error.line, column=error.column, sentence=error.sentence
            ) from error
        if text == row.document:
            return False
        edit_draft(row.number, text, by=request.user, made_from=made_from)  # type: ignore[arg-type]
        return True

    def _edited(
        self,
        request: HttpRequest,
        row: PolicyVersion,
        form: MatrixForm,
        title: str,
        change: Change,
    ) -> HttpResponse:
        """The form, or what came of it. What is refused stays in the form as it was sent."""
        status = 200
        if request.method == "POST":
            status = 422
            try:
                if request.POST.get("made_from", "") != row.digest:
                    raise DraftChanged
                if form.is_valid():
                    done = self._change(request, row, change)
                    said = "console.matrix.done" if done else "console.matrix.done.nothing"
                    messages.success(request, say(said, name=str(row)))
                    return HttpResponseRedirect(self.address(row, "matrix"))
            except HoldfastError as refusal:
                form.add_error(None, words_of(refusal))
                status = refusal.status
                row = self._draft(request, row.pk)
        context = {
            "title": title,
            "crumb": (str(row), self.address(row, "matrix")),
            "form": form,
            "made_from": row.digest,
            "button": say("console.draft.button"),
            "invalid": say("console.matrix.invalid") if status == 422 else "",
        }
        return self._page(request, "policy_matrix_form", context, status)

    def _matrix(
        self, request: HttpRequest, row: PolicyVersion, refusal: str = "", status: int = 200
    ) -> HttpResponse:
        try:
            document = read_policy(row.document)
        except PolicyUnusable as unusable:
            messages.error(request, words_of(unusable))
            return HttpResponseRedirect(self.address(row, "edit"))
        base = self.address(row, "matrix")
        proved = proof_of(row.document)
        sections = [
            Link(section_words(each), f"{base}numbers/{each}/")
            for each in sections_of(plain_at(row.document, ()))
        ]
        context = {
            "title": say("console.matrix.title", name=f"{row} · {row.name}"),
            "crumb": self.crumb(),
            "lede": say("console.matrix.lede"),
            "refusal": refusal,
            "tabs": tabs(self, row, "matrix"),
            "summary": _summary(row, proved),
            "tone": "done" if proved.holds else "stop",
            "effects": list(proof(row))[proved.holds :],
            "grid": grid_of(document, base, proved),
            "made_from": row.digest,
            "step_url": f"{base}step/",
            "top_url": f"{base}add/",
            "profiles": profiles_table(document, base),
            "sections": sections,
            "back": Link(say("console.matrix.back"), self.address(row)),
        }
        return self._page(request, "policy_matrix", context, status)

    def _page(
        self, request: HttpRequest, name: str, context: dict[str, Any], status: int
    ) -> HttpResponse:
        request.current_app = self.admin_site.name
        everything = {**self.admin_site.each_context(request), **context, "opts": self.opts}
        template = f"admin/holdfast/{name}.html"
        return TemplateResponse(request, template, everything, status=status)


def tabs(page: DetailAdmin, row: PolicyVersion, here: str) -> list[tuple[Link, bool]]:
    """The two ways to edit a draft, and which of them this is."""
    return [
        (Link(say(f"console.matrix.tab.{name}"), page.address(row, name)), name == here)
        for name in ("matrix", "edit")
    ]


def start_url() -> str:
    """Where a draft is begun that says what the version in force says."""
    return reverse("admin:identity_policyversion_draft_matrix")


def section_words(name: str) -> str:
    """What a section of the document is about."""
    return say("console.matrix.section", section=name.replace("_", " ").capitalize())


def _summary(row: PolicyVersion, proved: Proof) -> str:
    """What the draft changes and whether it holds, in one breath."""
    sentences = [each for panel in difference(row)[:1] for each in getattr(panel, "sentences", ())]
    held = "holds" if proved.holds else "broken"
    return " ".join([*sentences, say(f"console.matrix.{held}", broken=len(proved.broken))])


def _rule_at(text: str, name: str) -> dict[str, Any]:
    """The rule as it is written; nothing where there is none."""
    found: Any = plain_at(text, (DEFAULT_ID,) if name == DEFAULT_ID else ("rules",))
    if name == DEFAULT_ID:
        return dict(found or {})
    return next((dict(each) for each in found if each.get("id") == name), {})
