"""Where the values of a document stand in its text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache

import yaml

from identity.policy.editing.writing import Plain
from identity.policy.errors import PolicyError
from identity.policy.reading import read_document

Path = Sequence[str | int]
"""The way from the root to a value: keys of mappings, places in lists."""


GIVEN = frozenset({"too_large", "not_text"})
"""How a text may come not to read by what was put into it."""


class CannotEdit(Exception):
    """What stands there is written in a way that only the text itself can change."""


@dataclass(frozen=True, slots=True)
class Source:
    """A text with its nodes. Raises PolicyError where the text does not read."""

    text: str
    root: yaml.Node

    def at(self, path: Path) -> yaml.Node | None:
        """The node at `path`; None where there is nothing."""
        node: yaml.Node | None = self.root
        for step in path:
            if isinstance(node, yaml.MappingNode):
                node = next((value for key, value in node.value if key.value == step), None)
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
                node = node.value[step] if 0 <= step < len(node.value) else None
            else:
                return None
        return node

    def start(self, node: yaml.Node) -> int:
        """The place of its first character."""
        return int(node.start_mark.index)

    def end(self, node: yaml.Node) -> int:
        """The place after its last character. YAML lets what is written in several lines end
        where the next thing begins; here it ends with the last value in it."""
        if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
            last = node.value[-1]
            return self.end(last[1] if isinstance(last, tuple) else last)
        start, end = self.start(node), int(node.end_mark.index)
        return start + len(self.text[start:end].rstrip()) if start < end else start

    def line_start(self, place: int) -> int:
        """Where the line of `place` begins."""
        return self.text.rfind("\n", 0, place) + 1

    def line_end(self, place: int) -> int:
        """Where the line after that of `place` begins; the end of the text for the last one."""
        found = self.text.find("\n", place)
        return len(self.text) if found < 0 else found + 1


@lru_cache(maxsize=8)
def source_of(text: str) -> Source:
    """The text with its nodes. Raises PolicyError with the place where it does not read, and
    CannotEdit for a text with a mark in front that shifts every place."""
    if text.startswith("\ufeff"):
        raise CannotEdit
    return Source(text, read_document(text).node)


@contextmanager
def changing(text: str) -> Iterator[None]:
    """While `text`, which reads, is being changed: what then does not read is not the author's
    mistake, unless it is what they gave.

    Raises PolicyError for a text that does not read to begin with, CannotEdit.
    """
    source_of(text)
    try:
        yield
    except PolicyError as error:
        if error.code in GIVEN:
            raise
        raise CannotEdit from error


def plain(node: yaml.Node | None) -> Plain | None:
    """What the node says."""
    if isinstance(node, yaml.MappingNode):
        return {str(key.value): _plain(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_plain(each) for each in node.value]
    return None if node is None else str(node.value)


def _plain(node: yaml.Node) -> Plain:
    found = plain(node)
    return "" if found is None else found


def plain_at(text: str, path: Path) -> Plain | None:
    """What stands at `path`, every scalar as its characters; None where nothing does.

    Raises PolicyError for a text that does not read.
    """
    return plain(source_of(text).at(path))
