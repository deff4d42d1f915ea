"""The pause after many wrong tries, told where the ways to confirm are listed (F05)."""

from __future__ import annotations

from fallbacks.budget import refusals
from identity.pages.clock import now_of
from identity.pages.failures import Problem, problem_of
from identity.pages.person import PersonRequest


def pause_of(request: PersonRequest) -> Problem | None:
    """Why no way of the person is taken right now, with its end; None where they are. One query."""
    refusal = refusals([request.user.pk], now_of(request)).get(request.user.pk)
    return problem_of(request, refusal) if refusal is not None else None
