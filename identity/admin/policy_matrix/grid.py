"""The draft as the page of the matrix draws it: rules by row, facts by column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from identity.admin.explaining import outcome_words
from identity.admin.panels import Link, Table
from identity.admin.policy_matrix.obliging import label_of, shown
from identity.admin.tags import Tag
from identity.messages import has, say
from identity.policy.decision import Obligations
from identity.policy.document import DEFAULT_ID, Policy, Rule
from identity.policy.facts import DIMENSIONS
from identity.policy.guardrails import Proof

ANY = "·"
"""Whatever the value."""
_BREAKS = Tag(say("console.matrix.breaks"), "stop", "warning")
_UNREACHED = Tag(say("console.matrix.unreached"), "care", "block")


@dataclass(frozen=True, slots=True)
class Row:
    """One rule. `place` is its anchor on the page; the default can neither move nor go."""

    rule: str
    cells: Sequence[str]
    edit_url: str
    add_url: str
    first: bool
    last: bool
    fixed: bool
    tags: Sequence[Tag]
    """What the proof found about it."""

    @property
    def place(self) -> str:
        """The anchor of the row."""
        return f"rule-{self.rule}"


@dataclass(frozen=True, slots=True)
class Grid:
    """The whole of it."""

    headings: Sequence[str]
    rows: Sequence[Row]


def grid_of(document: Policy, base: str, proved: Proof) -> Grid:
    """The rules of `document` with the addresses, under `base`, where each is edited."""
    headings = [
        say("console.label.outcome"),
        *(_named(name) for name in DIMENSIONS),
        say("console.matrix.profile"),
        say("console.matrix.own.short"),
        say("console.label.why"),
    ]
    last = len(document.rules) - 1
    breaking = {violation.rule_id for violation in proved.violations}
    rows = [
        Row(
            rule=rule.id,
            cells=_cells(rule, document.profiles),
            edit_url=f"{base}rule/{rule.id}/",
            add_url=f"{base}add/?after={rule.id}",
            first=number == 0,
            last=number == last,
            fixed=rule.id == DEFAULT_ID,
            tags=[
                *([_BREAKS] if rule.id in breaking else []),
                *([_UNREACHED] if rule.id in proved.unreachable else []),
            ],
        )
        for number, rule in enumerate((*document.rules, document.default))
    ]
    return Grid(headings, rows)


def profiles_table(document: Policy, base: str) -> Table:
    """A row for each profile with everything it obliges to, its own or not."""
    names = [field.name for field in fields(Obligations)]
    rows = [
        [
            Link(profile, f"{base}profile/{profile}/"),
            *(shown(name, getattr(obliged, name)) for name in names),
        ]
        for profile, obliged in document.profiles.items()
    ]
    headings = [say("console.matrix.profile"), *(label_of(name) for name in names)]
    return Table(say("console.matrix.profiles"), headings, rows, "")


def _cells(rule: Rule, profiles: Mapping[str, Obligations]) -> list[str]:
    above = profiles[rule.profile]
    own = [
        f"{label_of(field.name)}: {shown(field.name, getattr(rule.obligations, field.name))}"
        for field in fields(Obligations)
        if getattr(rule.obligations, field.name) != getattr(above, field.name)
    ]
    return [
        outcome_words(rule.outcome),
        *(", ".join(each.word for each in rule.when.get(name, ())) or ANY for name in DIMENSIONS),
        rule.profile,
        "; ".join(own),
        ", ".join(rule.because),
    ]


def _named(dimension: str) -> str:
    message_id = f"console.input.{dimension}"
    return say(message_id) if has(message_id) else dimension.replace("_", " ")
