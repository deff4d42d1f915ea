"""A new key: what it is asked, and what of its answer is kept."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from webauthn import generate_registration_options, verify_registration_response
from webauthn.helpers import options_to_json_dict
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.structs import (
    AttestationFormat,
    AuthenticatorSelectionCriteria,
    CredentialDeviceType,
    PublicKeyCredentialDescriptor,
    RegistrationCredential,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from fallbacks.errors import ChallengeExpired, KeyKnown, KeyRefused
from fallbacks.factors.limits import CHALLENGE
from fallbacks.models import SecurityKey
from fallbacks.security_keys.ceremonies import Asked, Binding, begin_ceremony, take_ceremony
from fallbacks.security_keys.names import FACTOR
from fallbacks.security_keys.relying_party import NAME, RelyingParty

HANDLE_BYTES = 32
MILLISECONDS = 1000
ALGORITHMS = (
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
)
"""What WebAuthn §5.4 names for everybody: Ed25519, ES256, RS256."""


def ask_new_key(
    binding: Binding, party: RelyingParty, *, name: str, shown_name: str, now: datetime
) -> dict[str, Any]:
    """What `navigator.credentials.create` is given, as JSON has it.

    The key must verify its person. It may keep the credential by itself or not; no attestation is
    asked for, and the keys that the person has already are left out.
    """
    keys = list(SecurityKey.objects.filter(user_id=binding.user_id))
    handle = bytes(keys[0].handle) if keys else secrets.token_bytes(HANDLE_BYTES)
    asked = begin_ceremony(binding, now, handle=handle)
    options = generate_registration_options(
        rp_id=party.id,
        rp_name=NAME,
        user_id=handle,
        user_name=name,
        user_display_name=shown_name,
        challenge=asked.challenge,
        timeout=int(CHALLENGE.span.total_seconds()) * MILLISECONDS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(bytes(k.credential_id)) for k in keys],
        supported_pub_key_algs=list(ALGORITHMS),
    )
    return options_to_json_dict(options)


def check_new_key(
    binding: Binding, answer: RegistrationCredential, party: RelyingParty, name: str, now: datetime
) -> SecurityKey:
    """The key behind `answer`, not stored yet. The question is used up first, whatever it is worth.

    Raises ChallengeExpired for an answer to no open question, KeyRefused where the key did not
    verify its person, answered elsewhere or is none that we know how to check.
    """
    asked = take_ceremony(binding, now)
    if asked is None:
        raise ChallengeExpired(factor=FACTOR)
    key = _made_of(answer, asked, party)
    key.user_id, key.name, key.added_at = binding.user_id, name, now
    return key


def _made_of(answer: RegistrationCredential, asked: Asked, party: RelyingParty) -> SecurityKey:
    # Attestations come in many shapes; whatever trips the parser over is refused like the rest.
    try:
        found = verify_registration_response(
            credential=answer,
            expected_challenge=asked.challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            require_user_presence=True,
            require_user_verification=True,
            supported_pub_key_algs=list(ALGORITHMS),
        )
    except Exception as error:
        raise KeyRefused from error
    if found.credential_id != answer.raw_id:
        raise KeyRefused
    return SecurityKey(
        confirmed=True,
        credential_id=found.credential_id,
        credential_digest=digest_of(found.credential_id),
        public_key=found.credential_public_key,
        handle=asked.handle,
        sign_count=found.sign_count,
        backup_eligible=found.credential_device_type == CredentialDeviceType.MULTI_DEVICE,
        backed_up=found.credential_backed_up,
        attestation=AttestationFormat(found.fmt).value,
        aaguid=found.aaguid,
        transports=_named(answer),
    )


def _named(answer: RegistrationCredential) -> Sequence[str]:
    return sorted({each.value for each in answer.response.transports or ()})


def digest_of(credential_id: bytes) -> str:
    """What a credential is found by."""
    return hashlib.sha256(credential_id).hexdigest()


def store_key(key: SecurityKey) -> None:
    """Keep a checked key. Raises KeyKnown where it is somebody's already."""
    try:
        with transaction.atomic():
            key.save(force_insert=True)
    except IntegrityError as error:
        raise KeyKnown from error
