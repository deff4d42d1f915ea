"""One spelling of a typed code, settled once, before anything is compared (F03)."""

from __future__ import annotations

import unicodedata

from fallbacks.errors import MalformedCode
from fallbacks.factors.limits import BACKUP_CODE, TOTP_DIGITS

LONGEST = 64
"""Nobody types a longer code; what is longer is refused unread."""

BACKUP_CODE_LENGTH = BACKUP_CODE.count // 5
"""Five bits a character (base 32)."""


def canonical_code(factor: str, typed: object) -> str:
    """The code as it is compared: full-width forms folded, spaces and dashes dropped.

    A backup code is 16 letters or digits in lower case, every other typed code six ASCII digits.
    Raises MalformedCode for anything else, which is a slip and not a guess.
    """
    if not isinstance(typed, str) or len(typed) > LONGEST:
        raise MalformedCode(factor=factor)
    folded = unicodedata.normalize("NFKC", typed)
    kept = "".join(
        char for char in folded if not char.isspace() and char not in "-\u2010\u2011\u2013"
    )
    kept = kept.lower()
    if factor == "backup_code":
        fits = len(kept) == BACKUP_CODE_LENGTH and kept.isascii() and kept.isalnum()
    else:
        fits = len(kept) == TOTP_DIGITS.count and kept.isascii() and kept.isdigit()
    if not fits:
        raise MalformedCode(factor=factor)
    return kept
