"""What a proof is worth, for how long and why not, in words for those who write and sign a policy.

Facts: `fresh`, `recent`, `gone` (spans in words), `before`, `after`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from identity.messages.catalogue import say
from identity.policy.difference_scores import compare_risk, compare_trust

if TYPE_CHECKING:
    from identity.policy.difference_scores import RiskDifference, TrustDifference
    from identity.policy.document import Policy

MESSAGES: dict[str, str] = {
    # the factors, as staff call them
    "trust.factor.security_key": "security key",
    "trust.factor.totp": "authenticator app (TOTP)",
    "trust.factor.push": "push prompt",
    "trust.factor.backup_code": "backup code",
    "trust.factor.email_link": "e-mail link",
    "trust.factor.sms": "SMS",
    "trust.factor.support": "support’s check",
    # the page of a version
    "console.trust.open": "What a proof is worth",
    "console.trust.title": "What a proof is worth: {name}",
    "console.trust.lede": "How long an earlier proof counts by this version, and what ends it at "
    "once. Each lifetime is a fraud window: for so long a stolen session could use a proof that "
    "somebody else gave.",
    "console.trust.anchor": "{name}: {factors}",
    "console.trust.overview": "How long a stolen session could use a proof, in normal mode",
    "console.trust.label.anchor": "Proof by",
    "console.trust.cell": "fresh {fresh}, recent {recent}",
    "console.trust.cell.never": "never fresh or recent",
    "console.trust.label.sensitivity": "Sensitivity",
    "console.trust.label.mode": "Mode",
    "console.trust.label.fresh": "Fresh",
    "console.trust.label.recent": "Recent",
    "console.trust.label.half_life": "Half-life",
    "console.trust.label.gone": "Worth nothing after",
    "console.trust.windows": "The fraud windows that this accepts: {factors}",
    "console.trust.window": "{sensitivity} sensitivity, {mode} mode: a stolen session can use this "
    "proof as a fresh one for {fresh}, and as a recent one for {recent}. After {gone} it is worth "
    "nothing.",
    "console.trust.window.weak": "{sensitivity} sensitivity, {mode} mode: never fresh or recent by "
    "{factors}, because alone that proves less than AAL2. After {gone} it is worth nothing.",
    "console.trust.never": "never",
    "console.trust.modes": "While an outage lasts",
    "console.trust.shares": "How much of every lifetime counts: {shares}. What is shown below is "
    "shortened already.",
    "console.trust.share": "{share} % in {mode} mode",
    "console.trust.triggers": "What ends it at once",
    "console.trust.checked": "When it is checked",
    "console.trust.checked.text": "Checked by the database’s clock and rows at every decision, "
    "and again in the transaction that carries something out. Nothing is remembered of what was "
    "allowed before.",
    "console.trust.label.trigger": "When",
    "console.trust.label.effect": "What it does",
    "console.trust.label.unknown": "Where it is not known",
    "console.trust.label.told": "What the person reads",
    "console.trust.label.code": "Reason code",
    "console.trust.effect.always": "Ends every earlier proof, and the answer to this very request",
    "console.trust.effect.cached": "Ends earlier proofs, not the answer to this very request",
    "console.trust.unknown": "Recent at best",
    "console.trust.unknown.never": "Always known",
    "console.trust.version": "Where it is written",
    # the triggers
    "trust.trigger.proof_expired": "The proof has expired",
    "trust.trigger.proof_credentials_changed": "The password changed, or a factor was added, "
    "removed or replaced",
    "trust.trigger.proof_session_over": "The sign-in it was given in was revoked or has ended",
    "trust.trigger.proof_device_revoked": "The device it was given on was removed",
    "trust.trigger.proof_risk_raised": "Misuse was reported or seen since, to {threshold} points "
    "or more",
    "trust.trigger.proof_outage_ended": "An outage has ended since",
    "trust.trigger.proof_risk_red": "The risk of the request is red",
    "trust.trigger.proof_device_changed": "Another device",
    "trust.trigger.proof_network_changed": "Another network, or another ASN for the same address",
    "trust.trigger.proof_country_changed": "Another country",
    "trust.trigger.proof_application_other": "Another application asks",
    # spans
    "trust.span.day": "{number} days",
    "trust.span.day.one": "1 day",
    "trust.span.hour": "{number} hours",
    "trust.span.hour.one": "1 hour",
    "trust.span.minute": "{number} minutes",
    "trust.span.minute.one": "1 minute",
    "trust.span.second": "{number} seconds",
    "trust.span.second.one": "1 second",
    "trust.span.and": "{first} and {second}",
    # two versions
    "trust.difference.lifetimes": "Trust: {longer} lifetimes longer, {shorter} shorter.",
    "trust.difference.lifetime": "{factors} at {sensitivity} sensitivity, {age}: {before} → "
    "{after}",
    "trust.difference.age.fresh": "fresh",
    "trust.difference.age.recent": "recent",
    "trust.difference.age.half_life": "half-life",
    "trust.difference.share": "In {mode} mode every lifetime is {after} % of the written one, no "
    "longer {before} %.",
    "trust.difference.worthless": "A proof counts for nothing below {after} % of its worth, no "
    "longer below {before} %.",
    "trust.difference.named": "The anchors of trust are named or grouped otherwise; every lifetime "
    "stays.",
    "risk.difference.weights": "Risk weights that differ: {number}.",
    "risk.difference.weight": "{name}: {before} → {after}",
    "risk.difference.bands": "Of {combinations} combinations of what may be known about a request, "
    "{higher} get a higher band and {lower} a lower one.",
    "risk.difference.move": "{before} → {after}: {number}",
    "risk.difference.no_band": "None of {combinations} combinations of what may be known about a "
    "request gets another band.",
}

_UNITS = (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1))


def span(seconds: int) -> str:
    """A span to the second, in its two largest units: “2 minutes and 30 seconds”, “9 hours”."""
    parts: list[str] = []
    for unit, length in _UNITS:
        number, seconds = divmod(seconds, length)
        if number and len(parts) < 2:
            parts.append(say(f"trust.span.{unit}", number=number))
    if not parts:
        return say("trust.span.second", number=seconds)
    return parts[0] if len(parts) == 1 else say("trust.span.and", first=parts[0], second=parts[1])


def factors_in_words(factors: Iterable[str]) -> str:
    """“authenticator app (TOTP), push prompt”."""
    return ", ".join(say(f"trust.factor.{factor}") for factor in factors)


def score_changes(old: Policy, new: Policy) -> list[tuple[list[str], list[str]]]:
    """What other risk weights and another table of trust mean: for each of the two that differs,
    the sentences and the single changes below them."""
    found = []
    if old.risk != new.risk:
        found.append(risk_changes(compare_risk(old.risk, new.risk)))
    if old.trust != new.trust:
        found.append(trust_changes(compare_trust(old.trust, new.trust)))
    return found


def trust_changes(found: TrustDifference) -> tuple[list[str], list[str]]:
    """What another table of trust means: the sentences, and the single lifetimes below them."""
    if found.same:
        return [say("trust.difference.named")], []
    sentences = []
    if found.lifetimes:
        counts = {"longer": str(found.longer), "shorter": str(found.shorter)}
        sentences.append(say("trust.difference.lifetimes", **counts))
    sentences += [
        say("trust.difference.share", mode=one.mode.word, before=one.before, after=one.after)
        for one in found.shares
    ]
    if found.worthless is not None:
        before, after = found.worthless
        sentences.append(say("trust.difference.worthless", before=before, after=after))
    lifetimes = [
        say(
            "trust.difference.lifetime",
            factors=factors_in_words(one.factors),
            sensitivity=one.sensitivity.word,
            age=say(f"trust.difference.age.{one.age}"),
            before=span(one.before),
            after=span(one.after),
        )
        for one in found.lifetimes
    ]
    return sentences, [line[0].upper() + line[1:] for line in lifetimes]


def risk_changes(found: RiskDifference) -> tuple[list[str], list[str]]:
    """What other weights mean: the sentences, and the weights and moves below them."""
    combinations = f"{found.combinations:,}"
    if found.moves:
        bands = say(
            "risk.difference.bands",
            combinations=combinations,
            higher=f"{found.higher:,}",
            lower=f"{found.lower:,}",
        )
    else:
        bands = say("risk.difference.no_band", combinations=combinations)
    numbered = say("risk.difference.weights", number=str(len(found.weights)))
    return [numbered, bands], list(_risk_lines(found))


def _risk_lines(found: RiskDifference) -> Iterator[str]:
    for one in found.weights:
        # a half-life is a time; everything else is points
        time = one.name.endswith("half_life")
        before, after = (span(each) if time else str(each) for each in (one.before, one.after))
        yield say("risk.difference.weight", name=one.name, before=before, after=after)
    for (was, now), count in found.moves.items():
        yield say("risk.difference.move", before=was.word, after=now.word, number=f"{count:,}")
