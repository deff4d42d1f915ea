"""The seven factors: what is declared, what is registered, and one query over what is held."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.demo.people import backup_codes_of
from config.lifecycle import read_clock
from fallbacks import backup_codes
from fallbacks.challenges import choose_factor, verify
from fallbacks.errors import FactorNotEnrolled, FactorNotPermitted
from fallbacks.factors import (
    FACTORS,
    LIVE_ORDER,
    all_registered,
    enrolled,
    held,
    is_enrollable,
    register,
    registered,
    registry,
)
from fallbacks.factors.limits import CHALLENGE
from identity.models import User
from identity.policy.decision import FACTOR_CEILING, PHISHING_RESISTANT


def test_f1_the_seven_factors_are_declared() -> None:
    assert set(FACTORS) == {
        "push", "totp", "backup_code", "security_key", "email_link", "sms", "support",
    }  # fmt: skip


def test_f1_what_is_declared_is_what_policy_counts_with() -> None:
    assert {name: factor.aal for name, factor in FACTORS.items()} == dict(FACTOR_CEILING)
    resistant = {name for name, factor in FACTORS.items() if factor.phishing_resistant}
    assert resistant == PHISHING_RESISTANT


def test_f2_recovery_and_restricted_factors_stay_below_aal2() -> None:
    assert all(FACTORS[name].aal < 2 for name in ("email_link", "sms", "support"))
    assert all(FACTORS[name].recovery_only for name in ("email_link", "backup_code", "support"))


def test_f1_every_factor_states_its_dependencies_and_short_challenges() -> None:
    for name, factor in FACTORS.items():
        assert factor.depends_on, name
        assert factor.trust_domain, name
        assert timedelta(0) < factor.challenge_life <= CHALLENGE.span, name
        assert factor.throttles, name
        assert (factor.channel is None) == (
            not factor.depends_on & {"web_push", "smtp", "sms_gateway"}
        )


@pytest.mark.django_db
def test_f1_a_factor_without_its_module_is_accepted_nowhere(
    demo: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = User.objects.get(username="sam")
    for name in FACTORS:
        monkeypatch.delitem(registry._registered, name, raising=False)
        assert not is_enrollable(name)
        with pytest.raises(FactorNotPermitted):
            verify(user.pk, name, "123456", permitted=[name], now=read_clock())


def test_f1_an_undeclared_factor_cannot_register() -> None:
    entry = registered("totp")
    assert entry is not None
    invented = replace(entry, factor="eyes")
    with pytest.raises(LookupError):
        register(invented)
    assert "eyes" not in {each.factor for each in all_registered()}


@pytest.mark.django_db
def test_f1_what_a_person_has_is_one_query_however_many_factors(demo: None) -> None:
    user = User.objects.get(username="sam")
    with CaptureQueriesContext(connection) as queries:
        found = held(user.pk)
    assert len(queries) == 1
    assert found.names == {"totp", "backup_code"}
    assert [each.factor for each in enrolled(user.pk)] == ["totp", "backup_code"]


@pytest.mark.django_db
def test_d8_the_fingerprint_changes_with_the_credential_and_not_with_its_use(demo: None) -> None:
    user = User.objects.get(username="kai")
    before = held(user.pk).marks
    for code in backup_codes_of("kai"):
        verify(user.pk, "backup_code", code, permitted=["backup_code"], now=read_clock())
    assert held(user.pk).marks == before
    assert held(user.pk).names == frozenset()
    with pytest.raises(FactorNotEnrolled):
        verify(user.pk, "backup_code", "a" * 16, permitted=["backup_code"], now=read_clock())
    backup_codes.replace_codes(user.pk, backup_codes.fresh_codes())
    assert held(user.pk).marks != before


def test_f1_a_live_challenge_names_the_strongest_that_is_permitted_and_held() -> None:
    assert choose_factor(FACTORS, {"backup_code", "totp"}) == "totp"
    assert choose_factor(["backup_code"], {"backup_code", "totp"}) == "backup_code"
    assert choose_factor(FACTORS, set()) is None
    assert set(LIVE_ORDER) == set(FACTORS)
