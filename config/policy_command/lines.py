"""How the answers of the commands look: a line a finding, what belongs to it indented."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text


class Lines:
    """Whole lines: the terminal wraps them, a pipe does not cut them."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def plain(self, words: str) -> None:
        """A line by itself."""
        self._print(Text(words))

    def marked(self, mark: str, style: str, words: str) -> None:
        """A finding."""
        self._print(Text.assemble((mark, style), " ", words))

    def below(self, words: str, depth: int = 1) -> None:
        """What belongs to the finding above."""
        self._print(Text("  " * depth + words))

    def verdict(self, holds: bool, words: str) -> None:
        """The last line."""
        self._print(Text(words, style="bold green" if holds else "bold red"))

    def _print(self, text: Text) -> None:
        self._console.print(text, soft_wrap=True, highlight=False)
