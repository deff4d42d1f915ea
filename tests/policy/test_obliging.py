"""The fields of obligations: each kind of value there and back (D2)."""

from __future__ import annotations

from typing import Any

import pytest

from identity.admin.policy_matrix.obliging import (
    label_of,
    obligation_fields,
    obligations_from,
    shown,
)
from identity.messages import has
from identity.policy.decision import Obligations
from identity.policy.document import parse_policy
from identity.policy.editing import Words
from identity.policy.obliging import FIELDS
from tests.policy.conftest import SHIPPED

FORMS = "identity.admin.policy_matrix.obliging"


def test_d2_every_obligation_has_a_field_with_words() -> None:
    fields = obligation_fields({}, Obligations())
    assert set(FIELDS) <= fields.keys()
    for name in FIELDS:
        assert has(f"policy.difference.moved.{name}"), name
        assert label_of(name)
    assert all(field.label for field in fields.values())


def test_d2_every_value_of_the_shipped_profiles_has_words() -> None:
    for profile in parse_policy(SHIPPED).profiles.values():
        for name in FIELDS:
            assert shown(name, getattr(profile, name)), name


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("soon", "soon"),
        ("12", 12),
        ("[a, 2]", Words(("a", 2), ordered=True)),
        ("{a: [b], c: 1}", {"a": Words(("b",), ordered=True), "c": 1}),
    ],
)
def test_d2_an_obligation_that_no_form_knows_is_typed_as_it_is_written(
    monkeypatch: pytest.MonkeyPatch, typed: str, wanted: Any
) -> None:
    monkeypatch.setattr(f"{FORMS}.FIELDS", ("of_tomorrow",))
    assert list(obligation_fields({"of_tomorrow": ["a", "2"]}, None)) == ["of_tomorrow"]
    assert obligation_fields({"of_tomorrow": ["a", "2"]}, None)["of_tomorrow"].initial == "[a, 2]"
    assert obligations_from({"of_tomorrow": typed}) == {"of_tomorrow": wanted}
    assert obligations_from({"of_tomorrow": ""}) == {}
