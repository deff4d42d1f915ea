"""An application's webhook address: whether it is called, and the secrets that sign to it."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from config.lifecycle import DomainEvent, StateMachine, announce, read_clock, transition, wake
from identity.errors import NotFound
from identity.models import Application, Delivery, DeliveryStatus, Endpoint, EndpointStatus, User
from identity.sealing import seal, unseal
from identity.webhooks.backoff import PATIENCE
from identity.webhooks.outbox import TASK

ENDPOINT_MACHINE = StateMachine(
    "endpoint",
    {
        ("open", "endpoint.closed"): "gone",
        ("gone", "endpoint.opened"): "open",
    },
)
OVERLAP = timedelta(hours=24)
"""How long a secret that was changed still signs beside the new one."""


def place_of_secret(application: Application) -> str:
    """What the secret is bound to."""
    return f"application:{application.pk}:webhook"


def place_of_previous(application_id: object) -> str:
    """What the secret before it is bound to."""
    return f"application:{application_id}:webhook:previous"


def new_secret() -> str:
    """A secret as Standard Webhooks writes them: 256 random bits."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def secret_of(application: Application) -> str:
    """The secret that webhooks to this application are signed with. Raises CannotOpen."""
    return unseal(application.webhook_secret_sealed, place_of_secret(application)).decode()


def signing_secrets(
    application: Application, endpoint: Endpoint | None, now: datetime
) -> list[str]:
    """The secrets whose signatures a message carries: the present one first. Raises CannotOpen."""
    found = [secret_of(application)]
    if endpoint is not None and endpoint.previous_until and now < endpoint.previous_until:
        place = place_of_previous(application.pk)
        found.append(unseal(endpoint.previous_secret_sealed, place).decode())
    return found


def endpoint_of(application_id: int, now: datetime) -> Endpoint:
    """The row of an endpoint, made where there was none, and held until the transaction ends."""
    Endpoint.objects.get_or_create(application_id=application_id, defaults={"changed_at": now})
    return Endpoint.objects.select_for_update().get(pk=application_id)


def close_endpoint(application_id: int, now: datetime) -> None:
    """The receiver said that it is gone: nothing is sent there until staff open it again.

    What waits is held until its time is over; a message of its own says so for each when it is due.
    """
    endpoint = endpoint_of(application_id, now)
    if endpoint.status == EndpointStatus.GONE:
        return
    transition(
        endpoint,
        "endpoint.closed",
        ENDPOINT_MACHINE,
        at=now,
        reason="http_410",
        changes={"changed_at": now},
    )


def open_endpoint(application_id: int, actor: User) -> None:
    """Call the address again, and send what was held.

    Raises NotFound, IllegalTransition where it is called already.
    """
    with transaction.atomic():
        endpoint = Endpoint.objects.select_for_update().filter(pk=application_id).first()
        if endpoint is None:
            raise NotFound
        _open(endpoint, read_clock(), actor)


def reopen_for(application_id: int, now: datetime, actor: User) -> None:
    """Somebody sends a message again: where the address was closed, it is called again."""
    endpoint = Endpoint.objects.select_for_update().filter(pk=application_id).first()
    if endpoint is not None and endpoint.status == EndpointStatus.GONE:
        _open(endpoint, now, actor)


def _open(endpoint: Endpoint, now: datetime, actor: User) -> None:
    transition(
        endpoint,
        "endpoint.opened",
        ENDPOINT_MACHINE,
        at=now,
        actor=actor.username,
        changes={"changed_at": now},
    )
    Delivery.objects.filter(
        application_id=endpoint.pk, status=DeliveryStatus.PENDING, next_attempt_at__gt=now
    ).update(next_attempt_at=now, version=F("version") + 1)
    wake(TASK)


def held_until(delivery: Delivery) -> datetime:
    """The end of a message's time, which one that cannot be sent waits for."""
    return delivery.created_at + PATIENCE


def change_secret(application_id: int, actor: str = "") -> str:
    """Give an application a new webhook secret; the one before signs beside it for `OVERLAP`.

    Returned once and kept sealed. Raises NotFound, CannotOpen.
    """
    with transaction.atomic():
        application = Application.objects.select_for_update().filter(pk=application_id).first()
        if application is None:
            raise NotFound
        now = read_clock()
        fresh = new_secret()
        before = secret_of(application).encode()
        endpoint = endpoint_of(application.pk, now)
        endpoint.previous_secret_sealed = seal(before, place_of_previous(application.pk))
        endpoint.previous_until = now + OVERLAP
        endpoint.save(update_fields=["previous_secret_sealed", "previous_until"])
        application.webhook_secret_sealed = seal(fresh.encode(), place_of_secret(application))
        application.save(update_fields=["webhook_secret_sealed"])
        announce(
            DomainEvent(
                name="endpoint.secret_changed",
                kind="endpoint",
                object_id=str(application.pk),
                at=now,
                actor=actor,
                attributes={"application": application.pk},
            )
        )
    return fresh
