"""The seven factors and what each is worth, as data. Pure: no rows, no clock, no settings.

Policy speaks of assurance; this says who can deliver it. A factor that is not in it is accepted
nowhere, and one whose module has not registered (`fallbacks.factors.registry`) is held by nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from fallbacks.factors.limits import (
    BUDGET,
    CHALLENGE,
    PROMPTS,
    TEXTS_NUMBER,
    TEXTS_PREFIX,
    Throttle,
)


@dataclass(frozen=True, slots=True)
class Factor:
    """A way to prove identity, as declared before any outage (F1, F3).

    `aal` is the most it delivers beside a password session (NIST SP 800-63B-4 §2); a module may
    deliver less for one credential, never more.
    """

    name: str
    aal: int
    phishing_resistant: bool = False
    recovery_only: bool = False
    """Kept for the bad day: its use is told to the person on every channel."""
    live: bool = False
    """A person can answer by it at any moment; without one, the usual factor is uncertain."""
    channel: str | None = None
    """The channel that carries its challenge, which is also where a notice about it would not
    go; None where the person brings the proof along."""
    depends_on: frozenset[str] = frozenset({"database"})
    """What has to work for it, by the names of the dependency inventory."""
    trust_domain: str = "holdfast"
    """Whose word is taken: two factors of one domain fall together."""
    region: str = "home"
    """Where it is operated; `home` is where this installation runs."""
    challenge_life: timedelta = CHALLENGE.span
    throttles: tuple[Throttle, ...] = BUDGET


def _declared(*factors: Factor) -> Mapping[str, Factor]:
    return {factor.name: factor for factor in factors}


FACTORS: Mapping[str, Factor] = _declared(
    Factor(
        "push",
        aal=2,
        live=True,
        channel="push",
        depends_on=frozenset({"database", "network", "web_push"}),
        trust_domain="push_service",
        region="push_service",
        throttles=(*BUDGET, PROMPTS),
    ),
    Factor(
        "security_key",
        aal=3,
        phishing_resistant=True,
        live=True,
        trust_domain="authenticator_maker",
    ),
    Factor("totp", aal=2, live=True),
    Factor("backup_code", aal=2, recovery_only=True),
    Factor(
        "sms",
        aal=1,
        channel="sms",
        depends_on=frozenset({"database", "network", "sms_gateway"}),
        trust_domain="mobile_carrier",
        region="sms_gateway",
        throttles=(*BUDGET, PROMPTS, TEXTS_NUMBER, TEXTS_PREFIX),
    ),
    Factor(
        "email_link",
        aal=1,
        recovery_only=True,
        channel="email",
        depends_on=frozenset({"database", "network", "smtp"}),
        trust_domain="mail_provider",
        region="mail_provider",
        throttles=(*BUDGET, PROMPTS),
    ),
    Factor(
        "support",
        aal=1,
        recovery_only=True,
        depends_on=frozenset({"database", "support_desk"}),
        trust_domain="support_desk",
        region="support_desk",
    ),
)
"""In the order in which a live challenge names them.

A one-time code, a confirmed push or a look-up secret beside a password is AAL2, a key with user
verification AAL3 (NIST SP 800-63B-4 §2.2.1, §2.3.1). E-mail is recovery, SMS is restricted
(§3.1.3), a person's check is no authenticator: AAL1 here.
"""

LIVE_ORDER = tuple(FACTORS)
"""Which factor a live challenge names first."""

LIVE = frozenset(factor.name for factor in FACTORS.values() if factor.live)
"""Factors that a person can answer at any moment; saved codes are kept for the bad day."""


def has_live_factor(names: frozenset[str]) -> bool:
    """Whether a person can be challenged live at all; if not, the usual factor is uncertain."""
    return bool(names & LIVE)
