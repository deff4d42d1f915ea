"""The guardrails that no policy may break (D4), proved over every situation there is. Pure.

`named` lists the ten, `alone` holds what one situation must keep by itself, `between` what must
hold from one situation to another, `proof` computes all of it over the whole space.
"""

from identity.policy.guardrails.named import GUARDRAILS, Guardrail
from identity.policy.guardrails.proof import GuardrailBroken, Proof, Violation, prove

__all__ = ["GUARDRAILS", "Guardrail", "GuardrailBroken", "Proof", "Violation", "prove"]
