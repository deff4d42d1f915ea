"""`manage.py policy import|export|submit|sign|activate`: done, or one sentence why not (D3)."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest
from rich.console import Console

from config.policy_command import lifecycle
from config.policy_command.documents import Refused
from identity.active_policy import active_policy
from identity.models import PolicyVersion
from tests.policy.conftest import AUTHOR, BROKEN, SHIPPED, SIGNERS, STRICTER


def policy(*words: str) -> bool:
    """The command as typed; what it refuses is raised."""
    parser = argparse.ArgumentParser()
    lifecycle.add_arguments(parser.add_subparsers())
    options = vars(parser.parse_args(words))
    return bool(options["handler"](options, Console()))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A policy file."""
    found = tmp_path / "policy.yaml"
    found.write_bytes(STRICTER.encode())
    return found


def test_d3_from_a_file_into_force_and_out_again(
    file: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert policy("import", str(file), "--as", AUTHOR)
    number = str(PolicyVersion.objects.latest("number").number)
    assert policy("submit", number, "--as", AUTHOR)
    for area, name in SIGNERS.items():
        assert policy("sign", number, area, "--as", name)
    assert policy("activate", number, "--as", "security1")
    assert str(active_policy().number) == number
    capsysbinary.readouterr()
    assert policy("export", number)
    assert capsysbinary.readouterr().out == file.read_bytes()
    out = file.with_name("out.yaml")
    assert policy("export", "1", str(out))
    assert out.read_bytes() == SHIPPED.encode()


@pytest.mark.parametrize(
    "words",
    [
        "import {broken_yaml} --as security2",
        "import {missing} --as security2",
        "import {good} --as nobody",
        "import {good} --as avery",
        "import {good} --as auditor1",
        "submit 2 --as auditor1",
        "submit 2 --as security2",  # breaks a guardrail
        "submit 99 --as security2",
        "submit 99999999999999999999 --as security2",
        "sign 2 product --as product1",  # a draft
        "sign 2 product --as support1",
        "activate 2 --as security1",
        "activate 1 --as security1",
        "activate 2 --as support1",
        "export 99",
        "export 1 {folder}",
    ],
)
def test_d3_a_refusal_is_one_sentence_and_changes_nothing(words: str, file: Path) -> None:
    broken = file.with_name("broken.yaml")
    broken.write_text(BROKEN)
    policy("import", str(broken), "--as", AUTHOR)
    number = PolicyVersion.objects.latest("number").number
    wrong = file.with_name("wrong.yaml")
    wrong.write_text("rules: [\n")
    before = list(PolicyVersion.objects.values())
    filled = words.replace(" 2 ", f" {number} ").format(
        broken_yaml=wrong, missing=file.with_name("none"), good=file, folder=file.parent
    )
    with pytest.raises(Refused) as refused:
        policy(*filled.split())
    assert len(str(refused.value).splitlines()) == 1
    assert list(PolicyVersion.objects.values()) == before


def test_d3_a_bad_file_is_named_with_line_and_column(file: Path) -> None:
    file.write_text(SHIPPED.replace('version_name: "v1"', "version_nam: x"))
    with pytest.raises(Refused, match=r"policy\.yaml, line 3, column 1"):
        policy("import", str(file), "--as", AUTHOR)


@pytest.mark.parametrize("words", ["import x", "submit 1", "sign 1 product", "activate 1"])
def test_d3_nobody_acts_without_a_name(words: str) -> None:
    with pytest.raises(SystemExit):
        policy(*words.split())
