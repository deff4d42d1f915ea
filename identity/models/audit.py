"""The record of everything that happened, and the chain that shows nobody changed it."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models


class Event(models.Model):
    """One thing that happened, written in the transaction that did it, never changed after.

    The database refuses UPDATE, DELETE and TRUNCATE; what tells of a person may be emptied once
    their salt is gone, and nothing else. Coarse values only: no payload, no address, no raw
    channel data (P6).
    """

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=40)
    at = models.DateTimeField()
    kind = models.CharField(max_length=20)
    object_id = models.CharField(max_length=40)
    subject = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="events"
    )
    action_id = models.UUIDField(null=True)
    from_state = models.CharField(max_length=12, blank=True)
    to_state = models.CharField(max_length=12, blank=True)
    reason = models.CharField(max_length=40, blank=True)
    actor = models.CharField(max_length=150, blank=True)
    attributes = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["action_id", "id"], name="event_by_action"),
            models.Index(fields=["subject", "-id"], name="event_by_subject"),
        ]

    def __str__(self) -> str:
        return self.name


class EventLink(models.Model):
    """One place of the chain (`identity.audit.chain`). Append-only like the events.

    `event_id` is no foreign key in the database: the link of an event that somebody deleted is
    what shows that it was there. A salt's id leads to `EventSalt` until the person is forgotten.
    """

    seq = models.BigIntegerField(primary_key=True)
    event_id = models.BigIntegerField(unique=True)
    hash = models.BinaryField()
    subject_salt = models.UUIDField(null=True)
    subject_mark = models.BinaryField(null=True)
    actor_salt = models.UUIDField(null=True)
    actor_mark = models.BinaryField(null=True)

    class Meta:
        db_table = "identity_event_link"
        ordering = ["seq"]

    def __str__(self) -> str:
        return str(self.seq)


class EventSalt(models.Model):
    """What stands between a person and their marks in the chain; destroyed when they are erased."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # No foreign key: it would take a lock on the person that a writer may have to wait for.
    person_id = models.BigIntegerField(unique=True)
    salt = models.BinaryField()

    class Meta:
        db_table = "identity_event_salt"

    def __str__(self) -> str:
        return str(self.id)


class ChainProgress(models.Model):
    """How far back the chaining has to look: every event up to `settled` is linked or will never
    exist. One row; see `identity.audit.chaining` for the rest."""

    settled = models.BigIntegerField(default=0)
    candidate = models.BigIntegerField(default=0)
    fence = models.BigIntegerField(null=True)
    newest = models.BigIntegerField(default=0)
    looked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "identity_event_progress"

    def __str__(self) -> str:
        return str(self.settled)


class AuditMark(models.Model):
    """When something was last done about the chain, and whether it held: `checkpoint`, `verify`."""

    name = models.CharField(primary_key=True, max_length=20)
    at = models.DateTimeField()
    holds = models.BooleanField()
    seq = models.BigIntegerField(default=0)
    finding = models.JSONField(default=dict)
    """The finding of a verification that did not hold; empty else."""

    class Meta:
        db_table = "identity_audit_mark"

    def __str__(self) -> str:
        return self.name
