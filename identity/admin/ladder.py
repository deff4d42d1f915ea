"""The ladder of a request for staff: the steps done and to come, as the person reads them (F4)."""

from __future__ import annotations

from datetime import datetime

from identity.actions.climbing import preference_of
from identity.actions.rungs import rungs
from identity.admin.panels import Table
from identity.admin.reading import moment
from identity.messages import say
from identity.models import Action
from identity.pages.steps import coming_of


def ladder_table(action: Action, now: datetime) -> Table:
    """The steps done and, if nobody does anything, those to come; in the person's own words."""
    done, coming = rungs(action, now, preference_of(action))
    rows = [(rung, "done") for rung in done] + [
        (rung, "coming") for rung in coming_of(action, coming)
    ]
    return Table(
        say("console.request.ladder"),
        [say(f"console.label.{each}") for each in ("at", "status", "step")],
        [
            (
                say("rung.no_sooner", at=moment(rung.at)) if rung.no_sooner else moment(rung.at),
                say(f"console.request.ladder.{standing}"),
                say(rung.message_id, **rung.facts),
            )
            for rung, standing in rows
        ],
        say("console.none"),
    )
