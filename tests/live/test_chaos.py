"""A small `make chaos`, so that it does not rot: it runs, it finds nothing, it leaves nothing."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.live.outside import KEPT, ROOT, wait_for

pytestmark = pytest.mark.xdist_group("product")

PATIENCE = 300


@pytest.fixture
def state() -> Iterator[Path]:
    """In our own directory: PostgreSQL does not run as root, and pytest's is root's alone."""
    place = ROOT / "var" / "live-chaos"
    shutil.rmtree(place, ignore_errors=True)
    yield place
    shutil.rmtree(place, ignore_errors=True)


def chaos(state: Path, **variables: str) -> subprocess.Popen[str]:
    """`python -m tests.chaos` on a state directory of its own."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return subprocess.Popen(
        [sys.executable, "-m", "tests.chaos"],
        cwd=ROOT,
        env={**kept, "STATE_DIR": str(state), **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def left_over(state: Path) -> list[str]:
    """The processes whose command line or environment names the state directory."""
    found = []
    for process in psutil.process_iter():
        try:
            told = [*process.cmdline(), process.environ().get("STATE_DIR", "")]
        except psutil.Error:
            continue
        if any(str(state / "chaos") in word for word in told):
            found.append(" ".join(process.cmdline())[:200])
    return found


def test_f33_workers_are_killed_and_nothing_is_lost(state: Path) -> None:
    run = chaos(state, COUNT="30", SECONDS="6", SEED="1", ONLY="worker_killed")
    said, _ = run.communicate(timeout=PATIENCE)
    assert run.returncode == 0, said
    found = json.loads((state / "chaos.json").read_text())
    assert found == {"worker_killed": {"tried": 30, "lost": 0, "doubled": 0, "violations": 0}}
    assert "× killed" in said
    assert left_over(state) == []
    assert not (state / "chaos" / "house").exists()


def test_one_signal_ends_a_run_and_everything_that_it_started(state: Path) -> None:
    run = chaos(state, COUNT="1000", SECONDS="60", SEED="1", ONLY="backends_terminated")
    wait_for(lambda: any("celery" in command for command in left_over(state)), "a worker runs", 120)
    run.send_signal(signal.SIGINT)
    said, _ = run.communicate(timeout=60)
    assert run.returncode == 1, said
    assert left_over(state) == []
    assert not (state / "chaos.json").exists()


@pytest.mark.parametrize(
    ("name", "value"), [("COUNT", "many"), ("SEED", "-1"), ("ONLY", "earthquake")]
)
def test_a_wrong_word_stops_the_run_with_one_sentence(state: Path, name: str, value: str) -> None:
    run = chaos(state, **{name: value})
    said, _ = run.communicate(timeout=60)
    assert run.returncode == 2
    assert value in said
    assert len(said.strip().splitlines()) <= 2
    assert left_over(state) == []
