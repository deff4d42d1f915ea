"""Values as YAML on one line, in the style of the shipped document."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import yaml

WIDTH = 100
"""Columns of a line, where there is a choice."""
_SAFE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./-]*")
_STRING = "tag:yaml.org,2002:str"
_RESOLVER = yaml.resolver.Resolver()


@dataclass(frozen=True, slots=True)
class Words:
    """A list of words. Where the order says nothing, one that differs in it only is the same."""

    words: tuple[str | int, ...]
    ordered: bool = False


Wanted = str | int | bool | Words | Mapping[str, "Wanted"]
"""What is to be written: a scalar, a list of words, or names with what they stand for."""
Plain = str | list["Plain"] | dict[str, "Plain"]
"""What stands in a document, every scalar as its characters."""


def on_one_line(value: Wanted) -> str:
    """The value as YAML without a line break. Strings that YAML would read as something else, or
    that hold more than a word, are quoted."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Words):
        return f"[{', '.join(on_one_line(each) for each in value.words)}]"
    if isinstance(value, Mapping):
        return f"{{{', '.join(_entries(value))}}}"
    read_as = _RESOLVER.resolve(yaml.ScalarNode, value, (True, False))
    if _SAFE.fullmatch(value) and read_as == _STRING:
        return value
    quoted = json.dumps(value, ensure_ascii=False)
    return "".join(each if each.isprintable() else f"\\U{ord(each):08x}" for each in quoted)


def _entries(value: Mapping[str, Wanted]) -> list[str]:
    return [f"{on_one_line(key)}: {on_one_line(each)}" for key, each in value.items()]


def wrapped(value: Wanted, column: int) -> str:
    """`on_one_line`, broken between the entries of a mapping where it would pass `WIDTH`; it
    begins at `column`, and so do the entries of the lines below, one further in."""
    line = on_one_line(value)
    if column + len(line) <= WIDTH or not isinstance(value, Mapping):
        return line
    lines, room = [""], WIDTH - column - 1
    for entry in _entries(value):
        if lines[-1] and len(lines[-1]) + len(entry) + 3 > room:
            lines.append("")
        lines[-1] += f"{entry}, "
    joined = ("\n" + " " * (column + 1)).join(line.rstrip() for line in lines)
    return f"{{{joined.rstrip(',')}}}"


def same(found: Plain | None, wanted: Wanted) -> bool:
    """Whether what stands there is what is wanted. A word by itself is a list of one."""
    if isinstance(wanted, Mapping):
        return (
            isinstance(found, dict)
            and found.keys() == wanted.keys()
            and all(same(found[key], each) for key, each in wanted.items())
        )
    if isinstance(wanted, Words):
        listed: Sequence[Plain] | None = [found] if isinstance(found, str) else None
        if isinstance(found, list):
            listed = found
        if listed is None or not all(isinstance(each, str) for each in listed):
            return False
        words = [str(each) for each in wanted.words]
        if wanted.ordered:
            return list(listed) == words
        return len(listed) == len(words) and set(map(str, listed)) == set(words)
    return found == (on_one_line(wanted) if isinstance(wanted, int) else wanted)
