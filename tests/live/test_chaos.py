"""A small `make chaos`, so that it does not rot: it runs, it finds nothing, it leaves nothing."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator

import psutil
import pytest

from tests.live.outside import KEPT, ROOT, wait_for

pytestmark = pytest.mark.xdist_group("product")

PATIENCE = 600
"""Seconds; on a machine that is not busy a run takes a tenth of it."""
Chaos = Callable[..., subprocess.Popen[str]]
STATE = ROOT / "var" / "live-chaos"
"""In our own directory: PostgreSQL does not run as root, and pytest's is root's alone."""


@pytest.fixture
def chaos() -> Iterator[Chaos]:
    """Starts `python -m tests.chaos` on a state directory of its own; ended with the test."""
    shutil.rmtree(STATE, ignore_errors=True)
    started: list[subprocess.Popen[str]] = []

    def start(**variables: str) -> subprocess.Popen[str]:
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        started.append(
            subprocess.Popen(
                [sys.executable, "-m", "tests.chaos"],
                cwd=ROOT,
                env={**kept, "STATE_DIR": str(STATE), **variables},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        )
        return started[-1]

    yield start
    for run in started:
        run.terminate()
        run.wait(PATIENCE)
        assert run.stdout is not None
        run.stdout.close()
    shutil.rmtree(STATE, ignore_errors=True)


def left_over() -> list[str]:
    """The processes whose command line or environment names the state directory."""
    found = []
    for process in psutil.process_iter():
        try:
            told = [*process.cmdline(), process.environ().get("STATE_DIR", "")]
        except psutil.Error:
            continue
        if any(str(STATE / "chaos") in word for word in told):
            found.append(" ".join(process.cmdline())[:200])
    return found


def test_f33_workers_are_killed_and_nothing_is_lost(chaos: Chaos) -> None:
    run = chaos(COUNT="30", SECONDS="6", SEED="1", ONLY="worker_killed")
    said, _ = run.communicate(timeout=PATIENCE)
    assert run.returncode == 0, said
    found = json.loads((STATE / "chaos.json").read_text())
    assert found == {"worker_killed": {"tried": 30, "lost": 0, "doubled": 0, "violations": 0}}
    assert "× killed" in said
    assert left_over() == []
    assert not (STATE / "chaos" / "house").exists()


def test_one_signal_ends_a_run_and_everything_that_it_started(chaos: Chaos) -> None:
    run = chaos(COUNT="1000", SECONDS="60", SEED="1", ONLY="backends_terminated")
    wait_for(lambda: any("celery" in command for command in left_over()), "a worker runs", PATIENCE)
    run.send_signal(signal.SIGINT)
    said, _ = run.communicate(timeout=PATIENCE)
    assert run.returncode == 1, said
    assert left_over() == []
    assert not (STATE / "chaos.json").exists()


@pytest.mark.parametrize(
    ("name", "value"), [("COUNT", "many"), ("SEED", "-1"), ("ONLY", "earthquake")]
)
def test_a_wrong_word_stops_the_run_with_one_sentence(chaos: Chaos, name: str, value: str) -> None:
    run = chaos(**{name: value})
    said, _ = run.communicate(timeout=PATIENCE)
    assert run.returncode == 2
    assert value in said
    assert len(said.strip().splitlines()) <= 2
    assert left_over() == []
