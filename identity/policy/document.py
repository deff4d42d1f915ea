"""The policy document: the reviewable YAML text, parsed and checked into frozen values.

First match wins: the rules are read from the top, and `default` catches what is left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from identity.policy.decision import (
    ASKS_FOR_PROOF,
    FACTOR_CEILING,
    PHISHING_RESISTANT,
    REASON_CODES,
    Aal,
    Obligations,
    Outcome,
)
from identity.policy.facts import DIMENSIONS, Coarse
from identity.policy.reading import Place, read_document
from identity.policy.scoring import read_risk, read_trust
from identity.risk import RiskWeights
from identity.trust import TrustTable

DEFAULT_ID = "default"
MAX_RULES = 500
DAY = 86400
_LONGEST = 30 * DAY
"""No action waits for more than a month: by then nobody remembers having asked."""
_OUTCOMES = [outcome.value for outcome in Outcome]
_FIELDS = (
    "required_aal",
    "phishing_resistant",
    "max_proof_age",
    "permitted_factors",
    "challenge_ttl",
    "window",
    "on_expiry",
    "grace",
    "retries",
    "read_only",
    "escalate_to",
    "approvals",
)
_MUST_SAY = (
    "required_aal",
    "max_proof_age",
    "permitted_factors",
    "challenge_ttl",
    "window",
    "on_expiry",
    "grace",
    "retries",
)
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
    parts = root.mapping(
        ("version_name", "risk", "trust", "profiles", "rules", "default"),
        required=("version_name", "risk", "trust", "profiles", "rules"),
    )
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
        own = _read_fields(entries["with"].mapping(_FIELDS))
        obligations = replace(obligations, **own)
        _check_obligations(entries["with"], obligations)
    if outcome in ASKS_FOR_PROOF and not obligations.permitted_factors:
        raise entries["profile"].refuse("no_factor", outcome=outcome.value)
    if outcome is Outcome.BLOCK and obligations.permitted_factors:
        raise entries["profile"].refuse("block_with_factors")
    if outcome is Outcome.READ_ONLY:
        obligations = replace(obligations, read_only=True)
    return Rule(
        id=rule_id,
        when=_read_when(entries["when"]) if "when" in entries else {},
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
        written[word] = (profile, profile.mapping(("like", *_FIELDS)))
    found: dict[str, Obligations] = {}
    for word in written:
        way = _way_up(word, written)
        values: dict[str, Any] = {}
        for step in reversed(way):
            values |= _read_fields(written[step][1])
        for field in _MUST_SAY:
            if field not in values:
                raise written[word][0].refuse("missing_key", word=field)
        found[word] = Obligations(**values)
        _check_obligations(written[word][0], found[word])
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


def _read_fields(entries: Mapping[str, Place]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, value in entries.items():
        match name:
            case "required_aal":
                values[name] = Aal(value.number(0, 3))
            case "approvals":
                values[name] = value.number(0, 5)
            case "phishing_resistant" | "read_only":
                values[name] = value.flag()
            case "max_proof_age":  # AAL2 reauthentication: a day at most, NIST SP 800-63B-4 §2.2.3
                values[name] = value.seconds(0, DAY)
            case "challenge_ttl":  # out-of-band secrets: ten minutes, NIST SP 800-63B-4 §3.1.3.3
                values[name] = value.seconds(30, 600)
            case "window" | "grace":
                values[name] = value.seconds(60, _LONGEST)
            case "permitted_factors":
                values[name] = frozenset(value.words(FACTOR_CEILING, "factor", empty=True))
            case "on_expiry":
                values[name] = value.word(("fallback", "review"), "step on expiry")
            case "escalate_to":
                word = value.word(("security", "support", "none"), "team")
                values[name] = None if word == "none" else word
            case "retries":
                steps = value.items(most=20)
                if not steps:
                    raise value.refuse("empty_list")
                values[name] = tuple(step.seconds(30, _LONGEST) for step in steps)
    return values


def _check_obligations(place: Place, obligations: Obligations) -> None:
    for factor in sorted(obligations.permitted_factors):
        if FACTOR_CEILING[factor] < obligations.required_aal:
            raise place.refuse("factor_too_weak", word=factor, aal=int(obligations.required_aal))
    resistant = obligations.permitted_factors & PHISHING_RESISTANT
    if obligations.phishing_resistant and obligations.permitted_factors and not resistant:
        raise place.refuse("not_resistant")
    if obligations.challenge_ttl > obligations.window:
        raise place.refuse("outlives_window")
