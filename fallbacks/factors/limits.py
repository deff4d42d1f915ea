"""Every number that bounds a factor, once, with where it comes from. Pure.

The code counts by these objects and the console prints them, so neither can say something else.
NIST is SP 800-63B-4, ASVS is OWASP's, version 5.0.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

IN_A_ROW = timedelta.max


@dataclass(frozen=True, slots=True)
class Throttle:
    """At most `count` of `what` within `span` (`IN_A_ROW`: however long that takes)."""

    what: str
    count: int
    span: timedelta
    source: str


@dataclass(frozen=True, slots=True)
class Life:
    """How long `what` may count."""

    what: str
    span: timedelta
    source: str


@dataclass(frozen=True, slots=True)
class Size:
    """How much of `unit` there is in `what`."""

    what: str
    count: int
    unit: str
    source: str


GUESSES_SHORT = Throttle("guesses", 5, timedelta(minutes=5), "ASVS 6.3.1, 6.6.3")
GUESSES_DAY = Throttle("guesses", 50, timedelta(days=1), "ASVS 6.3.1, 6.6.3")
GUESSES_ROW = Throttle("misses", 100, IN_A_ROW, "NIST §3.2.2")
BUDGET = (GUESSES_SHORT, GUESSES_DAY, GUESSES_ROW)
"""The one budget of an account, over all its factors and sessions; after the last of them the
factors have to be bound anew."""

PROMPTS = Throttle("prompts", 3, timedelta(hours=1), "ASVS 6.6.4; Uber 2022")
"""Prompts that nobody asked for tire people into saying yes."""

TEXTS_NUMBER = Throttle("texts_number", 5, timedelta(days=1), "ASVS 6.6.3; our choice")
"""Nobody needs more codes a day than this; each costs money and somebody else may earn it."""
TEXTS_PREFIX = Throttle("texts_prefix", 20, timedelta(days=1), "Twilio, SMS pumping; our choice")
"""To all numbers that differ in their last three digits only."""

CHALLENGE = Life("challenge", timedelta(minutes=10), "NIST §3.1.3.2; ASVS 6.5.5")
"""An out-of-band secret lives no longer, and neither does any other question of ours."""

SENT_CODE = Size("sent_code", 6, "digits", "NIST §3.1.3.2; ASVS 6.6.2")
SENT_LINK = Size("sent_link", 256, "bits", "NIST §4.2.2 asks for 64")

TOTP_STEP = Life("totp_step", timedelta(seconds=30), "RFC 6238 §5.2; ASVS 6.5.5")
TOTP_LEEWAY = Life("totp_leeway", timedelta(seconds=30), "NIST §3.1.4.2")
"""A clock may be one step off, either way: a code can be accepted for three steps."""

TOTP_KEY = Size("totp_key", 160, "bits", "RFC 4226 §4 R6; NIST §3.1.4.1 asks for 112")
TOTP_DIGITS = Size("totp_code", 6, "digits", "NIST §3.1.4.2")
BACKUP_CODE = Size("backup_code", 80, "bits", "NIST §4.2.1.1 asks for 64; ASVS 6.5.2")
BACKUP_CODES = Size("backup_codes", 10, "codes", "Our choice: a page that fits a purse")

PUSH_NUMBER = Size("push_number", 6, "digits", "NIST §3.1.3.2")

STEP_UP = Life("step_up", timedelta(minutes=5), "ASVS 7.5.1; NIST §4.1.2")
"""A proof given for a change of factors lets that change happen for so long, and no other one."""

CHANGE = Life("change", timedelta(minutes=10), "As a challenge")
"""A change that was begun and not proved is over by then."""

FIRST_FACTOR = Life("first_factor", timedelta(minutes=5), "NIST §4.1.1")
"""How soon after signing in with the password somebody without any factor may add the first."""

DORMANT = Life("dormant", timedelta(days=90), "AA22-074A; PyPI 2024")
"""An account that nobody used for a quarter of a year is not handed to whoever knows its old
password: its first factor is set up with support."""

EVERYTHING: tuple[Throttle | Life | Size, ...] = (
    *BUDGET,
    PROMPTS,
    TEXTS_NUMBER,
    TEXTS_PREFIX,
    CHALLENGE,
    TOTP_STEP,
    TOTP_LEEWAY,
    TOTP_KEY,
    TOTP_DIGITS,
    SENT_CODE,
    SENT_LINK,
    BACKUP_CODE,
    BACKUP_CODES,
    PUSH_NUMBER,
    STEP_UP,
    CHANGE,
    FIRST_FACTOR,
    DORMANT,
)
