"""People as staff see them: who they are, where they are signed in, what was proved there."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from identity.admin.panels import Facts, Page, Words
from identity.admin.reading import Act, DetailAdmin, ReadOnlyAdmin, column, moment, shown
from identity.admin.tags import tag
from identity.context import network_mark
from identity.messages import say
from identity.models import Device, Evidence, Session, SessionStatus, User
from identity.sessions import revoke_session

OWN_RIGHTS = ("is_active", "is_staff", "groups")
"""What nobody changes about themselves, whoever they are (F22)."""


def masked_email(address: str) -> str:
    """Enough of an address to recognise it: the first letter and the domain."""
    name, at, domain = address.partition("@")
    return f"{name[:1]}•••{at}{domain}" if at else ""


class PersonAdmin(ReadOnlyAdmin):
    """Everybody. Names and addresses are changed by the configuration role only.

    Passwords, factors and the superuser flag have no field here: one person's word must not be
    enough to take an account over (F21).
    """

    name = "people"
    person_field = "username"
    search_help_text = say("console.search.person")
    list_display = ("sign_in_name", "first_name", "email_shown", "roles", "standing")
    list_filter = ("is_staff", "is_active", "groups")
    ordering = ("username",)
    editable = ("first_name", "last_name", "email", "is_active", "is_staff", "groups")

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """With the groups that the list names."""
        return super().get_queryset(request).prefetch_related("groups")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The configuration role only."""
        return bool(request.user.is_superuser)

    def formfield_for_manytomany(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> forms.ModelMultipleChoiceField[Any] | None:
        """The groups as boxes to tick: they are few."""
        kwargs["widget"] = UnfoldAdminCheckboxSelectMultipleWidget()
        field: forms.ModelMultipleChoiceField[Any] | None = super().formfield_for_manytomany(
            db_field, request, **kwargs
        )
        return field

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The whole address only for who may change it."""
        if self.has_change_permission(request):
            return ("sign_in_name", *self.editable, "last_login", "date_joined", "asked_for")
        return ("sign_in_name", "first_name", "email_shown", "roles", "standing", "asked_for")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """One's own rights, and what is never set by hand."""
        fixed = ("sign_in_name", "email_shown", "roles", "standing", "asked_for")
        return (*fixed, "last_login", "date_joined") + (
            OWN_RIGHTS if obj is not None and obj.pk == request.user.pk else ()
        )

    @column("console.label.sign_in_name", "username")
    def sign_in_name(self, person: User) -> str:
        """What applications name as the subject."""
        return person.username

    @column("console.requests.heading")
    def asked_for(self, person: User) -> SafeString:
        """The way to what was asked for this person."""
        address = (
            f"{reverse('admin:identity_action_changelist')}?{urlencode({'q': person.username})}"
        )
        return format_html(
            '<a class="hf-link" href="{}">{}</a>', address, say("console.person.requests")
        )

    @column("console.label.email")
    def email_shown(self, person: User) -> str:
        """Masked."""
        return masked_email(person.email)

    @column("console.label.roles")
    def roles(self, person: User) -> str:
        """The groups, by name."""
        return ", ".join(sorted(group.name for group in person.groups.all()))

    @column("console.label.standing", "is_staff")
    def standing(self, person: User) -> str:
        """Staff, active or not."""
        if not person.is_active:
            return shown(tag("person", "inactive"))
        return shown(tag("person", "staff" if person.is_staff else "active"))


class RevokeForm(forms.Form):
    """Nothing to fill in: the button says it all."""


def _revoke(row: Session, user: User, given: dict[str, Any]) -> None:
    revoke_session(row.user, row.pk, actor=user)


def _active(row: Session, user: User) -> bool:
    return row.status == SessionStatus.ACTIVE


class SessionAdmin(DetailAdmin):
    """Where people are signed in. Security staff can take a sign-in back (S3)."""

    name = "sessions"
    person_field = "user__username"
    reference_field = "id"
    search_help_text = say("console.search.person_or_session")
    list_display = ("reference", "state", "person", "device", "place", "began", "seen", "proved")
    list_select_related = ("user", "device")
    list_filter = ("status",)
    ordering = ("-last_seen_at",)
    acts = (Act("revoke", "identity.change_session", RevokeForm, _revoke, _active, alarm=True),)

    @column("console.label.reference", "id")
    def reference(self, row: Session) -> str:
        """S-1A2B3C4D."""
        return str(row)

    @column("console.label.status", "status")
    def state(self, row: Session) -> str:
        """Active, signed out or revoked."""
        return shown(tag("session", row.status))

    @column("console.label.place")
    def place(self, row: Session) -> str:
        """Network and country, as coarse as they are kept."""
        seen = network_mark(row.network)
        mark = say("console.network", mark=seen) if seen else ""
        return ", ".join(each for each in (row.country, mark) if each)

    @column("console.label.began", "started_at")
    def began(self, row: Session) -> str:
        """When it was signed in."""
        return moment(row.started_at)

    @column("console.label.seen", "last_seen_at")
    def seen(self, row: Session) -> str:
        """When it was last used."""
        return moment(row.last_seen_at)

    @column("console.label.proved", "last_proof_at")
    def proved(self, row: Session) -> str:
        """When a factor was last verified in it."""
        return moment(row.last_proof_at)

    def detail_queryset(self) -> QuerySet[Session]:
        """With what its page names."""
        return Session.objects.select_related("user", "device", "application")

    def page(self, request: HttpRequest, row: Session, now: datetime) -> Page:
        """Whose it is, where it is, and how fresh."""
        facts = [
            (say("console.label.person"), row.user.username),
            (say("console.label.device"), str(row.device or "")),
            (say("console.label.application"), str(row.application or "")),
            (say("console.label.place"), self.place(row)),
            (say("console.label.began"), moment(row.started_at)),
            (say("console.label.seen"), moment(row.last_seen_at)),
            (say("console.label.proved"), moment(row.last_proof_at)),
        ]
        return Page(
            title=f"{row} · {row.user.username}",
            tags=(tag("session", row.status),),
            main=(Facts(say("console.session.facts"), facts),),
            aside=(Words(say("console.session.after"), (say("console.session.after.text"),)),),
        )


class DeviceAdmin(ReadOnlyAdmin):
    """Devices, as coarse as a decision needs them."""

    name = "devices"
    person_field = "user__username"
    search_help_text = say("console.search.person")
    list_display = ("name_shown", "person", "kind", "state", "first", "last")
    list_select_related = ("user",)
    list_filter = ("status", "kind")
    ordering = ("-last_seen_at",)
    fields = ("name_shown", "person", "kind", "reference", "state", "first", "last")
    readonly_fields = ("person", "name_shown", "state", "first", "last")

    @column("console.label.device", "name")
    def name_shown(self, row: Device) -> str:
        """What the person calls it."""
        return row.name

    @column("console.label.status", "status")
    def state(self, row: Device) -> str:
        """Active or revoked."""
        return shown(tag("device", row.status))

    @column("console.label.first_seen", "first_seen_at")
    def first(self, row: Device) -> str:
        """First seen."""
        return moment(row.first_seen_at)

    @column("console.label.seen", "last_seen_at")
    def last(self, row: Device) -> str:
        """Last seen."""
        return moment(row.last_seen_at)


class EvidenceAdmin(ReadOnlyAdmin):
    """What was proved, where and for what (D8)."""

    name = "evidence"
    person_field = "user__username"
    reference_field = "action_id"
    search_help_text = say("console.search.person_or_request")
    list_display = ("factor", "level", "person", "about", "verified", "expires", "issuer")
    list_select_related = ("user", "action")
    list_filter = ("factor", "aal")
    ordering = ("-verified_at",)
    fields = (
        "factor",
        "level",
        "person",
        "about",
        "application",
        "session",
        "device",
        "network",
        "country",
        "verified",
        "expires",
        "issuer",
    )
    readonly_fields = ("person", "level", "about", "verified", "expires")

    @column("console.label.level", "aal")
    def level(self, row: Evidence) -> str:
        """Assurance level."""
        return f"AAL{row.aal}"

    @column("console.label.request")
    def about(self, row: Evidence) -> str:
        """The request it was given for, if for one."""
        return row.action.reference if row.action else ""

    @column("console.label.verified", "verified_at")
    def verified(self, row: Evidence) -> str:
        """When."""
        return moment(row.verified_at)

    @column("console.label.expires", "expires_at")
    def expires(self, row: Evidence) -> str:
        """Until when it may count at all."""
        return moment(row.expires_at)
