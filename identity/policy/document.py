"""The policy document: the reviewable YAML text, parsed and checked into frozen values.

First match wins: the rules are read from the top, and `default` catches what is left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from identity.policy.decision import (
    ASKS_FOR_PROOF,
    REASON_CODES,
    Obligations,
    Outcome,
)
from identity.policy.facts import DIMENSIONS, Coarse, Consent
from identity.policy.obliging import FIELDS, MUST_SAY, check_obligations, read_fields
from identity.policy.offline import OfflineProfile, read_offline
from identity.policy.presence_rules import read_presence
from identity.policy.reading import Place, read_document
from identity.policy.scoring import read_risk
from identity.policy.trust_section import read_trust
from identity.risk import RiskWeights
from identity.trust import TrustTable
from presence.rules import PresenceRules

DEFAULT_ID = "default"
MAX_RULES = 500
READS_AT_LEAST = frozenset({"view", "draft"})
"""What a rule that is read-only leaves open where it does not say."""
_OUTCOMES = [outcome.value for outcome in Outcome]
_SECTIONS = ("version_name", "risk", "trust", "presence", "offline", "profiles", "rules")
_RULE = ("id", "when", "outcome", "profile", "with", "because")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `when` names the values of each fact it is about; a fact it leaves out may have
    any value. `line` is where it stands in the document."""

    id: str
    when: Mapping[str, tuple[Coarse, ...]]
    outcome: Outcome
    profile: str
    obligations: Obligations
    because: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy version as people review it."""

    version_name: str
    risk: RiskWeights
    trust: TrustTable
    presence: PresenceRules
    offline: Mapping[str, OfflineProfile]
    profiles: Mapping[str, Obligations]
    rules: tuple[Rule, ...]
    default: Rule


def parse_policy(text: str) -> Policy:
    """The policy written in the YAML `text` (at most 256 KiB).

    Times are whole seconds or `45s`, `15m`, `8h`, `3d`. Raises PolicyError at the first thing
    that is wrong, with its line and column: unknown words and keys, duplicates, times that make
    no sense, factors that cannot prove what is required, a missing default.
    """
    root = read_document(text)
    parts = root.mapping((*_SECTIONS, "default"), required=_SECTIONS)
    if "default" not in parts:
        raise root.refuse("missing_default")
    profiles = _read_profiles(parts["profiles"])
    rules: dict[str, Rule] = {}
    listed = parts["rules"].items()
    if len(listed) > MAX_RULES:
        raise parts["rules"].refuse("too_many_rules", limit=MAX_RULES)
    for place in listed:
        entries = place.mapping(_RULE, required=("id", "when", "outcome", "profile", "because"))
        rule = _read_rule(place, entries, profiles, entries["id"].name())
        if rule.id in rules or rule.id == DEFAULT_ID:
            raise entries["id"].refuse("duplicate_id", word=rule.id)
        rules[rule.id] = rule
    return Policy(
        version_name=parts["version_name"].text(),
        risk=read_risk(parts["risk"]),
        trust=read_trust(parts["trust"]),
        presence=read_presence(parts["presence"]),
        offline=read_offline(parts["offline"]),
        profiles=profiles,
        rules=tuple(rules.values()),
        default=_read_default(parts["default"], profiles),
    )


def _read_default(place: Place, profiles: Mapping[str, Obligations]) -> Rule:
    entries = place.mapping(
        ("outcome", "profile", "with", "because"), required=("outcome", "profile", "because")
    )
    rule = _read_rule(place, entries, profiles, DEFAULT_ID)
    if rule.outcome is not Outcome.BLOCK:
        raise entries["outcome"].refuse("default_not_block")
    return rule


def _read_rule(
    place: Place, entries: dict[str, Place], profiles: Mapping[str, Obligations], rule_id: str
) -> Rule:
    outcome = Outcome(entries["outcome"].word(_OUTCOMES, "outcome"))
    profile = entries["profile"].text()
    if profile not in profiles:
        raise entries["profile"].refuse("unknown_profile", word=profile)
    obligations = profiles[profile]
    if "with" in entries:
        own = read_fields(entries["with"].mapping(FIELDS))
        obligations = replace(obligations, **own)
        check_obligations(entries["with"], obligations)
    if outcome in ASKS_FOR_PROOF and not obligations.permitted_factors:
        raise entries["profile"].refuse("no_factor", outcome=outcome.value)
    if outcome is Outcome.BLOCK and obligations.permitted_factors:
        raise entries["profile"].refuse("block_with_factors")
    when = _read_when(entries["when"]) if "when" in entries else {}
    if outcome is Outcome.READ_ONLY:
        obligations = replace(
            obligations, read_only=True, read_scope=obligations.read_scope or READS_AT_LEAST
        )
    if outcome is Outcome.PROCEED_THEN_CONFIRM:
        if when.get("consent") != (Consent.GIVEN,):
            raise entries["outcome"].refuse("needs_consent")
        if not obligations.confirm_within:
            raise entries["profile"].refuse("no_deadline")
    return Rule(
        id=rule_id,
        when=when,
        outcome=outcome,
        profile=profile,
        obligations=obligations,
        because=tuple(entries["because"].words(REASON_CODES, "reason")),
        line=place.node.start_mark.line + 1,
    )


def _read_when(place: Place) -> dict[str, tuple[Coarse, ...]]:
    found: dict[str, tuple[Coarse, ...]] = {}
    for name, value in place.mapping(DIMENSIONS).items():
        members = DIMENSIONS[name]
        words = value.words([member.word for member in members], name.replace("_", " "))
        found[name] = tuple(sorted(members.named(word) for word in words))
    return found


def _read_profiles(place: Place) -> dict[str, Obligations]:
    written: dict[str, tuple[Place, dict[str, Place]]] = {}
    for word, profile in place.mapping().items():
        written[word] = (profile, profile.mapping(("like", *FIELDS)))
    found: dict[str, Obligations] = {}
    for word in written:
        way = _way_up(word, written)
        values: dict[str, Any] = {}
        for step in reversed(way):
            values |= read_fields(written[step][1])
        for field in MUST_SAY:
            if field not in values:
                raise written[word][0].refuse("missing_key", word=field)
        found[word] = Obligations(**values)
        check_obligations(written[word][0], found[word])
    return found


def _way_up(word: str, written: Mapping[str, tuple[Place, dict[str, Place]]]) -> list[str]:
    """The profile and those it is like, nearest first."""
    way = [word]
    while (like := written[way[-1]][1].get("like")) is not None:
        above = like.text()
        if above not in written:
            raise like.refuse("unknown_profile", word=above)
        if above in way:
            raise like.refuse("profile_cycle", word=above, way=" → ".join([*way, above]))
        way.append(above)
    return way
