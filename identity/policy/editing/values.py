"""Writing one value of a document anew, adding one, dropping one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from identity.policy.editing.places import CannotEdit, Path, Source, changing, plain, source_of
from identity.policy.editing.writing import WIDTH, Plain, Wanted, on_one_line, same, wrapped


def write(text: str, path: Path, value: Wanted, order: Sequence[str] = ()) -> str:
    """The text with `value` at `path`, whose parent must be there.

    A mapping is compared key by key, and only what differs is written. A key that is new goes
    behind those that stand before it in `order`, or to the end.

    Raises PolicyError where the text does not read, CannotEdit where it is written in a way that
    this cannot change.
    """
    with changing(text):
        changed = _written(text, path, value, order)
        if changed != text and not (
            same(plain(source_of(changed).at(path)), value)
            and _without(changed, path) == _without(text, path)
        ):
            raise CannotEdit
    return changed


def drop(text: str, path: Path) -> str:
    """The text without the key that `path` ends with; as it is where there is none.

    Raises what `write` raises.
    """
    with changing(text):
        changed = _dropped(text, path)
        if changed != text and _without(changed, ()) != _without(text, path):
            raise CannotEdit
    return changed


def _written(text: str, path: Path, value: Wanted, order: Sequence[str]) -> str:
    source = source_of(text)
    node = source.at(path)
    if node is None:
        return _added(source, path, value, order)
    found = plain(node)
    if same(found, value):
        return text
    if isinstance(value, Mapping) and isinstance(found, dict) and value:
        for key in found.keys() - value.keys():
            text = _dropped(text, (*path, key))
        for key, each in value.items():
            text = _written(text, (*path, key), each, order or list(value))
        return text
    return _replaced(source, path, node, value)


def _replaced(source: Source, path: Path, node: yaml.Node, value: Wanted) -> str:
    text, start, end = source.text, source.start(node), source.end(node)
    if not _in_lines(node):
        return text[:start] + on_one_line(value) + text[end:]
    parent = source.at(path[:-1])
    if not isinstance(parent, yaml.MappingNode):
        raise CannotEdit
    key = next(key for key, each in parent.value if each is node)
    colon = text.index(":", source.end(key)) + 1
    beside = text[colon:start].partition("\n")[0].rstrip()
    return f"{text[:colon]} {on_one_line(value)}{beside}{text[end:]}"


def _added(source: Source, path: Path, value: Wanted, order: Sequence[str]) -> str:
    text, parent = source.text, source.at(path[:-1])
    if not isinstance(parent, yaml.MappingNode):
        raise CannotEdit
    key, pairs = on_one_line(path[-1]), parent.value
    if not pairs:
        start, end = source.start(parent), source.end(parent)
        return f"{text[:start]}{{{key}: {on_one_line(value)}}}{text[end:]}"
    column = int(pairs[0][0].start_mark.column)
    after = _behind([str(each.value) for each, _ in pairs], str(path[-1]), order)
    if not parent.flow_style:
        place = source.line_end(source.end(pairs[max(after, 0)][1]))
        start_line = "" if text[:place].endswith("\n") else "\n"
        indent = " " * column
        entry = f"{start_line}{indent}{key}: {wrapped(value, column + len(key) + 2)}\n"
        return text[:place] + entry + text[place:]
    entry = f"{key}: {on_one_line(value)}"
    if after < 0:
        place = source.start(pairs[0][0])
        return f"{text[:place]}{entry}, {text[place:]}"
    place = source.end(pairs[after][1])
    rest = text[place : source.line_end(place)].rstrip()
    long = place - source.line_start(place) + len(entry) + len(rest) + 2 > WIDTH
    gap = "\n" + " " * column if long else " "
    return f"{text[:place]},{gap}{entry}{text[place:]}"


def _behind(keys: Sequence[str], key: str, order: Sequence[str]) -> int:
    """The place of the key that `key` goes behind; -1 for the front."""
    if key not in order:
        return len(keys) - 1
    before = set(order[: order.index(key)])
    return max((place for place, each in enumerate(keys) if each in before), default=-1)


def _dropped(text: str, path: Path) -> str:
    source = source_of(text)
    parent, node = source.at(path[:-1]), source.at(path)
    if node is None:
        return text
    if not isinstance(parent, yaml.MappingNode):
        raise CannotEdit
    pairs = parent.value
    if len(pairs) == 1:
        return _replaced(source, path[:-1], parent, {})
    place = next(place for place, (_, value) in enumerate(pairs) if value is node)
    start, end = source.start(pairs[place][0]), source.end(node)
    if place == 0:
        return text[:start] + text[source.start(pairs[1][0]) :]
    if parent.flow_style:
        return text[: source.end(pairs[place - 1][1])] + text[end:]
    return text[: source.line_start(start)] + text[source.line_end(end) :]


def _in_lines(node: yaml.Node) -> bool:
    """Whether it is a list or mapping written in lines of its own."""
    return isinstance(node, yaml.CollectionNode) and not node.flow_style


def _without(text: str, path: Path) -> Plain | None:
    """What the text says but for the value at `path`."""
    whole: Any = plain(source_of(text).root)
    if path:
        parent = whole
        for step in path[:-1]:
            parent = parent[step]
        if isinstance(parent, dict):
            parent.pop(path[-1], None)
        else:
            parent[path[-1]] = None
    found: Plain | None = whole
    return found
