"""What a decision says: the outcome, what it obliges everybody to, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import IntEnum, StrEnum
from typing import Any, Literal

from fallbacks.ladder import Kind, Step
from identity.policy.execution import ExecutionWindow


class Outcome(StrEnum):
    """The seven answers (D2)."""

    PROCEED = "proceed"
    """Go on without a new proof."""

    PROCEED_THEN_CONFIRM = "proceed_then_confirm"
    """Go on by stored consent; the person confirms afterwards or it is undone."""

    CHALLENGE = "challenge"
    """Ask the person for a proof now."""

    QUEUE = "queue"
    """Hold it until the person can be asked."""

    READ_ONLY = "read_only"
    """Hold it; reading and drafting go on meanwhile."""

    FALLBACK = "fallback"
    """Ask for another factor than the usual one."""

    BLOCK = "block"
    """Stop it; a person decides."""


NO_NEW_PROOF = frozenset({Outcome.PROCEED, Outcome.PROCEED_THEN_CONFIRM})
"""Outcomes that go on without a new proof."""

ASKS_FOR_PROOF = frozenset({Outcome.CHALLENGE, Outcome.QUEUE, Outcome.READ_ONLY, Outcome.FALLBACK})
"""Outcomes that wait for the person's own proof."""


class Aal(IntEnum):
    """Authentication assurance level (NIST SP 800-63B-4 §2); 0 asks for none."""

    NONE = 0
    ONE = 1
    TWO = 2
    THREE = 3


FACTOR_CEILING: Mapping[str, Aal] = {
    "totp": Aal.TWO,
    "push": Aal.TWO,
    "backup_code": Aal.TWO,
    "security_key": Aal.THREE,
    "email_link": Aal.ONE,
    "sms": Aal.ONE,
    "support": Aal.ONE,
}
"""The factors policy may name, and the most each can ever prove beside a session.

E-mail is recovery and SMS is restricted: neither reaches AAL2 here (D4 3; NIST SP 800-63B-4
§3.1.3). `support` is a person's check, not an authenticator: it moves an action by a case.
"""

PHISHING_RESISTANT = frozenset({"security_key"})
"""Factors bound to the verifier's name (NIST SP 800-63B-4 §3.2.5)."""

READ_SCOPES = frozenset({"view", "draft", "history"})
"""What can go on without the thing itself: looking at the data, writing drafts, and looking at
what happened before. Nothing of it has an effect outside."""

REASON_CODES = frozenset(
    {
        "low_stakes",
        "medium_stakes",
        "high_stakes",
        "fresh_proof",
        "live_proof_needed",
        "held_until_reachable",
        "reading_goes_on",
        "other_factor_needed",
        "time_sensitive",
        "degraded_mode",
        "emergency_mode",
        "standing_consent",
        "second_person",
        "risk_red",
        "person_must_decide",
        "released_by_security",
        "unforeseen",
    }
)
"""The reasons a rule may give: a closed vocabulary, since each needs its sentence for people."""


@dataclass(frozen=True, slots=True)
class Obligations:
    """What has to be so for the action to go on, and what happens while it is not.

    Times are whole seconds.
    """

    required_aal: Aal = Aal.THREE
    phishing_resistant: bool = False
    max_proof_age: int = 0
    """How old a proof may be when it is used."""
    permitted_factors: frozenset[str] = frozenset()
    challenge_ttl: int = 60
    """Life of one challenge; at most 600 (out-of-band, NIST SP 800-63B-4 §3.1.3.3)."""
    window: int = 3600
    """How long the action waits for the person before `on_expiry`."""
    on_expiry: Literal["fallback", "review"] = "review"
    grace: int = 3600
    """How long the step named by `on_expiry` may take before the action expires."""
    retries: tuple[int, ...] = (3600,)
    """Time between tries; the last one repeats until the window ends. The short form of a ladder
    of retries; beside a written one, its own times."""
    ladder: tuple[Step, ...] = ()
    """The steps while nobody answers, where they are written out."""
    read_only: bool = False
    escalate_to: Literal["security", "support"] | None = None
    approvals: int = 0
    """How many persons other than the user have to agree."""
    read_scope: frozenset[str] = frozenset()
    """What goes on while the action is held: words of `READ_SCOPES`."""
    execution: ExecutionWindow | None = None
    """When the effect may happen; None: at any hour."""
    confirm_within: int = 0
    """After `proceed_then_confirm`: how long the person has to confirm."""
    on_silence: Literal["reverse", "escalate"] = "reverse"
    """What a refusal, or silence until then, leads to."""

    def satisfied_by(self, proof_aal: int, factor: str, age_seconds: float) -> bool:
        """Whether a proof of this level, by this factor, this old, is enough.

        The level a factor claims counts only up to what it can ever prove. A proof from the
        future proves nothing.
        """
        return (
            factor in self.permitted_factors
            and min(proof_aal, FACTOR_CEILING.get(factor, Aal.NONE)) >= self.required_aal
            and 0 <= age_seconds <= self.max_proof_age
            and (not self.phishing_resistant or factor in PHISHING_RESISTANT)
        )

    @property
    def factors_on_expiry(self) -> frozenset[str]:
        """Ways on once the window passed: the permitted factors and the support desk, or the
        desk alone where the policy says `review`. The limits stay those of the window (F2)."""
        desk = frozenset({"support"})
        return self.permitted_factors | desk if self.on_expiry == "fallback" else desk

    def to_json(self) -> dict[str, Any]:
        """Plain values for a JSON column; `from_json` is its inverse."""
        return asdict(self) | {
            "required_aal": int(self.required_aal),
            "permitted_factors": sorted(self.permitted_factors),
            "retries": list(self.retries),
            "ladder": [[step.kind.value, step.seconds, list(step.names)] for step in self.ladder],
            "read_scope": sorted(self.read_scope),
            "execution": self.execution and self.execution.to_json(),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Obligations:
        """The obligations stored by `to_json`, of this version or an earlier one.

        What is missing takes the strictest value: no factor is permitted, AAL3 required, no age
        allowed. Raises ValueError for an assurance level that does not exist.
        """
        known = {field.name: stored[field.name] for field in fields(cls) if field.name in stored}
        known["required_aal"] = Aal(known.get("required_aal", Aal.THREE))
        known["permitted_factors"] = frozenset(known.get("permitted_factors", ()))
        known["retries"] = tuple(known.get("retries") or (3600,))
        known["ladder"] = tuple(
            Step(Kind(kind), span, tuple(names)) for kind, span, names in known.get("ladder", ())
        )
        known["read_scope"] = frozenset(known.get("read_scope", ()))
        window = known.get("execution")
        known["execution"] = ExecutionWindow.from_json(window) if window else None
        return cls(**known)


@dataclass(frozen=True, slots=True)
class Decision:
    """The policy's answer to one situation; one shared object for each rule."""

    outcome: Outcome
    obligations: Obligations
    reasons: tuple[str, ...]
    rule_id: str

    @property
    def needs_new_proof(self) -> bool:
        """False only where the action goes on by what is already proved."""
        return self.outcome not in NO_NEW_PROOF

    @property
    def needs_person(self) -> bool:
        """Whether somebody other than the user has to agree."""
        return self.outcome is Outcome.BLOCK or self.obligations.approvals > 0
