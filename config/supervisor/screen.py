"""What `make run` prints: steps while it starts, addresses, sign-ins, and what happens later."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import datetime

from rich.console import Console
from rich.text import Text


class Screen:
    """Plain lines that can be read in a log too; a spinner where somebody watches."""

    def __init__(self) -> None:
        self.console = Console(file=sys.stdout, highlight=False, soft_wrap=True)

    def line(self, text: str) -> None:
        """A line as it is."""
        self.console.print(Text(text))

    def done(self, text: str) -> None:
        """Something came to its end well."""
        self.console.print(Text.assemble(("✓ ", "green"), text))

    def note(self, text: str) -> None:
        """Something happened while running: with the time of day."""
        clock = datetime.now().astimezone().strftime("%H:%M:%S")
        self.console.print(Text.assemble((f"{clock} ", "dim"), text))

    def step(self, title: str, work: Callable[[Callable[[str], None]], str]) -> None:
        """Do `work` with `title` shown meanwhile; what it returns is said with its time.

        `work` is given a function that shows how far it is, where somebody watches.
        """
        began = time.monotonic()
        with self.console.status(Text(f"{title} …")) as status:
            result = work(lambda part: status.update(Text(f"{title}: {part} …")))
        self.done(f"{result} ({time.monotonic() - began:.1f} s)")

    def addresses(self, rows: list[tuple[str, str]]) -> None:
        """Where things are."""
        wide = max(len(what) for what, _ in rows)
        self.console.print()
        for what, where in rows:
            self.console.print(Text.assemble(f"  {what:<{wide}}  ", (where, "bold cyan")))

    def sign_ins(self, rows: list[tuple[str, str, str]]) -> None:
        """Who can sign in to the demo."""
        titled = [("name", "password", "who"), *rows]
        wide = [max(len(row[column]) for row in titled) for column in (0, 1)]
        self.console.print()
        for name, password, who in titled:
            text = f"  {name:<{wide[0]}}  {password:<{wide[1]}}  {who}"
            self.console.print(Text(text, style="dim" if name == "name" else ""))
        self.console.print()
