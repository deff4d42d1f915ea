"""Access tokens, looked up at every call of the API."""

from __future__ import annotations

import hashlib

from oauth2_provider.models import AccessToken
from oauth2_provider.oauth2_validators import OAuth2Validator

TOKEN = ("token_checksum", "scope", "expires", "resource", "user", "source_refresh_token")
APPLICATION = ("client_id", "name", "webhook_url", "return_urls")
"""What a call of the API reads; the rest is not fetched for it."""


class ApplicationTokenValidator(OAuth2Validator):
    """The library's validator. A token of ours names an application and never a person, so the
    people are left out of the look-up that every request pays for."""

    def _load_access_token(self, token: str) -> AccessToken | None:
        checksum = hashlib.sha256(token.encode()).hexdigest()
        rows = (
            AccessToken.objects.select_related("application")
            .only(*TOKEN, *(f"application__{name}" for name in APPLICATION))
            .filter(user__isnull=True)
        )
        try:
            return rows.get(token_checksum=checksum)
        except AccessToken.DoesNotExist:
            return None
