"""Web Push: a message encrypted for one browser (RFC 8291), handed to its push service (RFC 8030)
under our own name (VAPID, RFC 8292).

The push service learns when and how much, never what. Where it is was named by a browser, so it is
called like a webhook: a public address over HTTPS, pinned to what was checked, no redirects.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import time
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from urllib.parse import urlsplit

import http_ece
import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from py_vapid import Vapid02

from fallbacks.channels.address import AddressRefused, check_scheme, pin
from fallbacks.channels.transport import TransportError

TIMEOUT = 5.0
"""Seconds a push service may take for the whole answer."""
TOKEN_LIFE = timedelta(hours=12)
"""How long one of our signatures counts (RFC 8292 §2 allows a day)."""
LONGEST_ENDPOINT = 1000
POINT_BYTES, AUTH_BYTES = 65, 16
"""An uncompressed point of P-256, and what the browser adds to it (RFC 8291 §2, §3.2)."""
MOST = 3993
"""Bytes of a message that every push service takes (RFC 8291 §4)."""
GONE = frozenset({404, 410})
NOT_NOW = frozenset({408, 425, 429})
LONGEST_WAIT = 600


@dataclass(frozen=True, slots=True)
class Recipient:
    """One browser: where its push service takes messages for it, and what to encrypt them with."""

    endpoint: str
    p256dh: str
    auth: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message for one browser. `topic` lets a newer one take the place of an older one."""

    recipient: Recipient
    content: bytes
    ttl: int
    topic: str = ""


def is_usable(recipient: Recipient) -> bool:
    """Whether a browser's own account of itself can be sent to at all."""
    plain = bool(settings.PUSH_PLAIN_NETWORKS)
    try:
        check_scheme(recipient.endpoint, plain=plain)
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _bytes(recipient.p256dh))
        sizes = len(_bytes(recipient.p256dh)), len(_bytes(recipient.auth))
    except (AddressRefused, ValueError):
        return False
    fits = recipient.endpoint.isascii() and len(recipient.endpoint) <= LONGEST_ENDPOINT
    return fits and sizes == (POINT_BYTES, AUTH_BYTES)


def _bytes(text: str) -> bytes:
    """URL-safe base64 without padding. Raises ValueError."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("no base64") from error


@cache
def _vapid(private_key: str) -> Vapid02:
    return Vapid02.from_raw(private_key.encode())


def public_key() -> str:
    """Our name at push services, as the browser wants it: a point in URL-safe base64."""
    point = _vapid(settings.PUSH_KEY).public_key.public_bytes(
        Encoding.X962, PublicFormat.UncompressedPoint
    )
    return base64.urlsafe_b64encode(point).decode().rstrip("=")


def encrypted(recipient: Recipient, content: bytes) -> bytes:
    """The body that only this browser can read, with a fresh key of ours and a fresh salt."""
    return http_ece.encrypt(
        content,
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=_bytes(recipient.p256dh),
        auth_secret=_bytes(recipient.auth),
        version="aes128gcm",
    )


def headers_of(parcel: Parcel) -> dict[str, str]:
    """What goes with the body: who we are, and how long it is worth keeping (seconds)."""
    parts = urlsplit(parcel.recipient.endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int(time.time() + TOKEN_LIFE.total_seconds()),
        "sub": settings.PUSH_CONTACT,
    }
    topic = {"topic": parcel.topic} if parcel.topic else {}
    return {
        **_vapid(settings.PUSH_KEY).sign(claims),
        "content-encoding": "aes128gcm",
        "content-type": "application/octet-stream",
        "ttl": str(max(0, parcel.ttl)),
        "urgency": "high",
        **topic,
    }


async def send(client: httpx.AsyncClient, parcel: Parcel) -> int:
    """Hand a message to the push service; the status with which it took it.

    Raises TransportError; `gone` where the browser has ended its subscription.
    """
    if len(parcel.content) > MOST:
        raise TransportError("too_large", permanent=True)
    try:
        target = await asyncio.to_thread(
            pin,
            parcel.recipient.endpoint,
            allowed=settings.PUSH_ALLOWED_NETWORKS,
            plain=settings.PUSH_PLAIN_NETWORKS,
        )
        async with asyncio.timeout(TIMEOUT):
            request = client.build_request(
                "POST",
                target.url,
                content=encrypted(parcel.recipient, parcel.content),
                headers={**headers_of(parcel), "host": target.authority},
                extensions={"sni_hostname": target.host},
            )
            # The body of the answer is never read: only the status counts.
            response = await client.send(request, stream=True)
            await response.aclose()
    except AddressRefused as error:
        permanent = error.code != "no_such_host"
        raise TransportError(error.code, permanent=permanent) from error
    except (TimeoutError, httpx.TimeoutException) as error:
        raise TransportError("timed_out") from error
    except httpx.HTTPError as error:
        raise TransportError("unreachable") from error
    return _judged(response)


def _judged(response: httpx.Response) -> int:
    status = response.status_code
    if 200 <= status < 300:
        return status
    later = response.headers.get("retry-after", "")
    raise TransportError(
        f"http_{status}",
        permanent=300 <= status < 500 and status not in NOT_NOW,
        gone=status in GONE,
        retry_after=min(int(later[:6]), LONGEST_WAIT)
        if later.isascii() and later.isdigit()
        else None,
    )


def new_client() -> httpx.AsyncClient:
    """A client that goes where it is sent and nowhere else."""
    return httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=False, trust_env=False)
