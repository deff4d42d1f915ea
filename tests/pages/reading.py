"""Reading a page: its title, its words, its forms, without a browser."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

from django.http import HttpResponse

VOID = frozenset({"meta", "link", "input", "br", "img", "hr"})


class Page(HTMLParser):
    """A page in parts. Raises AssertionError for elements that do not nest."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__()
        self.status = response.status_code
        self.text = response.content.decode()
        self.ids: list[str] = []
        self.forms: list[str] = []
        self.links: list[str] = []
        self.headings: list[int] = []
        self.inline: list[str] = []
        self.described: list[str] = []
        self.labelled: list[str] = []
        self._open: list[str] = []
        self.feed(self.text)
        assert not self._open, self._open

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Note what the page offers."""
        given = {name: value or "" for name, value in attributes}
        if tag not in VOID:
            self._open.append(tag)
        if "id" in given:
            self.ids.append(given["id"])
        self.described += given.get("aria-describedby", "").split()
        self.labelled += given.get("aria-labelledby", "").split() + given.get("for", "").split()
        if tag == "form" and given.get("method") == "post":
            self.forms.append(given.get("action", ""))
        if tag == "a":
            self.links.append(given["href"])
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if (tag == "script" and "src" not in given) or tag == "style":
            self.inline.append(tag)
        self.inline += [name for name in given if name == "style" or name.startswith("on")]

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Drawings close themselves."""

    def handle_endtag(self, tag: str) -> None:
        """Close in order."""
        if tag not in VOID:
            assert self._open.pop() == tag, f"{tag} closes in the wrong place"

    @property
    def title(self) -> str:
        """What the tab says."""
        return self._first("title")

    @property
    def heading(self) -> str:
        """The one `h1`."""
        return self._first("h1")

    def _first(self, tag: str) -> str:
        found = re.search(rf"<{tag}[^>]*>(.*?)</{tag}>", self.text, re.DOTALL)
        assert found, f"no {tag}"
        return unescape(found[1]).strip()

    def says(self, sentence: str) -> bool:
        """Whether the page shows `sentence`."""
        return sentence in unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", self.text)))


def check_shape(page: Page) -> None:
    """One `h1`, no skipped level, unique ids, no dangling reference, nothing inline (U4)."""
    assert page.headings.count(1) == 1, page.headings
    for above, below in zip(page.headings, page.headings[1:], strict=False):
        assert below - above <= 1, page.headings
    assert len(page.ids) == len(set(page.ids)), sorted(page.ids)
    assert set(page.described) <= set(page.ids)
    assert set(page.labelled) <= set(page.ids)
    assert page.inline == []
