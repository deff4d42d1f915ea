"""Who calls: an application by its bearer token, and the scopes it was given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oauth2_provider.contrib.rest_framework import OAuth2Authentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from identity.api.errors import MissingScope, NotAuthenticated
from identity.models import Application

if TYPE_CHECKING:
    # The framework's settings name this module while its views are still being imported.
    from rest_framework.views import APIView


class Caller:
    """An application as the authenticated party of a request; it is never a person."""

    is_authenticated = True
    is_active = True
    is_staff = False

    def __init__(self, application: Application) -> None:
        self.application = application
        self.pk = application.pk


class ApplicationAuthentication(OAuth2Authentication):
    """OAuth 2.0 client credentials: the token names an application and no user."""

    def authenticate(self, request: Request) -> tuple[Caller, Any] | None:
        """The calling application and its token; None without a valid one."""
        found = super().authenticate(request)
        if found is None:
            return None
        token = found[1]
        if token is None or token.application is None:
            return None
        return Caller(token.application), token


class HasScope(BasePermission):
    """The token must carry the scope that the view names in `scope`; no name, no access."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Raises NotAuthenticated or MissingScope; a view without a `scope` is closed."""
        token: Any = request.auth
        if token is None:
            raise NotAuthenticated
        scope = getattr(view, "scope", None)
        if not scope or not token.is_valid([scope]):
            raise MissingScope(scope=scope or "")
        return True


def application_of(request: Request) -> Application:
    """The application that calls."""
    caller = request.user
    if not isinstance(caller, Caller):
        raise NotAuthenticated
    return caller.application
