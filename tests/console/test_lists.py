"""Lists: a fixed number of queries, a search that finds, filters that never break a page."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from config.lifecycle import read_clock
from fallbacks.escalations import open_escalation
from fallbacks.models import Challenge, Escalation, OutboundMessage, VerificationCase
from identity.admin.site import PAGES
from identity.models import Action, Decision, Delivery, Device, Evidence, Session, User
from presence.models import Signal
from tests.console.conftest import Colleague, blocked, has_text, says
from tests.world.demo import Application

MOST = 12
"""Queries a list may cost, whatever it holds: session, person, rights, mode and the rows."""
ROWS = 25


@pytest.fixture
def full(payroll: Application) -> Action:
    """A page full of everything that grows."""
    first = Action.objects.get(pk=blocked(payroll))
    now = read_clock()
    fields = [field.attname for field in Action._meta.concrete_fields if not field.primary_key]
    people = list(User.objects.all())
    actions = Action.objects.bulk_create(
        Action(
            **{name: getattr(first, name) for name in fields}
            | {"payload_fingerprint": uuid.uuid4().hex, "subject_id": people[at % len(people)].pk}
        )
        for at in range(ROWS)
    )
    for action in actions:
        who = action.subject_id
        device = Device.objects.create(
            user_id=who, reference=uuid.uuid4().hex, name="x", first_seen_at=now, last_seen_at=now
        )
        Session.objects.create(user_id=who, device=device, started_at=now, last_seen_at=now)
        Evidence.objects.create(
            user_id=who, action=action, factor="totp", aal=2, verified_at=now, expires_at=now
        )
        Challenge.objects.create(
            subject_id=who, action=action, factor="totp", issued_at=now, expires_at=now
        )
        Decision.objects.create(
            action=action, at=now, policy_number=1, rule="x", outcome="block", mode="normal",
            facts={}, reasons=[],
        )  # fmt: skip
        Delivery.objects.create(
            id=f"msg_{uuid.uuid4().hex}", application_id=action.application_id, action=action,
            type="action.blocked", data={}, created_at=now,
        )  # fmt: skip
        open_escalation(action.pk, who, queue="security", reasons=[], facts={}, now=now)
        VerificationCase.objects.create(
            subject_id=who, action=action, opened_because="asked_for_help", opened_at=now,
            due_at=now + timedelta(hours=1), proposed_by_id=people[0].pk,
        )  # fmt: skip
        OutboundMessage.objects.create(
            subject_id=who, channel="email", kind="notice", urgency="notice", attempts=5,
            status="quarantined", last_answer="timed_out", created_at=now, ended_at=now,
        )  # fmt: skip
        Signal.objects.create(
            subject_id=who, device=device, kind="heartbeat", source="page", observed_at=now,
            received_at=now,
        )  # fmt: skip
    return first


def test_no_list_costs_more_with_more_rows(full: Action, staff: Callable[[str], Colleague]) -> None:
    colleague = staff("auditor1")
    for model in PAGES:
        address = f"{model._meta.app_label}/{model._meta.model_name}/"
        colleague.get(address)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert colleague.get(address).status_code == 200
        assert len(queries) <= MOST, (model, [each["sql"][:90] for each in queries])


@pytest.mark.parametrize("name", ["security1", "support1", "product1"])
def test_the_home_page_costs_a_fixed_number_of_queries(
    full: Action, staff: Callable[[str], Colleague], name: str
) -> None:
    colleague = staff(name)
    colleague.get("")
    with CaptureQueriesContext(connection) as queries:
        assert colleague.get("").status_code == 200
    assert len(queries) <= MOST + 7, [each["sql"][:90] for each in queries]


def test_requests_are_found_by_person_reference_and_id(
    payroll: Application, staff: Callable[[str], Colleague]
) -> None:
    wanted = Action.objects.get(pk=payroll.ask("tess").json()["id"])
    other = Action.objects.get(pk=payroll.ask("avery").json()["id"])
    colleague = staff("support1")
    terms = ("tess", "TES", wanted.reference, wanted.reference[2:].lower(), str(wanted.pk))
    for term in terms:
        page = colleague.get("identity/action/", q=term)
        assert has_text(page, wanted.reference), term
        assert not has_text(page, other.reference), term
    assert not has_text(colleague.get("identity/action/", q="nobody"), wanted.reference)


def test_events_are_found_by_name(payroll: Application, staff: Callable[[str], Colleague]) -> None:
    payroll.ask("avery")
    page = staff("auditor1").get("identity/event/", q="challenge.issued")
    assert has_text(page, "challenge.issued")
    assert not has_text(page, "auth.requested</")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"status__exact": "blocked"}, True),
        ({"status__exact": "queued"}, False),
        ({"risk": "red"}, True),
        ({"risk": "green"}, False),
        ({"standing": "waiting"}, True),
        ({"standing": "over"}, False),
        ({"type__name__exact": "payout.change"}, True),
    ],
)
def test_filters_of_requests(
    payroll: Application,
    staff: Callable[[str], Colleague],
    query: dict[str, str],
    found: bool,
) -> None:
    action = Action.objects.get(pk=blocked(payroll))
    page = staff("security1").get("identity/action/", **query)
    assert page.status_code == 200
    assert has_text(page, action.reference) is found


@pytest.mark.parametrize(
    "query",
    [
        {"risk": "purple"},
        {"standing": "'"},
        {"status__exact": "\x00"},
        {"q": "\x00"},
        {"q": "%"},
        {"q": "x" * 5000},
        {"p": "abc"},
        {"p": "99999"},
        {"o": "99.-x"},
        {"id__exact": "not-an-id"},
        {"subject__password__startswith": "a"},
        {"sealed_payload__contains": "a"},
        {"facts__risk": "red"},
        {"_facets": "True"},
        {"_to_field": "sealed_payload", "_popup": "1"},
        {"all": ""},
    ],
)
def test_no_query_breaks_a_list(
    payroll: Application, staff: Callable[[str], Colleague], query: dict[str, str]
) -> None:
    for address in ("identity/action/", "identity/event/", "identity/user/"):
        answer = staff("auditor1").get(address, **query)
        assert answer.status_code in (200, 302, 400, 403, 404), (address, query)


def test_passwords_cannot_be_fished_for_by_filter(
    demo: None, staff: Callable[[str], Colleague]
) -> None:
    for address, field in (
        ("identity/action/", "subject__password__startswith"),
        ("identity/user/", "password__startswith"),
        ("identity/application/", "client_secret__startswith"),
    ):
        answer = staff("auditor1").get(address, **{field: "a"})
        assert answer.status_code == 400, address


def test_every_heading_is_the_consoles_own(demo: None, staff: Callable[[str], Colleague]) -> None:
    models: list[type[Model]] = list(PAGES)
    assert Escalation in models
    for model, page in PAGES.items():
        answer = staff("auditor1").get(f"{model._meta.app_label}/{model._meta.model_name}/")
        assert says(answer, f"console.{page.name}.heading"), model
