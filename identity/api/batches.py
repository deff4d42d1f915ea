"""A batch of signals as it came over HTTP: each item's shape, whose it is, by which device."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeGuard

from config.lifecycle import fetch
from identity.api.errors import InvalidRequest, TooManyItems
from identity.api.problems import flat_errors
from identity.api.serializers import SignalIn as Shape
from presence.signals import WORDS, SignalIn

MOST = 1000
"""Signals in one batch."""

NAMES = frozenset(Shape().fields)


@dataclass(frozen=True, slots=True)
class Batch:
    """What of a batch can be stored, where each stood in it, and the codes of the others."""

    signals: Sequence[SignalIn]
    where: Sequence[int]
    rejected: dict[int, str]


@dataclass(frozen=True, slots=True)
class _Item:
    """An item of good shape: names as they were given."""

    index: int
    subject: str
    kind: str
    observed_at: datetime
    value: str
    device: str | None


def read_batch(data: Any) -> Batch:
    """Judge the items of a body one by one; two queries at most.

    Raises InvalidRequest, TooManyItems where the body as a whole is no batch.
    """
    rejected: dict[int, str] = {}
    items: list[_Item] = []
    for index, given in enumerate(_listed(data)):
        item = _plain(index, given) or _by_serializer(index, given)
        if isinstance(item, str):
            rejected[index] = item
        else:
            items.append(item)
    people = _people({item.subject for item in items})
    devices = _devices({item.device for item in items if item.device})
    signals: list[SignalIn] = []
    where: list[int] = []
    for item in items:
        person = people.get(item.subject)
        if person is None:
            rejected[item.index] = "unknown_subject"
            continue
        owners = devices.get(item.device) if item.device else None
        if owners and person not in owners:
            rejected[item.index] = "foreign_device"
            continue
        where.append(item.index)
        device = owners[person] if owners else None
        signals.append(SignalIn(person, item.kind, item.observed_at, item.value, device))
    return Batch(signals, where, rejected)


def _listed(data: Any) -> list[Any]:
    if not isinstance(data, dict) or set(data) != {"signals"}:
        raise InvalidRequest(errors=[{"pointer": "#/signals", "code": "required"}])
    items = data["signals"]
    if not isinstance(items, list) or not items:
        raise InvalidRequest(errors=[{"pointer": "#/signals", "code": "not_a_list"}])
    if len(items) > MOST:
        raise TooManyItems(most=MOST)
    return items


def _plain(index: int, given: Any) -> _Item | None:
    """The item if nothing about it is unusual; the serializer has the word on all others.

    A serializer for each of a thousand items costs ten times what storing them does.
    """
    if type(given) is not dict or not given.keys() <= NAMES:
        return None
    subject, kind, device = given.get("subject"), given.get("kind"), given.get("device")
    value = given.get("value")
    value = "" if value is None else value
    if type(kind) is not str or type(value) is not str or (kind, value) not in WORDS:
        return None
    if not _is_name(subject, 150) or not (device is None or _is_name(device, 64)):
        return None
    try:
        observed_at = datetime.fromisoformat(given["observed_at"])
        if observed_at.tzinfo is None:
            return None
        return _Item(index, subject, kind, observed_at.astimezone(UTC), value, device)
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def _is_name(value: Any, longest: int) -> TypeGuard[str]:
    return (
        type(value) is str
        and 0 < len(value) <= longest
        and value.isprintable()
        and not (value[0].isspace() or value[-1].isspace())
    )


def _by_serializer(index: int, given: Any) -> _Item | str:
    """The item, or the code of what is wrong with it."""
    shape = Shape(data=given)
    if not shape.is_valid():
        return _shape_code(given, shape.errors)
    data = shape.validated_data
    return _Item(
        index,
        data["subject"],
        data["kind"],
        data["observed_at"],
        data.get("value") or "",
        data.get("device") or None,
    )


def _shape_code(given: Any, errors: Any) -> str:
    if isinstance(given, dict):
        if "kind" in errors:
            return "unknown_kind"
        if "value" in errors:
            return "wrong_value"
        if "observed_at" in errors:
            return "wrong_time"
    return flat_errors(errors)[0]["code"] if errors else "invalid"


def _people(names: Collection[str]) -> dict[str, int]:
    """The active people of those names."""
    if not names:
        return {}
    sql = "SELECT username, id FROM identity_user WHERE username = ANY (%s) AND is_active"
    return dict(fetch(sql, [list(names)]))


def _devices(references: Collection[str]) -> dict[str, dict[int, uuid.UUID]]:
    """Reference → owner → device, for active devices."""
    if not references:
        return {}
    found: dict[str, dict[int, uuid.UUID]] = {}
    sql = (
        "SELECT reference, user_id, id FROM identity_device"
        " WHERE reference = ANY (%s) AND status = 'active'"
    )
    for reference, owner, device in fetch(sql, [list(references)]):
        found.setdefault(reference, {})[owner] = device
    return found
