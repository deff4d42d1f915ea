"""Files outside the database: signed lines, each of which names the one before (F27, F47).

One writer at a time on a machine, by a lock on the directory. A line counts once its end is
written and the file is on the disk; what a power cut left of one is taken away by the next writer.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from identity.audit.signing import NotSigned, opened, signed


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a series as it was read: its number over all files, and what it says.

    `said` is None where nobody we know signed it; `follows` whether it names the line before.
    """

    number: int
    file: str
    said: dict[str, Any] | None
    follows: bool


@contextmanager
def one_writer(directory: Path) -> Iterator[None]:
    """Nobody else on this machine writes there meanwhile. Raises OSError without the directory."""
    descriptor = os.open(directory / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def append(directory: Path, series: str, file: str, says: Mapping[str, Any]) -> None:
    """Sign `says` and write it to `file` of `series`, on the disk when this returns.

    The caller is the one writer. Raises OSError.
    """
    previous = last_line(directory, series)
    line = signed({**says, "previous": _digest(previous) if previous else ""})
    path = directory / file
    fresh = not path.exists()
    with path.open("ab") as target:
        whole = _whole_length(path)
        if whole < target.tell():
            target.truncate(whole)
        target.write(line.encode() + b"\n")
        target.flush()
        os.fsync(target.fileno())
    if fresh:
        _sync_directory(directory)


def last_line(directory: Path, series: str) -> str:
    """The last whole line of a series; empty for none. Raises OSError."""
    for path in reversed(_files(directory, series)):
        with path.open("rb") as source:
            source.seek(max(0, _whole_length(path) - 8192))
            lines = source.read(8192).split(b"\n")[:-1]
        if lines:
            return lines[-1].decode("ascii", "replace")
    return ""


def read_lines(directory: Path, series: str) -> Iterator[Line]:
    """Every line of a series in order, checked. Raises OSError."""
    previous, number = "", 0
    for path in _files(directory, series):
        with path.open("rb") as source:
            for raw in source:
                if not raw.endswith(b"\n"):
                    break  # being written, or torn by a power cut: it never counted
                number += 1
                text = raw[:-1].decode("ascii", "replace")
                try:
                    said = opened(text)
                except NotSigned:
                    said = None
                named = None if said is None else said.get("previous")
                yield Line(number, path.name, said, named == previous)
                previous = _digest(text)


def is_there(directory: Path) -> bool:
    """Whether something can be written there."""
    return directory.is_dir() and os.access(directory, os.W_OK | os.X_OK)


def _files(directory: Path, series: str) -> list[Path]:
    if not directory.is_dir():
        raise FileNotFoundError(str(directory))
    return sorted(directory.glob(f"{series}*.jws"))


def _digest(line: str) -> str:
    return hashlib.sha256(line.encode()).hexdigest()


def _whole_length(path: Path) -> int:
    """Bytes up to the end of the last whole line."""
    with path.open("rb") as source:
        size = source.seek(0, os.SEEK_END)
        source.seek(max(0, size - 8192))
        tail = source.read()
    return size - len(tail) + tail.rfind(b"\n") + 1


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
