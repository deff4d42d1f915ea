"""The fingerprint of a person's credentials: a proof dies with what it was given with (D8, F29)."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.crypto import salted_hmac


def fingerprint_of(password: str, marks: Sequence[str]) -> str:
    """64 characters that are others once the password or a factor is another.

    `password` is the stored hash, `marks` are those of `fallbacks.factors.held`. Keyed, so that
    nobody who reads it can try passwords against it.
    """
    text = "\n".join((password, *marks))
    return salted_hmac("identity.credentials", text, algorithm="sha256").hexdigest()
