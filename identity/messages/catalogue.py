"""Looking a message up: an unknown id or a missing fact is an error, never a silent default."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

PACKAGE = "identity.messages"
WORDLESS = frozenset({"catalogue", "compose", "times"})
"""Modules of the package that put words together instead of holding any."""


class UnknownMessage(LookupError):
    """No message goes by that id, or a fact that its words need was not given."""


@cache
def _catalogue() -> Mapping[str, str]:
    """Every theme's messages, merged once. Raises UnknownMessage for an id that two themes have."""
    merged: dict[str, str] = {}
    package = importlib.import_module(PACKAGE)
    for module in pkgutil.iter_modules(package.__path__):
        if module.name in WORDLESS:
            continue
        theme = importlib.import_module(f"{PACKAGE}.{module.name}")
        messages: dict[str, str] = theme.MESSAGES
        doubled = merged.keys() & messages.keys()
        if doubled:
            raise UnknownMessage(f"in two themes: {', '.join(sorted(doubled))}")
        merged.update(messages)
    return merged


def has(message_id: str) -> bool:
    """Whether the catalogue has `message_id`."""
    return message_id in _catalogue()


def all_ids() -> frozenset[str]:
    """Every id of the catalogue."""
    return frozenset(_catalogue())


def say(message_id: str, **facts: Any) -> str:
    """The sentence of `message_id` with `facts` filled in.

    A moment (aware datetime) is written in UTC; a face that knows the person's zone puts it into
    words first (`identity.messages.times.when`). Facts that the sentence does not name are ignored.

    Raises UnknownMessage.
    """
    messages = _catalogue()
    text = messages.get(_counted(message_id, facts, messages))
    if text is None:
        raise UnknownMessage(message_id)
    try:
        return text.format(**{name: _worded(fact) for name, fact in facts.items()})
    except (KeyError, IndexError) as missing:
        raise UnknownMessage(f"{message_id} needs {missing}") from missing


def _counted(message_id: str, facts: Mapping[str, Any], messages: Mapping[str, str]) -> str:
    numbers = {fact for fact in facts.values() if type(fact) is int}
    for number, variant in ((1, f"{message_id}.one"), (0, f"{message_id}.none")):
        if number in numbers and variant in messages:
            return variant
    return message_id


def _worded(fact: Any) -> Any:
    return (
        f"{fact:%a} {fact.day} {fact:%b}, {fact:%H:%M} UTC" if isinstance(fact, datetime) else fact
    )
