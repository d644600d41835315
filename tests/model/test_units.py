"""Values with their units, as cards say them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from crm_cli.model.kinds import BY_NAME
from crm_cli.model.units import with_unit


@pytest.mark.parametrize(
    ("kind", "key", "value", "said"),
    [
        ("case", "response_time", 0, "0 min"),
        ("case", "response_time", 45, "45 min"),
        ("case", "resolution_time", 930, "15 h 30 min"),
        ("case", "resolution_time", 120, "2 h"),
        ("case", "age", 1, "1 day"),
        ("case", "age", 1404, "1,404 days"),
        ("case", "reopened", 2, 2),
        ("deal", "days_in_stage", 17, 17),  # Its name says it.
        ("deal", "value", Decimal(2400), "2,400.00 GBP"),
        ("purchase", "tax", Decimal(0), "0.00 GBP"),
        ("purchase", "counts", True, True),
        ("product", "price", Decimal("0.0125"), "0.0125 GBP"),
        ("product", "price", Decimal("18.5"), "18.50 GBP"),
        ("product", "price", None, None),
        ("interaction", "duration", 90, "1 h 30 min"),
    ],
)
def test_units(kind: str, key: str, value: Any, said: Any) -> None:
    held = BY_NAME[kind]
    field = held.by_key.get(key) or next(one for one in held.derived if one.key == key)
    assert with_unit(field, value, "GBP") == said
    if key == "price" and value:
        assert with_unit(field, Decimal(500), "JPY") == "500 JPY"
