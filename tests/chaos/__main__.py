"""`python -m tests.chaos`: run the scenarios, print the table, write `chaos.json`.

By environment: `COUNT` requests in all, within about `SECONDS`; `SEED` decides about chance;
`FULL=1` asks for 10,000; `ONLY="a b"` runs some scenarios; `STATE_DIR` is where it keeps things.
Exit code 0 only when nothing was lost, doubled or violated, 1 otherwise, 2 for a wrong word.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from rich.console import Console

from config.environment import ROOT, load
from config.supervisor.readiness import CannotStart, claim_state
from tests.chaos import report
from tests.chaos.field import Scenario
from tests.chaos.run import Run, Size
from tests.chaos.scenarios import SCENARIOS

COUNT, SECONDS = 1_000, 120
FULL_COUNT, FULL_SECONDS = 10_000, 900


class WrongWord(Exception):
    """A variable cannot be used; the text is a sentence."""


class Interrupted(BaseException):
    """Somebody wants the run to end."""


def main() -> int:
    """Perform what the environment asks for."""
    console = Console(highlight=False, soft_wrap=True)
    base = Path(os.environ.get("STATE_DIR") or ROOT / "var").resolve()
    place = base / "chaos"
    try:
        size, scenarios = _size(), _chosen(os.environ.get("ONLY", "").split())
        place.mkdir(parents=True, exist_ok=True)
        claim = claim_state(place, "another terminal")
    except (WrongWord, CannotStart) as error:
        console.print(str(error))
        return 2
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        return _perform(console, base, place / "house", size, scenarios)
    finally:
        os.close(claim)


def _perform(
    console: Console, base: Path, state: Path, size: Size, scenarios: Sequence[Scenario]
) -> int:
    shutil.rmtree(state, ignore_errors=True)
    _surround(state)
    began = time.monotonic()
    console.print(f"COUNT={size.count} SECONDS={size.seconds:g} SEED={size.seed}")
    run = Run(load(), size, console.print)
    try:
        verdicts = run.perform(scenarios)
    except Interrupted:
        console.print("Interrupted; nothing is judged.")
        return 1
    finally:
        _undisturbed()
        run.end()
    report.write(base / "chaos.json", verdicts)
    report.show(console, verdicts)
    took = time.monotonic() - began
    console.print(f"Written to {base / 'chaos.json'} after {took:.0f} s")
    if all(verdict.clean for verdict in verdicts):
        shutil.rmtree(state, ignore_errors=True)
        return 0
    console.print(f"Logs: {state / 'log'}")
    return 1


def _size() -> Size:
    full = _number("FULL", 0) == 1
    return Size(
        count=_number("COUNT", FULL_COUNT if full else COUNT, least=1),
        seconds=float(_number("SECONDS", FULL_SECONDS if full else SECONDS, least=1)),
        seed=_number("SEED", secrets.randbelow(1_000_000)),
    )


def _number(name: str, default: int, least: int = 0) -> int:
    value = os.environ.get(name, "")
    if value and not (value.isdecimal() and len(value) < 10 and int(value) >= least):
        raise WrongWord(f"{name} must be a whole number from {least} on, not {value!r}.")
    return int(value) if value else default


def _chosen(names: Sequence[str]) -> list[Scenario]:
    known = {scenario.name: scenario for scenario in SCENARIOS}
    for name in names:
        if name not in known:
            raise WrongWord(f"There is no scenario “{name}”. Scenarios: {', '.join(known)}.")
    return [known[name] for name in names] if names else list(SCENARIOS)


def _surround(state: Path) -> None:
    """The variables of everything that is started: nothing of the developer's own installation."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH") if name in os.environ}
    os.environ.clear()
    os.environ.update(
        kept,
        ENV_FILE="",
        STATE_DIR=str(state),
        PORT=str(port),
        DEMO="true",
        WEB_WORKERS="1",
        LOG_LEVEL="WARNING",
        DJANGO_SETTINGS_MODULE="config.settings",
    )


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise Interrupted


def _undisturbed() -> None:
    """Cleaning up takes a second or two, and is not broken off."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


if __name__ == "__main__":
    sys.exit(main())
