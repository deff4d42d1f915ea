"""Sealing: what must be kept for later is kept encrypted and bound to where it belongs (Q1).

AES-256-GCM with the place it belongs to as associated data: a sealed value that is moved to
another action, person or application does not open. The key's id travels with the value, so keys
can be rotated while old values wait.
"""

from __future__ import annotations

import json
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from identity.errors import CannotOpen

FORMAT = b"\x01"
NONCE = 12


def seal(plain: bytes, place: str) -> bytes:
    """`plain` sealed with the newest key, bound to `place`."""
    kid, key = next(iter(settings.SEAL_KEYS.items()))
    nonce = os.urandom(NONCE)
    name = kid.encode()
    sealed = AESGCM(key).encrypt(nonce, plain, FORMAT + name + place.encode())
    return FORMAT + bytes([len(name)]) + name + nonce + sealed


def unseal(sealed: bytes | memoryview, place: str) -> bytes:
    """What `seal` was given. Raises CannotOpen for a missing key, another place or an edit."""
    sealed = bytes(sealed)
    if sealed[:1] != FORMAT or len(sealed) < 2:
        raise CannotOpen
    end = 2 + sealed[1]
    name, nonce, rest = sealed[2:end], sealed[end : end + NONCE], sealed[end + NONCE :]
    key = settings.SEAL_KEYS.get(name.decode("ascii", "replace"))
    if key is None:
        raise CannotOpen
    try:
        return AESGCM(key).decrypt(nonce, rest, FORMAT + name + place.encode())
    except (InvalidTag, ValueError) as error:
        raise CannotOpen from error


def key_of(sealed: bytes | memoryview) -> str:
    """The id of the key that a value is sealed under; empty for what is no sealed value."""
    sealed = bytes(sealed)
    if sealed[:1] != FORMAT or len(sealed) < 2:
        return ""
    return sealed[2 : 2 + sealed[1]].decode("ascii", "replace")


def place_of(action_id: object, user_id: object, application_id: object) -> str:
    """Where an action's payload belongs."""
    return f"action:{action_id}|user:{user_id}|application:{application_id}"


def seal_payload(payload: dict[str, Any], place: str) -> bytes:
    """A payload as canonical JSON, sealed."""
    return seal(json.dumps(payload, sort_keys=True, separators=(",", ":")).encode(), place)


def open_payload(sealed: bytes | memoryview, place: str) -> dict[str, Any]:
    """The payload that was sealed at `place`."""
    opened: dict[str, Any] = json.loads(unseal(sealed, place))
    return opened
