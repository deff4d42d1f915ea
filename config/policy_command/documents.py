"""The policies that a command is about: a file, a version by its number, or the active one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from identity.active_policy import active_policy, policy_numbered
from identity.errors import NoActivePolicy
from identity.messages import say
from identity.models import PolicyVersion
from identity.policy.document import Policy, parse_policy
from identity.policy.errors import PolicyError
from identity.policy.reading import MAX_BYTES


class Refused(Exception):
    """A command cannot do what was asked; the text is one sentence for the person who asked."""


@dataclass(frozen=True, slots=True)
class Named:
    """A policy and what to call it."""

    label: str
    policy: Policy


def policy_of(word: str | None) -> Named:
    """The policy that `word` names: a number is a version, None the active one, else a file.

    Raises Refused with the place of what is wrong.
    """
    if word is None:
        return _active()
    if word.isascii() and word.isdigit():
        return _version(int(word))
    text = read_text(word)
    try:
        return Named(word, parse_policy(text))
    except PolicyError as error:
        raise refusal_of(word, error) from error


def read_text(file: str) -> str:
    """The text of the policy file. Raises Refused where it cannot be read as one."""
    try:
        with Path(file).open("rb") as opened:
            raw = opened.read(MAX_BYTES + 1)  # the reader refuses what is larger
    except (OSError, ValueError) as error:
        raise Refused(say("policy.file.unreadable", file=file)) from error
    if len(raw) > MAX_BYTES:
        raise refusal_of(file, PolicyError("too_large", 1, 1, limit=MAX_BYTES // 1024))
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        raise refusal_of(file, PolicyError("not_text", line, column)) from error


def refusal_of(label: str, error: PolicyError) -> Refused:
    """What is wrong and where, as one sentence."""
    return Refused(
        say(
            "policy.file.wrong",
            file=label,
            line=str(error.line),
            column=str(error.column),
            sentence=error.sentence,
        )
    )


def _active() -> Named:
    try:
        active = active_policy()
    except NoActivePolicy as error:
        raise Refused(say(f"error.{error.code}.detail")) from error
    return Named(say("policy.version.shown", number=active.number), active.document)


def _version(number: int) -> Named:
    label = say("policy.version.shown", number=number)
    try:
        return Named(label, policy_numbered(number).document)
    except (PolicyVersion.DoesNotExist, OverflowError) as error:
        raise Refused(say("policy.version.unknown", number=number)) from error
    except PolicyError as error:
        raise refusal_of(label, error) from error
