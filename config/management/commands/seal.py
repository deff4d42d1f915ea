"""`manage.py seal rotate`: everything that is kept sealed, under a new key."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from config.key_file import KeyFile
from config.lifecycle import read_clock
from identity.messages import say
from identity.resealing import Resealed, alone, left_under_old, newest_key, older_work, reseal

OLDER_SECONDS = 60.0
"""How long is waited for transactions that may have sealed with the key before."""


class Command(BaseCommand):
    """Exit code 0 only when nothing is left under an old key."""

    help = "Seal everything that waits under the newest key, while web and workers run."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One thing to do."""
        parser.add_argument("what", choices=["rotate"])

    def handle(self, *args: Any, **options: Any) -> None:
        """Where the keys are a file of ours, a new one is made first, unless a rotation that was
        stopped is still to be finished. Raises CommandError in words."""
        keys = settings.SEAL_KEYS
        with alone() as mine:
            if not mine:
                raise CommandError(say("seal.busy"))
            if isinstance(keys, KeyFile) and len(keys) == 1:
                keys.add_key()
            since = read_clock()
            found = self._rotate()
            if not found.left and isinstance(keys, KeyFile):
                found = self._finish(keys, found, since)
        if found.left:
            for each in found.shut:
                self.stderr.write(say("seal.shut", what=each))
            raise CommandError(say("seal.left", count=found.left))
        self.stdout.write(say("seal.finished", count=found.done, key=newest_key()))
        if not isinstance(keys, KeyFile) and len(keys) > 1:
            self.stdout.write(say("seal.drop", keys=", ".join(list(keys)[1:])))

    def _rotate(self) -> Resealed:
        columns = (TextColumn(say("seal.bar")), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True)) as bar:
            task = bar.add_task("", total=left_under_old())
            return reseal(lambda more: bar.advance(task, more))

    def _finish(self, keys: KeyFile, found: Resealed, since: datetime) -> Resealed:
        """The old keys go once nobody can still be writing under them."""
        until = time.monotonic() + OLDER_SECONDS
        while older_work(since):
            if time.monotonic() > until:
                raise CommandError(say("seal.older"))
            time.sleep(0.2)
        again = self._rotate() if left_under_old() else Resealed()
        again.done += found.done
        if not again.left:
            keys.keep_newest()
        return again
