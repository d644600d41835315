"""Ids of customers and of items."""

from __future__ import annotations

from collections.abc import Callable
from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_cli.model.ids import (
    derived_item_id,
    is_customer_id,
    is_item_id,
    item_prefix,
    new_customer_id,
    new_item_id,
    shortest_unique,
    slug,
    unique,
)


def counting() -> Callable[[int], bytes]:
    """Bytes that differ from call to call, the same in every run."""
    calls = iter(range(1 << 16))
    return lambda length: (next(calls) << (length * 8 - 35)).to_bytes(length, "big")


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("Ana Šuštar", "ana-sustar"),
        ("Георги", "georgi"),
        ("გიორგი", "giorgi"),
        ("Kava d.o.o.", "kava-doo"),
        ("A.G. Müller GmbH & Co. KG", "ag-muller-gmbh-co-kg"),
        ("O'Brien & Sons, Ltd.", "obrien-sons-ltd"),
        ("J. R. Smith", "j-r-smith"),
        ("shop.example", "shop-example"),
        ("../../etc/passwd", "etc-passwd"),
        ("CON", "con-1"),
        ("lpt1", "lpt1-1"),
        ("Conrad", "conrad"),
        ("…", ""),
        ("", ""),
    ],
)
def test_ids_come_from_names(name: str, made: str) -> None:
    assert slug(name) == made
    assert not made or is_customer_id(made)


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("ana-novak", True),
        ("4.you_too", True),
        ("a" * 80, True),
        ("a" * 81, False),
        ("-ana", False),
        (".ana", False),
        ("Ana", False),
        ("ana novak", False),
        ("ana/novak", False),
        ("ana\n", False),
        ("šuštar", False),
        ("nul", False),
        ("con.yaml", False),
        ("", False),
    ],
)
def test_ids_are_names_of_files_everywhere(text: str, valid: bool) -> None:
    assert is_customer_id(text) is valid


def test_ids_are_made_unique_by_numbers() -> None:
    assert unique("ana", ()) == "ana"
    assert unique("ana", {"ana", "ana-2"}) == "ana-3"
    long = "a" * 80
    assert unique(long, {long}) == "a" * 78 + "-2"


def test_a_name_that_cannot_be_read_gives_a_random_id_of_its_kind() -> None:
    random = counting()
    first = new_customer_id("…", "person", (), random)
    assert first == "person-00000"
    assert new_customer_id("", "", (), random).startswith("customer-")
    assert new_customer_id("…", "person", {first}, counting()) != first
    assert new_customer_id("Ana", "person", {"ana"}, random) == "ana-2"


def test_items_get_a_letter_and_seven_characters() -> None:
    random = counting()
    first = new_item_id("t", (), random)
    assert (first, is_item_id(first)) == ("t-0000000", True)
    assert new_item_id("t", {"t-0000001"}, random) == "t-0000002"


def test_an_item_without_an_id_has_the_same_one_as_long_as_it_says_the_same() -> None:
    one = derived_item_id("t", "ana", "tasks", "Send the quote", 0)
    assert is_item_id(one)
    assert one == derived_item_id("t", "ana", "tasks", "Send the quote", 0)
    others = {
        derived_item_id("t", "bor", "tasks", "Send the quote", 0),
        derived_item_id("t", "ana", "tasks", "Send the quote", 1),
        derived_item_id("t", "ana", "tasks", "Send a quote", 0),
        derived_item_id("t", "ana", "deals", "Send the quote", 0),
    }
    assert len(others - {one}) == 4


@pytest.mark.parametrize(
    ("typed", "prefix"),
    [
        ("t-9f3kx7d", "t-9f3kx7d"),
        ("T-9F3", "t-9f3"),
        ("9f3", "9f3"),
        ("t-9fo", "t-9f0"),
        ("i-il", "i-11"),
        ("t-", "t-"),
        ("", None),
        ("u9", None),
        ("9-f", None),
        ("t-9f3kx7dz", None),
        ("send it", None),
    ],
)
def test_prefixes_are_read_as_crockford_has_it(typed: str, prefix: str | None) -> None:
    assert item_prefix(typed) == prefix


def test_the_unique_part_of_an_id_is_as_short_as_can_be() -> None:
    ids = ["t-9f3kx7d", "t-9g1aaaa", "t-1aaaaaa"]
    assert shortest_unique(ids) == {"t-9f3kx7d": 4, "t-9g1aaaa": 4, "t-1aaaaaa": 3}
    assert shortest_unique(["t-9f3kx7d"], least=4) == {"t-9f3kx7d": 4}
    assert shortest_unique(["a", "ab"]) == {"a": 1, "ab": 2}
    assert shortest_unique([]) == {}


@settings(max_examples=60)
@given(st.text(max_size=100))
def test_every_name_gives_a_valid_id_or_none(name: str) -> None:
    made = slug(name)
    assert not made or is_customer_id(made)
    assert made == slug(normalize("NFD", name)) == slug(normalize("NFC", name))
    assert slug(made) == made or made.endswith("-1")
    assert is_customer_id(new_customer_id(name, "person", {made}, counting()))


@settings(max_examples=60)
@given(st.sets(st.text(alphabet="01a", min_size=1, max_size=5), max_size=30))
def test_the_unique_part_is_unique_and_minimal(ids: set[str]) -> None:
    for one, length in shortest_unique(ids).items():
        others = ids - {one}
        alone = not any(other.startswith(one[:length]) for other in others)
        assert alone or length == len(one)
        assert length == 1 or any(other.startswith(one[: length - 1]) for other in others)
