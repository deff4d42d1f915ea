"""`manage.py application NAME --webhook-url URL`: a relying application."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.lifecycle import HoldfastError
from identity.messages import say
from identity.provisioning import register_application


class Command(BaseCommand):
    """Prints the secrets once; they are kept hashed and sealed."""

    help = "Register a relying application; prints its credentials once, as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name and addresses."""
        parser.add_argument("name")
        parser.add_argument("--webhook-url", required=True)
        parser.add_argument("--return-url", action="append", default=[])

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError in words."""
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
