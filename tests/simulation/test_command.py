"""`manage.py policy simulate` (D5)."""

from __future__ import annotations

import argparse
from datetime import timedelta
from pathlib import Path

import pytest
from rich.console import Console

from config.lifecycle import clock_at, read_clock
from config.policy_command import simulating
from config.policy_command.documents import Refused
from identity.messages import say
from identity.models import Decision
from identity.policy.document import parse_policy
from identity.rehearsal import recorded_decisions, rehearse
from tests.simulation.conftest import STRICTER
from tests.world.demo import Application

TRAFFIC = {"avery": "payout.change", "tess": "payout.change", "sam": "draft.save"}


def simulate(*words: str) -> bool:
    """The command as typed; what it refuses is raised."""
    parser = argparse.ArgumentParser()
    simulating.add_arguments(parser.add_subparsers())
    options = vars(parser.parse_args(["simulate", *words]))
    return bool(options["handler"](options, Console(width=200)))


@pytest.fixture
def traffic(payroll: Application) -> None:
    """Three requests of two types, one of which is decided twice."""
    for name, kind in (
        ("avery", "payout.change"),
        ("tess", "payout.change"),
        ("sam", "draft.save"),
    ):
        assert payroll.ask(name, kind).status_code == 201


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A policy file."""
    found = tmp_path / "policy.yaml"
    found.write_text(STRICTER, encoding="utf-8")
    return found


def test_d5_counts_minimum_and_chart(
    traffic: None, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, begins in (("chart.svg", b"<?xml"), ("chart.PNG", b"\x89PNG")):
        chart = file.with_name(name)
        assert simulate(str(file), "--out", str(chart))
        assert chart.read_bytes().startswith(begins)
        said = capsys.readouterr().out
        made = Decision.objects.count()
        assert say("simulation.against", name=str(file), days="30") in said
        assert say("simulation.rescored", rescored=f"{made:,}") in said
        assert "stop.everything" in said
        assert say("simulation.chart.written", file=str(chart)) in said
        assert say("simulation.not_a_rule") in said
    text = file.with_name("chart.svg").read_text(encoding="utf-8")
    for part in ("x", "y", "permissive", "restrictive", "total"):
        assert say(f"simulation.chart.{part}") in text, part


def test_d5_one_type_and_the_active_version(
    traffic: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert simulate("--type", "draft.save")
    said = capsys.readouterr().out
    assert say("simulation.same") in said
    assert say("simulation.rescored", rescored="1") in said


def test_d5_a_request_decided_again_is_one_request(traffic: None) -> None:
    first = Decision.objects.filter(action__type="draft.save").get()
    Decision.objects.create(
        action_id=first.action_id, at=read_clock(), policy_number=first.policy_number,
        rule=first.rule, outcome=first.outcome, mode=first.mode, facts=first.facts,
        reasons=first.reasons, inputs=first.inputs, risk_score=first.risk_score,
    )  # fmt: skip
    found = rehearse(parse_policy(STRICTER), type_name="draft.save")
    assert found.replay.decisions == 2 == recorded_decisions(type_name="draft.save")
    assert found.curves is not None
    assert found.curves.requests == 1


def test_d5_what_is_older_than_the_span_is_left_out(traffic: None) -> None:
    with clock_at(read_clock() + timedelta(days=8)):
        assert recorded_decisions(days=7) == 0
        assert rehearse(parse_policy(STRICTER), days=7).curves is None
        assert recorded_decisions(days=9) == Decision.objects.count()


@pytest.mark.parametrize(
    ("words", "said", "facts"),
    [
        (["--days", "0"], "simulation.bad_days", {"most": "3650"}),
        (["--days", "99999999"], "simulation.bad_days", {"most": "3650"}),
        (["--type", "no.such"], "simulation.unknown_type", {"type": "no.such"}),
        (["--out", "chart.gif"], "simulation.chart.suffix", {"file": "chart.gif"}),
        (["--out", "/nowhere/c.svg"], "simulation.chart.not_written", {"file": "/nowhere/c.svg"}),
        (["99"], "policy.version.unknown", {"number": 99}),
    ],
)
def test_d5_what_cannot_be_done_is_one_sentence(
    traffic: None, words: list[str], said: str, facts: dict[str, str]
) -> None:
    with pytest.raises(Refused) as refused:
        simulate(*words)
    assert str(refused.value) == say(said, **facts)


def test_d5_without_traffic_there_is_no_chart(demo: None, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        simulate("--out", str(tmp_path / "chart.svg"))
    assert str(refused.value) == say("simulation.chart.nothing")
    assert not list(tmp_path.iterdir())
