"""One spelling of a typed code, settled once, before anything is compared (F03)."""

from __future__ import annotations

import unicodedata

from fallbacks.errors import MalformedCode

LONGEST = 64
"""Nobody types a longer code; what is longer is refused unread."""


def canonical_code(factor: str, typed: object) -> str:
    """The code as it is compared: full-width forms folded, spaces and dashes dropped.

    A TOTP code is six ASCII digits; a backup code 16 letters or digits in lower case. Raises
    MalformedCode for anything else, which is a slip and not a guess.
    """
    if not isinstance(typed, str) or len(typed) > LONGEST:
        raise MalformedCode(factor=factor)
    folded = unicodedata.normalize("NFKC", typed)
    kept = "".join(
        char for char in folded if not char.isspace() and char not in "-\u2010\u2011\u2013"
    )
    kept = kept.lower()
    if factor == "totp":
        fits = len(kept) == 6 and kept.isascii() and kept.isdigit()
    else:
        fits = len(kept) == 16 and kept.isascii() and kept.isalnum()
    if not fits:
        raise MalformedCode(factor=factor)
    return kept
