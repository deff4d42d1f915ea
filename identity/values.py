"""Value bands (D1): how much is at stake, from the payload, by a rule of the action type's own.

Pure. A 20 € transfer is not a 20,000 € one, and the policy sees only the band.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from identity.policy.facts import Value


def value_band(payload: Mapping[str, str], rule: Mapping[str, Any]) -> Value:
    """The band of `payload` by `rule`: `{"field": name, "medium": from, "high": from}`.

    Below `medium` is low. No rule means that the type carries no value; a value that cannot be
    read is the highest, since nobody knows better (D4 7).
    """
    if not rule:
        return Value.NONE
    try:
        amount = Decimal(payload[rule["field"]])
        if amount >= Decimal(str(rule["high"])):
            return Value.HIGH
        return Value.MEDIUM if amount >= Decimal(str(rule["medium"])) else Value.LOW
    except (KeyError, InvalidOperation, TypeError):
        return Value.HIGH
