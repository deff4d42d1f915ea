"""What needs the member of staff now, by what they may do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse

from config.lifecycle import read_clock
from fallbacks.cases import OPEN_STATES
from fallbacks.machines import EscalationStatus
from fallbacks.models import Escalation, Incident, VerificationCase
from identity.admin.chain import chain_alarm
from identity.admin.darkness import SHOWN, dark_list, exceeded_count
from identity.admin.panels import Link, Table, link_to
from identity.admin.put_aside import waiting_count
from identity.admin.tags import Tag, due_tag, tag
from identity.depths import depths
from identity.health import LATE, held_up, sweep_age
from identity.messages import say
from identity.messages.compose import title_of
from identity.messages.times import lasting
from identity.models import AttemptStatus, SweepAttempt
from identity.notices import words_of
from identity.states import WAITING, Status


@dataclass(frozen=True, slots=True)
class Tally:
    """A number with the list behind it."""

    tag: Tag
    number: int
    url: str


@dataclass(frozen=True, slots=True)
class Banner:
    """Something everybody on the console should know now."""

    text: str
    tone: str
    icon: str
    link: Link | None = None


def home_of(user: Any) -> dict[str, Any]:
    """The context of the home page for `user`: banners, lists of work, counts by state."""
    now = read_clock()
    may_count = user.has_perm("identity.view_action")
    lists: list[dict[str, Any]] = []
    if user.has_perm("fallbacks.view_escalation"):
        lists.append(_escalations(now))
    if user.has_perm("fallbacks.view_verificationcase"):
        lists.append(_cases(now))
    if may_count:
        lists.append(dark_list(now))
    return {
        "title": say("console.home.title", name=user.shown_name),
        "lede": say("console.home.lede"),
        "banners": [*_banners(user), *_chain_banners(user, now)],
        "lists": lists,
        "counts": _counts() if may_count else [],
        "has_counts": may_count,
        "counts_title": say("console.home.counts"),
        "counts_none": say("console.home.counts.none"),
        "links": [*(_links(user) if not lists else []), *_worth_of_proofs(user)],
        "links_title": say("console.home.links"),
    }


def _escalations(now: datetime) -> dict[str, Any]:
    rows = Escalation.objects.filter(status=EscalationStatus.OPEN)
    first = rows.select_related("subject", "action__type", "notice").order_by("due_at")[: SHOWN + 1]
    return _list("escalations", "fallbacks_escalation", list(first), now, lambda row: row.facts)


def _cases(now: datetime) -> dict[str, Any]:
    rows = VerificationCase.objects.filter(status__in=OPEN_STATES)
    first = rows.select_related("subject", "action__type").order_by("due_at")[: SHOWN + 1]
    return _list(
        "cases", "fallbacks_verificationcase", list(first), now, lambda row: row.action.facts
    )


def _list(name: str, model: str, rows: Sequence[Any], now: datetime, facts: Any) -> dict[str, Any]:
    table = Table(
        say(f"console.home.{name}"),
        [say(f"console.label.{each}") for each in ("reference", "person", "what", "risk", "due")],
        [
            (
                link_to(row),
                row.subject.shown_name,
                _title(row),
                tag("risk", facts(row).get("risk", "")),
                due_tag(row.due_at, now, over=False),
            )
            for row in rows[:SHOWN]
        ],
        say(f"console.home.{name}.none"),
    )
    url = reverse(f"admin:{model}_changelist")
    more = Link(say(f"console.home.{name}.all"), url) if len(rows) > SHOWN else None
    return {"panel": table, "more": more}


def _title(row: Any) -> str:
    if row.action is not None:
        return title_of(row.action.type_id, row.action.type.title)
    return words_of(row.notice)[0]


def _counts() -> list[Tally]:
    """How many requests wait in each state: kept by the database, not counted."""
    found = depths("action")
    base = reverse("admin:identity_action_changelist")
    counts = []
    for status in Status:
        shown = tag("status", status)
        if status in WAITING and found.get(status) and shown is not None:
            url = f"{base}?status__exact={status}"
            counts.append(Tally(shown, found[status], url))
    return counts


def _banners(user: Any) -> list[Banner]:
    banners = []
    age = sweep_age()
    if age is None:
        banners.append(Banner(say("console.home.sweep.never"), "stop", "alarm"))
    elif age > LATE.total_seconds():
        span = lasting(timedelta(seconds=age))
        banners.append(Banner(say("console.home.sweep.late", span=span), "stop", "alarm"))
    incidents = Incident.objects.filter(closed_at__isnull=True).order_by("opened_at")
    for incident in incidents[:SHOWN]:
        link = (
            link_to(incident, say("console.home.incident.look"))
            if user.has_perm("fallbacks.view_incident")
            else None
        )
        text = say("console.home.incident", title=incident.title, mode=incident.mode)
        banners.append(Banner(text, "care", "warning", link))
    if user.has_perm("identity.view_action"):
        exceeded = exceeded_count()
        if exceeded:
            text = say("console.home.dark.exceeded", count=exceeded)
            url = reverse("admin:identity_action_changelist") + "?darkness=exceeded"
            look = Link(say("console.home.dark.exceeded.look"), url)
            banners.append(Banner(text, "wait", "dark_mode", look))
    if user.has_perm("identity.view_sweepattempt"):
        attempts = SweepAttempt.objects.filter(status=AttemptStatus.QUARANTINED).count()
        if attempts:
            url = reverse("admin:identity_sweepattempt_changelist") + "?status__exact=quarantined"
            look = Link(say("console.home.attempts.look"), url)
            text = say("console.home.attempts", count=attempts)
            banners.append(Banner(text, "stop", "front_hand", look))
    if user.has_perm("identity.view_delivery"):
        banners += _held_up()
    if user.has_perm("fallbacks.view_outboundmessage"):
        put_aside = waiting_count()
        if put_aside:
            url = reverse("admin:fallbacks_outboundmessage_changelist")
            text = say("console.home.put_aside", count=put_aside)
            look = Link(say("console.home.put_aside.look"), url)
            banners.append(Banner(text, "care", "unsubscribe", look))
    return banners


def _chain_banners(user: Any, now: datetime) -> list[Banner]:
    """Whether the record is vouched for, for those who may read it."""
    alarm = chain_alarm(now) if user.has_perm("identity.view_event") else ""
    look = Link(say("console.chain.open"), reverse("admin:chain"))
    return [Banner(alarm, "stop", "link_off", look)] if alarm else []


def _held_up() -> list[Banner]:
    """Messages that wait for somebody of the staff: for a key, or for an address."""
    found = held_up()
    banners = []
    if found.missing_keys:
        text = say("console.home.keys", keys=", ".join(found.missing_keys))
        banners.append(Banner(text, "stop", "key_off"))
    deliveries = reverse("admin:identity_delivery_changelist")
    endpoints = reverse("admin:identity_endpoint_changelist")
    for name, count, tone, icon, url in (
        ("sealed", found.locked, "stop", "key_off", f"{deliveries}?status__exact=pending"),
        ("endpoints", found.closed_endpoints, "care", "webhook", f"{endpoints}?status__exact=gone"),
        (
            "deliveries",
            found.given_up,
            "care",
            "outgoing_mail",
            f"{deliveries}?status__exact=abandoned",
        ),
    ):
        if count:
            look = Link(say(f"console.home.{name}.look"), url)
            banners.append(Banner(say(f"console.home.{name}", count=count), tone, icon, look))
    return banners


def _worth_of_proofs(user: Any) -> list[Link]:
    """How long a proof counts by the policy in force, for whoever may read policies."""
    if not user.has_perm("identity.view_policyversion"):
        return []
    return [Link(say("console.trust.open"), reverse("admin:identity_policyversion_proofs"))]


def _links(user: Any) -> list[Link]:
    """For those who have no list of work: where their part of the console is."""
    places = (
        ("identity.view_policyversion", "identity_policyversion", "policies"),
        ("identity.view_actiontype", "identity_actiontype", "types"),
        ("identity.view_decision", "identity_decision", "decisions"),
    )
    return [
        Link(say(f"console.{name}.heading"), reverse(f"admin:{model}_changelist"))
        for permission, model, name in places
        if user.has_perm(permission)
    ]
