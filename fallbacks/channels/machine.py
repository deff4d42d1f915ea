"""The states of messages and of channels, as machines."""

from __future__ import annotations

from config.lifecycle import StateMachine
from fallbacks.machines import BREAKER_EDGES, MESSAGE_EDGES

MESSAGE_MACHINE = StateMachine("message", MESSAGE_EDGES)
BREAKER_MACHINE = StateMachine("channel", BREAKER_EDGES)
