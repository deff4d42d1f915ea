"""The document: one clear error with the place for everything that is wrong."""

from __future__ import annotations

from contextlib import suppress
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.policy import facts as f
from identity.policy.compiled import compile_policy
from identity.policy.decision import Outcome
from identity.policy.document import parse_policy
from identity.policy.errors import SENTENCES, PolicyError
from tests.decision.refusals import place_of, refused
from tests.decision.shipped import TEXT, document


@pytest.mark.parametrize(
    ("old", "new", "code", "marker"),
    [
        # words and keys
        ("availability: escalated}", "availability: napping}", "unknown_word", "napping"),
        ("when: {availability: esc", "when: {weather: esc", "unknown_key", "weather"),
        ("outcome: proceed", "outcome: shrug", "unknown_word", "shrug"),
        ("because: [low_stakes]", "because: [vibes]", "unknown_word", "vibes"),
        ("because: [low_stakes]", "because: [ ]", "empty_list", "[ ]"),
        ("value: [none, low]}", "value: [none, none]}", "duplicate_word", "none]}"),
        ("value: [none, low]}", "value: []}", "empty_list", "[]}"),
        ("escalate_to: security", "escalate_to: mum", "unknown_word", "mum"),
        ("backup_code, security_key, email_link", "pigeon, sms", "unknown_word", "pigeon"),
        ("    profile: low\n", "    profile: lo\n", "unknown_profile", "lo\n    because"),
        ("version_name:", "version:", "unknown_key", "version:"),
        ("risk:\n  cap", "extra: 1\nrisk:\n  cap", "unknown_key", "extra: 1"),
        ('version_name: "v1"', "version_name: 1", "not_a_word", "1\n"),
        ("    outcome: proceed\n", "", "missing_key", "id: low\n"),
        ("- id: low\n", "- id: Low Stakes\n", "bad_id", "Low Stakes"),
        # twice
        (
            "- id: blocked.red",
            "- id: blocked.escalated",
            "duplicate_id",
            "blocked.escalated\n    when: {risk",
        ),
        ("- id: low\n", "- id: default\n", "duplicate_id", "default\n    when"),
        ("  cap: 40\n", "  cap: 40\n  cap: 39\n", "duplicate_key", "cap: 39"),
        ("risk: red}", "risk: red, risk: amber}", "duplicate_key", "risk: amber}"),
        # the default
        (
            "default:\n  outcome: block",
            "default:\n  outcome: proceed",
            "default_not_block",
            "proceed\n  profile: blocked",
        ),
        # times and numbers
        ("    window: 3d\n", "    window: -3d\n", "out_of_range", "-3d"),
        ("    window: 3d\n", "    window: 400d\n", "out_of_range", "400d"),
        ("    window: 3d\n", "    window: 0\n", "out_of_range", "0\n    on_expiry"),
        ("    window: 3d\n", "    window: soon\n", "not_a_time", "soon"),
        ("    window: 3d\n", "    window: 1.5\n", "not_a_time", "1.5"),
        ("    window: 3d\n", "    window: [3d]\n", "not_a_time", "[3d]"),
        ("challenge_ttl: 10m", "challenge_ttl: 11m", "out_of_range", "11m"),
        ("    window: 3d\n", "    window: 5m\n", "outlives_window", "required_aal: 1"),
        ("max_proof_age: 9h", "max_proof_age: 25h", "out_of_range", "25h"),
        ("retries: [15m, 1h, 4h, 12h]", "retries: []", "empty_list", "[]"),
        ("retries: [15m, 1h, 4h, 12h]", "retries: [15m, -1]", "out_of_range", "-1"),
        ("retries: [15m, 1h, 4h, 12h]", "retries: 15m", "not_a_list", "15m\n  medium"),
        ("required_aal: 1", "required_aal: 4", "out_of_range", "4\n"),
        ("required_aal: 1", "required_aal: high", "not_a_number", "high\n"),
        ("approvals: 1", "approvals: 99", "out_of_range", "99"),
        ("approvals: 1", "read_only: maybe", "not_a_flag", "maybe"),
        # profiles
        ("  high: {like: medium,", "  high: {like: none_such,", "unknown_profile", "none_such"),
        (
            "  low:\n    required",
            "  low:\n    like: medium\n    required",
            "profile_cycle",
            "low\n    required_aal: 2",
        ),
        ("  high: {like: medium,", "  high: {like: high,", "profile_cycle", "high, max"),
        ("    grace: 1d\n    retries: [15m", "    retries: [15m", "missing_key", "required_aal: 1"),
        # what cannot be fulfilled
        (
            "    required_aal: 2\n    max_proof_age: 15m\n    permitted_factors: [push",
            "    required_aal: 2\n    max_proof_age: 15m\n    permitted_factors: [sms, push",
            "factor_too_weak",
            "like: low",
        ),
        (
            "required_aal: 1",
            "required_aal: 2",
            "factor_too_weak",
            "required_aal: 2\n    max_proof_age: 9h",
        ),
        (
            "{permitted_factors: [backup_code, security_key]}",
            "{permitted_factors: []}",
            "no_factor",
            "released\n    with: {permitted_factors: []}",
        ),
        (
            "{permitted_factors: [backup_code, security_key]}",
            "{permitted_factors: [totp], phishing_resistant: true}",
            "not_resistant",
            "{permitted_factors: [totp], ph",
        ),
        (
            "    outcome: block\n    profile: blocked\n    because: [risk_red",
            "    outcome: block\n    profile: low\n    because: [risk_red",
            "block_with_factors",
            "low\n    because: [risk_red",
        ),
        # risk
        ("cap: 40", "cap: 41", "cap_too_high", "41"),
        ("{amber: 30, red: 70}", "{amber: 70, red: 70}", "bands_order", "70}"),
        ("known: 0, new: 18", "known: 0, new: 41", "weight_above_cap", "41"),
        ("known: 0, new: 18", "known: 5, new: 18", "good_is_free", "5, new"),
        ("new: 18, unknown: 12", "new: 18, unknown: 00", "unknown_is_free", "00}"),
        (
            "geography: {usual: 0, changed: 25, unknown: 10}",
            "geography: {usual: 0, changed: 25, unknown: 40}",
            "unknown_is_red",
            "cap: 40",
        ),
        (
            "device: {known: 0, new: 18, unknown: 12}",
            "device: {known: 0, new: 18}",
            "missing_key",
            "{known: 0, new: 18}",
        ),
        ("  hour: {", "  silence: {x: 9}\n  hour: {", "unknown_key", "silence"),
        # trust
        (
            "high: {fresh: 5m, recent: 15m, half_life: 15m}",
            "high: {fresh: 20m, recent: 15m, half_life: 15m}",
            "ages_order",
            "20m",
        ),
        (  # more at stake, and trusted for longer
            "medium: {fresh: 30m, recent: 2h, half_life: 2h}",
            "medium: {fresh: 61m, recent: 2h, half_life: 2h}",
            "lifetime_grows_with_stake",
            "61m",
        ),
        (
            "high: {fresh: 5m, recent: 15m, half_life: 15m}",
            "high: {fresh: 5m, recent: 15m, half_life: 61m}",
            "lifetime_grows_with_stake",
            "61m",
        ),
        (  # a weaker anchor than the one above, and trusted for longer
            "high: {fresh: 5m, recent: 15m, half_life: 15m}",
            "high: {fresh: 11m, recent: 15m, half_life: 15m}",
            "lifetime_grows_with_anchor",
            "11m",
        ),
        (
            "high: {fresh: 1m, recent: 5m, half_life: 5m}",
            "high: {fresh: 1m, recent: 5m, half_life: 16m}",
            "lifetime_grows_with_stake",
            "16m",
        ),
        (
            "[email_link, sms, support]",
            "[email_link, totp, sms, support]",
            "factor_in_two_anchors",
            "totp, sms",
        ),
        ("[totp, push]", "[totp, rune]", "unknown_word", "rune"),
        ("[totp, push]", "[]", "empty_list", "[]"),
        ("[totp, push]", "totp", "factor_without_anchor", "phishing_resistant:\n"),
        (
            "      factors: [security_key]\n",
            "",
            "missing_key",
            "low: {fresh: 1h",
        ),
        ("degraded: 50, emergency: 25", "degraded: 50, emergency: 60", "share_order", "60"),
        ("recent: 9h,", "recent: 25h,", "out_of_range", "25h"),
        # shape
        ("profiles:\n", "profiles: []\nx:\n", "unknown_key", "x:\n"),
        ("value: [none, low]}", "value: {none: low}}", "not_a_list", "{none: low}"),
        ("outcome: proceed", "outcome: [proceed]", "not_a_word", "[proceed]"),
        ("outcome: proceed", "outcome: true", "not_a_word", "true"),
        ("outcome: proceed", "outcome: null", "not_a_word", "null"),
        # cleverness
        ("profiles:\n  low:\n", "profiles:\n  low: &low\n", "alias", "&low"),
        ("outcome: proceed", "outcome: *low", "alias", "*low"),
        ("outcome: proceed", "outcome: !!python/name:os.system proceed", "tag", "!!python"),
        ("outcome: proceed", "outcome: [[[[[[proceed]]]]]]", "too_deep", "[proceed]]]]]]"),
        ("default:\n", "---\ndefault:\n", "several_documents", "---\n"),
        ("outcome: proceed", "outcome: [proceed", "not_yaml", "because: [low_stakes]"),
        ("outcome: proceed", "outcome: pro\x07ceed", "not_text", "\x07"),
        ("outcome: proceed", "outcome: pro\ud800ceed", "not_text", "\ud800"),
        ("because: [low_stakes]", "<<: {a: b}", "unknown_key", "<<"),
    ],
)
def test_each_mistake_is_named_with_its_place(old: str, new: str, code: str, marker: str) -> None:
    text = TEXT.replace(old, new, 1)
    error = refused(text)
    assert error.code == code
    if code != "not_yaml":  # where YAML itself notices is its own affair
        assert (error.line, error.column) == place_of(text, marker)
    assert str(error) == f"Line {error.line}, column {error.column}: {error.sentence}"
    assert "{" not in error.sentence.replace(marker, "")


def test_a_policy_without_default_is_refused() -> None:
    error = refused(TEXT[: TEXT.index("# What nobody foresaw")])
    assert (error.code, error.line, error.column) == ("missing_default", *place_of(TEXT, "version"))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "not_a_mapping"),
        ("# nothing but a remark\n", "not_a_mapping"),
        ("just words", "not_a_mapping"),
        ("[]", "not_a_mapping"),
        ("{}", "missing_key"),
        ("? [a, b]\n: c", "not_a_word"),  # a key that is no word
        ("a: 1\n b: 2", "not_yaml"),
        ("\t", "not_yaml"),
        ("[" * 5000, "too_deep"),
        ("{a: " * 5000, "too_deep"),
        ("a: &a [x]\nb: *a\n", "alias"),
        ("x" * (256 * 1024 + 1), "too_large"),
        ("ä" * (200 * 1024), "too_large"),  # counted in bytes
        ("a" * 10_000_000, "too_large"),
    ],
)
def test_what_is_no_policy_at_all(text: str, code: str) -> None:
    assert refused(text).code == code


def test_a_policy_has_only_so_many_rules() -> None:
    start, end = TEXT.index("rules:\n"), TEXT.index("# What nobody foresaw")
    rules = "".join(
        f"  - {{id: r{n}, when: {{}}, outcome: block, profile: blocked, because: risk_red}}\n"
        for n in range(501)
    )
    text = f"{TEXT[:start]}rules:\n{rules}{TEXT[end:]}"
    assert refused(text).code == "too_many_rules"


@given(st.text(max_size=200))
def test_any_text_is_a_policy_or_one_error(text: str) -> None:
    error = refused(text)
    assert error.code in SENTENCES
    assert 1 <= error.line <= text.count("\n") + 2
    assert error.column >= 1


@given(st.integers(0, len(TEXT) - 1), st.sampled_from(["", "\n", ":", "-", "}", "0", "x", "\x00"]))
def test_any_small_damage_is_read_or_refused_cleanly(at: int, put: str) -> None:
    damaged = TEXT[:at] + put + TEXT[at + 1 :]
    with suppress(PolicyError):  # any other exception is the defect looked for
        compile_policy(parse_policy(damaged))


def test_the_shipped_policy_is_read_as_written() -> None:
    policy = document()
    assert policy.version_name == "v1"
    rule = next(rule for rule in policy.rules if rule.id == "low")
    assert rule.outcome is Outcome.PROCEED
    assert rule.when == {
        "reach": (f.Reach.ORDINARY,),
        "sensitivity": (f.Sensitivity.LOW,),
        "reversibility": (f.Reversibility.REVERSIBLE,),
        "fraud_cost": (f.FraudCost.LOW,),
        "value": (f.Value.NONE, f.Value.LOW),
    }
    assert TEXT.splitlines()[rule.line - 1] == "  - id: low"
    assert policy.profiles["high_urgent"].retries == (300, 900, 3600, 14400)
    assert policy.profiles["high_urgent"].max_proof_age == 300  # by way of `high`
    assert policy.risk.anomaly_half_life_seconds == 2 * 86400
    assert policy.trust.anchor_of("totp").ages[f.Sensitivity.HIGH].fresh == 300
    assert [(one.name, one.factors) for one in policy.trust.anchors] == [
        ("phishing_resistant", ("security_key",)),
        ("one_time_code", ("totp", "push")),
        ("saved_code", ("backup_code",)),
        ("recovery", ("email_link", "sms", "support")),
    ]
    assert policy.default.outcome is Outcome.BLOCK


def test_a_rule_may_change_what_its_profile_says() -> None:
    rule = next(rule for rule in document().rules if rule.id == "high.degraded")
    profile = document().profiles["high"]
    assert rule.obligations.permitted_factors == {"backup_code", "security_key"}
    assert profile.permitted_factors > rule.obligations.permitted_factors
    assert rule.obligations.window == profile.window


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("90", 90), ("90s", 90), ("15m", 900), ('"8 h"', 28800), ("3d", 259200)],
)
def test_times_may_be_written_for_people(written: str, seconds: int) -> None:
    text = TEXT.replace("    window: 3d\n", f"    window: {written}\n", 1).replace(
        "challenge_ttl: 10m", "challenge_ttl: 60"
    )
    assert parse_policy(text).profiles["low"].window == seconds


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_every_sentence_ends_and_names_its_blanks(code: str) -> None:
    blanks = {name: name for _, name, _, _ in Formatter().parse(SENTENCES[code]) if name}
    assert PolicyError(code, 1, 1, **blanks).sentence.endswith(".")
