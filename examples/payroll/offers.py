"""What a person can ask for here, and the names of the demo people. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

PEOPLE: Mapping[str, str] = {
    "avery": "Avery Lind",
    "tess": "Tess Moreau",
    "sam": "Sam Okafor",
    "noor": "Noor Rahman",
    "kai": "Kai Tanaka",
    "riley": "Riley Stone",
}
"""Holdfast's demo people by the name that both sides use for them (`subject`)."""

ABOUT: Mapping[str, str] = {
    "avery": "Here, with the phone at hand",
    "tess": "The app is in the background; the phone does not react",
    "sam": "The phone has lost its network",
    "noor": "Do not disturb, until the morning far away",
    "kai": "Has not used the phone for a long time",
    "riley": "No answer, and something is odd",
}
"""How Holdfast finds each of them, for the list."""


@dataclass(frozen=True)
class Offer:
    """One thing to ask for: its action type at Holdfast, and its form here."""

    kind: str
    title: str
    about: str
    button: str
    field: str | None = None
    """The one field of the payload, where there is one."""
    label: str = ""
    input_type: str = "text"
    example: str = ""
    preset: str = ""
    """The value of a field that the person does not choose."""
    start: str = ""
    """What the field holds before anything was changed."""


OFFERS: Mapping[str, Offer] = {
    offer.kind: offer
    for offer in (
        Offer(
            "payslip.view",
            "View payslips",
            "Reading goes on while other requests wait.",
            "Open my payslips",
        ),
        Offer(
            "draft.save",
            "Save a draft",
            "Keep a note for the payroll team. Nothing is sent to them yet.",
            "Save the draft",
        ),
        Offer(
            "email.change",
            "Change contact e-mail",
            "Where we write to you about your pay.",
            "Change e-mail",
            field="email",
            label="New e-mail address",
            input_type="email",
            example="new.address@example.org",
            start="{person}@harbour.example",
        ),
        Offer(
            "address.change",
            "Change postal address",
            "Where we send paper. Agree to it beforehand at Holdfast, and it is changed at once.",
            "Change address",
            field="address",
            label="New address",
            example="1 Quay Lane, Porto",
            start="12 Harbour Street, Porto",
        ),
        Offer(
            "payout.change",
            "Change payout account",
            "Where your salary goes from the next pay day on.",
            "Change account",
            field="account",
            label="New account (IBAN)",
            example="DE89 3704 0044 0532 0130 00",
            start="GB29NWBK60161331926819",
        ),
        Offer(
            "role.grant",
            "Become payroll administrator",
            "An administrator sees everybody’s pay.",
            "Ask for the admin role",
            field="role",
            preset="admin",
            start="employee",
        ),
        Offer(
            "records.export",
            "Export records",
            "A copy of everything we hold about your pay.",
            "Ask for the export",
        ),
    )
}

PAYSLIPS: Sequence[tuple[str, str, str]] = (
    ("October 2026", "4,180.00 €", "2,871.40 €"),
    ("September 2026", "4,180.00 €", "2,871.40 €"),
    ("August 2026", "4,430.00 €", "3,012.75 €"),
)
"""Month, gross, net: the same made-up figures for everybody."""

MAX_FIELD = 254
"""Longest accepted field, in characters: the longest e-mail address (RFC 5321)."""


class WrongField(ValueError):
    """The form's field is empty or too long."""


def payload_of(offer: Offer, typed: str) -> dict[str, str]:
    """The payload for Holdfast out of what was typed; an IBAN loses its spaces.

    Raises WrongField. Whether an account or address is a real one is Holdfast's to refuse.
    """
    if offer.field is None:
        return {}
    value = offer.preset or typed.strip()
    if offer.field == "account":
        value = "".join(value.split()).upper()
    if not value or len(value) > MAX_FIELD:
        raise WrongField(offer.label)
    return {offer.field: value}


def value_of(offer: Offer, payload: object) -> str:
    """The changed value out of a committed payload; empty for an offer without a field.

    Raises WrongField for a payload without it.
    """
    if offer.field is None:
        return ""
    value = payload.get(offer.field) if isinstance(payload, Mapping) else None
    if not isinstance(value, str) or not 0 < len(value) <= MAX_FIELD:
        raise WrongField(offer.field)
    return value


def start_value(kind: str, person: str) -> str:
    """What `person` has before any change of `kind`."""
    return OFFERS[kind].start.format(person=person)


def masked(kind: str, value: str) -> str:
    """Enough of a value for its owner to know it again, and no more."""
    if kind == "payout.change":
        return f"{value[:2]} •••• {value[-4:]}"
    if kind == "email.change":
        name, _, domain = value.rpartition("@")
        return f"{name[:1]}•••@{domain}"
    return value


def binding_message(offer: Offer, payload: Mapping[str, str]) -> str:
    """What the person reads on the other device while confirming: at most 120 characters."""
    value = payload.get(offer.field or "", "")
    ending = f": {masked(offer.kind, value)}" if value else ""
    return f"Harbour Payroll – {offer.title}{ending}"[:120]
