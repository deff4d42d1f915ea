"""What the organisation assumes wrong decisions cost: read with the defaults, and stated (D5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from config.lifecycle import DomainEvent, announce, read_clock
from fallbacks.errors import PermissionNeeded
from identity.errors import NotFound
from identity.models import ActionType, CostAssumption, User
from identity.simulation.costs import Costs, default_costs

PERCENT = ("fraud_at_0", "fraud_at_100", "abandonment")
"""Kept as percent, worked with as 0 … 1."""
FIELDS = (
    "fraud_loss",
    "fraud_at_0",
    "fraud_at_100",
    "abandonment",
    "completed_value",
    "support_cost",
)


@dataclass(frozen=True, slots=True)
class Assumed:
    """What holds for a type, and whether somebody stated it."""

    type: str
    title: str
    costs: Costs
    stated: bool


def assumed_costs() -> Mapping[str, Assumed]:
    """What holds for every type of the catalogue, by its name. One query."""
    types = ActionType.objects.select_related("cost_assumption")
    return {each.pk: _assumed(each) for each in types}


def figures_of(costs: Costs) -> dict[str, Decimal]:
    """The figures as they are stored: money with two decimals, chances and shares in percent."""
    return {
        name: Decimal(str(round(getattr(costs, name) * (100 if name in PERCENT else 1), 6)))
        for name in FIELDS
    }


def assume_costs(type_name: str, figures: Mapping[str, Decimal], *, by: User) -> CostAssumption:
    """State all figures of a type (`FIELDS`, percent where `PERCENT`), with a record of it.

    Only for who may draft policies: the figures argue for one policy or another. Raises
    PermissionNeeded, NotFound for an unknown type, ValidationError for figures out of range.
    """
    if not by.has_perm("identity.draft_policy"):
        raise PermissionNeeded
    with transaction.atomic():
        found = ActionType.objects.select_for_update().filter(pk=type_name).first()
        if found is None:
            raise NotFound
        row = CostAssumption(type=found, **{name: figures[name] for name in FIELDS})
        row.full_clean(validate_unique=False, validate_constraints=True)
        row.save()
        announce(
            DomainEvent(
                name="policy.costs_assumed",
                kind="cost_assumption",
                object_id=type_name,
                at=read_clock(),
                actor=by.get_username(),
                attributes={
                    "type": type_name,
                    **{name: str(getattr(row, name)) for name in FIELDS},
                },
            )
        )
    return row


def _assumed(kind: ActionType) -> Assumed:
    row = getattr(kind, "cost_assumption", None)
    if row is None:
        return Assumed(
            kind.pk, kind.title, default_costs(kind.fraud_cost, kind.sensitivity), stated=False
        )
    figures = {name: float(getattr(row, name)) / (100 if name in PERCENT else 1) for name in FIELDS}
    return Assumed(kind.pk, kind.title, Costs(**figures), stated=True)
