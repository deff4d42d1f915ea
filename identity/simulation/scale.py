"""Round steps for an axis. Pure."""

from __future__ import annotations

import math


def steps_to(top: float, wanted: int = 5) -> list[float]:
    """Round values from 0 on in equal steps of 1, 2 or 5 times a power of ten, the last of them at
    or above `top`; about `wanted` steps. At least 0 and 1."""
    if not top > 0:
        return [0.0, 1.0]
    power = 10.0 ** math.floor(math.log10(top / wanted))
    step = next(power * each for each in (1, 2, 5, 10) if power * each * wanted >= top)
    return [step * number for number in range(math.ceil(top / step - 1e-9) + 1)]


def money(amount: float) -> str:
    """An amount for people: whole from a hundred on, two decimals below."""
    return f"{amount:,.0f}" if amount >= 100 else f"{amount:,.2f}"
