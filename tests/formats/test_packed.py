"""Long lists in little memory."""

from __future__ import annotations

from decimal import Decimal

import pytest

from crm_cli.formats.packed import Packed, pack, unpack

SIZES = (0, 1, 127, 128, 129, 256, 1000)


@pytest.mark.parametrize("size", SIZES)
def test_a_packed_list_is_the_list(size: int) -> None:
    numbers = list(range(size))
    packed = Packed(numbers)
    assert len(packed) == size
    assert list(packed) == numbers
    assert [packed[place] for place in reversed(range(size))] == numbers[::-1]
    assert list(packed) == numbers, "and again"


def test_items_are_changed_and_left_out() -> None:
    changed = Packed(range(300)).changed(lambda one: one * 2 if one % 3 else None)
    assert list(changed) == [one * 2 for one in range(300) if one % 3]


def test_values_are_packed_as_they_are() -> None:
    value = {"amount": Decimal("1.10"), "lines": [{"product": "cup"}], "text": "Šipek"}
    assert unpack(pack(value)) == value
