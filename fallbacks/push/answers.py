"""What an answer to a prompt is: the number of the challenge, typed on the person's own browser."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.crypto import constant_time_compare

from config.lifecycle import Superseded, transition
from fallbacks.challenges import CHALLENGE_MACHINE
from fallbacks.codes import canonical_code
from fallbacks.errors import ChallengeExpired, MalformedCode, NotThisDevice
from fallbacks.factors.registry import Registered, register
from fallbacks.models import Challenge, PushSubscription
from fallbacks.push.browsers import FACTOR, browser_of, kept, remove_browser
from fallbacks.push.numbers import number_of
from fallbacks.push.prompting import ask_by_push


@dataclass(frozen=True, slots=True)
class PushAnswer:
    """What was typed, and the secret of the browser that it was typed on."""

    typed: object
    secret: str


@dataclass(frozen=True, slots=True)
class Typed:
    """The digits, and the browser's secret."""

    number: str
    secret: str


def check_browser(user_id: int, secret: str) -> None:
    """Raise NotThisDevice unless this browser takes prompts for the person.

    Asked before the gate: whatever is typed elsewhere is no guess, since it cannot be right.
    """
    if browser_of(user_id, secret) is None:
        raise NotThisDevice


class PushVerifier:
    """The number of this challenge, on a browser of the person."""

    def canonical(self, answer: object) -> Typed:
        """The digits and the secret. Raises MalformedCode."""
        if not isinstance(answer, PushAnswer):
            raise MalformedCode(factor=FACTOR)
        return Typed(canonical_code(FACTOR, answer.typed), answer.secret)

    def spend(
        self, user_id: int, canonical: Typed, challenge: Challenge | None, now: datetime
    ) -> bool:
        """End the challenge as answered, once. Raises ChallengeExpired where another was first."""
        if challenge is None or not constant_time_compare(canonical.number, number_of(challenge)):
            return False
        browser = browser_of(user_id, canonical.secret)
        if browser is None:
            return False
        try:
            with transaction.atomic():
                PushSubscription.objects.filter(pk=browser.pk).update(last_used_at=now)
                transition(
                    challenge,
                    "challenge.answered",
                    CHALLENGE_MACHINE,
                    at=now,
                    changes={"ended_at": now},
                )
        except Superseded as error:
            raise ChallengeExpired(factor=FACTOR) from error
        return True


register(
    Registered(
        factor=FACTOR,
        verifier=PushVerifier(),
        held_sql="SELECT 'push', true, id || ':' || secret_digest "
        "FROM fallbacks_pushsubscription WHERE subject_id = %(who)s",
        kept=kept,
        remove=remove_browser,
        needs_challenge=True,
        ask=ask_by_push,
    )
)
