"""`manage.py erase NAME`: erase a person; what they asked for ends first."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.lifecycle import HoldfastError
from identity.erasure import erase_person
from identity.messages import say
from identity.models import User


class Command(BaseCommand):
    """Asks nothing: the name is typed twice."""

    help = "Erase a person. It cannot be undone, and a restored backup is erased again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Who, who again, and by whom."""
        parser.add_argument("name")
        parser.add_argument("--confirm", metavar="NAME", required=True, help="the name again")
        parser.add_argument("--as", dest="person", metavar="USER", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError in words."""
        if options["confirm"] != options["name"]:
            raise CommandError(say("erasure.other_name"))
        staff = User.objects.filter(username=options["person"], is_active=True, is_staff=True)
        if not staff.exists():
            raise CommandError(say("policy.unknown_person", name=options["person"]))
        try:
            erase_person(options["name"], actor=options["person"])
        except HoldfastError as error:
            raise CommandError(say(f"error.{error.code}.detail", **error.context)) from error
        self.stdout.write(say("erasure.erased"))
