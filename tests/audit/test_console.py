"""The chain in the console: how it stands, what is wrong, who may look (F27)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from config.lifecycle import clock_at, read_clock
from identity.audit.chaining import chain_events
from identity.audit.checkpoints import write_checkpoint
from identity.audit.recheck import verify_record
from identity.audit.state import audit_state
from identity.audit.verifying import count_links
from identity.messages import say
from identity.messages.audit import finding_in_words
from identity.messages.times import lasting
from tests.audit.events import write_events
from tests.console.conftest import Colleague, demo, has_text, says, staff
from tests.world.record import as_owner_without_scruples

__all__ = ["demo", "staff"]
pytestmark = pytest.mark.django_db
Staff = Callable[[str], Colleague]
People = list[tuple[int, str]]


@pytest.fixture(autouse=True)
def directory(settings: Settings, tmp_path: Path) -> None:
    settings.AUDIT_CHECKPOINT_DIR = tmp_path


def vouched(people: People) -> None:
    write_events(20, people)
    chain_events()
    assert write_checkpoint(read_clock()) is None


@pytest.mark.parametrize("name", ["auditor1", "security1"])
def test_f27_those_who_read_the_record_see_how_its_chain_stands(
    staff: Staff, people: People, name: str
) -> None:
    colleague = staff(name)
    vouched(people)
    page = colleague.get("chain/")
    assert page.status_code == 200
    span = lasting(timedelta(0))
    assert says(page, "console.chain.checkpoint.ago", age=span)
    assert has_text(page, f">{count_links()}<")
    assert says(page, "console.chain.verified.never")
    assert says(page, "console.chain.waiting.nothing")
    assert verify_record().holds
    page = colleague.get("chain/")
    assert says(page, "console.chain.verified.holds")
    assert not says(page, "console.chain.verified.not")
    assert not says(page, "console.chain.found")


@pytest.mark.parametrize("name", ["support1", "compliance1", "product1", "legal1"])
def test_f24_nobody_else_does(staff: Staff, people: People, name: str) -> None:
    colleague = staff(name)
    assert colleague.get("chain/").status_code == 403
    assert colleague.post("chain/").status_code == 403
    chain_events()
    assert not says(colleague.get(""), "console.home.chain.never")


def test_f27_no_checkpoint_for_two_minutes_alarms_on_the_home_page(
    staff: Staff, people: People
) -> None:
    auditor = staff("auditor1")
    chain_events()
    assert says(auditor.get(""), "console.home.chain.never")
    vouched(people)
    assert say("console.chain.open") not in auditor.get("").content.decode()
    now = read_clock()
    for seconds, alarms in ((118, False), (185, True)):
        with clock_at(now + timedelta(seconds=seconds)):
            home = auditor.get("")
        assert says(home, "console.home.chain.late", age="3 minutes") is alarms
    assert has_text(home, "/admin/chain/")


def test_f27_events_that_nobody_links_alarm_too(staff: Staff, people: People) -> None:
    auditor = staff("auditor1")
    vouched(people)
    now = read_clock() + timedelta(minutes=3)
    with clock_at(now):
        assert write_checkpoint(now) is None
        write_events(1, people, first=50)  # its moment is long ago
        state = audit_state(now)
        assert state.unlinked == 1
        assert state.alarming
        age = lasting(timedelta(seconds=state.oldest_unlinked_age or 0))
        assert says(auditor.get(""), "console.home.chain.unlinked", age=age)


def test_f27_what_a_verification_found_stands_first(staff: Staff, people: People) -> None:
    auditor = staff("auditor1")
    vouched(people)
    with as_owner_without_scruples(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM identity_event_link WHERE seq > 5")
        cursor.execute("DELETE FROM identity_event WHERE id NOT IN"
                       " (SELECT event_id FROM identity_event_link)")  # fmt: skip
    finding = verify_record().finding
    assert finding is not None
    words = finding_in_words(finding)
    assert has_text(auditor.get("chain/"), words)
    assert says(auditor.get(""), "console.home.chain.wrong", why=words)
