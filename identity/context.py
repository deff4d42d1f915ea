"""Coarsening: what a request's context becomes on receipt; nothing finer is ever stored (P6)."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

from django.utils.crypto import salted_hmac
from ua_parser import parse

_ASN = re.compile(r"(?:AS)?([0-9]{1,10})", re.IGNORECASE)
_COUNTRY = re.compile(r"[A-Z]{2}")
_KINDS = ("as", "ip")
"""What a network is known by, the more telling first."""
_PHONES = ("iOS", "Android", "iPadOS", "Windows Phone")


@dataclass(frozen=True, slots=True)
class CoarseContext:
    """Network, ISO country, device class (`phone`, `computer`, `unknown`) and a readable name; each
    empty when unknown.

    The network is up to two words of 27 characters, each a kind and a keyed hash: `as:` of the AS
    number, `ip:` of the address's neighbourhood (/24, /48). See `same_network`.
    """

    network: str = ""
    country: str = ""
    device_class: str = ""
    device_name: str = ""


def coarsen(ip: str = "", asn: str = "", country: str = "", user_agent: str = "") -> CoarseContext:
    """The coarse context of raw values. What cannot be read counts as unknown, never as good."""
    device_class, device_name = _device(user_agent)
    upper = country.upper()
    return CoarseContext(
        network=_network(ip, asn),
        country=upper if _COUNTRY.fullmatch(upper) else "",
        device_class=device_class,
        device_name=device_name,
    )


def same_network(then: str, now: str) -> bool | None:
    """Whether two coarse networks agree, like compared with like: by AS number where both know
    it, else by neighbourhood. None where they have no kind in common, or one is not known."""
    before, after = _by_kind(then), _by_kind(now)
    for kind in _KINDS:
        if kind in before and kind in after:
            return before[kind] == after[kind]
    return None


def same(then: object, now: object) -> bool | None:
    """Whether two coarse values agree; None where either is not known."""
    return then == now if then and now else None


def network_mark(network: str) -> str:
    """A coarse network short enough to be read: `as:1a2b3c4d ip:5e6f7a8b`."""
    return " ".join(f"{kind}:{mark[:8]}" for kind, mark in _by_kind(network).items())


def _by_kind(network: str) -> dict[str, str]:
    """What was stored before kinds were has none: it is compared with nothing."""
    parts = (word.partition(":") for word in network.split())
    return {kind: mark for kind, _, mark in parts if kind in _KINDS and mark}


def _network(ip: str, asn: str) -> str:
    words = []
    if found := _ASN.fullmatch(asn.strip()):
        words.append(f"as:{_hashed(f'AS{int(found[1])}')}")
    try:
        address = ipaddress.ip_address(ip.strip())
    except ValueError:
        return " ".join(words)
    bits = 24 if address.version == 4 else 48
    words.append(f"ip:{_hashed(str(ipaddress.ip_network(f'{address}/{bits}', strict=False)))}")
    return " ".join(words)


def _hashed(near: str) -> str:
    return salted_hmac("identity.context.network", near, algorithm="sha256").hexdigest()[:24]


def _device(user_agent: str) -> tuple[str, str]:
    if not user_agent:
        return "", ""
    result = parse(user_agent[:512])
    browser = result.user_agent.family if result.user_agent else ""
    system = result.os.family if result.os else ""
    if not browser and not system:
        return "unknown", ""
    kind = "phone" if system in _PHONES else "computer"
    return kind, " on ".join(part for part in (browser, system) if part)[:80]
