"""The active policy, compiled once in each process and looked up by its number."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from config.lifecycle import fetch
from identity.errors import NoActivePolicy
from identity.models import PolicyVersion
from identity.policy.compiled import CompiledPolicy, compile_policy, kinds_moved_by
from identity.policy.document import Policy, parse_policy


@dataclass(frozen=True, slots=True)
class ActivePolicy:
    """A policy version ready for use."""

    number: int
    document: Policy
    table: CompiledPolicy
    consentable: frozenset[int]
    """The kinds of action, by `kind_of`, to which consent given beforehand makes a difference."""


@lru_cache(maxsize=8)
def _compiled(number: int, digest: str) -> ActivePolicy:
    text = PolicyVersion.objects.values_list("document", flat=True).get(number=number)
    document = parse_policy(text)
    table = compile_policy(document)
    return ActivePolicy(number, document, table, kinds_moved_by(table, "consent"))


def active_policy() -> ActivePolicy:
    """The version that decides now. One query; compiled only when the version is new here.

    Raises NoActivePolicy: without a policy nothing is decided.
    """
    found = fetch("SELECT number, digest FROM identity_policyversion WHERE status = 'active'")
    if not found:
        raise NoActivePolicy
    return _compiled(*found[0])


def policy_numbered(number: int) -> ActivePolicy:
    """A version by its number, active or not: decisions are explained by what decided them.

    Raises PolicyError for one that this release cannot read, PolicyVersion.DoesNotExist.
    """
    digest = PolicyVersion.objects.values_list("digest", flat=True).get(number=number)
    return _compiled(number, digest)
