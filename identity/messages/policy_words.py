"""What a policy must keep and how it fails to, in words for those who write and sign it.

Facts: `rule`, `line`, `against` (the rule it is held against), `count`, `limit`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from identity.messages.catalogue import say

if TYPE_CHECKING:
    from identity.policy.difference import Change
    from identity.policy.guardrails import Guardrail, Violation

MESSAGES: dict[str, str] = {
    # what each guardrail demands
    "guardrail.g1.demand": "What cannot be undone and is of high value or sensitivity needs a new "
    "proof, no older than what counts as fresh in the mode.",
    "guardrail.g2.demand": "A fallback never asks for less than the usual way.",
    "guardrail.g3.demand": "An e-mail link or SMS never proves AAL2 and never approves high "
    "sensitivity.",
    "guardrail.g4.demand": "Escalated is only resolved by a person.",
    "guardrail.g5.demand": "Red is blocked until a person has looked at it.",
    "guardrail.g6.demand": "Enrolling a factor or device, changing policy and raising a role never "
    "rest on cached or degraded trust.",
    "guardrail.g7.demand": "What is unknown is never looser than its strictest value.",
    "guardrail.g8.demand": "Every wait has an end and a next step.",
    "guardrail.g9.demand": "An offline profile never holds a type of high sensitivity.",
    "guardrail.g10.demand": "Worse risk, older trust, worse availability or a failed dependency "
    "never asks for less.",
    # how a rule breaks one
    "guardrail.g1.no_proof": "“{rule}” lets it go on without a new proof, though it cannot be "
    "undone and is of high value or sensitivity.",
    "guardrail.g1.old_proof": "“{rule}” accepts a proof older than what counts as fresh in that "
    "mode, though it cannot be undone and is of high value or sensitivity.",
    "guardrail.g2.level": "“{rule}” asks for a lower assurance level than “{against}” does in the "
    "same situation.",
    "guardrail.g2.phishing": "“{rule}” does not ask for a phishing-resistant proof, though "
    "“{against}” does in the same situation.",
    "guardrail.g2.age": "“{rule}” accepts an older proof than “{against}” does in the same "
    "situation.",
    "guardrail.g3.below_level": "“{rule}” permits a factor that can never prove the assurance "
    "level it requires.",
    "guardrail.g3.sms": "“{rule}” permits SMS for something of high sensitivity.",
    "guardrail.g3.email_link": "“{rule}” permits an e-mail link for more than what is of low "
    "sensitivity and can be undone.",
    "guardrail.g4.not_blocked": "“{rule}” goes on though the situation is escalated and nobody has "
    "looked at it.",
    "guardrail.g4.nobody_told": "“{rule}” blocks what is escalated, but tells nobody who could "
    "resolve it.",
    "guardrail.g4.no_proof_after_clearance": "“{rule}” goes on without the user’s own proof after "
    "a person let it.",
    "guardrail.g5.not_blocked": "“{rule}” goes on though the risk is red and nobody has looked at "
    "it.",
    "guardrail.g5.nobody_told": "“{rule}” blocks what is red, but tells nobody who could verify "
    "it.",
    "guardrail.g5.no_proof_after_clearance": "“{rule}” goes on at red risk without the user’s own "
    "proof after a person let it.",
    "guardrail.g6.no_proof": "“{rule}” lets it go on without a new proof, though it gives a "
    "factor, a device, a policy or a role.",
    "guardrail.g6.level": "“{rule}” asks for less than AAL2, though it gives a factor, a device, "
    "a policy or a role.",
    "guardrail.g7.proof": "“{rule}” needs no new proof where a fact is unknown, though “{against}” "
    "needs one where it is known.",
    "guardrail.g7.level": "“{rule}” asks for a lower assurance level where a fact is unknown than "
    "“{against}” where it is known.",
    "guardrail.g7.person": "“{rule}” needs no second person where a fact is unknown, though "
    "“{against}” needs one where it is known.",
    "guardrail.g8.no_end": "“{rule}” makes people wait without an end.",
    "guardrail.g8.no_retry": "“{rule}” has no time between two tries.",
    "guardrail.g8.no_next_step": "“{rule}” has no next step when the window has passed.",
    "guardrail.g8.long_challenge": "“{rule}” has challenges that live longer than ten minutes or "
    "not at all.",
    "guardrail.g8.no_way": "“{rule}” waits for a proof that nothing is permitted to give.",
    "guardrail.g8.no_deadline": "“{rule}” lets something go on first and has no time by which it "
    "must be confirmed.",
    "guardrail.g9.holds_high": "“{rule}” holds types of high sensitivity.",
    "guardrail.g10.proof": "“{rule}” needs no new proof, though “{against}” needs one where things "
    "are better.",
    "guardrail.g10.level": "“{rule}” asks for a lower assurance level than “{against}”, where "
    "things are better.",
    "guardrail.g10.person": "“{rule}” needs no second person, though “{against}” needs one where "
    "things are better.",
    # the whole proof
    "policy.proof.holds": "Proved over all {situations} situations: {proved} guardrails hold.",
    "policy.proof.broken": "Broken: {broken} of the {guardrails} guardrails. Such a "
    "policy cannot come into force.",
    "policy.proof.unreachable": "“{rule}” decides nothing: the rules above it catch everything "
    "first.",
    "policy.proof.complete": "Complete: some rule foresees every situation.",
    "policy.proof.unforeseen": "{unforeseen} situations are foreseen by no rule; the default "
    "blocks them.",
    "policy.proof.unforeseen.one": "One situation is foreseen by no rule; the default blocks it.",
    "policy.check.reads": "“{name}” reads well: {rules} rules.",
    "policy.line": "Line {line}:",
    "policy.where": "{count} situations, where {where}",
    "policy.where.one": "One situation: {where}",
    "policy.everywhere": "whatever else is so",
    "policy.example": "first: {facts}",
    "policy.held_against": "held against: {facts}",
    # two versions
    "policy.difference.counts": "{stricter} situations become stricter, {looser} looser, "
    "{otherwise} change otherwise; {same} stay as they are.",
    "policy.difference.none": "The two decide every one of {situations} situations alike.",
    "policy.difference.two": "Name one policy or two.",
    "policy.difference.direction.stricter": "stricter",
    "policy.difference.direction.looser": "looser",
    "policy.difference.direction.otherwise": "otherwise",
    "policy.difference.moved.outcome": "outcome",
    "policy.difference.moved.required_aal": "assurance level",
    "policy.difference.moved.phishing_resistant": "phishing resistance",
    "policy.difference.moved.max_proof_age": "age of a proof",
    "policy.difference.moved.permitted_factors": "permitted factors",
    "policy.difference.moved.approvals": "approvals",
    "policy.difference.moved.challenge_ttl": "life of a challenge",
    "policy.difference.moved.window": "window",
    "policy.difference.moved.grace": "grace",
    "policy.difference.moved.on_expiry": "step on expiry",
    "policy.difference.moved.retries": "retries",
    "policy.difference.moved.ladder": "ladder",
    "policy.difference.moved.read_only": "reading meanwhile",
    "policy.difference.moved.read_scope": "what goes on meanwhile",
    "policy.difference.moved.execution": "hours in which it may happen",
    "policy.difference.moved.confirm_within": "time to confirm",
    "policy.difference.moved.on_silence": "step on silence",
    "policy.difference.moved.escalate_to": "who is told",
    "policy.difference.moved.reasons": "reasons given",
    "policy.difference.moved.other": "another obligation",
    # what the command refuses
    "policy.file.unreadable": "{file}: the file cannot be read.",
    "policy.file.wrong": "{file}, line {line}, column {column}: {sentence}",
    "policy.version.unknown": "There is no policy version {number}.",
    "policy.version.shown": "version {number}",
}


def demand_of(guardrail: Guardrail) -> str:
    """What the guardrail demands, as one sentence."""
    return say(guardrail.sentence)


def sentence_of(violation: Violation) -> str:
    """How the rule breaks the guardrail, as one sentence."""
    return say(violation.sentence, rule=violation.rule_id, against=violation.against)


def place_of(found: Violation | Change) -> str:
    """In how many situations, and where they lie, as one line."""
    return say("policy.where", count=found.count, where=box_of(found.where))


def box_of(where: Mapping[str, Iterable[str]]) -> str:
    """A region in words: “risk is amber or red, trust is none”."""
    parts = [f"{_name(fact)} is {' or '.join(words)}" for fact, words in where.items()]
    return ", ".join(parts) or say("policy.everywhere")


def situation_of(facts: Mapping[str, str]) -> str:
    """One situation in words, every fact by its name."""
    return ", ".join(f"{_name(fact)} {word}" for fact, word in facts.items())


def _name(fact: str) -> str:
    return fact.replace("_", " ")
