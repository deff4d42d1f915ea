"""`policy check` and `policy prove`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.console import Console

from config.policy_command.documents import policy_of
from config.policy_command.lines import Lines
from identity.messages import say
from identity.messages.policy_words import demand_of, place_of, sentence_of, situation_of
from identity.policy.compiled import compile_policy
from identity.policy.document import Policy
from identity.policy.guardrails import GUARDRAILS, Guardrail, Proof, Violation, prove


def add_arguments(subparsers: Any) -> None:
    """`check [FILE|--active]` and `prove [FILE|--active]`."""
    for name, handler, what in (
        ("check", check, "Read a policy: is it well-formed, complete, every rule reachable?"),
        ("prove", prove_it, "Prove the guardrails of a policy over every situation there is."),
    ):
        parser = subparsers.add_parser(name, help=what, description=what)
        which = parser.add_mutually_exclusive_group()
        which.add_argument(
            "file", nargs="?", metavar="FILE", help="a policy file or the number of a version"
        )
        which.add_argument(
            "--active", action="store_true", help="the active version (so it is without FILE)"
        )
        parser.set_defaults(handler=handler)


def check(options: dict[str, Any], console: Console) -> bool:
    """Whether the policy reads well and each of its rules decides something."""
    named = policy_of(options["file"])
    compiled = compile_policy(named.policy)
    unreachable, lines = compiled.unreachable_rules(), Lines(console)
    lines.plain(say("policy.check.reads", name=named.label, rules=len(named.policy.rules)))
    _tell_completeness(lines, named.policy, unreachable, compiled.unforeseen())
    return not unreachable


def prove_it(options: dict[str, Any], console: Console) -> bool:
    """Whether no guardrail is broken."""
    named = policy_of(options["file"])
    proof, lines = prove(named.policy), Lines(console)
    lines.plain(named.label)
    for guardrail in proof.proved:
        lines.marked("✓", "green", _headed(guardrail))
    for guardrail in proof.broken:
        lines.marked("✗", "red", _headed(guardrail))
        for violation in proof.violations:
            if violation.guardrail is guardrail:
                _tell(lines, violation)
    _tell_completeness(lines, named.policy, proof.unreachable, proof.unforeseen)
    lines.verdict(proof.holds, _summary(proof))
    return proof.holds


def _headed(guardrail: Guardrail) -> str:
    return f"{guardrail.id} {guardrail.name}: {demand_of(guardrail)}"


def _tell(lines: Lines, violation: Violation) -> None:
    lines.below(f"{say('policy.line', line=str(violation.line))} {sentence_of(violation)}")
    lines.below(place_of(violation), 2)
    lines.below(say("policy.example", facts=situation_of(violation.facts)), 2)
    if violation.against_facts is not None:
        lines.below(say("policy.held_against", facts=situation_of(violation.against_facts)), 2)


def _tell_completeness(
    lines: Lines, policy: Policy, unreachable: Iterable[str], unforeseen: int
) -> None:
    where = {rule.id: rule.line for rule in policy.rules}
    for rule_id in unreachable:
        place = say("policy.line", line=str(where[rule_id]))
        lines.marked("!", "yellow", f"{place} {say('policy.proof.unreachable', rule=rule_id)}")
    said = "policy.proof.unforeseen" if unforeseen else "policy.proof.complete"
    lines.marked("!" if unforeseen else "✓", "", say(said, unforeseen=unforeseen))


def _summary(proof: Proof) -> str:
    if proof.holds:
        return say(
            "policy.proof.holds", situations=f"{proof.situations:,}", proved=len(proof.proved)
        )
    return say(
        "policy.proof.broken",
        broken=len(proof.broken),
        guardrails=len(GUARDRAILS),
    )
