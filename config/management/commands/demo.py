"""`manage.py demo load|codes NAME|mail [NAME]`: the demo's data, its secrets, its last mail."""

from __future__ import annotations

import email
import email.policy
import json
from argparse import ArgumentParser
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from config.demo import people
from config.demo.load import load_demo
from config.lifecycle import read_clock
from fallbacks.backup_codes import digest_of
from fallbacks.models import BackupCode, OutboundMessage
from identity.models import User


class Command(BaseCommand):
    """Refused outside demo data."""

    help = "Demo data: load it, print the codes of a demo person, or the last message sent to one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`load`, `codes NAME`, or `mail [NAME]`."""
        parser.add_argument("what", choices=["load", "codes", "mail"])
        parser.add_argument("name", nargs="?")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError in words."""
        if not settings.DEMO:
            raise CommandError("This installation has no demo data (DEMO is off).")
        if options["what"] == "load":
            if User.objects.exists():
                raise CommandError("The database already has people in it.")
            load_demo(self.stdout.write)
            return
        if options["what"] == "mail":
            self.stdout.write(self._last_message(options["name"] or ""))
            return
        person = people.EVERYBODY.get(options["name"] or "")
        if person is None:
            raise CommandError(f"No such demo person. There are: {', '.join(people.EVERYBODY)}.")
        self.stdout.write(json.dumps(self._codes(person)))

    def _last_message(self, name: str) -> str:
        """The newest mail or text in the files of this machine, to anybody or to one person."""
        sent = OutboundMessage.objects.filter(status="sent").order_by("-ended_at")
        for message in sent.filter(subject__username=name) if name else sent:
            for way, ending in ((settings.MAIL, "eml"), (settings.TEXTS, "txt")):
                if way is None or way.way != "file":
                    continue
                path = Path(str(way.options["place"])) / f"{message.pk}.{ending}"
                if path.is_file():
                    return _plain(path)
        raise CommandError("Nothing was sent yet, or messages do not go into files here.")

    def _codes(self, person: people.Person) -> dict[str, Any]:
        code = None
        if person.totp:
            code = _unused_code(person)
        return {
            "password": people.password_of(person.name),
            "totp": code,
            "backup_codes": _unspent(person) if person.backup_codes else [],
        }


def _plain(path: Path) -> str:
    """A stored message as a person reads it."""
    if path.suffix == ".txt":
        return path.read_text(encoding="utf-8")
    letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    body = letter.get_body(("plain",)) if isinstance(letter, EmailMessage) else None
    heads = [f"{name}: {letter[name]}" for name in ("From", "To", "Subject")]
    return "\n".join([*heads, "", str(body.get_content()) if body is not None else ""])


def _unused_code(person: people.Person) -> str:
    """The code of now, or the next one when this step was used already: each works once."""
    clock = TOTP(bytes.fromhex(people.totp_key_of(person.name)))
    clock.time = read_clock().timestamp()
    used = TOTPDevice.objects.filter(user__username=person.name).values_list("last_t", flat=True)
    if max(used, default=-1) >= clock.t():
        clock.drift = 1
    return f"{clock.token():06d}"


def _unspent(person: people.Person) -> list[str]:
    spent = set(
        BackupCode.objects.filter(
            device__user__username=person.name, spent_at__isnull=False
        ).values_list("digest", flat=True)
    )
    codes = people.backup_codes_of(person.name)
    return [code for code in codes if digest_of(code.replace("-", "")) not in spent]
