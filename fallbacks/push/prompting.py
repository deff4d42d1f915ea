"""From a challenge to prompts on their way, and the word of the browser that it has one."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from config.lifecycle import StateMachine, Superseded, read_clock, transition, wake
from fallbacks.machines import PROMPT_EDGES, ChallengeStatus, PromptStatus
from fallbacks.models import Challenge, PushPrompt, PushSubscription
from fallbacks.prompts import take_prompt
from fallbacks.push.browsers import browser_of
from presence.consents import channel_permitted
from presence.ingest import SignalIn, ingest_signals
from presence.models import SignalKind, SignalSource
from presence.purposes import Channel

PROMPT_MACHINE = StateMachine("prompt", PROMPT_EDGES)
TASK = "fallbacks.send_prompts"
MOST_BROWSERS = 5
"""Prompts of one challenge; a person with more browsers hears the newest of them."""


def ask_by_push(challenge: Challenge, now: datetime) -> None:
    """Write the prompts of a new challenge, in its transaction; they go out once it is committed.

    Nothing is sent to somebody who opted out, wants quiet, or was prompted three times within the
    hour, whoever asked (F17). The challenge lives all the same: its number can be typed.
    """
    browsers = PushSubscription.objects.filter(subject_id=challenge.subject_id)
    chosen = list(browsers.order_by("-added_at").values_list("pk", flat=True)[:MOST_BROWSERS])
    if not chosen or not channel_permitted(challenge.subject_id, Channel.PUSH, now=now):
        return
    if not take_prompt(challenge.subject_id, now):
        return
    PushPrompt.objects.bulk_create(
        PushPrompt(challenge=challenge, subscription_id=pk, created_at=now, next_attempt_at=now)
        for pk in chosen
    )
    wake(TASK)


def was_prompted(challenge: Challenge) -> bool:
    """Whether anything is on its way about this challenge."""
    return PushPrompt.objects.filter(challenge=challenge).exists()


def acknowledge_prompt(prompt_id: uuid.UUID, secret: str) -> bool:
    """The browser has the prompt: a sign that it can be reached. False for any other word.

    Only the browser that it was encrypted for knows the prompt's id, and `secret` is its own; it
    counts once, and while the challenge lives.
    """
    rows = PushPrompt.objects.select_related("challenge", "subscription")
    prompt = rows.filter(pk=prompt_id).first()
    now = read_clock()
    if prompt is None or not _open(prompt, now):
        return False
    browser = browser_of(prompt.challenge.subject_id, secret)
    if browser is None or browser.pk != prompt.subscription_id:
        return False
    try:
        with transaction.atomic():
            transition(
                prompt,
                "prompt.acknowledged",
                PROMPT_MACHINE,
                at=now,
                changes={"next_attempt_at": None},
            )
    except Superseded:
        return False
    tell_presence(prompt, SignalKind.PUSH_ACKNOWLEDGED, now)
    return True


def _open(prompt: PushPrompt, now: datetime) -> bool:
    reached = prompt.status in (PromptStatus.WAITING, PromptStatus.ACCEPTED)
    return reached and is_live(prompt.challenge, now)


def is_live(challenge: Challenge, now: datetime) -> bool:
    """Whether the challenge can still be answered."""
    return challenge.status == ChallengeStatus.ISSUED and now < challenge.expires_at


def tell_presence(prompt: PushPrompt, kind: str, now: datetime) -> None:
    """What became of a prompt is a signal, if the person agreed to those (P1, P6).

    Call it outside the transaction of what it tells: it stands for itself.
    """
    signal = SignalIn(
        prompt.challenge.subject_id, kind, now, device_id=prompt.subscription.device_id
    )
    ingest_signals([signal], SignalSource.APPLICATION)
