"""The embedded PostgreSQL: shared, stopped by the last to leave, not hurt by a kill."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from config.embedded import Address, EmbeddedServerError, ensure, is_running, leave

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 30.0

HOLDER = """
import sys
from pathlib import Path
from config.embedded import ensure
print(ensure(Path(sys.argv[1]), durable=False).port, flush=True)
sys.stdin.read()
"""


def eventually(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def pid_of(state: Path) -> int:
    return int((state / "postgres" / "postmaster.pid").read_text().splitlines()[0])


def ask(address: Address) -> str:
    with psycopg.connect(
        host=address.host,
        port=address.port,
        user=address.user,
        password=address.password,
        dbname=address.database,
    ) as connection:
        row = connection.execute("SELECT current_user").fetchone()
        assert row is not None
        return str(row[0])


@pytest.fixture
def state() -> Iterator[Path]:
    """A state directory of the test's own, where the server's system user may go."""
    path = Path(settings.STATE_DIR) / f"embedded-{uuid.uuid4().hex[:8]}"
    path.mkdir()
    yield path
    leave(path)
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def holder(state: Path) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """Starts processes that use the server until their input ends."""
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(state)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline().strip().isdigit()
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_it_starts_and_answers_as_no_superuser(state: Path) -> None:
    address = ensure(state, durable=False)
    assert ask(address) == "holdfast"
    assert ensure(state, durable=False) == address
    assert (state / "postgres_password").stat().st_mode & 0o777 == 0o600
    with pytest.raises(psycopg.OperationalError):
        ask(Address(address.host, address.port, "postgres", "wrong", "postgres"))


def test_the_last_to_leave_stops_it(
    state: Path, holder: Callable[[], subprocess.Popen[str]]
) -> None:
    first, second = holder(), holder()
    pid = pid_of(state)
    first.communicate("")
    assert is_running(state)
    assert pid_of(state) == pid
    second.communicate("")
    assert eventually(lambda: not is_running(state))


def test_a_killed_user_leaves_nothing_behind(
    state: Path, holder: Callable[[], subprocess.Popen[str]]
) -> None:
    process = holder()
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert eventually(lambda: not is_running(state))
    assert ask(ensure(state, durable=False)) == "holdfast"


def test_leaving_waits_until_it_has_stopped_unless_somebody_stays(
    state: Path, holder: Callable[[], subprocess.Popen[str]]
) -> None:
    ensure(state, durable=False)
    other = holder()
    leave(state)
    assert is_running(state)
    ensure(state, durable=False)
    other.communicate("")
    leave(state)
    assert not is_running(state)


def test_a_killed_server_comes_back_with_its_data(state: Path) -> None:
    address = ensure(state, durable=False)
    with psycopg.connect(
        f"postgresql://{address.user}:{address.password}@{address.host}:{address.port}/holdfast",
        autocommit=True,
    ) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS n")
    os.kill(pid_of(state), signal.SIGKILL)
    assert eventually(lambda: not is_running(state))
    assert (state / "postgres" / "postmaster.pid").exists()
    again = ensure(state, durable=False)
    with psycopg.connect(
        f"postgresql://{again.user}:{again.password}@{again.host}:{again.port}/holdfast"
    ) as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (42,)


def test_a_pid_file_that_names_another_process_is_no_server(state: Path) -> None:
    ensure(state, durable=False)
    pid_file = state / "postgres" / "postmaster.pid"
    content = pid_file.read_text().splitlines()
    leave(state)
    pid_file.write_text("\n".join([str(os.getpid()), *content[1:]]) + "\n")
    assert not is_running(state)
    assert ask(ensure(state, durable=False)) == "holdfast"


def test_many_at_once_make_one_server(state: Path) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(state)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    try:
        ports = {process.stdout.readline() for process in processes if process.stdout}
        assert len(ports) == 1
        assert "" not in ports
    finally:
        for process in processes:
            process.communicate("")
    assert eventually(lambda: not is_running(state))


def test_half_a_data_directory_is_made_anew(state: Path) -> None:
    (state / "postgres.new").mkdir()
    (state / "postgres.new" / "PG_VERSION").write_text("18\n")
    assert ask(ensure(state, durable=False)) == "holdfast"


def test_a_lost_password_is_told_in_a_sentence(state: Path) -> None:
    ensure(state, durable=False)
    leave(state)
    (state / "postgres_password").unlink()
    with pytest.raises(EmbeddedServerError, match="password"):
        ensure(state, durable=False)


def test_a_database_without_tables_is_one_sentence(state: Path) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "demo", "codes", "sam"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "ENV_FILE": "", "STATE_DIR": str(state)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("holdfast: the database has no tables yet")
    assert done.stderr.count("\n") == 1
