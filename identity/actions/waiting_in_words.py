"""How a request waited, put into sentences: the same for the page and the API."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from identity.actions.waiting import Because, Hold, Wait
from identity.messages.catalogue import say
from identity.messages.compose import sentence_of
from identity.messages.times import by, lasting, when
from identity.models import Action
from identity.states import USER_CAN_FINISH

FEW = timedelta(minutes=1)
"""A spread that is not worth a sentence."""


def sentences_of(action: Action, wait: Wait, now: datetime, zone: tzinfo) -> list[str]:
    """What held it, by which rule, what comes next and why then; in the order of time."""
    first, last = wait.holds[0], wait.holds[-1]
    found = [held_sentence(first, now, zone)]
    if first.since is not None:
        found.append(say("wait.since", since=when(first.since, now, zone)))
    if first.rule:
        rule, number = plain_rule(first.rule), str(first.policy_number)
        found.append(say("wait.rule", rule=rule, number=number))
    more = len(wait.holds) - 1
    if more:
        found.append(say("wait.again", count=more, at=when(last.event.at, now, zone)))
    following = next_sentence(wait, now, zone)
    if not following:
        return found
    found.append(following)
    if wait.because == Because.SCHEDULE and wait.spread >= FEW:
        found.append(say("wait.spread", span=lasting(wait.spread)))
    if action.expires_at is not None:
        found.append(say("wait.until", until=by(action.expires_at, now, zone)))
    if action.status in USER_CAN_FINISH:
        found.append(say("wait.any_hour"))
    return found


def held_sentence(hold: Hold, now: datetime, zone: tzinfo) -> str:
    """What held it, with the moment."""
    asked = hold.event.name == "challenge.expired"
    what = say("wait.no_answer") if asked else sentence_of(hold.event, application="")
    at = when(hold.event.at, now, zone)
    return say("wait.held", at=at[0].upper() + at[1:], what=what)


def next_sentence(wait: Wait, now: datetime, zone: tzinfo) -> str:
    """When it is tried again and why then; empty where it waits no more."""
    if wait.because is None or wait.next_try is None:
        return ""
    moment, span = when(wait.next_try, now, zone), lasting(wait.step or timedelta())
    return say(f"wait.next.{wait.because}", when=moment, span=span)


def plain_rule(rule: str) -> str:
    """A rule's id as words: `payout-out-of-reach` is "Payout out of reach"."""
    return rule.replace("-", " ").replace("_", " ").replace(".", " ").capitalize()
