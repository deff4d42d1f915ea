"""Phone numbers in one spelling: E.164, and only those that texts reach."""

from __future__ import annotations

import re
import unicodedata

import phonenumbers
from phonenumbers import PhoneNumberType

from fallbacks.errors import UnusableNumber

LONGEST = 32
TEXTED = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})
"""No premium, shared-cost or satellite numbers: those are what pumping is after (F20)."""


def canonical_number(typed: object) -> str:
    """`+` and digits. Spaces, dashes, dots and brackets are dropped; a country has to be there.

    Raises UnusableNumber for anything else.
    """
    if not isinstance(typed, str) or len(typed) > LONGEST:
        raise UnusableNumber
    folded = unicodedata.normalize("NFKC", typed)
    kept = re.sub(r"[\s().\-\u2010-\u2015/]", "", folded)
    if not re.fullmatch(r"\+[0-9]{7,15}", kept, re.ASCII):
        raise UnusableNumber
    try:
        number = phonenumbers.parse(kept, None)
    except phonenumbers.NumberParseException as error:
        raise UnusableNumber from error
    usable = phonenumbers.is_valid_number(number) and phonenumbers.number_type(number) in TEXTED
    if not usable:
        raise UnusableNumber
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
