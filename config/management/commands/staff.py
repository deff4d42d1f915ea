"""`manage.py staff NAME --role ROLE`: a member of staff with a second factor."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.lifecycle import HoldfastError
from identity.messages import say
from identity.provisioning import enlist_staff
from identity.roles import ROLES


class Command(BaseCommand):
    """Prints the secrets once; they are not kept in the clear."""

    help = "Make a member of staff; prints the password and the TOTP address once, as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name, roles, or the configuration role."""
        parser.add_argument("name")
        parser.add_argument("--role", action="append", default=[], choices=sorted(ROLES))
        parser.add_argument("--superuser", action="store_true", help="the configuration role")
        parser.add_argument("--email", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError in words."""
        if not options["role"] and not options["superuser"]:
            raise CommandError("Name a --role, or --superuser.")
        try:
            made = enlist_staff(
                options["name"],
                roles=options["role"],
                superuser=options["superuser"],
                email=options["email"],
            )
        except HoldfastError as error:
            raise CommandError(say(f"error.{error.code}.detail", **error.context)) from error
        shown = {"name": made.user.username, "password": made.password, "totp": made.otpauth}
        self.stdout.write(json.dumps(shown))
