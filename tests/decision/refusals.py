"""What a wrong document is refused with, and where."""

from __future__ import annotations

import pytest

from identity.policy.document import parse_policy
from identity.policy.errors import PolicyError


def place_of(text: str, marker: str) -> tuple[int, int]:
    """Line and column of `marker` in `text`, counted from 1."""
    before = text[: text.index(marker)]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def refused(text: str) -> PolicyError:
    """The error that `text` gives."""
    with pytest.raises(PolicyError) as caught:
        parse_policy(text)
    return caught.value
