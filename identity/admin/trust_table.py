"""What a proof is worth by a policy version, and what ends it at once (D7, D8): made from the
version itself and from the triggers that decisions go by."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse

from identity.admin.panels import Bullets, Facts, Link, Noted, Page, Panel, Table, Words
from identity.admin.reading import DetailAdmin
from identity.admin.tags import tag
from identity.errors import PolicyUnusable
from identity.messages import say
from identity.messages.trust import factors_in_words, span
from identity.models import PolicyVersion
from identity.policy.decision import FACTOR_CEILING, Aal
from identity.policy.document import Policy
from identity.policy.facts import Mode, Sensitivity
from identity.policy_lifecycle import read_policy
from identity.trust import TRIGGERS, Anchor, TrustTable

COLUMNS = ("sensitivity", "mode", "fresh", "recent", "half_life", "gone")
TRIGGER_COLUMNS = ("trigger", "effect", "code", "unknown", "told")


def trust_view(
    admin: DetailAdmin, request: HttpRequest, object_id: str | None = None
) -> HttpResponse:
    """The page of one version; of the one in force where none is named. Only to be read.

    Raises PermissionDenied, and Http404 where there is no such version.
    """
    if not admin.has_view_permission(request):
        raise PermissionDenied
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    row = _in_force() if object_id is None else admin.row_or_404(object_id)
    request.current_app = admin.admin_site.name
    page = _page(row, Link(str(row), admin.address(row)))
    context = {
        **admin.admin_site.each_context(request),
        "title": page.title,
        "crumb": admin.crumb(),
        "page": page,
        "opts": admin.opts,
    }
    return TemplateResponse(request, "admin/holdfast/detail.html", context)


def _in_force() -> PolicyVersion:
    row = PolicyVersion.objects.filter(status=PolicyVersion.Status.ACTIVE).first()
    if row is None:
        raise Http404
    return row


def _page(row: PolicyVersion, back: Link) -> Page:
    title = say("console.trust.title", name=f"{row} · {row.name}")
    panels: list[Panel]
    try:
        policy = read_policy(row.document)
    except PolicyUnusable as error:
        panels = [Words(title, [say("error.policy_unusable.detail", **error.context)])]
    else:
        panels = [
            _overview(policy.trust),
            Words(say("console.trust.modes"), [_shares(policy.trust)]),
            *(each for anchor in policy.trust.anchors for each in _anchor(policy.trust, anchor)),
            _triggers(policy),
            Words(say("console.trust.checked"), [say("console.trust.checked.text")]),
        ]
    return Page(
        title=title,
        lede=say("console.trust.lede"),
        tags=(tag("policy", row.status),),
        first=(Facts(say("console.trust.version"), [(say("console.label.version"), back)]),),
        main=panels,
        wide=True,
    )


def _shares(trust: TrustTable) -> str:
    shares = [
        say("console.trust.share", mode=mode.word, share=str(trust.share[mode])) for mode in Mode
    ]
    return say("console.trust.shares", shares=", ".join(shares))


def _overview(trust: TrustTable) -> Table:
    """Anchor × sensitivity at one look: the fraud windows in normal mode."""
    headings = [
        say("console.trust.label.anchor"),
        *(each.word.capitalize() for each in Sensitivity),
    ]
    rows: list[list[Any]] = []
    for anchor in trust.anchors:
        row: list[Any] = [factors_in_words(anchor.factors)]
        for sensitivity in Sensitivity:
            spans = _spans(trust, anchor, sensitivity, Mode.NORMAL)
            never = len(_weak(anchor)) == len(anchor.factors)
            row.append(say(f"console.trust.cell{'.never' if never else ''}", **spans))
        rows.append(row)
    return Table(say("console.trust.overview"), headings, rows, "")


def _anchor(trust: TrustTable, anchor: Anchor) -> tuple[Table, Bullets]:
    """One row for each sensitivity and mode, and the same in sentences."""
    name = anchor.name.replace("_", " ")
    factors = factors_in_words(anchor.factors)
    cells = list(product(Sensitivity, Mode))
    return (
        Table(
            say("console.trust.anchor", name=name[:1].upper() + name[1:], factors=factors),
            [say(f"console.trust.label.{each}") for each in COLUMNS],
            [_row(trust, anchor, *cell) for cell in cells],
            "",
        ),
        Bullets(
            say("console.trust.windows", factors=factors),
            [sentence for cell in cells for sentence in _windows(trust, anchor, *cell)],
        ),
    )


def _spans(
    trust: TrustTable, anchor: Anchor, sensitivity: Sensitivity, mode: Mode
) -> dict[str, str]:
    ages = trust.shortened(anchor, sensitivity, mode)
    return {
        "sensitivity": sensitivity.word.capitalize(),
        "mode": mode.word,
        "fresh": span(ages.fresh),
        "recent": span(ages.recent),
        "half_life": span(ages.half_life),
        "gone": span(trust.worthless_after(anchor, sensitivity, mode)),
    }


def _weak(anchor: Anchor) -> list[str]:
    return [each for each in anchor.factors if FACTOR_CEILING[each] < Aal.TWO]


def _row(trust: TrustTable, anchor: Anchor, sensitivity: Sensitivity, mode: Mode) -> list[str]:
    spans = _spans(trust, anchor, sensitivity, mode)
    if len(_weak(anchor)) == len(anchor.factors):
        spans["fresh"] = spans["recent"] = say("console.trust.never")
    return [spans[each] for each in COLUMNS]


def _windows(
    trust: TrustTable, anchor: Anchor, sensitivity: Sensitivity, mode: Mode
) -> Iterator[str]:
    spans, weak = _spans(trust, anchor, sensitivity, mode), _weak(anchor)
    if len(weak) < len(anchor.factors):
        yield say("console.trust.window", **spans)
    if weak:
        yield say("console.trust.window.weak", factors=factors_in_words(weak), **spans)


def _triggers(policy: Policy) -> Table:
    threshold = str(policy.risk.anomaly_threshold)
    rows: list[list[Any]] = [
        [
            say(f"trust.trigger.{each.broken}", threshold=threshold),
            say(f"console.trust.effect.{'always' if each.always else 'cached'}"),
            each.broken,
            Noted(say("console.trust.unknown"), each.unknown)
            if each.unknown
            else say("console.trust.unknown.never"),
            say(f"reason.{each.broken}"),
        ]
        for each in TRIGGERS
    ]
    headings = [say(f"console.trust.label.{each}") for each in TRIGGER_COLUMNS]
    return Table(say("console.trust.triggers"), headings, rows, "")
