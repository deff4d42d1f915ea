"""The catalogue of what applications may ask for."""

from __future__ import annotations

from django.db import models


class ActionType(models.Model):
    """One kind of action with the four variables of the policy matrix (D1).

    `payload` names each field the payload must have and its kind (`identity.payloads`); a field
    that is not named here is refused. `value_rule` says how the value band is read from it
    (`identity.values`), `journey` which way through identity the type belongs to. `reach` is
    `authority` for what enrols a factor or device, changes policy or raises a role: it never
    rests on cached trust (D4 6). `handler` names
    an effect that runs in process; empty means that the application carries the action out when
    the webhook tells it to.
    """

    class Level(models.TextChoices):
        """Three steps are enough to argue about."""

        LOW = "low", "Low"
        MEDIUM = "medium", "Medium"
        HIGH = "high", "High"

    class Reversibility(models.TextChoices):
        """Whether the effect can be undone."""

        REVERSIBLE = "reversible", "Can be undone"
        IRREVERSIBLE = "irreversible", "Cannot be undone"

    class Time(models.TextChoices):
        """Whether waiting does harm."""

        LOW = "low", "Can wait"
        HIGH = "high", "Waiting does harm"

    class Reach(models.TextChoices):
        """Whether the action itself gives somebody a way in."""

        ORDINARY = "ordinary", "Ordinary"
        AUTHORITY = "authority", "Gives a factor, a device, a policy or a role"

    class Journey(models.TextChoices):
        """A person's way through identity (O2)."""

        ENROLMENT = "enrolment", "Enrolment"
        SIGN_IN = "sign_in", "Sign-in"
        STEP_UP = "step_up", "Step-up"
        PRIVILEGED_ACTION = "privileged_action", "Privileged action"
        EXPORT = "export", "Export"
        SESSION_RENEWAL = "session_renewal", "Session renewal"
        RECOVERY = "recovery", "Recovery"

    name = models.CharField(primary_key=True, max_length=40)
    title = models.CharField(max_length=60)
    sensitivity = models.CharField(max_length=8, choices=Level)
    reversibility = models.CharField(max_length=12, choices=Reversibility)
    fraud_cost = models.CharField(max_length=8, choices=Level)
    time_sensitivity = models.CharField(max_length=8, choices=Time, default=Time.LOW)
    journey = models.CharField(max_length=20, choices=Journey, default=Journey.PRIVILEGED_ACTION)
    reach = models.CharField(max_length=10, choices=Reach, default=Reach.ORDINARY)
    payload = models.JSONField(default=dict, blank=True)
    value_rule = models.JSONField(default=dict, blank=True)
    handler = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.title
