"""What identity hears from the apps below, inside the transaction of what happened there."""

from __future__ import annotations

from config.lifecycle import listen
from fallbacks.push.sending import compose_with
from identity.actions.reviewing import apply_cases, apply_verdicts
from identity.actions.waking import wake_person, wake_waiting
from identity.prompts import prompt_words, tell_of_gone
from identity.security_keys import warn_of_copy
from identity.telling import carry_notices, tell_consents
from presence.availability import on_return


def register() -> None:
    """Register what identity listens to."""
    listen(wake_waiting, "presence.updated")
    listen(carry_notices, "notice.given")
    listen(tell_consents, "consent.given")
    on_return(wake_person)
    listen(apply_verdicts, "escalation.resolved")
    listen(apply_cases, "case.confirmed", "case.agreed", "case.refused")
    listen(warn_of_copy, "factor.copy_suspected")
    listen(tell_of_gone, "push.gone")
    compose_with(prompt_words)
