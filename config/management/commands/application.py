"""`manage.py application NAME --webhook-url URL`: a relying application;
`manage.py application NAME --new-webhook-secret`: another secret for one that is there."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.lifecycle import HoldfastError
from identity.errors import NotFound
from identity.messages import say
from identity.models import Application
from identity.provisioning import register_application
from identity.webhooks.endpoints import change_secret


class Command(BaseCommand):
    """Prints the secrets once; they are kept hashed and sealed."""

    help = "Register a relying application; prints its credentials once, as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name and addresses."""
        parser.add_argument("name")
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--webhook-url")
        which.add_argument(
            "--new-webhook-secret",
            action="store_true",
            help="give an application that is there a new one; for a day both sign",
        )
        parser.add_argument("--return-url", action="append", default=[])

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError in words."""
        if options["new_webhook_secret"]:
            self.stdout.write(json.dumps({"webhook_secret": _changed(options["name"])}))
            return
        try:
            made = register_application(
                options["name"],
                webhook_url=options["webhook_url"],
                return_urls=options["return_url"],
            )
        except HoldfastError as error:
            raise CommandError(say(f"error.{error.code}.detail", **error.context)) from error
        shown = {
            "client_id": made.application.client_id,
            "client_secret": made.client_secret,
            "webhook_secret": made.webhook_secret,
        }
        self.stdout.write(json.dumps(shown))


def _changed(name: str) -> str:
    """A new secret for the application `name`. Raises CommandError in words."""
    found = Application.objects.filter(name__iexact=name).values_list("pk", flat=True)
    try:
        if len(found) != 1:
            raise NotFound
        return change_secret(found[0])
    except HoldfastError as error:
        raise CommandError(say(f"error.{error.code}.detail", **error.context)) from error
