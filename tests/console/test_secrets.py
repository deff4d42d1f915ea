"""No page of the console holds a secret, whoever opens it (F23)."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.contrib.admin.utils import quote
from django_otp.plugins.otp_totp.models import TOTPDevice

from config.demo import people
from identity.actions.reviewing import ask_support
from identity.admin.site import PAGES
from identity.models import Action, Application, User
from tests.console.conftest import Colleague, blocked
from tests.world.demo import IBAN
from tests.world.demo import Application as Caller


def test_f23_no_secret_on_any_page(payroll: Caller, staff: Callable[[str], Colleague]) -> None:
    blocked(payroll)
    held = payroll.ask("kai").json()["id"]
    ask_support(uuid.UUID(held), user=User.objects.get(username="kai"))
    application = Application.objects.get(client_id=people.APPLICATION)
    secrets = [
        people.APPLICATION_SECRET,
        application.client_secret,
        people.WEBHOOK_SECRET,
        bytes(application.webhook_secret_sealed).hex(),
        IBAN,
        bytes(Action.objects.get(pk=held).sealed_payload).hex(),
        *(device.key for device in TOTPDevice.objects.all()),
        *(user.password for user in User.objects.all()),
        *people.backup_codes_of("kai"),
        payroll.token,
    ]
    colleague = staff("admin")
    for model in PAGES:
        base = f"{model._meta.app_label}/{model._meta.model_name}/"
        rows = [f"{base}{quote(str(row.pk))}/change/" for row in model._default_manager.all()[:5]]
        for address in (base, *rows):
            answer = colleague.get(address)
            assert answer.status_code == 200, address
            shown = answer.content.decode()
            assert not [each for each in secrets if each and each in shown], address


def test_p6_addresses_of_people_are_masked_for_all_but_configuration(
    demo: None, staff: Callable[[str], Colleague]
) -> None:
    kai = User.objects.get(username="kai")
    for name in ("support1", "security1", "auditor1"):
        for address in ("identity/user/", f"identity/user/{kai.pk}/change/"):
            shown = staff(name).get(address).content.decode()
            assert kai.email not in shown, (name, address)
            assert "k•••@" in shown, (name, address)
    assert kai.email in staff("admin").get(f"identity/user/{kai.pk}/change/").content.decode()
