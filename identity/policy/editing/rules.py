"""Adding, changing, moving and removing whole rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import yaml

from identity.policy.document import DEFAULT_ID
from identity.policy.editing.places import CannotEdit, Path, Source, changing, plain, source_of
from identity.policy.editing.values import write
from identity.policy.editing.writing import Plain, Wanted, wrapped
from identity.policy.facts import DIMENSIONS
from identity.policy.obliging import FIELDS

RULE = ("id", "when", "outcome", "profile", "with", "because")
"""The parts of a rule, in the order in which they are written."""
_ORDER = (*RULE, *DIMENSIONS, *FIELDS)


@dataclass(frozen=True, slots=True)
class _Lines:
    """The lines of one rule, with the comment that stands directly above it."""

    id: str
    start: int
    end: int


def path_of(text: str, rule_id: str) -> Path:
    """Where the rule (or `default`) stands. Raises LookupError where there is none."""
    if rule_id == DEFAULT_ID:
        return (DEFAULT_ID,)
    rules = source_of(text).at(("rules",))
    if isinstance(rules, yaml.SequenceNode):
        for place, node in enumerate(rules.value):
            if _id_of(node) == rule_id:
                return ("rules", place)
    raise LookupError(rule_id)


def edit_rule(text: str, rule_id: str, rule: Mapping[str, Wanted]) -> str:
    """The text with the rule saying `rule`; what it says already stays as it is written.

    Raises LookupError, PolicyError, CannotEdit.
    """
    return write(text, path_of(text, rule_id), rule, _ORDER)


def add_rule(text: str, after: str, rule: Mapping[str, Wanted]) -> str:
    """The text with `rule` (its keys in order) directly behind the rule `after`, or on top where
    `after` is empty. Raises LookupError, PolicyError, CannotEdit."""
    source = source_of(text)
    lines = _lines(source)
    if not lines:
        return _first(source, rule)
    if after:
        place = lines[_number(lines, after)].end
        start_line = "" if text[:place].endswith("\n") else "\n"
    else:
        place, start_line = lines[0].start, ""
    column = _column(source)
    changed = text[:place] + start_line + _entry(rule, column) + text[place:]
    ids = [each.id for each in lines]
    at = ids.index(after) + 1 if after else 0
    _check(changed, text, [*ids[:at], str(rule["id"]), *ids[at:]])
    return changed


def remove_rule(text: str, rule_id: str) -> str:
    """The text without the rule and the comment directly above it; a comment set off by an empty
    line heads a group and stays. Raises LookupError, PolicyError, CannotEdit."""
    source = source_of(text)
    lines = _lines(source)
    at = _number(lines, rule_id)
    if len(lines) == 1:
        raise CannotEdit
    changed = text[: lines[at].start] + text[lines[at].end :]
    _check(changed, text, [each.id for each in lines if each.id != rule_id])
    return changed


def move_rule(text: str, rule_id: str, way: Literal["up", "down"]) -> str:
    """The text with the rule and its neighbour in each other's place, each with the comment that
    is its own; as it is at the end of the list. A comment that comes to stand below a heading
    becomes part of it. Raises LookupError, PolicyError, CannotEdit."""
    source = source_of(text)
    lines = _lines(source)
    at = _number(lines, rule_id)
    upper = at - 1 if way == "up" else at
    if not 0 <= upper < len(lines) - 1:
        return text
    one, two = lines[upper], lines[upper + 1]
    above, below = text[one.start : one.end], text[two.start : two.end]
    if not below.endswith("\n"):
        above, below = above.removesuffix("\n"), below + "\n"
    changed = text[: one.start] + below + text[one.end : two.start] + above + text[two.end :]
    ids = [each.id for each in lines]
    ids[upper], ids[upper + 1] = ids[upper + 1], ids[upper]
    _check(changed, text, ids)
    return changed


def _lines(source: Source) -> list[_Lines]:
    rules = source.at(("rules",))
    if not isinstance(rules, yaml.SequenceNode) or (rules.flow_style and rules.value):
        raise CannotEdit
    found: list[_Lines] = []
    column = _column(source) if rules.value else 0
    floor = source.line_start(source.start(rules))
    for node in rules.value:
        start = source.line_start(source.start(node))
        while source.text[start + column : start + column + 1] != "-":  # a line of its own
            if start <= floor:
                raise CannotEdit
            start = source.line_start(start - 1)
        start = _with_comment(source, start, floor)
        floor = source.line_end(source.end(node))
        found.append(_Lines(_id_of(node), start, floor))
    return found


def _with_comment(source: Source, start: int, floor: int) -> int:
    """Where the comment directly above begins; `start` where there is none, or where an empty line
    sets it off: then it heads a group. `floor` is where what stands before ends."""
    first = start
    while first > floor:
        above = source.line_start(first - 1)
        if not source.text[above:first].strip().startswith("#"):
            return start
        first = above
    return first


def _column(source: Source) -> int:
    rules = source.at(("rules",))
    assert rules is not None
    return int(rules.start_mark.column)


def _number(lines: list[_Lines], rule_id: str) -> int:
    for number, each in enumerate(lines):
        if each.id == rule_id:
            return number
    raise LookupError(rule_id)


def _id_of(node: yaml.Node) -> str:
    found = plain(node)
    return str(found.get("id", "")) if isinstance(found, dict) else ""


def _entry(rule: Mapping[str, Wanted], column: int) -> str:
    written = [f"{key}: {wrapped(value, column + len(key) + 4)}" for key, value in rule.items()]
    return " " * column + "- " + ("\n" + " " * (column + 2)).join(written) + "\n"


def _first(source: Source, rule: Mapping[str, Wanted]) -> str:
    """The text with its first rule."""
    rules = source.at(("rules",))
    if rules is None:
        raise CannotEdit
    text, start, end = source.text, source.start(rules), source.end(rules)
    changed = text[:start].rstrip(" ") + "\n" + _entry(rule, 2).removesuffix("\n") + text[end:]
    _check(changed, text, [str(rule["id"])])
    return changed


def _check(changed: str, text: str, ids: list[str]) -> None:
    """The rules that are left are the same ones, in the order of `ids`, and so is all else."""
    before = plain(source_of(text).root)
    with changing(text):
        after = plain(source_of(changed).root)
    if not isinstance(before, dict) or not isinstance(after, dict):
        raise CannotEdit
    known = {_id(each): each for each in _listed(before)}
    now = _listed(after)
    same_rules = all(_id(each) not in known or known[_id(each)] == each for each in now)
    rest = {key: value for key, value in before.items() if key != "rules"}
    if (
        [_id(each) for each in now] != ids
        or not same_rules
        or rest != {key: value for key, value in after.items() if key != "rules"}
    ):
        raise CannotEdit


def _listed(document: Mapping[str, Plain]) -> list[Plain]:
    rules = document.get("rules", [])
    return rules if isinstance(rules, list) else []


def _id(rule: Plain) -> str:
    return str(rule.get("id", "")) if isinstance(rule, dict) else ""
