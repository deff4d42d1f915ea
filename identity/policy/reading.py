"""Reading YAML with places: every value knows its line, and nothing clever is accepted."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import time
from typing import Any

import yaml

from identity.policy.errors import PolicyError

MAX_BYTES = 256 * 1024
"""A policy is read by people; a larger file is not one."""
MAX_DEPTH = 8
_MAX_TEXT = 80
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TIME = re.compile(r"(-?[0-9]{1,9}) ?([smhd]?)")
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_NUMBER = re.compile(r"-?[0-9]{1,9}")
_ID = re.compile(r"[a-z0-9][a-z0-9_.-]{0,59}")
_OPENS = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
_CLOSES = (yaml.MappingEndEvent, yaml.SequenceEndEvent)


@dataclass(frozen=True, slots=True)
class Place:
    """A value of the document with its name and place."""

    node: yaml.Node
    what: str

    def refuse(self, code: str, **filling: object) -> PolicyError:
        """The error `code` at this place."""
        line, column = _position(self.node.start_mark)
        return PolicyError(code, line, column, **{"what": self.what, **filling})

    def mapping(
        self, known: Collection[str] | None = None, required: Iterable[str] = ()
    ) -> dict[str, Place]:
        """The entries by key. Only `known` keys (any, if None), none twice, none missing."""
        if not isinstance(self.node, yaml.MappingNode):
            raise self.refuse("not_a_mapping")
        found: dict[str, Place] = {}
        for key_node, value in self.node.value:
            key = Place(key_node, "A key")
            word = key.text()
            if word in found:
                raise key.refuse("duplicate_key", word=word)
            if known is not None and word not in known:
                raise key.refuse("unknown_key", word=word, known=_listed(known))
            found[word] = Place(value, f"“{word}”")
        for word in required:
            if word not in found:
                raise self.refuse("missing_key", word=word)
        return found

    def items(self, most: int = 1000) -> list[Place]:
        """The entries of a list of at most `most`."""
        if not isinstance(self.node, yaml.SequenceNode):
            raise self.refuse("not_a_list")
        if len(self.node.value) > most:
            raise self.refuse("out_of_range", least=0, most=f"{most} entries")
        return [Place(node, f"An entry of {self.what}") for node in self.node.value]

    def text(self) -> str:
        """A string of 1 to 80 characters; numbers, dates and null are not strings."""
        node = self.node
        if (
            not isinstance(node, yaml.ScalarNode)
            or node.tag not in ("tag:yaml.org,2002:str", "tag:yaml.org,2002:merge")
            or not 0 < len(node.value) <= _MAX_TEXT
            or "\n" in node.value
        ):
            raise self.refuse("not_a_word")
        return str(node.value)

    def with_text(self, text: str) -> Place:
        """A part of this value, at the same place."""
        node = yaml.ScalarNode(
            "tag:yaml.org,2002:str", text, self.node.start_mark, self.node.end_mark
        )
        return Place(node, self.what)

    def name(self) -> str:
        """A name that can stand in a log, an address and a table."""
        word = self.text()
        if not _ID.fullmatch(word):
            raise self.refuse("bad_id", word=word)
        return word

    def word(self, known: Collection[str], kind: str) -> str:
        """One of the `known` words; `kind` names them in the error."""
        word = self.text()
        if word not in known:
            raise self.refuse("unknown_word", word=word, what=kind, known=_listed(known))
        return word

    def words(self, known: Collection[str], kind: str, *, empty: bool = False) -> list[str]:
        """A list of different known words, or one word by itself."""
        if isinstance(self.node, yaml.ScalarNode):
            return [self.word(known, kind)]
        found: list[str] = []
        for item in self.items():
            word = item.word(known, kind)
            if word in found:
                raise item.refuse("duplicate_word", word=word)
            found.append(word)
        if not found and not empty:
            raise self.refuse("empty_list")
        return found

    def number(self, least: int, most: int) -> int:
        """A whole number within the bounds."""
        value = self._scalar()
        if not _NUMBER.fullmatch(value):
            raise self.refuse("not_a_number")
        if not least <= int(value) <= most:
            raise self.refuse("out_of_range", least=least, most=most)
        return int(value)

    def seconds(self, least: int, most: int) -> int:
        """A time within the bounds, in seconds; `90` and `90s`, `15m`, `8h`, `3d` are accepted."""
        found = _TIME.fullmatch(self._scalar())
        if found is None:
            raise self.refuse("not_a_time")
        value = int(found[1]) * _SECONDS[found[2]]
        if not least <= value <= most:
            raise self.refuse("out_of_range", least=_spoken(least), most=_spoken(most))
        return value

    def flag(self) -> bool:
        """`true` or `false`."""
        value = self._scalar()
        if value not in ("true", "false"):
            raise self.refuse("not_a_flag")
        return value == "true"

    def clock_time(self) -> time:
        """A time of day, `08:00` to `23:59`."""
        found = _CLOCK.fullmatch(self._scalar())
        if found is None:
            raise self.refuse("not_a_clock_time")
        return time(int(found[1]), int(found[2]))

    def is_word(self) -> bool:
        """Whether it is a single value: neither a mapping nor a list."""
        return isinstance(self.node, yaml.ScalarNode)

    def _scalar(self) -> str:
        return str(self.node.value) if isinstance(self.node, yaml.ScalarNode) else ""


def read_document(text: str) -> Place:
    """The root of the YAML `text`, checked to be one plain document without aliases or types.

    Raises PolicyError with the place. Nothing is constructed: the nodes only hold strings.
    """
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise PolicyError("too_large", 1, 1, limit=MAX_BYTES // 1024)
    try:
        _refuse_cleverness(text)
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        place = _position(error.problem_mark or error.context_mark)
        raise PolicyError("not_yaml", *place, problem=error.problem) from None
    except yaml.reader.ReaderError as error:
        raise _unreadable(text, error.position) from None
    except UnicodeEncodeError as error:
        raise _unreadable(text, error.start) from None
    if root is None:
        raise PolicyError("not_a_mapping", 1, 1, what="The document")
    return Place(root, "The document")


def _refuse_cleverness(text: str) -> None:
    depth = documents = 0
    for event in yaml.parse(text, Loader=_LOADER):
        documents += isinstance(event, yaml.DocumentStartEvent)
        depth += isinstance(event, _OPENS) - isinstance(event, _CLOSES)
        code = ""
        if documents > 1:
            code = "several_documents"
        elif isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            code = "alias"
        elif getattr(event, "tag", None) not in (None, "!"):
            code = "tag"
        elif depth > MAX_DEPTH:
            code = "too_deep"
        if code:
            raise PolicyError(code, *_position(event.start_mark))


def _position(mark: Any) -> tuple[int, int]:
    """Line and column, counted from 1; the beginning where YAML gives no place."""
    return (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)


def _unreadable(text: str, position: int) -> PolicyError:
    line_start = text.rfind("\n", 0, position) + 1
    return PolicyError("not_text", text.count("\n", 0, position) + 1, position - line_start + 1)


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)


def _spoken(seconds: int) -> str:
    for unit in "dhm":
        if seconds and seconds % _SECONDS[unit] == 0:
            return f"{seconds // _SECONDS[unit]}{unit}"
    return f"{seconds}s"
