"""Refusals: what every app raises, with a stable code."""

from __future__ import annotations

from typing import Any, ClassVar


class HoldfastError(Exception):
    """A refusal with a stable code. `status` is what an HTTP face answers with.

    `context` fills the placeholders of the message `error.<code>`; it never holds a secret.
    """

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 400

    def __init__(self, **context: Any) -> None:
        super().__init__(self.code)
        self.context = context


class IllegalTransition(HoldfastError):
    """The state table has no such edge: a defect of ours or a request that came too late."""

    code = "illegal_transition"
    status = 409


class Superseded(HoldfastError):
    """Somebody else moved the row first; read it again before trying anything."""

    code = "superseded"
    status = 409
