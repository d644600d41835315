"""The next number of an invoice."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_cli.model.errors import Unreadable
from crm_cli.model.numbering import next_number

DAY = date(2026, 3, 9)


@pytest.mark.parametrize(
    ("pattern", "taken", "wanted"),
    [
        ("{year}-{seq:4}", [], "2026-0001"),
        ("{year}-{seq:4}", ["2026-0007", "2026-0003"], "2026-0008"),
        ("{year}-{seq:4}", ["2025-0099"], "2026-0001"),
        ("{year}-{seq:4}", ["2026-9999"], "2026-10000"),
        ("{year}-{seq:4}", ["2026-12"], "2026-0013"),
        ("{year}-{seq:4}", ["2026-0004-B", "X2026-0005", "2026-"], "2026-0001"),
        ("R{seq}", ["R9", "R10"], "R11"),
        ("{seq:3}/{month}/{year}", ["014/03/2026", "020/02/2026"], "015/03/2026"),
        ("F.{year}{month}{day}.{seq:2}", [], "F.20260309.01"),
    ],
)
def test_next_number(pattern: str, taken: list[str], wanted: str) -> None:
    assert next_number(pattern, taken, DAY) == wanted


@pytest.mark.parametrize(
    "pattern", ["", "{year}", "2026-0001", "{seq}{seq}", "{seq:0}", "{seq:x}", "{yaer}-{seq}"]
)
def test_refuses_a_pattern_that_cannot_be_counted_by(pattern: str) -> None:
    with pytest.raises(Unreadable):
        next_number(pattern, [], DAY)


@settings(max_examples=60)
@given(st.lists(st.integers(1, 10**6)), st.integers(1, 8))
def test_is_never_one_that_is_taken(numbers: list[int], width: int) -> None:
    pattern = f"{{year}}-{{seq:{width}}}"
    taken = [f"2026-{number:0{width}d}" for number in numbers]
    assert next_number(pattern, taken, DAY) not in taken
