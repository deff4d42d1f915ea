"""Reading a body: bounded, strict JSON, nothing that the database could choke on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import IO, Any, ClassVar, NoReturn

from rest_framework.parsers import BaseParser

from identity.api.errors import BodyTooLarge, InvalidJson

LARGEST = 64 * 1024
"""Bytes of a request body; batches of signals have a larger bound of their own."""


class StrictJSONParser(BaseParser):
    """JSON in UTF-8 without NaN, NUL, lone surrogates, doubled names or endless nesting."""

    media_type = "application/json"
    largest: ClassVar[int] = LARGEST

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """The value. Raises BodyTooLarge, InvalidJson."""
        raw = stream.read(self.largest + 1)
        if len(raw) > self.largest:
            raise BodyTooLarge
        try:
            value = json.loads(raw.decode("utf-8"), parse_constant=_refuse, object_pairs_hook=_once)
            text = json.dumps(value, ensure_ascii=False)
            text.encode("utf-8")
        except (ValueError, RecursionError) as error:
            raise InvalidJson from error
        if "\\u0000" in text:
            raise InvalidJson
        return value


class SignalsParser(StrictJSONParser):
    """A thousand signals are about 120 KB of JSON."""

    largest: ClassVar[int] = 256 * 1024


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found
