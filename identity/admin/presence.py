"""What presence knows: conclusions, signals and the person's own choices, to read only (P6)."""

from __future__ import annotations

from typing import Any

from identity.admin.reading import ReadOnlyAdmin, column, moment, shown
from identity.admin.tags import tag
from identity.messages import has, say


class PresenceAdmin(ReadOnlyAdmin):
    """One conclusion a person, with its reasons."""

    name = "presence"
    person_field = "subject__username"
    search_help_text = say("console.search.person")
    list_display = ("person", "state", "why", "from_when", "changes", "dark_from")
    list_select_related = ("subject",)
    list_filter = ("status",)
    ordering = ("-since",)
    fields = (
        "person",
        "state",
        "why",
        "from_when",
        "changes",
        "heartbeat_at",
        "push_accepted_at",
        "push_acknowledged_at",
        "push_bounced_at",
        "device_seen_at",
        "permission_denied_at",
        "network_lost_at",
        "network_returned_at",
        "dark_from",
    )
    readonly_fields = ("person", "state", "why", "from_when", "changes", "dark_from")

    @column("console.label.availability", "status")
    def state(self, row: Any) -> str:
        """One of the five states."""
        return shown(tag("availability", row.status))

    @column("console.label.why")
    def why(self, row: Any) -> str:
        """The reasons in words."""
        return ", ".join(
            say(f"reason.{code}") if has(f"reason.{code}") else code for code in row.reasons
        )

    @column("console.label.since", "since")
    def from_when(self, row: Any) -> str:
        """Since when."""
        return moment(row.since)

    @column("console.label.dark_since", "dark_since")
    def dark_from(self, row: Any) -> str:
        """Since when they are neither available nor silent by choice."""
        return moment(row.dark_since)

    @column("console.label.changes", "changes_at")
    def changes(self, row: Any) -> str:
        """When it next changes by itself."""
        return moment(row.changes_at)


class SignalAdmin(ReadOnlyAdmin):
    """Single observations, kept for a short time."""

    name = "signals"
    person_field = "subject__username"
    search_help_text = say("console.search.person")
    list_display = ("observed", "person", "kind", "value", "device", "source", "received")
    list_select_related = ("subject", "device")
    list_filter = ("kind", "source")
    ordering = ("-observed_at",)
    fields = ("observed", "received", "person", "kind", "value", "device", "source")
    readonly_fields = ("person", "observed", "received")

    @column("console.label.observed", "observed_at")
    def observed(self, row: Any) -> str:
        """By the observer's clock."""
        return moment(row.observed_at)

    @column("console.label.received", "received_at")
    def received(self, row: Any) -> str:
        """By ours."""
        return moment(row.received_at)


class PreferenceAdmin(ReadOnlyAdmin):
    """What people chose about being disturbed."""

    name = "preferences"
    person_field = "subject__username"
    search_help_text = say("console.search.person")
    list_display = ("person", "zone", "not_before", "away", "quiet_start", "quiet_end")
    list_select_related = ("subject",)
    ordering = ("subject",)
    fields = ("person", "zone", "not_before", "away", "quiet_days", "quiet_start", "quiet_end")
    readonly_fields = ("person", "not_before", "away")

    @column("console.label.quiet_until", "dnd_until")
    def not_before(self, row: Any) -> str:
        """End of do-not-disturb."""
        return moment(row.dnd_until)

    @column("console.label.away_until", "away_until")
    def away(self, row: Any) -> str:
        """End of being away."""
        return moment(row.away_until)
