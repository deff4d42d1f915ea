"""Beginning without demo data: the first members of staff and the first applications.

Secrets are made here, returned once, and kept hashed or sealed.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import Group
from django.db import transaction
from django_otp.plugins.otp_totp.models import TOTPDevice
from oauth2_provider.generators import generate_client_id, generate_client_secret

from config.lifecycle import HoldfastError
from fallbacks.channels.address import AddressRefused, check_scheme
from identity.models import Application, User
from identity.roles import ROLES
from identity.sealing import seal


class NameTaken(HoldfastError):
    """Somebody or something goes by that name already."""

    code = "name_taken"
    status = 409


class UnknownRole(HoldfastError):
    """There is no such role."""

    code = "unknown_role"
    status = 422


class WebhookRefused(HoldfastError):
    """A webhook goes over HTTPS to a host that is named."""

    code = "webhook_refused"
    status = 422


@dataclass(frozen=True, slots=True)
class Enlisted:
    """What a new member of staff is handed, once: a password to change and a TOTP address."""

    user: User
    password: str
    otpauth: str


@dataclass(frozen=True, slots=True)
class Registered:
    """What the developers of a new application are handed, once."""

    application: Application
    client_secret: str
    webhook_secret: str


def enlist_staff(
    name: str, *, roles: Sequence[str], superuser: bool = False, email: str = ""
) -> Enlisted:
    """Make a member of staff with these roles and a second factor, which the console asks for.

    Raises NameTaken, UnknownRole.
    """
    unknown = set(roles) - set(ROLES)
    if unknown:
        raise UnknownRole(role=min(unknown))
    with transaction.atomic():
        if User.objects.filter(username__iexact=name).exists():
            raise NameTaken(name=name)
        password = secrets.token_urlsafe(18)
        user = User.objects.create_user(
            name, email=email, password=password, is_staff=True, is_superuser=superuser
        )
        user.groups.set(Group.objects.filter(name__in=roles))
        device = TOTPDevice.objects.create(user=user, name="Authenticator app", confirmed=True)
    return Enlisted(user, password, device.config_url)


def register_application(
    name: str, *, webhook_url: str, return_urls: Sequence[str] = ()
) -> Registered:
    """Make a relying application with client credentials and a webhook secret.

    Raises NameTaken, WebhookRefused.
    """
    try:
        check_scheme(webhook_url)
    except AddressRefused as error:
        raise WebhookRefused from error
    with transaction.atomic():
        if Application.objects.filter(name__iexact=name).exists():
            raise NameTaken(name=name)
        client_secret = generate_client_secret()
        webhook_secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
        application = Application.objects.create(
            name=name,
            client_id=generate_client_id(),
            client_secret=client_secret,
            client_type=Application.CLIENT_CONFIDENTIAL,
            authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
            webhook_url=webhook_url,
            return_urls="\n".join(return_urls),
        )
        application.webhook_secret_sealed = seal(
            webhook_secret.encode(), f"application:{application.pk}:webhook"
        )
        application.save(update_fields=["webhook_secret_sealed"])
    return Registered(application, client_secret, webhook_secret)
