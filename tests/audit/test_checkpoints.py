"""Checkpoints outside the database: what they vouch for, and when they cannot (F27)."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import call_command
from django.db import connection
from pytest_django.fixtures import Settings

from config.lifecycle import clock_at, fetch, read_clock
from identity.audit.chaining import chain_events, head_of_chain
from identity.audit.checkpoints import SERIES, checkpoint_if_due, read_book, write_checkpoint
from identity.audit.outside import append, one_writer, read_lines
from identity.audit.recheck import verify_record
from identity.audit.signing import NotSigned, opened, public_key, signed
from identity.audit.state import audit_state
from identity.audit.walk import Kind
from identity.messages import say
from identity.messages.audit import finding_in_words
from identity.models import EventLink
from tests.audit.events import write_events
from tests.world.record import as_owner_without_scruples

pytestmark = pytest.mark.django_db
People = list[tuple[int, str]]


@pytest.fixture(autouse=True)
def directory(settings: Settings, tmp_path: Path) -> Path:
    settings.AUDIT_CHECKPOINT_DIR = tmp_path / "checkpoints"
    settings.AUDIT_CHECKPOINT_DIR.mkdir()
    return tmp_path / "checkpoints"


@pytest.fixture
def three(people: People) -> list[int]:
    """Three checkpoints over 90 events; their places."""
    places = []
    for number in range(3):
        write_events(30, people, first=30 * number)
        chain_events()
        assert write_checkpoint(read_clock()) is None
        places.append(head_of_chain().seq)
    return places


def done_by_owner(sql: str, *parameters: Any) -> None:
    with as_owner_without_scruples(), connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def book_lines(directory: Path) -> list[bytes]:
    [path] = directory.glob("checkpoints-*.jws")
    return path.read_bytes().splitlines(keepends=True)


def test_f27_each_names_its_place_the_one_before_and_the_key(
    three: list[int], directory: Path
) -> None:
    lines = list(read_lines(directory, SERIES))
    assert [line.said["seq"] for line in lines if line.said] == three
    assert all(line.follows for line in lines)
    assert lines[0].said is not None
    assert lines[0].said["previous"] == ""
    assert lines[0].said.keys() == {
        "v", "seq", "hash", "count", "at", "restored", "previous"
    }  # fmt: skip
    assert [place for place, _ in read_book().vouched] == three
    for place, digest in read_book().vouched:
        assert bytes(EventLink.objects.get(pk=place).hash) == digest
    assert verify_record().holds


def test_f27_a_checkpoint_is_due_before_a_minute_is_over(people: People) -> None:
    chain_events()
    assert checkpoint_if_due()
    now = read_clock()
    for seconds, written in ((5, False), (40, False), (46, True), (50, False), (92, True)):
        with clock_at(now + timedelta(seconds=seconds)):
            assert checkpoint_if_due() is written, seconds


def test_the_first_checkpoint_may_be_of_an_empty_chain(people: People) -> None:
    assert head_of_chain().seq == 0
    assert checkpoint_if_due()
    write_events(3, people)
    chain_events()
    assert write_checkpoint(read_clock()) is None
    assert verify_record().holds


# -- what was done to the database -----------------------------------------------------------------


def test_f27_a_cut_or_rewritten_chain_is_not_signed_and_alarms(
    three: list[int], people: People, directory: Path, caplog: pytest.LogCaptureFixture
) -> None:
    done_by_owner("DELETE FROM identity_event_link WHERE seq > %s", three[1])
    done_by_owner("DELETE FROM identity_event_progress")
    found = write_checkpoint(read_clock())
    assert found is not None
    assert (found.kind, found.seq, found.other) == (Kind.TAIL_CUT, three[1], three[2])
    verdict = verify_record()
    assert verdict.finding is not None
    assert verdict.finding.kind is Kind.TAIL_CUT
    # grown again past the place, over other events
    done_by_owner("UPDATE identity_event SET reason = 'forged' WHERE reason = 'away'")
    chain_events()
    write_events(5, people, first=500)
    chain_events()
    with caplog.at_level(logging.ERROR, "holdfast.audit"):
        found = write_checkpoint(read_clock())
    assert found is not None
    assert (found.kind, found.seq) == (Kind.REWRITTEN, three[2])
    assert "rewritten" in caplog.text
    assert len(book_lines(directory)) == 3
    assert audit_state(read_clock()).alarming


def test_f27_a_restore_that_somebody_vouches_for_is_told_and_holds(
    three: list[int], people: People
) -> None:
    done_by_owner("DELETE FROM identity_event_link WHERE seq > %s", three[1])
    done_by_owner("DELETE FROM identity_event WHERE NOT EXISTS"
                  " (SELECT FROM identity_event_link WHERE event_id = id)")  # fmt: skip
    assert not verify_record().holds
    assert write_checkpoint(read_clock(), restored=True) is None
    write_events(40, people, first=900)
    chain_events()
    assert write_checkpoint(read_clock()) is None
    verification = verify_record()
    assert verification.holds
    assert verification.book is not None
    assert verification.book.restored == 1


# -- what was done to the checkpoints --------------------------------------------------------------


@pytest.mark.parametrize("number", [0, 1, 2])
@pytest.mark.parametrize("deed", ["edited", "foreign", "taken out", "doubled"])
def test_f27_a_changed_checkpoint_is_named(
    three: list[int], directory: Path, settings: Settings, number: int, deed: str
) -> None:
    [path] = directory.glob("checkpoints-*.jws")
    lines = book_lines(directory)
    if deed == "edited":
        head, payload, signature = lines[number].split(b".")
        lines[number] = b".".join((head, payload[:-4] + b"AAAA", signature))
    elif deed == "foreign":
        says = opened(lines[number].decode().strip())
        settings.AUDIT_KEYS, own = (bytes(32),), settings.AUDIT_KEYS
        lines[number] = signed(says).encode() + b"\n"
        settings.AUDIT_KEYS = own
    elif deed == "taken out":
        del lines[number]
    else:
        lines.insert(number, lines[number])
    path.write_bytes(b"".join(lines))
    finding = verify_record().finding
    if deed == "taken out" and number == 2:
        assert finding is None, "a cut tail of the file is the limit: keep it where nobody can"
        return
    assert finding is not None
    assert finding.kind is Kind.CHECKPOINT
    assert finding.other == (number + 2 if deed == "doubled" else number + 1)


def test_a_line_that_a_power_cut_tore_never_counted(three: list[int], directory: Path) -> None:
    [path] = directory.glob("checkpoints-*.jws")
    with path.open("ab") as file:
        file.write(b"eyJhbGciOi")
    assert verify_record().holds
    assert write_checkpoint(read_clock()) is None
    assert len(book_lines(directory)) == 4
    assert verify_record().holds


def test_an_earlier_key_still_checks_and_an_unknown_one_does_not(
    three: list[int], settings: Settings
) -> None:
    earlier = Ed25519PrivateKey.from_private_bytes(settings.AUDIT_KEYS[0]).public_key()
    settings.AUDIT_KEYS = (bytes(range(32)), earlier.public_bytes_raw())
    assert write_checkpoint(read_clock()) is None
    assert verify_record().holds
    settings.AUDIT_KEYS = (bytes(range(32)),)
    finding = verify_record().finding
    assert finding is not None
    assert (finding.kind, finding.other) == (Kind.CHECKPOINT, 1)


def test_a_header_that_names_another_algorithm_is_not_believed() -> None:
    line = signed({"v": 1})
    assert opened(line) == {"v": 1}
    _, payload, signature = line.split(".")
    for header in ('{"alg":"none"}', "{}", "[]", '"x"'):
        forged = f"{base64.urlsafe_b64encode(header.encode()).decode()}.{payload}.{signature}"
        with pytest.raises(NotSigned):
            opened(forged)
    for broken in ("", ".", "..", "a.b", f"{line}.x"):
        with pytest.raises(NotSigned):
            opened(broken)


def test_months_follow_each_other_in_files_of_their_own(directory: Path) -> None:
    with one_writer(directory):
        append(directory, SERIES, f"{SERIES}-2026-11.jws", {"n": 1})
        append(directory, SERIES, f"{SERIES}-2026-11.jws", {"n": 2})
        append(directory, SERIES, f"{SERIES}-2026-12.jws", {"n": 3})
    lines = list(read_lines(directory, SERIES))
    assert [line.said["n"] for line in lines if line.said] == [1, 2, 3]
    assert all(line.follows for line in lines)
    (directory / f"{SERIES}-2026-11.jws").unlink()
    assert [line.follows for line in read_lines(directory, SERIES)] == [False]


# -- no directory ----------------------------------------------------------------------------------


def test_a_missing_directory_is_an_alarm_and_no_crash(
    three: list[int], directory: Path, caplog: pytest.LogCaptureFixture
) -> None:
    directory.rename(directory.with_name("away"))
    later = read_clock() + timedelta(seconds=121)
    with clock_at(later), caplog.at_level(logging.ERROR, "holdfast.audit"):
        assert not checkpoint_if_due()
        state = audit_state(later)
    assert str(directory) in caplog.text
    assert state.alarming
    assert state.checkpoint_age is not None
    assert state.checkpoint_age > 120
    finding = verify_record().finding
    assert finding is not None
    assert finding.kind is Kind.NO_CHECKPOINT
    directory.with_name("away").rename(directory)
    with clock_at(later):
        assert checkpoint_if_due()
        assert not audit_state(later).finding
    assert verify_record().holds


# -- the commands ----------------------------------------------------------------------------------


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]) -> Iterator[Any]:
    def run(*arguments: str) -> tuple[int, str]:
        capsys.readouterr()
        try:
            call_command("audit", *arguments)
        except SystemExit as left:
            code = left.code
        else:
            code = 0
        return int(code or 0), capsys.readouterr().out

    return run


def test_verify_says_in_words_what_is_wrong_and_leaves_with_1(
    three: list[int], printed: Any
) -> None:
    code, text = printed("verify")
    assert code == 0
    assert say("audit.holds") in text
    victim = EventLink.objects.get(pk=7).event_id
    done_by_owner("DELETE FROM identity_event WHERE id = %s", victim)
    code, text = printed("verify")
    assert code == 1
    assert say("audit.found.deleted", event=str(victim), seq="7") in text
    state = audit_state(read_clock())
    assert (state.verify_holds, state.verify_finding["kind"]) == (False, "deleted")
    assert finding_in_words(state.verify_finding) in text


def test_checkpoint_signs_or_says_why_not(three: list[int], printed: Any, directory: Path) -> None:
    code, text = printed("checkpoint")
    assert code == 0
    assert len(book_lines(directory)) == 4
    done_by_owner("DELETE FROM identity_event_link WHERE seq > 3")
    done_by_owner("DELETE FROM identity_event WHERE id NOT IN"
                  " (SELECT event_id FROM identity_event_link)")  # fmt: skip
    code, text = printed("checkpoint")
    assert code == 1
    assert say("audit.not_signed", why="").strip() in text
    assert printed("checkpoint", "--restored")[0] == 0
    assert printed("verify")[0] == 0


def test_export_names_nobody_goes_on_where_it_was_left_and_can_be_checked_by_itself(
    three: list[int], people: People, printed: Any
) -> None:
    code, text = printed("export")
    lines = [json.loads(line) for line in text.splitlines()]
    assert code == 0
    assert [line["seq"] for line in lines] == list(range(1, three[-1] + 1))
    names = {name for _, name in people}
    assert not [name for name in names if f'"{name}"' in text]
    _, rest = printed("export", "--since", "80")
    assert rest.splitlines() == text.splitlines()[80:]
    assert {line["hash"] for line in lines} == {
        bytes(found).hex() for (found,) in fetch("SELECT hash FROM identity_event_link")
    }


def test_the_public_key_is_printed_and_nothing_else(printed: Any, settings: Settings) -> None:
    code, text = printed("key")
    assert code == 0
    assert json.loads(text) == public_key()
    assert "d" not in json.loads(text)
