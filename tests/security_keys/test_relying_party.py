"""Who we are to a key, by address; and reading what anybody may send as an answer."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fallbacks.errors import MalformedCode
from fallbacks.security_keys.answers import assertion_in, attestation_in
from fallbacks.security_keys.relying_party import relying_party
from tests.world.authenticator import text_of


@pytest.mark.parametrize(
    ("address", "name", "origin"),
    [
        ("https://id.example.org", "id.example.org", "https://id.example.org"),
        ("https://ID.Example.org:443", "id.example.org", "https://id.example.org"),  # as browsers
        ("https://id.example.org:8443", "id.example.org", "https://id.example.org:8443"),
        ("http://localhost:8000", "localhost", "http://localhost:8000"),
        ("http://localhost:80", "localhost", "http://localhost"),
        ("http://127.0.0.1:8000", "localhost", "http://localhost:8000"),  # the same machine
        ("http://[::1]:8000", "localhost", "http://localhost:8000"),
    ],
)
def test_f1_a_key_is_bound_to_the_name_of_the_address(address: str, name: str, origin: str) -> None:
    party = relying_party(address)
    assert party is not None
    assert (party.id, party.origin) == (name, origin)
    assert origin.endswith(party.host)


@pytest.mark.parametrize("address", ["http://192.0.2.7:8000", "https://[2001:db8::1]"])
def test_f1_a_bare_address_has_no_keys(address: str) -> None:
    assert relying_party(address) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


def encoded(value: Any) -> str:
    """A value as JSON in base64url, as client data come."""
    return text_of(json.dumps(value).encode())


PARTS = st.fixed_dictionaries(
    {},
    optional={
        "id": JSON,
        "rawId": JSON | st.binary(max_size=64).map(text_of),
        "type": st.just("public-key") | JSON,
        "response": st.dictionaries(
            st.sampled_from(
                [
                    "clientDataJSON",
                    "attestationObject",
                    "authenticatorData",
                    "signature",
                    "userHandle",
                    "transports",
                ]
            ),
            JSON
            | st.binary(max_size=64).map(text_of)
            | JSON.map(lambda j: text_of(json.dumps(j).encode())),
        ),
    },
)


@given(st.one_of(st.text(), st.binary(), st.lists(st.text()), JSON, PARTS.map(json.dumps)))
def test_f18_whatever_is_sent_is_an_answer_or_is_refused(sent: Any) -> None:
    for read in (assertion_in, attestation_in):
        try:
            read(sent)
        except MalformedCode:
            continue
