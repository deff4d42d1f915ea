"""Who we are to a key: the name it is bound to, and the only place it may answer from."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

NAME = "Holdfast"
LOOPBACK_NAME = "localhost"
USUAL_PORT = {"https": 443, "http": 80}
"""Which port an origin does not name."""


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """`id` is the domain that keys are bound to, `origin` the one origin that is believed."""

    id: str
    origin: str

    @property
    def host(self) -> str:
        """Name and port as a request names them."""
        return urlsplit(self.origin).netloc


def relying_party(base_url: str) -> RelyingParty | None:
    """The relying party behind `base_url`; None where keys cannot work.

    WebAuthn knows domains only. On this machine the address 127.0.0.1 is also called localhost,
    the one name that browsers take without HTTPS; any other bare address has no keys.
    """
    parts = urlsplit(base_url)
    name = parts.hostname or ""
    try:
        if not ipaddress.ip_address(name).is_loopback:
            return None
        name = LOOPBACK_NAME
    except ValueError:
        pass  # a name, as it should be
    port = "" if parts.port in (None, USUAL_PORT.get(parts.scheme)) else f":{parts.port}"
    return RelyingParty(name, f"{parts.scheme}://{name}{port}")
