"""A security key made of software: what a page and a server see of a real one (WebAuthn §6)."""

from __future__ import annotations

import hashlib
import json
import os
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

UP, UV, BE, BS, AT = 0x01, 0x04, 0x08, 0x10, 0x40
"""User present, user verified, backup eligible, backed up, credential attached."""


def text_of(raw: bytes) -> str:
    """base64url without padding."""
    return urlsafe_b64encode(raw).decode().rstrip("=")


def bytes_of(text: str) -> bytes:
    """Back again."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def asked_on(page: str) -> dict[str, Any]:
    """The options that a page gives to the browser."""
    found = re.search(r'data-options="([^"]+)"', page)
    assert found, "the page asks no key"
    options: dict[str, Any] = json.loads(unescape(found[1]))
    return options


@dataclass
class SoftKey:
    """One key with one credential. Every attribute can be set to make it lie."""

    rp: str = "testserver"
    origin: str = "http://testserver"
    flags: int = UP | UV
    count: int = 0
    counts: bool = True
    resident: bool = True
    cross_origin: bool = False
    credential_id: bytes = field(default_factory=lambda: os.urandom(32))
    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    handle: bytes = b""

    def _client_data(self, kind: str, challenge: str) -> bytes:
        said = {
            "type": f"webauthn.{kind}",
            "challenge": challenge,
            "origin": self.origin,
            "crossOrigin": self.cross_origin,
        }
        return json.dumps(said).encode()

    def _authenticator_data(self, flags: int) -> bytes:
        self.count += self.counts
        return (
            hashlib.sha256(self.rp.encode()).digest()
            + bytes([flags])
            + self.count.to_bytes(4, "big")
        )

    def create(self, options: dict[str, Any], **wrong: Any) -> dict[str, Any]:
        """What `navigator.credentials.create` gives, as JSON; `wrong` replaces parts."""
        self.handle = bytes_of(options["user"]["id"])
        point = self.private.public_key().public_numbers()
        public = {
            1: 2,
            3: -7,
            -1: 1,
            -2: point.x.to_bytes(32, "big"),
            -3: point.y.to_bytes(32, "big"),
        }
        data = (
            self._authenticator_data(self.flags | AT)
            + bytes(16)
            + len(self.credential_id).to_bytes(2, "big")
            + self.credential_id
            + cbor2.dumps(public)
        )
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer(
            {
                "clientDataJSON": text_of(self._client_data("create", options["challenge"])),
                "attestationObject": text_of(attestation),
                "transports": ["usb", "nfc"],
            },
            wrong,
        )

    def get(self, options: dict[str, Any], **wrong: Any) -> dict[str, Any]:
        """What `navigator.credentials.get` gives, as JSON; `wrong` replaces parts."""
        client = self._client_data("get", options["challenge"])
        data = self._authenticator_data(self.flags)
        signature = self.private.sign(
            data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256())
        )
        parts = {
            "clientDataJSON": text_of(client),
            "authenticatorData": text_of(data),
            "signature": text_of(signature),
        }
        if self.resident:
            parts["userHandle"] = text_of(self.handle)
        return self._answer(parts, wrong)

    def _answer(self, response: dict[str, Any], wrong: dict[str, Any]) -> dict[str, Any]:
        name = text_of(self.credential_id)
        answer = {"id": name, "rawId": name, "type": "public-key", "response": response}
        for part, value in wrong.items():
            where = answer if part in answer else response
            where[part] = value
        return answer
