"""Reading one variable: absent, well-formed, or one sentence that names it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import environ

S = TypeVar("S")
T = TypeVar("T")


class ConfigurationError(Exception):
    """A variable holds something that cannot be used; the text is a sentence for people."""

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(f"{name} {sentence}")
        self.name = name


def text(raw: environ.Env, name: str) -> str:
    """The value without surrounding spaces; a variable set to nothing counts as not set."""
    return str(raw.str(name, default="")).strip()


def whole_number(raw: environ.Env, name: str, default: int, low: int, high: int) -> int:
    """A whole number from `low` to `high`. Raises ConfigurationError."""
    value = text(raw, name)
    if not value:
        return default
    if not re.fullmatch(r"[0-9]{1,9}", value, re.ASCII) or not low <= int(value) <= high:
        raise ConfigurationError(
            name, f"must be a whole number from {low} to {high}, not {value!r}."
        )
    return int(value)


def boolean(raw: environ.Env, name: str, default: bool) -> bool:
    """True or false, in the usual spellings. Raises ConfigurationError."""
    value = text(raw, name).lower()
    if not value:
        return default
    if value in ("1", "true", "yes", "on"):
        return True
    if value in ("0", "false", "no", "off"):
        return False
    raise ConfigurationError(name, f"must be true or false, not {value!r}.")


def choice(raw: environ.Env, name: str, default: str, choices: tuple[str, ...]) -> str:
    """One of `choices`, whatever its case. Raises ConfigurationError."""
    value = text(raw, name).upper() or default
    if value not in choices:
        raise ConfigurationError(name, f"must be one of {', '.join(choices)}, not {value!r}.")
    return value


def checked(name: str, read: Callable[[S], T], value: S) -> T:
    """What `read` makes of the value. Raises ConfigurationError with the sentence it refuses by."""
    try:
        return read(value)
    except ValueError as error:
        raise ConfigurationError(name, str(error)) from error


def kept(name: str, keep: Callable[[Path], str], state_dir: Path) -> str:
    """The secret that is made once where the variable is not set. Raises ConfigurationError."""
    try:
        return keep(state_dir)
    except OSError as error:
        raise ConfigurationError(
            name, f"is not set and cannot be kept in {state_dir} ({error.strerror or error})."
        ) from error
