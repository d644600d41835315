"""The registry of kinds refuses what would make one kind hide another."""

from __future__ import annotations

import pytest

from crm_cli.model.business import Business
from crm_cli.model.fieldtypes import Date, Integer
from crm_cli.model.item import Item
from crm_cli.model.kind import Derived, Field, Kind, ListOf, State, Summary
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


def test_what_items_say_of_their_record_is_part_of_its_kind() -> None:
    def mark(item: Item, business: Business) -> None:
        item.derived["marks"] = f"{item.derived.get('marks', '')}{item.kind.name} "

    visit = VISIT.but(
        summary=Summary(
            derived=(Derived("visits_made", Integer(), ""),),
            states=(State("visited", "1", ""),),
            derive=mark,
        )
    )
    stay = Kind(
        name="stay", key="stays", doc="", fields=(), letter="w",
        summary=Summary(derived=(Derived("nights", Integer(), ""),), leading=True),
    )  # fmt: skip
    guest = Kind(
        name="guest", key="guests", doc="",
        fields=(Field("visits", ListOf(visit)), Field("stays", ListOf(stay))),
        derived=(Derived("since", Date(), ""),),
        derive=mark,
    )  # fmt: skip
    for kind in (guest, guest.but(doc="a copy")):
        assert [one.key for one in kind.derived] == ["since", "nights", "visits_made"]
        assert [one.name for one in kind.states] == ["visited"]
        item = Item(kind)
        assert kind.derive is not None
        kind.derive(item, Business())
        assert item.derived == {"marks": "guest guest "}
