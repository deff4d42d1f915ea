"""Availability is contextual, never a dot: four questions about one person and one kind of
action, answered from plain values (P3). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from identity.policy.decision import Outcome
from presence.states import Signs, State

NEEDS: Mapping[str, frozenset[str]] = {
    "push": frozenset({"device", "network"}),
    "sms": frozenset({"device", "network"}),
    "email_link": frozenset({"network"}),
    "totp": frozenset({"device"}),
    "backup_code": frozenset(),
    "security_key": frozenset(),
}
"""What of the usual phone each factor relies on. An authenticator app works without network, a
saved code and a key without the phone."""

EVERYTHING = frozenset({"device", "network"})
IN_DOUBT: Mapping[State, frozenset[str]] = {
    State.AVAILABLE: frozenset(),
    State.DELAYED: EVERYTHING,
    State.UNREACHABLE: frozenset({"network"}),
    State.DEGRADED: frozenset({"device"}),
    State.ESCALATED: EVERYTHING,
}
"""What of it is in doubt. Of a phone that is silent nothing is certain; silence by choice puts
nothing in doubt."""

ASYNCHRONOUS = frozenset({Outcome.QUEUE, Outcome.READ_ONLY, Outcome.CHALLENGE, Outcome.FALLBACK})
"""The outcomes with which the application may go on and hear of the end later."""


@dataclass(frozen=True, slots=True)
class Flags:
    """The four answers."""

    can_receive_push: bool
    backup_factor_reachable: bool
    session_fresh: bool
    async_allowed: bool


def flags_of(
    *,
    state: State,
    quiet: bool,
    signs: Signs,
    push_permitted: bool,
    factors: frozenset[str],
    fresh: bool,
    session_active: bool,
    outcome: Outcome | None,
) -> Flags:
    """The answers for `state` and what the signals say besides.

    `quiet` is silence by choice, `push_permitted` the person's own choice of channels, `factors`
    the names of those that can be used, `fresh` whether a proof given in the session is still fresh
    for this type; `outcome` is what policy answers about the type, None where no type is named.
    """
    return Flags(
        can_receive_push=(
            state == State.AVAILABLE
            and not quiet
            and push_permitted
            and not signs.denied
            and not signs.subscription_dead
        ),
        backup_factor_reachable=bool(reachable(factors, state, quiet=quiet)),
        session_fresh=fresh and session_active,
        async_allowed=outcome in ASYNCHRONOUS,
    )


def reachable(factors: frozenset[str], state: State, *, quiet: bool) -> frozenset[str]:
    """The factors besides push that rely on nothing that is in doubt; an unknown one relies on
    everything."""
    doubted = frozenset() if quiet and state == State.DELAYED else IN_DOUBT[state]
    return frozenset(
        factor for factor in factors - {"push"} if not (NEEDS.get(factor, EVERYTHING) & doubted)
    )
