"""Coarsening: what a request's context becomes on receipt; nothing finer is ever stored (P6)."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

from django.utils.crypto import salted_hmac
from ua_parser import parse

_ASN = re.compile(r"(?:AS)?([0-9]{1,10})", re.IGNORECASE)
_COUNTRY = re.compile(r"[A-Z]{2}")
_PHONES = ("iOS", "Android", "iPadOS", "Windows Phone")


@dataclass(frozen=True, slots=True)
class CoarseContext:
    """Network (a keyed hash of the AS number or of the address's neighbourhood), ISO country,
    device class (`phone`, `computer`, `unknown`) and a readable name; each empty when unknown."""

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


def _network(ip: str, asn: str) -> str:
    found = _ASN.fullmatch(asn.strip()) if asn else None
    if found:
        near = f"AS{int(found[1])}"
    else:
        try:
            address = ipaddress.ip_address(ip.strip())
        except ValueError:
            return ""
        bits = 24 if address.version == 4 else 48
        near = str(ipaddress.ip_network(f"{address}/{bits}", strict=False))
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
