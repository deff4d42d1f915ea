"""Access tokens, looked up at every call of the API."""

from __future__ import annotations

import hashlib

from oauth2_provider.models import AccessToken
from oauth2_provider.oauth2_validators import OAuth2Validator

from config.lifecycle import fetch_planned
from identity.models import Application
from identity.plain_rows import Columns

_TOKEN = Columns(
    AccessToken,
    "token",
    {
        "token_checksum",
        "application",
        "scope",
        "expires",
        "resource",
        "user",
        "source_refresh_token",
    },
)
_APPLICATION = Columns(
    Application, "application", {"client_id", "name", "webhook_url", "return_urls"}
)
"""What a call of the API reads; the rest is not fetched for it."""

_BY_CHECKSUM = f"""
SELECT {_TOKEN.sql}, {_APPLICATION.sql} FROM oauth2_provider_accesstoken token
LEFT JOIN identity_application application ON application.id = token.application_id
WHERE token.token_checksum = %s AND token.user_id IS NULL
"""  # noqa: S608


class ApplicationTokenValidator(OAuth2Validator):
    """The library's validator. A token of ours names an application and never a person, so the
    people are left out of the look-up that every request pays for."""

    def _load_access_token(self, token: str) -> AccessToken | None:
        checksum = hashlib.sha256(token.encode()).hexdigest()
        for row in fetch_planned(_BY_CHECKSUM, [checksum]):
            found = _TOKEN.made_of(row[: len(_TOKEN)])
            application = _APPLICATION.found_in(row[len(_TOKEN) :])
            found._state.fields_cache["application"] = application
            return found
        return None
