"""Rows that need the product and its database run in a process of their own, on a scratch one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from benchmarks.sample import Sample

ROOT = Path(__file__).resolve().parent.parent


def environment() -> dict[str, str]:
    """What such a process is started with: the benchmark's own PostgreSQL, no `.env`."""
    return {
        **os.environ,
        "STATE_DIR": str(Path(os.environ.get("STATE_DIR") or ROOT / "var") / "bench"),
        "DATABASE_URL": "",
        "ENV_FILE": "",
        "LOG_LEVEL": "CRITICAL",
        "DJANGO_SETTINGS_MODULE": "benchmarks.server.settings",
    }


def measured_by(module: str, *arguments: str) -> Sample:
    """What `module`, run with `arguments`, printed as the last line, a JSON list of value, anchor
    and ratio; lines before it are shown. Raises CalledProcessError when it broke."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        env=environment(),
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    *said, figures = done.stdout.splitlines()
    for line in said:
        print(line)
    return Sample(*json.loads(figures))


def report(sample: Sample) -> None:
    """Print `sample` for `measured_by`."""
    print(json.dumps([sample.value, sample.anchor, sample.ratio]))
