"""Sending the prompts that are due: claim, send outside any transaction, settle.

A worker that dies between sending and settling leaves the row claimed until its lease runs out;
then it is sent again, and the browser shows it in the place of the first (same tag, same topic).
What was claimed counts as tried, so no prompt can be tried for ever (F34).
"""

from __future__ import annotations

import asyncio
import base64
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

import httpx
from django.db import transaction
from django.db.models import F

from config.lifecycle import Superseded, read_clock, transition
from fallbacks.channels.transport import TransportError
from fallbacks.channels.webpush import Parcel, Recipient, new_client, send
from fallbacks.machines import PromptStatus
from fallbacks.models import PushPrompt
from fallbacks.push.browsers import browser_gone
from fallbacks.push.prompting import PROMPT_MACHINE, is_live, tell_presence
from presence.models import SignalKind

LEASE = timedelta(seconds=30)
"""Longer than the longest try, so nobody else sends what is on its way."""
BATCH = 100
WAITS = (2, 5, 15, 45)
"""Seconds between tries: five tries, since a prompt is worth nothing after ten minutes."""
_spread = random.SystemRandom()


@dataclass(frozen=True, slots=True)
class Words:
    """What a prompt shows on a locked screen, and where it leads: never the number (F17)."""

    title: str
    body: str
    url: str


class Composer(Protocol):
    """Who puts a prompt into words; the catalogue is above us."""

    def __call__(self, prompt: PushPrompt) -> Words: ...


_composers: list[Composer] = []


def compose_with(composer: Composer) -> None:
    """Let `composer` put prompts into words, when they are sent."""
    _composers[:] = [composer]


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of a try."""

    prompt: PushPrompt
    error: TransportError | None


def send_prompts(limit: int = BATCH) -> int:
    """Send what is due, a batch at once; how many were taken. However many push services hang,
    a batch is over after `fallbacks.channels.webpush.TIMEOUT`."""
    taken = 0
    for _ in range(0, limit, BATCH):
        claimed = _claim()
        if not claimed:
            break
        now = read_clock()
        over = [prompt for prompt in claimed if not is_live(prompt.challenge, now)]
        for prompt in over:
            _settle(prompt, partial(_abandon, reason="over"))
        ready = [(prompt, _parcel(prompt, now)) for prompt in claimed if prompt not in over]
        for sent in asyncio.run(_send_all(ready)):
            taken += _judge(sent)
    return taken


def _claim() -> list[PushPrompt]:
    """Take a batch of due rows and count the try before it is made."""
    with transaction.atomic():
        now = read_clock()
        ids = list(
            PushPrompt.objects.select_for_update(skip_locked=True)
            .filter(status=PromptStatus.WAITING, next_attempt_at__lte=now)
            .order_by("next_attempt_at")
            .values_list("pk", flat=True)[:BATCH]
        )
        PushPrompt.objects.filter(pk__in=ids).update(
            next_attempt_at=now + LEASE, attempts=F("attempts") + 1, version=F("version") + 1
        )
    rows = PushPrompt.objects.select_related("challenge__action__application", "subscription")
    return list(rows.filter(pk__in=ids))


def _parcel(prompt: PushPrompt, now: datetime) -> Parcel:
    """Everything that needs the database is read before anything is sent."""
    words = _composers[0](prompt)
    told = {
        "prompt": str(prompt.pk),
        "title": words.title,
        "body": words.body,
        "url": words.url,
        "tag": str(prompt.challenge.action_id),
    }
    browser = prompt.subscription
    return Parcel(
        Recipient(browser.endpoint, browser.p256dh, browser.auth),
        json.dumps(told, separators=(",", ":")).encode(),
        ttl=int((prompt.challenge.expires_at - now).total_seconds()),
        topic=base64.urlsafe_b64encode(prompt.challenge.action_id.bytes).decode().rstrip("="),
    )


async def _send_all(ready: Sequence[tuple[PushPrompt, Parcel]]) -> list[Sent]:
    async with new_client() as client:
        return list(await asyncio.gather(*(_send(client, *each) for each in ready)))


async def _send(client: httpx.AsyncClient, prompt: PushPrompt, parcel: Parcel) -> Sent:
    try:
        await send(client, parcel)
    except TransportError as error:
        return Sent(prompt, error)
    return Sent(prompt, None)


def _judge(sent: Sent) -> bool:
    """Write down what came of a try; whether the push service took it."""
    prompt, error = sent.prompt, sent.error
    if error is None:
        _settle(prompt, _accept)
        tell_presence(prompt, SignalKind.PUSH_ACCEPTED, read_clock())
        return True
    if error.gone:
        tell_presence(prompt, SignalKind.PUSH_BOUNCED, read_clock())
        _settle(prompt, _forget)
    elif error.permanent or prompt.attempts > len(WAITS):
        _settle(prompt, partial(_abandon, reason=error.code))
    else:
        _settle(prompt, partial(_put_off, error=error))
    return False


def _settle(prompt: PushPrompt, step: Callable[[PushPrompt, datetime], None]) -> None:
    try:
        with transaction.atomic():
            step(prompt, read_clock())
    except Superseded:
        # The browser acknowledged it before its push service had answered us, or the lease ran
        # out while we waited and another worker settled it.
        return


def _accept(prompt: PushPrompt, now: datetime) -> None:
    transition(
        prompt,
        "prompt.accepted",
        PROMPT_MACHINE,
        at=now,
        changes={"next_attempt_at": None, "last_answer": "accepted"},
    )


def _abandon(prompt: PushPrompt, now: datetime, *, reason: str) -> None:
    transition(
        prompt,
        "prompt.abandoned",
        PROMPT_MACHINE,
        at=now,
        reason=reason,
        changes={"next_attempt_at": None, "last_answer": reason},
    )


def _forget(prompt: PushPrompt, now: datetime) -> None:
    _abandon(prompt, now, reason="gone")
    browser_gone(prompt.subscription, now)


def _put_off(prompt: PushPrompt, now: datetime, *, error: TransportError) -> None:
    wait = WAITS[prompt.attempts - 1] * (1 + _spread.random() / 10)
    wait = max(wait, error.retry_after or 0)
    PushPrompt.objects.filter(pk=prompt.pk, version=prompt.version).update(
        next_attempt_at=now + timedelta(seconds=wait), last_answer=error.code
    )
