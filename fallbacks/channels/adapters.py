"""What a channel is to the rest: something that sends one message, or says why it cannot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from fallbacks.models import OutboundMessage

TRY_SECONDS = 10.0
"""How long one step of a try may take: connecting, an answer to a command."""
WHOLE_SECONDS = 20.0
"""How long a try may take in all; then its connection is shut, whatever the other side does."""


class TransportError(Exception):
    """A message did not go out. `code` is a word for the record, never the other side's text.

    `permanent` says that no further try will help. `channel_down` says that it was the channel
    and not this message: enough of those in a row open its breaker.
    """

    def __init__(self, code: str, *, permanent: bool = False, channel_down: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.permanent = permanent
        self.channel_down = channel_down


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message with its words, ready to go. It lives in memory only: it may hold a code."""

    id: str
    """Stable over all tries, so that the other side can know it again."""
    to: str
    subject: str
    text: str
    html: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The other side took it; `code` is its answer in one word."""

    code: str


class Adapter(Protocol):
    """One way out."""

    def send(self, message: Outgoing) -> Receipt:
        """Send it, within `WHOLE_SECONDS`. Uses no database. Raises TransportError."""


Composer = Callable[[OutboundMessage], Outgoing | None]
"""Puts a message's words together just before it goes; None when there is nothing to say any
more. Registered from above, because words belong to identity."""

_adapters: dict[str, Callable[[], Adapter | None]] = {}
_composers: dict[str, Composer] = {}


def register_channel(name: str, make: Callable[[], Adapter | None]) -> None:
    """Let messages go out by `name`; `make` gives its adapter, None where it is not set up."""
    _adapters[name] = make


def register_composer(kind: str, compose: Composer) -> None:
    """Let messages of `kind` be put into words by `compose`."""
    _composers[kind] = compose


def channels() -> tuple[str, ...]:
    """Every channel that is set up here."""
    return tuple(name for name in sorted(_adapters) if adapter_of(name) is not None)


def adapter_of(name: str) -> Adapter | None:
    """The adapter of a channel; None where it is not set up."""
    make = _adapters.get(name)
    return make() if make is not None else None


def is_set_up(name: str) -> bool:
    """Whether messages can go out by this channel."""
    return adapter_of(name) is not None


def composer_of(kind: str) -> Composer:
    """Who puts messages of `kind` into words. Raises LookupError."""
    return _composers[kind]
