"""The registry of kinds refuses what would make one kind hide another."""

from __future__ import annotations

import pytest

from crm_cli.model.kind import Kind
from crm_cli.model.kinds import BY_LETTER, BY_NAME, KINDS, by_letter, by_name

VISIT = Kind(name="visit", key="visits", doc="", fields=(), letter="v")


def test_every_kind_is_found_by_its_name_its_key_and_its_letter() -> None:
    for kind in KINDS:
        assert BY_NAME[kind.name] is BY_NAME[kind.key] is kind
        assert not kind.letter or BY_LETTER[kind.letter] is kind


def test_two_kinds_with_one_letter_are_refused() -> None:
    other = Kind(name="voucher", key="vouchers", doc="", fields=(), letter="v")
    with pytest.raises(ValueError, match="voucher and visit both have the letter 'v'"):
        by_letter([VISIT, other])


def test_two_kinds_with_one_name_are_refused() -> None:
    other = Kind(name="visits", key="visitors", doc="", fields=(), letter="w")
    with pytest.raises(ValueError, match="visits and visit both have the name 'visits'"):
        by_name([VISIT, other])


def test_an_alias_never_hides_another_kind() -> None:
    other = Kind(name="stay", key="stays", doc="", fields=(), aliases=("visit", "sojourn"))
    assert by_name([other, VISIT]) == {
        "visit": VISIT, "visits": VISIT, "stay": other, "stays": other, "sojourn": other,
    }  # fmt: skip
