"""Lines that only this installation can have written: compact JWS (RFC 7515) by Ed25519.

Any JOSE tool checks them with the public key (`manage.py audit key`). Each line is one signed
JSON object; the header names the key by its thumbprint (RFC 7638).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

ALGORITHM = "Ed25519"
"""RFC 9864; older tools call it EdDSA."""


class NotSigned(ValueError):
    """A line that none of the known keys signed."""


def signed(payload: Mapping[str, Any]) -> str:
    """`payload` as a line, without its end."""
    private = Ed25519PrivateKey.from_private_bytes(settings.AUDIT_KEYS[0])
    head = {"alg": ALGORITHM, "kid": thumbprint(private.public_key())}
    content = f"{_encoded(_json(head))}.{_encoded(_json(payload))}"
    return f"{content}.{_encoded(private.sign(content.encode()))}"


def opened(line: str) -> dict[str, Any]:
    """What a line says. Raises NotSigned."""
    keys = _keys(settings.AUDIT_KEYS)
    try:
        head, payload, signature = line.split(".")
        header = json.loads(_decoded(head))
        if header["alg"] != ALGORITHM:
            raise NotSigned(line)
        keys[header["kid"]].verify(_decoded(signature), f"{head}.{payload}".encode())
        found: dict[str, Any] = json.loads(_decoded(payload))
    except (ValueError, KeyError, TypeError, InvalidSignature, binascii.Error) as error:
        raise NotSigned(line) from error
    return found


def public_key() -> dict[str, str]:
    """The key that new lines can be checked with, as a JWK (RFC 8037)."""
    public = Ed25519PrivateKey.from_private_bytes(settings.AUDIT_KEYS[0]).public_key()
    return {**_jwk(public), "alg": ALGORITHM, "kid": thumbprint(public), "use": "sig"}


def thumbprint(public: Ed25519PublicKey) -> str:
    """What names the key in a header (RFC 7638)."""
    return _encoded(hashlib.sha256(_json(_jwk(public))).digest())


@lru_cache(maxsize=4)
def _keys(configured: tuple[bytes, ...]) -> dict[str, Ed25519PublicKey]:
    newest = Ed25519PrivateKey.from_private_bytes(configured[0]).public_key()
    earlier = [Ed25519PublicKey.from_public_bytes(raw) for raw in configured[1:]]
    return {thumbprint(each): each for each in (newest, *earlier)}


def _jwk(public: Ed25519PublicKey) -> dict[str, str]:
    return {"crv": "Ed25519", "kty": "OKP", "x": _encoded(public.public_bytes_raw())}


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _decoded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
