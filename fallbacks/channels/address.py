"""Where a message of ours may go: to public addresses over HTTPS, pinned to what was checked (F44).

Webhooks and prompts both go to addresses that somebody else named.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class AddressRefused(Exception):
    """The address may not be called; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Pinned:
    """A URL that names the very address that was checked, and the host it stands for.

    Between check and call a name server cannot lead us elsewhere, because no name is asked again.
    """

    url: str
    host: str
    authority: str


def check_scheme(url: str, *, plain: bool = False) -> SplitResult:
    """The parts of a URL that is HTTPS (or `plain` HTTP) and names a host and nobody's password.

    Raises AddressRefused.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError as error:
        raise AddressRefused("bad_address") from error
    if parts.scheme not in ("https", "http") or (parts.scheme == "http" and not plain):
        raise AddressRefused("not_https")
    if not host or parts.username or parts.password:
        raise AddressRefused("bad_address")
    return parts


def pin(url: str, *, allowed: Sequence[Network], plain: Sequence[Network] = ()) -> Pinned:
    """Resolve, check and pin `url`.

    `allowed` are networks that may be called although they are not public; `plain` those that
    may be called without TLS (loopback, with demo data only). Every address of the name must be
    allowed. Raises AddressRefused.
    """
    parts = check_scheme(url, plain=bool(plain))
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        found = socket.getaddrinfo(str(parts.hostname), port, type=socket.SOCK_STREAM)
    except (OSError, ValueError) as error:
        raise AddressRefused("no_such_host") from error
    addresses = [ipaddress.ip_address(str(entry[4][0]).split("%")[0]) for entry in found]
    for address in addresses:
        if not address.is_global and not any(address in network for network in allowed):
            raise AddressRefused("inner_address")
        if parts.scheme == "http" and not any(address in network for network in plain):
            raise AddressRefused("not_https")
    literal = f"[{addresses[0]}]" if addresses[0].version == 6 else str(addresses[0])
    query = f"?{parts.query}" if parts.query else ""
    return Pinned(
        url=f"{parts.scheme}://{literal}:{port}{parts.path or '/'}{query}",
        host=str(parts.hostname),
        authority=parts.netloc,
    )
