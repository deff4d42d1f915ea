"""Words with a colour and an icon: how the console marks a state, a risk, a deadline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from django.utils.html import format_html
from django.utils.safestring import SafeString

from identity.messages import has, say
from identity.messages.times import lasting


@dataclass(frozen=True, slots=True)
class Tag:
    """`word` is always shown; `tone` (care, wait, done, stop, off) and `icon` stand beside it."""

    word: str
    tone: str
    icon: str
    kind: ClassVar[str] = "tag"

    def __str__(self) -> str:
        return self.html()

    def html(self) -> SafeString:
        """The tag as markup; the icon is a ligature of the theme's symbol font."""
        return format_html(
            '<span class="hf-tag" data-tone="{}"><span class="material-symbols-outlined"'
            ' aria-hidden="true">{}</span>{}</span>',
            self.tone,
            self.icon,
            self.word,
        )


_STATES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "status": {
        "pending": ("care", "notifications"),
        "queued": ("wait", "inbox"),
        "delayed": ("wait", "schedule"),
        "fallback": ("care", "alt_route"),
        "review": ("wait", "person"),
        "blocked": ("stop", "shield"),
        "approved": ("done", "progress_activity"),
        "committed": ("done", "check_circle"),
        "expired": ("off", "hourglass_disabled"),
        "denied": ("stop", "dangerous"),
        "cancelled": ("off", "cancel"),
        "failed": ("stop", "warning"),
        "reversed": ("off", "undo"),
    },
    "risk": {
        "green": ("done", "check"),
        "amber": ("care", "priority_high"),
        "red": ("stop", "warning"),
    },
    "availability": {
        "available": ("done", "sensors"),
        "delayed": ("wait", "schedule"),
        "unreachable": ("wait", "cloud_off"),
        "degraded": ("care", "mobile_off"),
        "escalated": ("stop", "shield"),
    },
    "escalation": {
        "open": ("care", "shield"),
        "resolved": ("done", "check_circle"),
        "closed": ("off", "cancel"),
    },
    "case": {
        "open": ("care", "person_search"),
        "proposed": ("care", "how_to_reg"),
        "confirmed": ("done", "check_circle"),
        "refused": ("stop", "dangerous"),
        "closed": ("off", "cancel"),
    },
    "challenge": {
        "issued": ("care", "notifications"),
        "answered": ("done", "check_circle"),
        "expired": ("off", "hourglass_disabled"),
        "withdrawn": ("off", "cancel"),
    },
    "delivery": {
        "pending": ("wait", "outgoing_mail"),
        "delivered": ("done", "check_circle"),
        "abandoned": ("stop", "warning"),
    },
    "message": {
        "pending": ("wait", "outgoing_mail"),
        "sent": ("done", "check_circle"),
        "refused": ("stop", "unsubscribe"),
        "expired": ("off", "hourglass_disabled"),
        "withheld": ("off", "do_not_disturb_on"),
        "quarantined": ("stop", "unsubscribe"),
    },
    "attempt": {"failing": ("wait", "replay"), "quarantined": ("stop", "front_hand")},
    "endpoint": {"open": ("done", "check"), "gone": ("stop", "block")},
    "session": {
        "active": ("done", "check"),
        "ended": ("off", "logout"),
        "revoked": ("stop", "block"),
    },
    "device": {"active": ("done", "check"), "revoked": ("stop", "block")},
    "policy": {
        "draft": ("wait", "edit_note"),
        "review": ("care", "rate_review"),
        "active": ("done", "check_circle"),
        "retired": ("off", "inventory_2"),
    },
    "incident": {"open": ("stop", "warning"), "closed": ("off", "check")},
    "person": {
        "staff": ("wait", "badge"),
        "active": ("done", "check"),
        "inactive": ("off", "block"),
    },
}


def tag(family: str, state: str) -> Tag | None:
    """The tag of a state of `family`; None for the empty state, a plain one for a new word."""
    if not state:
        return None
    tone, icon = _STATES[family].get(state, ("off", "help"))
    message_id = f"console.{family}.{state}"
    return Tag(say(message_id) if has(message_id) else state, tone, icon)


def due_tag(due_at: datetime, now: datetime, *, over: bool) -> Tag | None:
    """How long is left until `due_at` (aware UTC), or how late it is; None once it is `over`."""
    if over:
        return None
    if due_at <= now:
        return Tag(say("console.due.late", span=lasting(now - due_at)), "stop", "alarm")
    left = due_at - now
    soon = left.total_seconds() < 3600
    return Tag(say("console.due.in", span=lasting(left)), "care" if soon else "wait", "schedule")
