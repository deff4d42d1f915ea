"""`manage.py policy check|prove|diff`: readable, exit code 0 only when it holds, no traceback."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from identity.messages import say
from identity.messages.policy_words import demand_of
from identity.messages.trust import span
from identity.models import PolicyVersion
from identity.policy.facts import SPACE_SIZE
from identity.policy.guardrails import GUARDRAILS
from tests.decision.shipped import TEXT

_LOW_PROFILE = TEXT.splitlines().index("    profile: low") + 1
SHIPPED = "identity/policies/default.yaml"
BROKEN = TEXT.replace("when: {risk: red}\n", "when: {risk: amber}\n")
SHADOWED = TEXT.replace(
    "rules:\n",
    "rules:\n  - {id: above, when: {risk: red, clearance: none}, outcome: block,"
    " profile: blocked, because: risk_red}\n",
    1,
)


@dataclass(frozen=True)
class Ran:
    """What a command printed and its exit code."""

    out: str
    err: str
    code: int


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> object:
    def run(*words: str) -> Ran:
        capsys.readouterr()
        code = 0
        try:
            call_command("policy", *words)
        except SystemExit as stopped:
            code = int(stopped.code or 0)
        said = capsys.readouterr()
        return Ran(said.out, said.err, code)

    return run


def written(folder: Path, text: str | bytes) -> str:
    path = folder / "policy.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


@pytest.mark.parametrize("what", ["check", "prove"])
def test_d3_the_shipped_policy_holds(what: str, run) -> None:
    ran = run(what, SHIPPED)
    assert ran.code == 0
    assert say("policy.proof.complete") in ran.out
    assert ran.err == ""


@pytest.mark.django_db
@pytest.mark.parametrize("words", [("prove",), ("prove", "--active"), ("check", "--active")])
def test_d3_without_a_file_it_is_the_active_version(words: tuple[str, ...], run) -> None:
    number = PolicyVersion.objects.get(status="active").number
    ran = run(*words)
    assert ran.code == 0
    assert say("policy.version.shown", number=number) in ran.out


def test_d4_a_broken_guardrail_is_told_with_rule_and_line(tmp_path: Path, run) -> None:
    ran = run("prove", written(tmp_path, BROKEN))
    assert ran.code == 1
    assert "✗ g5 red_is_stopped" in ran.out
    assert demand_of(GUARDRAILS["g5"]) in ran.out
    line = BROKEN.splitlines().index("  - id: medium.available") + 1
    assert f"{say('policy.line', line=str(line))} “medium.available”" in ran.out
    assert "✓ g3" in ran.out
    assert ran.err == ""
    # well-formed and complete it is all the same
    assert run("check", written(tmp_path, BROKEN)).code == 0


def test_d4_a_rule_that_decides_nothing_is_told_with_its_line(tmp_path: Path, run) -> None:
    ran = run("check", written(tmp_path, SHADOWED))
    line = SHADOWED.splitlines().index("  - id: blocked.red") + 1
    assert ran.code == 1
    assert say("policy.line", line=str(line)) in ran.out
    assert say("policy.proof.unreachable", rule="blocked.red") in ran.out


@pytest.mark.parametrize("what", ["check", "prove", "diff"])
@pytest.mark.parametrize(
    ("text", "place"),
    [
        (TEXT.replace("profile: low", "profile: lwo", 1), f"line {_LOW_PROFILE}, column 14"),
        ("colour: red\n", "line 1, column 1"),
        ("rules: [\n", "line 2, column 1"),
        ("a: &a [x]\nb: *a\n", "line 1, column 4"),
        ("", "line 1, column 1"),
        (b"version_name: v\nrules: \xff\n", "line 2, column 8"),
        (b"#" * 10_000_000, "line 1, column 1"),
    ],
    ids=["profile", "key", "yaml", "alias", "empty", "bytes", "size"],
)
def test_a_bad_file_gives_its_place_and_one_sentence(
    what: str, text: str | bytes, place: str, tmp_path: Path, run
) -> None:
    file = written(tmp_path, text)
    ran = run(what, *([SHIPPED] if what == "diff" else []), file)
    assert ran.code == 1
    assert ran.err.startswith(f"{file}, {place}: ")
    assert ran.err.count("\n") == 1
    assert ran.out == ""


@pytest.mark.django_db
def test_what_is_not_there_is_told_in_one_sentence(tmp_path: Path, run) -> None:
    for file in ("/nowhere.yaml", str(tmp_path)):
        ran = run("prove", file)
        assert (ran.code, ran.err) == (1, say("policy.file.unreadable", file=file) + "\n")
    for number in ("4711", "9" * 30):
        ran = run("check", number)
        assert (ran.code, ran.err) == (1, say("policy.version.unknown", number=number) + "\n")
    ran = run("diff", SHIPPED, SHIPPED, SHIPPED)
    assert (ran.code, ran.err) == (1, say("policy.difference.two") + "\n")
    with pytest.raises(CommandError):
        run("dance")


@pytest.mark.django_db
def test_without_an_active_policy_there_is_nothing_to_prove(run) -> None:
    PolicyVersion.objects.update(status=PolicyVersion.Status.RETIRED)
    ran = run("prove")
    assert (ran.code, ran.err) == (1, say("error.no_active_policy.detail") + "\n")


@pytest.mark.django_db
def test_d3_other_risk_weights_are_told_by_what_they_move(tmp_path: Path, run) -> None:
    ran = run("diff", written(tmp_path, TEXT.replace("known: 0, new: 18", "known: 0, new: 38")))
    assert say("risk.difference.weights", number="1") in ran.out
    assert say("risk.difference.weight", name="device.new", before="18", after="38") in ran.out
    assert "green → amber" in ran.out


@pytest.mark.django_db
def test_d3_two_policies_are_compared_in_words_and_counts(tmp_path: Path, run) -> None:
    looser = TEXT.replace("trust: fresh,", "trust: [fresh, recent],").replace(
        "high: {fresh: 5m, recent: 15m", "high: {fresh: 5m, recent: 10m"
    )
    file = written(tmp_path, looser)
    number = str(PolicyVersion.objects.get(status="active").number)
    for words in ((SHIPPED, file), (number, file), (file,)):
        ran = run("diff", *words)
        assert ran.code == 0
        assert "looser medium.available → medium.fresh: challenge → proceed" in ran.out
        assert "stricter " not in ran.out.splitlines()[1]
        # codes of an app and saved ones: recent for ten minutes at high sensitivity, not fifteen
        assert say("trust.difference.lifetimes", longer="0", shorter="2") in ran.out
        assert f"{span(900)} → {span(600)}" in ran.out
        assert say("risk.difference.weights", number="1") not in ran.out
    back = run("diff", file, SHIPPED)
    assert "stricter medium.fresh → medium.available: proceed → challenge" in back.out
    same = run("diff", SHIPPED, number)
    assert same.code == 0
    assert say("policy.difference.none", situations=f"{SPACE_SIZE:,}") in same.out
