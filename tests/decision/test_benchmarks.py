"""The benchmark's own honesty: equal rules on both sides, figures kept, nothing passed over."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.matrix import compiled_matrix, situations, sixty_rules
from benchmarks.registry import Row, UnknownRow, chosen, discover
from benchmarks.run import write_report
from benchmarks.sample import Sample, interleave
from identity.policy.compiled import decide


def row(name: str, better: str = "more") -> Row:
    """A row that measures nothing."""
    return Row(name, goal=10, unit="x", better=better, measure=lambda: Sample(1))  # type: ignore[arg-type]


def test_the_matrix_is_sixty_rules_that_never_overlap_and_leave_nothing_out() -> None:
    rules = sixty_rules()
    table = compiled_matrix(rules)
    assert len({rule.id for rule in rules}) == 60
    assert table.unforeseen() == 0
    assert table.unreachable_rules() == ()
    for facts in situations(200):
        words = facts.words()
        fits = [rule for rule in rules if rule.when.items() <= words.items()]
        assert [rule.id for rule in fits] == [decide(facts, table).rule_id]


def test_rows_are_found_by_being_there_and_asked_for_by_name() -> None:
    found = discover()
    assert "decide_vs_cedarpy" in found
    assert chosen(found, []) == list(found.values())
    assert [one.name for one in chosen(found, ["decide_vs_cedarpy"])] == ["decide_vs_cedarpy"]
    with pytest.raises(UnknownRow, match="no_such_row"):
        chosen(found, ["decide_vs_cedarpy", "no_such_row"])


@pytest.mark.parametrize(
    ("better", "sample", "met"),
    [
        ("more", Sample(1, 20, 20), True),
        ("more", Sample(99, 20, 9), False),  # the ratio counts, not the value
        ("more", Sample(10), True),  # no anchor: the value counts
        ("less", Sample(9), True),
        ("less", Sample(11), False),
    ],
)
def test_goals(better: str, sample: Sample, met: bool) -> None:
    assert row("one", better).met_by(sample) is met


def test_both_sides_take_turns_and_run_equally_often() -> None:
    ran: list[str] = []
    interleave(lambda: ran.append("ours"), lambda: ran.append("theirs"), rounds=4)
    assert ran.count("ours") == ran.count("theirs") == 5
    pairs = [ran[at : at + 2] for at in range(0, 10, 2)]
    assert all(set(pair) == {"ours", "theirs"} for pair in pairs)


def test_the_report_keeps_other_runs_and_drops_the_figure_of_a_broken_row(tmp_path: Path) -> None:
    path = tmp_path / "new" / "bench.json"
    write_report(path, [row("kept"), row("breaks")], {"kept": Sample(1), "breaks": Sample(2)})
    write_report(path, [row("breaks"), row("fresh")], {"fresh": Sample(3.0, 30.0, 10.0)})
    report = json.loads(path.read_text())
    assert set(report) == {"kept", "fresh"}
    assert report["fresh"] == {
        "value": 3.0,
        "anchor": 30.0,
        "ratio": 10.0,
        "goal": 10,
        "unit": "x",
    }
