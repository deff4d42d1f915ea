"""`manage.py run`: all of it comes up, what dies comes back, one signal stops everything."""

from __future__ import annotations

import os
import queue
import shutil
import signal
import socket
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 120.0
pytestmark = pytest.mark.xdist_group("supervisor")


class Run:
    """One `manage.py run` without demo data, and what it prints."""

    def __init__(self, state: Path, port: int) -> None:
        self.state, self.port = state, port
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "run"],
            cwd=ROOT,
            env=environment(state, port),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: queue.Queue[str] = queue.Queue()
        self.seen: list[str] = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as output:
            for line in output:
                self.lines.put(line)

    def expect(self, *parts: str) -> None:
        """Wait until each of `parts` was printed, in any order."""
        missing = set(parts)
        while missing:
            try:
                line = self.lines.get(timeout=PATIENCE)
            except queue.Empty:
                raise AssertionError(f"not said: {missing}; said: {self.seen}") from None
            self.seen.append(line)
            missing -= {part for part in missing if part in line}

    def family(self) -> dict[str, psutil.Process]:
        """Every process it started, by a word of its command line."""
        found = {"supervisor": psutil.Process(self.process.pid)}
        for child in found["supervisor"].children():
            command = child.cmdline()
            known = ("keeper", "gunicorn", "worker", "beat")
            name = next(word for word in known if any(part.endswith(word) for part in command))
            found[name] = child
        server = (self.state / "postgres" / "postmaster.pid").read_text().splitlines()[0]
        return found | {"postgres": psutil.Process(int(server))}


def environment(state: Path, port: int) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "ENV_FILE": "",
        "STATE_DIR": str(state),
        "PORT": str(port),
        "DEMO": "false",
        "WEB_WORKERS": "1",
    }


def everybody(family: dict[str, psutil.Process]) -> list[psutil.Process]:
    """The family with their own children."""
    direct = list(family.values())
    return direct + [below for one in direct for below in one.children(recursive=True)]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def refused(state: Path, port: int) -> str:
    """What a run says that may not start."""
    done = subprocess.run(
        [sys.executable, "manage.py", "run"],
        cwd=ROOT,
        env=environment(state, port),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("holdfast: ")
    assert done.stderr.count("\n") == 1
    return done.stderr


@pytest.fixture(scope="module")
def state() -> Iterator[Path]:
    """Shared: a run finds what the one before it left, however that ended."""
    path = Path(settings.STATE_DIR) / f"run-{uuid.uuid4().hex[:8]}"
    path.mkdir()
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def run(state: Path) -> Iterator[Run]:
    started = Run(state, free_port())
    yield started
    if started.process.poll() is None:
        started.process.terminate()
    started.process.wait(60)


def test_one_ctrl_c_stops_everything(run: Run) -> None:
    # by address for everybody, by name for those whose key knows a name only
    where = (f"http://127.0.0.1:{run.port}/", f"http://localhost:{run.port}/")
    run.expect(*where, "Ctrl-C stops everything")
    members = everybody(run.family())
    run.process.send_signal(signal.SIGINT)
    assert run.process.wait(60) == 0
    assert psutil.wait_procs(members, timeout=10)[1] == []


def test_f33_what_is_killed_comes_back_and_a_second_run_is_refused(run: Run) -> None:
    run.expect("Ctrl-C stops everything")
    family = run.family()
    assert set(family) == {"supervisor", "keeper", "gunicorn", "worker", "beat", "postgres"}
    assert "already running at http://127.0.0.1:" in refused(run.state, free_port())
    for name in ("worker", "beat", "gunicorn", "postgres"):
        family[name].kill()
    run.expect(
        "worker was killed (SIGKILL)",
        "beat was killed (SIGKILL)",
        "web was killed (SIGKILL)",
        "PostgreSQL had died",
    )
    run.process.terminate()
    assert run.process.wait(60) == 0


def test_a_killed_supervisor_leaves_no_orphans(run: Run) -> None:
    run.expect("Ctrl-C stops everything")
    members = everybody(run.family())
    run.process.kill()
    assert psutil.wait_procs(members, timeout=60)[1] == []


def test_a_signal_while_it_starts_stops_it_too(run: Run) -> None:
    run.expect("PostgreSQL")
    run.process.terminate()
    assert run.process.wait(60) == 0
    assert not (run.state / "postgres" / "postmaster.pid").exists()


def test_a_taken_port_is_one_sentence(state: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen(1)
        port = taken.getsockname()[1]
        assert f"PORT {port} is taken" in refused(state, port)
