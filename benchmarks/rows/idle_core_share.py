"""What an idle system costs: the processor time of all its processes but the web server's.

The product runs by itself (`manage.py run`, no demo data, nothing to do): supervisor, worker, beat
and the whole PostgreSQL. The value is the share of one core, the median of five spans of
`SECONDS`, begun once it has settled.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import psutil

from benchmarks.sample import Sample
from benchmarks.scratch import ROOT
from benchmarks.server.started import listening

NAME = "idle_core_share"
GOAL = 0.02
UNIT = "cores"
BETTER = "less"

SPANS = 5
SECONDS = 12.0
SETTLING = 20.0
READY = 400.0
"""Seconds until it answers, on a busy machine."""


def measure() -> Sample:
    """Start the product, let it settle, add up what its processes use."""
    state = Path(os.environ.get("STATE_DIR") or ROOT / "var") / "idle"
    shutil.rmtree(state, ignore_errors=True)
    state.parent.mkdir(parents=True, exist_ok=True)
    with _running(state) as supervisor:
        time.sleep(SETTLING)
        shares: list[dict[str, float]] = []
        for _ in range(SPANS):
            before = _used(supervisor, state)
            start = time.monotonic()
            time.sleep(SECONDS)
            span = time.monotonic() - start
            after = _used(supervisor, state)
            shares.append({name: (after[name] - before.get(name, 0.0)) / span for name in after})
    names = sorted({name for share in shares for name in share})
    each = {name: median(share.get(name, 0.0) for share in shares) for name in names}
    print("idle_core_share:", ", ".join(f"{name} {share:.4f}" for name, share in each.items()))
    return Sample(median(sum(share.values()) for share in shares))


def _used(supervisor: psutil.Process, state: Path) -> dict[str, float]:
    """Seconds of processor time so far, by what a process is; those of the web server left out.

    What a process used that has ended is in the sums of its parent.
    """
    found: dict[str, float] = {}
    family = [supervisor, *supervisor.children(recursive=True), *_postgres(state)]
    for process in {each.pid: each for each in family}.values():
        try:
            words = " ".join(process.cmdline())
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        name = next(
            (what for sign, what in KINDS.items() if sign in words),
            "supervisor" if process.pid == supervisor.pid else "other",
        )
        if name == "web":
            continue
        spent = times.user + times.system
        if name == "postgres":
            spent += times.children_user + times.children_system
        found[name] = found.get(name, 0.0) + spent
    return found


KINDS = {
    "gunicorn": "web",
    "holdfast-web": "web",
    "celery -A config --skip-checks worker": "worker",
    "celery -A config --skip-checks beat": "beat",
    "postgres": "postgres",
    "keeper": "keeper",
}


def _postgres(state: Path) -> list[psutil.Process]:
    """The server of this state directory and its backends: it is no child of the supervisor's."""
    for path in state.rglob("postmaster.pid"):
        try:
            server = psutil.Process(int(path.read_text().split()[0]))
            return [server, *server.children(recursive=True)]
        except (psutil.NoSuchProcess, ValueError, OSError):
            continue
    return []


@contextmanager
def _running(state: Path) -> Iterator[psutil.Process]:
    environment = {
        **os.environ,
        "STATE_DIR": str(state),
        "DEMO": "false",
        "DATABASE_URL": "",
        "ENV_FILE": "",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    with listening(["manage.py", "run"], environment, READY) as (process, _):
        yield psutil.Process(process.pid)
