"""`policy import`, `export`, `submit`, `sign` and `activate`: a version on its way (D3).

Whoever acts is named with `--as` and needs the permission that the console asks for too.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from rich.console import Console

from config.lifecycle import HoldfastError
from config.policy_command.documents import Refused, read_text
from config.policy_command.lines import Lines
from identity.errors import PolicyUnusable
from identity.messages import say
from identity.models import SignOff, User
from identity.policy_lifecycle import (
    activate_policy,
    export_policy,
    import_policy,
    sign_policy,
    submit_policy,
)

LARGEST = 2_147_483_647
"""The largest number that a version can have in the database."""


def add_arguments(subparsers: Any) -> None:
    """`import FILE`, `export NUMBER [FILE]`, `submit NUMBER`, `sign NUMBER AREA`,
    `activate NUMBER`."""
    for name, handler, what in (
        ("import", import_it, "Store a policy file as a draft."),
        ("export", export_it, "Write a version out, byte for byte what came in."),
        ("submit", submit_it, "Prove a draft and put it up for review."),
        ("sign", sign_it, "Sign a version in review for one area."),
        ("activate", activate_it, "Bring a version that four areas signed into force."),
    ):
        parser = subparsers.add_parser(name, help=what, description=what)
        if name == "import":
            parser.add_argument("file", metavar="FILE")
        else:
            parser.add_argument("number", metavar="NUMBER", type=int)
        if name == "export":
            parser.add_argument("file", metavar="FILE", nargs="?")
        else:
            parser.add_argument("--as", dest="person", metavar="USER", required=True)
        if name == "sign":
            parser.add_argument("area", choices=SignOff.Area.values)
        parser.set_defaults(handler=handler)


def import_it(options: dict[str, Any], console: Console) -> bool:
    """A draft under the next number. Raises Refused."""
    text, by = read_text(options["file"]), _person(options)
    try:
        row = import_policy(text, by)
    except PolicyUnusable as error:
        facts = {**error.context, "file": options["file"]}
        raise Refused(say("policy.file.wrong", **_words(facts))) from error
    except HoldfastError as error:
        raise _refused(error) from error
    return _told(console, "drafted", number=str(row.number))


def export_it(options: dict[str, Any], console: Console) -> bool:
    """To the file, or to standard output as it is. Raises Refused."""
    try:
        raw = export_policy(_number(options)).encode()
    except HoldfastError as error:
        raise _refused(error) from error
    if options["file"] is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(raw)
        sys.stdout.buffer.flush()
        return True
    try:
        Path(options["file"]).write_bytes(raw)
    except (OSError, ValueError) as error:
        raise Refused(say("policy.file.not_written", file=options["file"])) from error
    return True


def submit_it(options: dict[str, Any], console: Console) -> bool:
    """Into review. Raises Refused."""
    try:
        row = submit_policy(_number(options), by=_person(options))
    except HoldfastError as error:
        raise _refused(error) from error
    return _told(console, "submitted", number=str(row.number))


def sign_it(options: dict[str, Any], console: Console) -> bool:
    """For one area. Raises Refused."""
    try:
        found = sign_policy(_number(options), options["area"], by=_person(options))
    except HoldfastError as error:
        raise _refused(error) from error
    return _told(console, "signed", number=str(found.policy.number), area=found.area)


def activate_it(options: dict[str, Any], console: Console) -> bool:
    """Into force. Raises Refused."""
    try:
        row = activate_policy(_number(options), by=_person(options))
    except HoldfastError as error:
        raise _refused(error) from error
    return _told(console, "activated", number=str(row.number))


def _person(options: dict[str, Any]) -> User:
    """The member of staff behind `--as`. Raises Refused."""
    name = options["person"]
    found = User.objects.filter(username=name, is_active=True, is_staff=True).first()
    if found is None:
        raise Refused(say("policy.unknown_person", name=name))
    return found


def _number(options: dict[str, Any]) -> int:
    number: int = options["number"]
    if not 0 < number <= LARGEST:
        raise Refused(say("error.unknown_policy_version.detail", number=str(number)))
    return number


def _told(console: Console, what: str, **facts: str) -> bool:
    Lines(console).verdict(True, say(f"policy.done.{what}", **facts))
    return True


def _refused(error: HoldfastError) -> Refused:
    return Refused(say(f"error.{error.code}.detail", **_words(error.context)))


def _words(facts: dict[str, Any]) -> dict[str, str]:
    return {name: str(fact) for name, fact in facts.items()}
