"""What a page of the console is made of, as values; the templates only draw them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib.admin.utils import quote
from django.urls import reverse

from identity.admin.tags import Tag

Cell = Any
"""What stands in a table or beside a label: a string, Tag, Link, Noted, Prose, or None."""


@dataclass(frozen=True, slots=True)
class Link:
    """A way to another page of the console."""

    text: str
    url: str
    kind: ClassVar[str] = "link"


@dataclass(frozen=True, slots=True)
class Noted:
    """A sentence with its technical name below, for those who look for that."""

    text: str
    note: str
    kind: ClassVar[str] = "noted"


@dataclass(frozen=True, slots=True)
class Prose:
    """Words that take as many lines as they need, where a table keeps to one."""

    text: str
    kind: ClassVar[str] = "prose"


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels with their values."""

    title: str
    facts: Sequence[tuple[str, Cell]]
    kind: ClassVar[str] = "facts"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings; `empty` is said where there are none."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    empty: str
    kind: ClassVar[str] = "table"


@dataclass(frozen=True, slots=True)
class Words:
    """Sentences; `quoted` when they are what the person reads."""

    title: str
    sentences: Sequence[str]
    quoted: bool = False
    kind: ClassVar[str] = "words"


@dataclass(frozen=True, slots=True)
class Bullets:
    """Sentences of equal weight."""

    title: str
    sentences: Sequence[str]
    kind: ClassVar[str] = "bullets"


Panel = Facts | Table | Words | Bullets


@dataclass(frozen=True, slots=True)
class Page:
    """One row of the database as a member of staff reads it: `first` and then what may be
    done, `main` below, `aside` beside all of it."""

    title: str
    lede: str = ""
    tags: Sequence[Tag | None] = ()
    first: Sequence[Panel] = ()
    main: Sequence[Panel] = ()
    aside: Sequence[Panel] = ()
    wide: bool = False


def link_to(row: Any, text: str | None = None) -> Link | None:
    """The console's page of a row; None where there is no row."""
    if row is None:
        return None
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
    return Link(text or str(row), reverse(name, args=(quote(str(row.pk)),)))
