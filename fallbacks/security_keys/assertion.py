"""A known key shows that its person is there: what it is asked, and how its answer is checked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from webauthn import generate_authentication_options, verify_authentication_response
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import options_to_json_dict
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorTransport,
    CredentialDeviceType,
    PublicKeyCredentialDescriptor,
    UserVerificationRequirement,
)

from config.lifecycle import DomainEvent, announce, fetch
from fallbacks.errors import ChallengeExpired, MalformedCode
from fallbacks.factors.limits import CHALLENGE
from fallbacks.factors.registry import Delivered
from fallbacks.models import Challenge, SecurityKey
from fallbacks.security_keys.answers import assertion_in
from fallbacks.security_keys.ceremonies import Asked, Binding, begin_ceremony, take_ceremony
from fallbacks.security_keys.names import FACTOR
from fallbacks.security_keys.registration import MILLISECONDS, digest_of
from fallbacks.security_keys.relying_party import RelyingParty

REACHED_BY = {each.value for each in AuthenticatorTransport}


@dataclass(frozen=True, slots=True)
class KeyAnswer:
    """What the person's browser sent (JSON text), and what it is an answer to. `binding` and
    `party` come from the server, never from the form."""

    text: object
    binding: Binding
    party: RelyingParty


@dataclass(frozen=True, slots=True)
class _Read:
    credential: AuthenticationCredential
    binding: Binding
    party: RelyingParty


def ask_known_keys(binding: Binding, party: RelyingParty, now: datetime) -> dict[str, Any]:
    """What `navigator.credentials.get` is given, as JSON has it: any of the person's keys, which
    must verify its person."""
    asked = begin_ceremony(binding, now)
    keys = SecurityKey.objects.filter(user_id=binding.user_id, confirmed=True).order_by("pk")
    options = generate_authentication_options(
        rp_id=party.id,
        challenge=asked.challenge,
        timeout=int(CHALLENGE.span.total_seconds()) * MILLISECONDS,
        allow_credentials=[
            PublicKeyCredentialDescriptor(
                bytes(key.credential_id),
                transports=[AuthenticatorTransport(t) for t in key.transports if t in REACHED_BY],
            )
            for key in keys
        ],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json_dict(options)


_COUNT_ON = """
UPDATE fallbacks_securitykey
SET sign_count = %(count)s, backed_up = %(backed_up)s, last_used_at = %(now)s
WHERE id = %(key)s AND confirmed
  AND (sign_count < %(count)s OR (sign_count = 0 AND %(count)s = 0))
RETURNING id
"""


class KeyVerifier:
    """A signature over the question, by a key that has just verified its person."""

    def canonical(self, answer: object) -> _Read:
        """The answer in parts. Raises MalformedCode."""
        if not isinstance(answer, KeyAnswer):
            raise MalformedCode(factor=FACTOR)
        return _Read(assertion_in(answer.text), answer.binding, answer.party)

    def spend(
        self, user_id: int, canonical: _Read, challenge: Challenge | None, now: datetime
    ) -> bool | Delivered:
        """Take the question away, check the signature, count on.

        A counter that did not rise means that two hold the same key: nothing passes, and it is
        told of. Raises ChallengeExpired for an answer to no open question.
        """
        binding = canonical.binding
        asked = take_ceremony(binding, now) if binding.user_id == user_id else None
        if asked is None:
            raise ChallengeExpired(factor=FACTOR)
        credential = canonical.credential
        key = SecurityKey.objects.filter(
            user_id=user_id, confirmed=True, credential_digest=digest_of(credential.raw_id)
        ).first()
        if key is None:
            return False
        found = _checked(credential, key, asked, canonical.party)
        if found is None:
            return False
        counted = fetch(
            _COUNT_ON,
            {
                "key": key.pk,
                "count": found.new_sign_count,
                "backed_up": found.credential_backed_up,
                "now": now,
            },
        )
        if not counted:
            _tell_of_copy(key, now)
            return False
        return Delivered(key.aal)


def _checked(
    credential: AuthenticationCredential, key: SecurityKey, asked: Asked, party: RelyingParty
) -> VerifiedAuthentication | None:
    """What the library found; None for any reason not to believe it.

    The counter is compared by our own write after the signature: before it, whoever has no key at
    all could cry wolf.
    """
    handle = credential.response.user_handle
    if handle and handle != bytes(key.handle):
        return None
    try:
        found = verify_authentication_response(
            credential=credential,
            expected_challenge=asked.challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=bytes(key.public_key),
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except Exception:  # bytes that anybody may send
        return None
    may_be_copied = found.credential_device_type == CredentialDeviceType.MULTI_DEVICE
    # A key cannot become another kind of key (WebAuthn §7.2, step 19).
    return found if may_be_copied == key.backup_eligible else None


def _tell_of_copy(key: SecurityKey, now: datetime) -> None:
    """Raise the alarm over a counter that went back; not over a key that was just removed."""
    with transaction.atomic():
        if not SecurityKey.objects.select_for_update().filter(pk=key.pk, confirmed=True).exists():
            return
        announce(
            DomainEvent(
                name="factor.copy_suspected",
                kind="factor",
                object_id=str(key.pk),
                subject_id=key.user_id,
                at=now,
                reason="counter_went_back",
                attributes={"factor": FACTOR, "name": key.name},
            )
        )
