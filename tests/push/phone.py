"""A phone as its browser sees it, and a push service: RFC 8291 and 8292 written anew from their
texts, so that what Holdfast sends is read by somebody else's hand."""

from __future__ import annotations

import base64
import json
import os
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.http import HttpResponse

from tests.factors.changing import begun, prove
from tests.world.demo import Visitor


def encode(raw: bytes) -> str:
    """URL-safe base64 without padding."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def decode(text: str) -> bytes:
    """The other way."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _derived(secret: bytes, salt: bytes, info: bytes, size: int) -> bytes:
    return HKDF(hashes.SHA256(), size, salt, info).derive(secret)


@dataclass
class Arrived:
    """One request at the push service."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class PushService:
    """Takes what is posted to it; `answers` are the next statuses, then 201."""

    answers: list[int] = field(default_factory=list)
    more: dict[str, str] = field(default_factory=dict)
    arrived: list[Arrived] = field(default_factory=list)

    def __post_init__(self) -> None:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                names = {k.lower(): v for k, v in self.headers.items()}
                outer.arrived.append(Arrived(self.path, names, body))
                status = outer.answers.pop(0) if outer.answers else 201
                self.send_response(status)
                for name, value in outer.more.items():
                    self.send_header(name, value)
                if status == 301:
                    self.send_header("location", f"{outer.url}/elsewhere")
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                """Keep the output of tests clean."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def close(self) -> None:
        """Stop answering."""
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


class Phone:
    """The keys of one browser's subscription, and what it makes of a message."""

    def __init__(self, service: PushService, name: str = "one") -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.auth = os.urandom(16)
        self.endpoint = f"{service.url}/send/{name}-{os.urandom(4).hex()}"
        self.service = service

    @property
    def point(self) -> bytes:
        """Its public key."""
        return self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def form(self) -> dict[str, str]:
        """What its page hands in."""
        return {
            "endpoint": self.endpoint,
            "p256dh": encode(self.point),
            "auth": encode(self.auth),
        }

    @property
    def messages(self) -> list[Arrived]:
        """What the service holds for it."""
        path = self.endpoint.removeprefix(self.service.url)
        return [each for each in self.service.arrived if each.path == path]

    def read(self, body: bytes) -> Any:
        """Decrypt an aes128gcm body of one record (RFC 8188 §2, RFC 8291 §3.4)."""
        salt, size = body[:16], int.from_bytes(body[16:20])
        length = body[20]
        sender, sealed = body[21 : 21 + length], body[21 + length :]
        assert length == 65
        assert 17 < len(sealed) <= size
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
        shared = self.key.exchange(ec.ECDH(), public)
        info = b"WebPush: info\0" + self.point + sender
        secret = _derived(shared, self.auth, info, 32)
        key = _derived(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
        nonce = _derived(secret, salt, b"Content-Encoding: nonce\0", 12)
        opened = AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\0")
        assert opened[-1:] == b"\x02"
        return json.loads(opened[:-1])

    def last(self) -> Any:
        """The newest message, opened."""
        return self.read(self.messages[-1].body)


def signed_by(header: str) -> tuple[dict[str, Any], str]:
    """The claims of a VAPID header whose signature holds, and the key in it (RFC 8292 §3)."""
    scheme, _, rest = header.partition(" ")
    assert scheme == "vapid"
    parts = dict(each.strip().split("=", 1) for each in rest.split(","))
    head, claims, signature = parts["t"].split(".")
    assert json.loads(decode(head)) == {"typ": "JWT", "alg": "ES256"}
    raw = decode(signature)
    der = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decode(parts["k"]))
    public.verify(der, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    return json.loads(decode(claims)), parts["k"]


def enrol(visitor: Visitor, phone: Phone, **more: str) -> HttpResponse:
    """Add this browser, after a proof; the visitor's browser has its cookie from then on."""
    address = begun(visitor, "push", "enrol", name="My phone")
    proved = prove(visitor, address)
    assert proved.status_code == 303, proved.content[:3000].decode()
    return visitor.client.post(f"{address}browser/", {**phone.form, **more})
