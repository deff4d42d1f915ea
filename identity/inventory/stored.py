"""What is really stored, read from the models, with what is declared of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.conf import settings
from django.db.models import Model

from identity.inventory.declared import BORROWED, DECLARED
from identity.inventory.shape import Kept, Table

OUR_APPS = ("presence", "fallbacks", "identity", "config")


@dataclass(frozen=True, slots=True)
class Entry:
    """One personal column; `column` is empty for a whole table that comes with a library."""

    table: str
    column: str
    kept: Kept


def our_models() -> Iterator[type[Model]]:
    """Every model of ours, as Django knows them."""
    for app in OUR_APPS:
        yield from apps.get_app_config(app).get_models()


def columns_of(model: type[Model]) -> list[str]:
    """The names of what a model stores: its columns, and its tables of many."""
    fields = (*model._meta.concrete_fields, *model._meta.many_to_many)
    return [field.name for field in fields]


def entries() -> Iterator[Entry]:
    """Every personal column, table by table."""
    for model in our_models():
        table = DECLARED.get(model._meta.label, Table())
        said = {name: kept for kept in table.personal for name in kept.columns.split()}
        for name in columns_of(model):
            if name in said:
                yield Entry(model._meta.label, name, said[name])
    for label, kept in BORROWED.items():
        yield Entry(label, "", kept)


def undeclared() -> list[str]:
    """Columns that nobody declared, columns declared twice, and declarations of what is not
    there (any more)."""
    found = []
    models = {model._meta.label: columns_of(model) for model in our_models()}
    for label in models.keys() | DECLARED.keys():
        table = DECLARED.get(label, Table())
        said = [name for kept in table.personal for name in kept.columns.split()]
        said += table.technical.split()
        there = models.get(label, [])
        wrong = (set(there) ^ set(said)) | {name for name in said if said.count(name) > 1}
        found += [f"{label}.{name}" for name in sorted(wrong)]
    return sorted(found)


def kinds(*, staff: bool) -> list[Kept]:
    """What is stored, each kind once, in the order of the tables; with what is about members of
    staff only if `staff`."""
    found: dict[tuple[str, str], Kept] = {}
    for entry in entries():
        kept = entry.kept
        if kept.kept != "unused" and (staff or not kept.staff):
            found.setdefault((kept.what, kept.why), kept)
    return list(found.values())


def presence_days() -> int:
    """For how many days a signal is kept."""
    days: int = settings.SIGNAL_RETENTION_DAYS
    return days
