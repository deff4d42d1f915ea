"""Payloads: exactly the fields that the action type names, each of its kind, and their masks.

Pure but for the errors it raises.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from identity.errors import InvalidPayload

_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_AMOUNT = re.compile(r"(0|[1-9][0-9]{0,11})(\.[0-9]{1,2})?")
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
_WORD = re.compile(r"[a-z][a-z0-9_.-]{0,39}")


def _iban(text: str) -> str | None:
    compact = text.replace(" ", "").upper()
    if not _IBAN.fullmatch(compact):
        return None
    turned = compact[4:] + compact[:4]
    digits = "".join(str(int(char, 36)) for char in turned)
    return compact if int(digits) % 97 == 1 else None


def _email(text: str) -> str | None:
    return text if len(text) <= 254 and _EMAIL.fullmatch(text) else None


def _word(text: str) -> str | None:
    return text if _WORD.fullmatch(text) else None


def _text(text: str) -> str | None:
    printable = text.strip()
    return printable if 0 < len(printable) <= 200 and printable.isprintable() else None


def _amount(text: str) -> str | None:
    return text if _AMOUNT.fullmatch(text) else None


def _phone(text: str) -> str | None:
    compact = re.sub(r"[ ()./-]", "", text)
    return compact if _PHONE.fullmatch(compact) else None


KINDS: Mapping[str, Callable[[str], str | None]] = {
    "iban": _iban,
    "email": _email,
    "word": _word,
    "amount": _amount,
    "phone": _phone,
    "text": _text,
}
"""Each kind gives the canonical value, or None. An IBAN's check digits count (ISO 13616);
an amount is a decimal in text, so that no rounding of JSON numbers can change it; a phone number
is E.164."""


def checked_payload(payload: object, fields: Mapping[str, str]) -> dict[str, str]:
    """The payload in canonical form.

    Raises InvalidPayload(field, problem) for a field that is unknown, missing, not a string or
    not of its kind. One scalar each: a list of addresses is not an address (F14).
    """
    if not isinstance(payload, dict):
        raise InvalidPayload(field="payload", problem="not_an_object")
    for name in payload:
        if name not in fields:
            raise InvalidPayload(field=str(name)[:40], problem="unknown_field")
    found: dict[str, str] = {}
    for name, kind in fields.items():
        value = payload.get(name)
        if value is None:
            raise InvalidPayload(field=name, problem="missing")
        good = KINDS[kind](value) if isinstance(value, str) and len(value) <= 300 else None
        if good is None:
            raise InvalidPayload(field=name, problem=f"not_{kind}")
        found[name] = good
    return found


def masked(value: str, kind: str) -> str:
    """Enough of a value for its owner to know it again, too little for anybody else."""
    if kind == "iban":
        return f"{value[:4]} •••• •••• {value[-4:]}"
    if kind == "email":
        name, _, domain = value.partition("@")
        return f"{name[:1]}•••@{domain}"
    if kind == "phone":
        return f"{value[:3]} •••• {value[-2:]}"
    return value
