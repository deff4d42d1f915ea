"""What a browser sends back from a key, read with suspicion before anything is looked at."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

from webauthn.helpers import (
    parse_authentication_credential_json,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.structs import AuthenticationCredential, RegistrationCredential

from fallbacks.errors import MalformedCode
from fallbacks.security_keys.names import FACTOR

LONGEST = 32_768
"""Characters; an answer with a long attestation has some 8,000. What is longer is not read."""
LONGEST_ID = 1023
"""Bytes of a credential's id (WebAuthn §4)."""

Parsed = TypeVar("Parsed", AuthenticationCredential, RegistrationCredential)


def assertion_in(text: object) -> AuthenticationCredential:
    """The answer of a known key. Raises MalformedCode for what cannot be one."""
    return _read(text, parse_authentication_credential_json)


def attestation_in(text: object) -> RegistrationCredential:
    """The answer of a new key. Raises MalformedCode for what cannot be one."""
    return _read(text, parse_registration_credential_json)


def _read(text: object, parse: Callable[[dict[str, Any]], Parsed]) -> Parsed:
    if not isinstance(text, str) or len(text) > LONGEST:
        raise MalformedCode(factor=FACTOR)
    # Whatever a parser trips over in bytes that anybody may send is no answer.
    try:
        found = parse(json.loads(text))
        client = parse_client_data_json(found.response.client_data_json)
    except Exception as error:
        raise MalformedCode(factor=FACTOR) from error
    if not 0 < len(found.raw_id) <= LONGEST_ID or client.cross_origin:
        raise MalformedCode(factor=FACTOR)
    return found
