"""The ways to confirm as the pages show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from fallbacks.channels.adapters import is_set_up
from fallbacks.factors import Kept
from fallbacks.sent_factors import EMAIL_LINK, KINDS
from identity.actions.moves import limited, obligations_of
from identity.actions.views import Way, ways_to_verify
from identity.messages import say
from identity.messages.times import lasting
from identity.models import Action, User
from identity.pages.looks import WAY_ICONS


@dataclass(frozen=True, slots=True)
class ShownWay:
    """A way with its title, second line and drawing."""

    factor: str
    usable: bool
    title_id: str
    why_id: str
    facts: Mapping[str, Any]
    icon: str
    down: str = ""


@dataclass(frozen=True, slots=True)
class CodeForm:
    """What the form for a typed code says and how a keyboard should look for it."""

    name: str
    title_id: str
    help_id: str
    label: str
    hint: str
    mode: str
    autocomplete: str
    css: str
    """How wide it is: the whole code is to be seen while it is typed."""


def offered_ways(action: Action) -> list[ShownWay]:
    """Every way that the person has, those on offer first."""
    found = [
        ShownWay(
            way.factor,
            way.usable,
            f"way.{way.factor}.title",
            way.why_id,
            way.facts,
            WAY_ICONS[way.factor],
            way.down,
        )
        for way in ways_to_verify(action)
    ]
    return sorted(found, key=lambda way: not way.usable)


def way_of(action: Action, factor: str) -> Way | None:
    """The way `factor` if the person has it, on offer here or not."""
    return next((way for way in ways_to_verify(action) if way.factor == factor), None)


def code_form(way: Way) -> CodeForm:
    """The form of a way whose proof is a typed code."""
    digits = way.factor in ("totp", "push")
    return CodeForm(
        name=way.factor,
        title_id=f"way.{way.factor}.title",
        help_id=f"way.{way.factor}.help",
        label=say(f"way.{way.factor}.label"),
        hint=say(f"way.{way.factor}.hint", **way.facts),
        mode="numeric" if digits else "text",
        autocomplete="one-time-code" if way.factor == "totp" else "off",
        css="code" if digits else "code long",
    )


def ways_to_send(person: User, found: Iterable[Kept]) -> frozenset[str]:
    """The ways that are sent and that the person could add: texts to any number, links to the
    address of the account, once; each where its channel is set up."""
    mailed = any(each.factor == EMAIL_LINK for each in found) or not person.email
    taken = {EMAIL_LINK} if mailed else set()
    return frozenset(
        factor for factor, kind in KINDS.items() if factor not in taken and is_set_up(kind)
    )


def support_span(action: Action) -> str:
    """How long a check by a person may take at most, in words (from the policy's grace)."""
    return lasting(limited(obligations_of(action).grace, action))
