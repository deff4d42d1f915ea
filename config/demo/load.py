"""Loading the demo into an empty database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction
from django_otp.plugins.otp_totp.models import TOTPDevice

from config.demo import people
from config.demo.feeder import feed
from config.lifecycle import read_clock
from fallbacks.backup_codes import replace_codes
from identity.models import Application, Device, Session, User
from identity.sealing import seal
from presence.models import Preference


def load_demo(progress: Callable[[str], None] = lambda step: None) -> None:
    """Make the people, the staff, the action types, the policy and the application."""
    with transaction.atomic():
        for person in people.EVERYBODY.values():
            progress(person.name)
            _person(person)
        progress("the payroll application")
        _application()
    progress("signals")
    feed()


def _person(person: people.Person) -> None:
    user = User.objects.create_user(
        person.name,
        email=f"{person.name}@harbour.example",
        password=people.password_of(person.name),
        first_name=person.shown,
        is_staff=bool(person.groups) or person.superuser,
        is_superuser=person.superuser,
    )
    user.groups.set(Group.objects.filter(name__in=person.groups))
    Preference.objects.create(subject=user, zone=person.zone)
    if person.totp:
        TOTPDevice.objects.create(
            user=user,
            name="Authenticator app",
            key=people.totp_key_of(person.name),
            confirmed=True,
        )
    if person.backup_codes:
        replace_codes(user.pk, people.backup_codes_of(person.name))
    if person.signals:
        _places(user, person)


def _places(user: User, person: people.Person) -> None:
    """A phone and a payroll session, known for a while (Kai's phone is stale)."""
    now = read_clock()
    age = timedelta(days=41) if person.signals == "stale" else timedelta(hours=1)
    device = Device.objects.create(
        user=user,
        reference=f"{person.name}-phone",
        name=f"{person.shown}’s phone",
        kind="phone",
        first_seen_at=now - timedelta(days=200),
        last_seen_at=now - age,
    )
    Session.objects.create(
        user=user,
        device=device,
        reference=f"payroll-{person.name}",
        started_at=now - age,
        last_seen_at=now - age,
    )
    if person.signals == "anomaly":
        User.objects.filter(pk=user.pk).update(anomaly_points=90, anomaly_at=now)


def _application() -> None:
    port = settings.PORT + 1
    application, _ = Application.objects.update_or_create(
        client_id=people.APPLICATION,
        defaults={
            "name": "Harbour Payroll",
            "client_secret": people.APPLICATION_SECRET,
            "client_type": Application.CLIENT_CONFIDENTIAL,
            "authorization_grant_type": Application.GRANT_CLIENT_CREDENTIALS,
            "webhook_url": f"http://127.0.0.1:{port}/webhooks/holdfast/",
            "return_urls": f"http://127.0.0.1:{port}/\nhttp://localhost:{port}/",
        },
    )
    application.webhook_secret_sealed = seal(
        people.WEBHOOK_SECRET.encode(), f"application:{application.pk}:webhook"
    )
    application.save(update_fields=["webhook_secret_sealed"])


def refresh_demo_addresses() -> None:
    """After a restart on another port, let the webhook find the example application again."""
    if Application.objects.filter(client_id=people.APPLICATION).exists():
        port = settings.PORT + 1
        Application.objects.filter(client_id=people.APPLICATION).update(
            webhook_url=f"http://127.0.0.1:{port}/webhooks/holdfast/",
            return_urls=f"http://127.0.0.1:{port}/\nhttp://localhost:{port}/",
        )
