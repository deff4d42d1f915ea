"""One message on the wire: network and nothing else, bounded whatever the receiver does."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import httpx
from django.conf import settings

from fallbacks.channels.address import AddressRefused, pin

TIMEOUT = 10.0
"""Seconds for all of it: finding the address, connecting, sending, and the whole head of the
answer. A receiver that trickles gets no longer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: an HTTP status, or a code of ours for why there was none."""

    status: int | None
    code: str
    retry_after: str = ""
    """The header as it came."""

    @property
    def good(self) -> bool:
        """The receiver acknowledged. A redirect is not an acknowledgement."""
        return self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Letter:
    """A message made ready: everything that needs the database was read before it goes out."""

    url: str
    headers: dict[str, str]
    body: bytes


def new_client() -> httpx.AsyncClient:
    """A client that follows nothing and trusts nothing of the environment.

    No connection is kept: they are told apart by address alone, and one that was verified for one
    host must not carry a message to another host at the same address.
    """
    return httpx.AsyncClient(
        timeout=TIMEOUT,
        follow_redirects=False,
        trust_env=False,
        limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
    )


async def send_all(letters: Sequence[Letter]) -> list[Answer]:
    """Send them side by side; the answers in the same order."""
    async with new_client() as client:
        return list(await asyncio.gather(*(send(client, letter) for letter in letters)))


async def send(client: httpx.AsyncClient, letter: Letter) -> Answer:
    """Send one. Never raises for what a receiver or a name server does."""
    try:
        async with asyncio.timeout(TIMEOUT):
            target = await asyncio.to_thread(
                pin,
                letter.url,
                allowed=settings.WEBHOOK_ALLOWED_NETWORKS,
                plain=settings.WEBHOOK_PLAIN_NETWORKS,
            )
            request = client.build_request(
                "POST",
                target.url,
                content=letter.body,
                headers={**letter.headers, "host": target.authority},
                extensions={"sni_hostname": target.host},
            )
            # The body of the answer is never read: only the status counts.
            response = await client.send(request, stream=True)
            await response.aclose()
    except AddressRefused as error:
        return Answer(None, error.code)
    except (TimeoutError, httpx.TimeoutException):
        return Answer(None, "timed_out")
    except (httpx.HTTPError, httpx.InvalidURL):
        return Answer(None, "unreachable")
    return Answer(
        response.status_code,
        f"http_{response.status_code}",
        response.headers.get("retry-after", "")[:64],
    )
