"""The obligations of a profile or rule, read from the policy document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

from fallbacks.ladder import BACKUP, Kind, Step, fault_of, time_to_final
from identity.policy.decision import (
    FACTOR_CEILING,
    PHISHING_RESISTANT,
    READ_SCOPES,
    Aal,
    Obligations,
)
from identity.policy.execution import PERSON, WEEKDAYS, ExecutionWindow
from identity.policy.reading import Place

DAY = 86400
_LONGEST = 30 * DAY
"""No action waits for more than a month: by then nobody remembers having asked."""
NOTIFIED_BY = (BACKUP, "push", "email", "sms")
"""What a step of the ladder can tell the person by."""
FIELDS = (
    "required_aal",
    "phishing_resistant",
    "max_proof_age",
    "permitted_factors",
    "challenge_ttl",
    "window",
    "on_expiry",
    "grace",
    "retries",
    "ladder",
    "read_only",
    "read_scope",
    "execution",
    "confirm_within",
    "on_silence",
    "escalate_to",
    "approvals",
)
"""Every obligation, as the document spells it."""
MUST_SAY = (
    "required_aal",
    "max_proof_age",
    "permitted_factors",
    "challenge_ttl",
    "window",
    "on_expiry",
    "grace",
    "retries",
)
"""Those that a profile cannot leave out."""


def read_fields(entries: Mapping[str, Place]) -> dict[str, Any]:
    """The values of the fields that are written. Raises PolicyError at the first wrong one."""
    values: dict[str, Any] = {}
    for name, value in entries.items():
        match name:
            case "required_aal":
                values[name] = Aal(value.number(0, 3))
            case "approvals":
                values[name] = value.number(0, 5)
            case "phishing_resistant" | "read_only":
                values[name] = value.flag()
            case "max_proof_age":  # AAL2 reauthentication: a day at most, NIST SP 800-63B-4 §2.2.3
                values[name] = value.seconds(0, DAY)
            case "challenge_ttl":  # out-of-band secrets: ten minutes, NIST SP 800-63B-4 §3.1.3.3
                values[name] = value.seconds(30, 600)
            case "window" | "grace":
                values[name] = value.seconds(60, _LONGEST)
            case "permitted_factors":
                values[name] = frozenset(value.words(FACTOR_CEILING, "factor", empty=True))
            case "confirm_within":
                values[name] = value.seconds(60, _LONGEST)
            case "read_scope":
                values[name] = frozenset(value.words(sorted(READ_SCOPES), "read-only scope"))
            case "execution":
                values[name] = _read_execution(value)
            case "on_silence":
                values[name] = value.word(("reverse", "escalate"), "step on silence")
            case "on_expiry":
                values[name] = value.word(("fallback", "review"), "step on expiry")
            case "escalate_to":
                word = value.word(("security", "support", "none"), "team")
                values[name] = None if word == "none" else word
            case "ladder":
                values[name] = _read_ladder(value)
            case "retries":
                steps = value.items(most=20)
                if not steps:
                    raise value.refuse("empty_list")
                values[name] = tuple(step.seconds(30, _LONGEST) for step in steps)
    if "ladder" in values and "retries" in values:
        raise entries["retries"].refuse("ladder_and_retries")
    if "ladder" in values:
        values["retries"] = tuple(step.seconds for step in values["ladder"] if step.seconds)
    elif "retries" in values:
        values["ladder"] = ()
    return values


def _read_ladder(place: Place) -> tuple[Step, ...]:
    items = place.items(most=20)
    if not items:
        raise place.refuse("empty_list")
    steps = tuple(_read_step(item) for item in items)
    fault = fault_of(steps)
    if fault is not None:
        at, code = fault
        raise items[at].refuse(code.value, word=steps[at].kind.value)
    return steps


def _read_step(place: Place) -> Step:
    """`retry 15m`, `wait 1h`, `notify backup`, `step_up security_key`, `support`."""
    word, *rest = place.text().split()
    kind = Kind(place.with_text(word).word(tuple(Kind), "step"))
    if kind in (Kind.RETRY, Kind.WAIT):
        if len(rest) != 1:
            raise place.refuse("not_a_time")
        return Step(kind, seconds=place.with_text(rest[0]).seconds(30, _LONGEST))
    if kind is Kind.SUPPORT and rest:
        raise place.refuse("step_alone", word=kind.value)
    if kind is Kind.NOTIFY and not rest:
        raise place.refuse("step_names_nobody", word=kind.value)
    known = NOTIFIED_BY if kind is Kind.NOTIFY else tuple(FACTOR_CEILING)
    what = "channel" if kind is Kind.NOTIFY else "factor"
    names = tuple(place.with_text(each).word(known, what) for each in rest)
    if len(set(names)) < len(names):
        raise place.refuse("duplicate_word", word=names[-1])
    return Step(kind, names=names)


def _read_execution(place: Place) -> ExecutionWindow | None:
    if place.is_word():
        place.word(("always",), "execution window")
        return None
    names = ("days", "from", "until", "zone")
    parts = place.mapping(names, required=names)
    zone = parts["zone"].text()
    if zone != PERSON and zone not in available_timezones():
        raise parts["zone"].refuse("unknown_zone", word=zone)
    opens, closes = parts["from"].clock_time(), parts["until"].clock_time()
    if opens == closes:
        raise parts["until"].refuse("empty_window")
    days = parts["days"].words(WEEKDAYS, "weekday")
    return ExecutionWindow(tuple(day for day in WEEKDAYS if day in days), opens, closes, zone)


def check_obligations(place: Place, obligations: Obligations) -> None:
    """Whether they can be met together. Raises PolicyError at `place`."""
    for factor in sorted(obligations.permitted_factors):
        if FACTOR_CEILING[factor] < obligations.required_aal:
            raise place.refuse("factor_too_weak", word=factor, aal=int(obligations.required_aal))
    resistant = obligations.permitted_factors & PHISHING_RESISTANT
    if obligations.phishing_resistant and obligations.permitted_factors and not resistant:
        raise place.refuse("not_resistant")
    if obligations.challenge_ttl > obligations.window:
        raise place.refuse("outlives_window")
    if time_to_final(obligations.ladder) > obligations.window:
        raise place.refuse("ladder_outlives_window")
    for step in obligations.ladder:
        strangers = sorted(set(step.names) - obligations.permitted_factors)
        if step.kind is Kind.STEP_UP and strangers:
            raise place.refuse("step_up_not_permitted", word=strangers[0])
