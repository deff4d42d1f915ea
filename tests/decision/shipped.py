"""The shipped policy, read and compiled once for the tests of the decision."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from identity.policy.compiled import CompiledPolicy, compile_policy
from identity.policy.decision import Decision
from identity.policy.document import Policy, parse_policy
from identity.policy.facts import DIMENSIONS, SPACE_SIZE, Facts, all_facts

TEXT = (Path(__file__).parents[2] / "identity/policies/default.yaml").read_text(encoding="utf-8")


@cache
def document() -> Policy:
    """The parsed default policy."""
    return parse_policy(TEXT)


@cache
def table() -> CompiledPolicy:
    """The compiled default policy."""
    return compile_policy(document())


@cache
def space() -> tuple[tuple[Facts, Decision], ...]:
    """Every situation with what the default policy says of it."""
    return tuple(zip(all_facts(), table().table, strict=True))


@cache
def radices() -> dict[str, int]:
    """How far apart in the table two situations lie that differ by one step of a fact."""
    found: dict[str, int] = {}
    step = SPACE_SIZE
    for name, members in DIMENSIONS.items():
        step //= len(members)
        found[name] = step
    return found
