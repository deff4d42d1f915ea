"""What checking a TOTP or backup code costs beside one bare commit, in milliseconds.

End to end: the gate, the counted guess, the conditional write and the cleared budget, each
durable. The worst of three medians counts: a TOTP code, a backup code of an account with 10 codes,
and one of an account with 1,000 in a table that holds as many. The anchor is the median of one
durable one-row commit, taken in turns with them in the same process on the same database.
The one password-grade hash of a backup code is counted apart: it is slow on purpose.
"""

from __future__ import annotations

import json
import subprocess
import sys

from benchmarks.sample import Sample
from benchmarks.scratch import ROOT, environment

NAME = "verify_factor_overhead_ms"
GOAL = 5.0
UNIT = "ms"
BETTER = "less"


def measure() -> Sample:
    """Time them in a process of its own, with the product's settings and a durable database."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.server.verifying"],
        env=environment(),
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    commit = found.pop("commit")
    return Sample(value=max(found.values()) - commit, anchor=commit)
