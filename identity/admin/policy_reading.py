"""What a policy version says, changes and proves, as panels of its page (D3, D4)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from identity.active_policy import active_policy
from identity.admin.explaining import outcome_words
from identity.admin.panels import Bullets, Panel, Table, Words
from identity.admin.reading import moment
from identity.errors import NoActivePolicy, PolicyUnusable
from identity.messages import has, say
from identity.messages.policy_words import place_of, sentence_of
from identity.messages.times import lasting
from identity.messages.trust import score_changes
from identity.models import PolicyVersion, SignOff
from identity.policy.compiled import compile_policy
from identity.policy.difference import Change, compare
from identity.policy.document import Rule
from identity.policy.facts import DIMENSIONS, Coarse
from identity.policy.guardrails import GUARDRAILS
from identity.policy_lifecycle import proof_of, read_policy

ANY = "·"
"""In the matrix: whatever the value."""
SHOWN_CHANGES = 40
"""Groups of changes on the page; the counts above them are of all."""


def matrix(row: PolicyVersion) -> Panel:
    """The rules, read from the top; the default is the last."""
    title = say("console.policy.matrix")
    try:
        document = read_policy(row.document)
    except PolicyUnusable as error:
        return Words(title, [say("error.policy_unusable.detail", **error.context)])
    headings = [
        say("console.label.rule"),
        say("console.label.outcome"),
        *(_dimension(name) for name in DIMENSIONS),
        *(
            say(f"console.label.{each}")
            for each in ("level", "factors", "window", "then", "escalate", "why")
        ),
    ]
    rows = [
        [
            rule.id,
            outcome_words(rule.outcome),
            *(_values(rule, name) for name in DIMENSIONS),
            *_obliged(rule),
        ]
        for rule in (*document.rules, document.default)
    ]
    return Table(title, headings, rows, "")


def proof(row: PolicyVersion) -> Iterable[Panel]:
    """Whether the guardrails hold in every situation; what no rule foresaw; what never decides."""
    try:
        found = proof_of(row.document)
    except PolicyUnusable:
        return []
    counted = {
        "situations": f"{found.situations:,}",
        "proved": len(found.proved),
        "broken": len(found.broken),
        "guardrails": len(GUARDRAILS),
    }
    sentences = [say(f"policy.proof.{'holds' if found.holds else 'broken'}", **counted)]
    sentences += [f"{sentence_of(each)} {place_of(each)}." for each in found.violations]
    panels: list[Panel] = [Bullets(say("console.policy.proof"), sentences)]
    for title, what in (
        ("unreachable", ", ".join(found.unreachable)),
        ("unforeseen", str(found.unforeseen) if found.unforeseen else ""),
    ):
        if what:
            text = say(f"console.policy.{title}.text", what=what)
            panels.append(Words(say(f"console.policy.{title}"), [text]))
    return panels


def difference(row: PolicyVersion) -> list[Panel]:
    """What the version decides otherwise than the one in force, counted and then by rule; nothing
    for a version that came into force."""
    if row.status not in (PolicyVersion.Status.DRAFT, PolicyVersion.Status.REVIEW):
        return []
    try:
        active, document = active_policy(), read_policy(row.document)
    except (NoActivePolicy, PolicyUnusable):
        return []
    found = compare(active.table, compile_policy(document))
    sentences = [say("console.policy.difference.against", number=active.number)]
    if found.changes:
        sentences.append(
            say(
                "policy.difference.counts",
                stricter=f"{found.stricter:,}",
                looser=f"{found.looser:,}",
                otherwise=f"{found.otherwise:,}",
                same=f"{found.same:,}",
            )
        )
    else:
        sentences.append(say("policy.difference.none", situations=f"{found.situations:,}"))
    scores = score_changes(active.document, document)
    sentences += [sentence for told, _ in scores for sentence in told]
    panels: list[Panel] = [Words(say("console.policy.difference"), sentences)]
    panels += [Bullets(told[0], details) for told, details in scores if details]
    if found.changes:
        headings = [
            say(f"console.policy.difference.{each}") for each in ("way", "rules", "where", "moved")
        ]
        rows = [_change(each) for each in found.changes[:SHOWN_CHANGES]]
        panels.append(Table(say("console.policy.difference.groups"), headings, rows, ""))
    return panels


def signatures(row: PolicyVersion) -> Table:
    """The four areas, with who signed and when."""
    given = {each.area: each for each in row.sign_offs.select_related("person")}
    rows = []
    for area in SignOff.Area:
        found = given.get(area.value)
        who = str(found.person) if found else say("console.policy.sign_offs.none")
        rows.append([say(f"console.area.{area}"), who, moment(found.at) if found else ""])
    headings = [say(f"console.label.{each}") for each in ("area", "signed_by", "at")]
    return Table(say("console.policy.sign_offs"), headings, rows, "")


def _change(change: Change) -> list[str]:
    moved = (
        say(message_id) if has(message_id) else each
        for each in change.moved
        for message_id in [f"policy.difference.moved.{each}"]
    )
    return [
        say(f"policy.difference.direction.{change.direction}"),
        f"{change.old_rule} → {change.new_rule}",
        place_of(change),
        ", ".join(moved),
    ]


def _dimension(name: str) -> str:
    message_id = f"console.input.{name}"
    return say(message_id) if has(message_id) else name


def _values(rule: Rule, name: str) -> str:
    chosen: tuple[Coarse, ...] = rule.when.get(name, ())
    return ", ".join(each.word for each in chosen) or ANY


def _obliged(rule: Rule) -> list[str]:
    obliged = rule.obligations
    return [
        f"AAL{int(obliged.required_aal)}" if obliged.required_aal else "",
        ", ".join(sorted(obliged.permitted_factors)),
        lasting(timedelta(seconds=obliged.window)),
        obliged.on_expiry,
        obliged.escalate_to or "",
        ", ".join(rule.because),
    ]
