"""Maps: read with the places of what is wrong, written to be read again, made from headings."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from crm_cli.formats.headings import default_map, synonyms, unknown_headings
from crm_cli.formats.mapping import Column, Map, map_answer, read_map
from crm_cli.formats.targets import IMPORTED, find, kind_of, names, target
from crm_cli.model.errors import DataError, UsageError
from crm_cli.model.node import Mapping, made
from crm_cli.store.compose import compose

MAPS = Path(__file__).parents[2] / "docs" / "import"

PURCHASES = kind_of("purchases")
CUSTOMERS = kind_of("customers")


def of(text: str, kind: str = "purchases") -> Map:
    root = compose(text, "map.yaml").root
    assert root is not None
    return read_map(root, kind_of(kind), "map.yaml")


FULL = """\
columns:
  OrderID: [external_id, number]
  Discount: {key: discount, scale: 100}
  Fax: null
  Paid: {key: status, values: {"1": posted, "0": draft}}
constants: {kind: order, currency: USD}
date: dmy
decimal: ","
delimiter: ";"
encoding: cp1250
source_system: webshop
"""


def test_a_whole_map() -> None:
    assert of(FULL) == Map(
        (
            Column("OrderID", "external_id"),
            Column("OrderID", "number"),
            Column("Discount", "discount", Decimal(100)),
            Column("Paid", "status", values=(("1", "posted"), ("0", "draft"))),
        ),
        (("kind", "order"), ("currency", "USD")),
        "dmy",
        ",",
        ";",
        "cp1250",
        "webshop",
    )


def test_other_fields_of_the_same_item_stand_beside() -> None:
    found = of("columns:\n  Fax: {key: phone.2, label: fax, service: telex}\n", "customers")
    assert found.columns == (
        Column("Fax", "phone.2", beside=(("label", "fax"), ("service", "telex"))),
    )


@pytest.mark.parametrize("text", [FULL, "columns: {A: number}\n"])
def test_a_map_that_is_written_reads_back(text: str) -> None:
    found = of(text)
    root = made(map_answer(found))
    assert isinstance(root, Mapping)
    assert read_map(root, PURCHASES, "map.yaml") == found


def test_every_fault_of_a_map_is_told_with_its_place() -> None:
    with pytest.raises(DataError) as caught:
        of(
            "columns:\n  A: nummer\n  B: {scale: 2}\n  C: {key: discount, scale: x}\n"
            "  D: {key: date, label: x}\nconstants: {kind: [order]}\ndate: mmy\n"
            "decimal: [x]\ncolums: {}\n"
        )
    assert [(one.line, one.column, one.message) for one in caught.value.problems] == [
        (2, 6, "nummer is no field of a purchase"),
        (3, 6, "B has no key"),
        (4, 29, "scale: 'x' is not a number"),
        (5, 18, "label is not a key of a column"),
        (6, 19, "kind should be one text"),
        (7, 7, "date is one of ymd dmy mdy, not 'mmy'"),
        (8, 10, "decimal should be one text"),
        (9, 1, "colums is no key of a map"),
    ]
    assert caught.value.problems[0].hint == "did you mean number?"
    assert caught.value.problems[-1].hint == "did you mean columns?"


def test_a_map_names_columns() -> None:
    with pytest.raises(DataError):
        of("date: dmy\n")


@pytest.mark.parametrize("path", sorted(MAPS.rglob("*.yaml")), ids=lambda path: path.stem)
def test_the_maps_that_come_with_the_program(path: Path) -> None:
    assert of(path.read_text(encoding="utf-8"), path.stem).columns


# Names of fields


@pytest.mark.parametrize("kind", IMPORTED)
def test_every_name_that_is_offered_means_something(kind: str) -> None:
    for name in names(kind_of(kind)):
        assert find(kind_of(kind), name) is not None, name


@pytest.mark.parametrize("kind", IMPORTED)
def test_every_name_is_its_own(kind: str) -> None:
    for name in names(kind_of(kind)):
        found = target(kind_of(kind), name)
        again = target(kind_of(kind), found.name)
        assert (again.name, again.list, again.position) == (found.name, found.list, found.position)


@pytest.mark.parametrize(
    "name",
    ["e-mail", "purchases.1.amount", "deals", "credit", "credit.x", "emails.0", "city.2", "a.b.c"],
)
def test_what_is_no_field(name: str) -> None:
    assert find(CUSTOMERS, name) is None


def test_the_nearest_name_is_offered() -> None:
    with pytest.raises(UsageError) as caught:
        target(CUSTOMERS, "emial")
    assert caught.value.hint == "did you mean email?"


@pytest.mark.parametrize("name", ["customer", "deals", "segments", "lines", "nothing"])
def test_what_is_imported(name: str) -> None:
    if name == "customer":
        assert kind_of(name) is CUSTOMERS
    else:
        with pytest.raises(UsageError):
            kind_of(name)


# Headings that speak for themselves


def keys(kind: str, *headings: str) -> dict[str, str]:
    found = default_map(kind_of(kind), headings)
    return {column.heading: column.key for column in found.map.columns}


def test_headings_of_many_tongues() -> None:
    assert keys(
        "customers", "Ime", "E-pošta", "Telefon", "GSM", "Ulica", "Kraj", "Poštna številka"
    ) == {
        "Ime": "name",
        "E-pošta": "email",
        "Telefon": "phone",
        "GSM": "phone.2",
        "Ulica": "street",
        "Kraj": "city",
        "Poštna številka": "postcode",
    }
    assert keys("customers", "Firma", "PLZ", "Ort") == {
        "Firma": "name",
        "PLZ": "postcode",
        "Ort": "city",
    }
    assert keys("purchases", "OrderID", "CustomerID", "OrderDate", "Qty", "Unit Price") == {
        "OrderID": "external_id",
        "CustomerID": "customer",
        "OrderDate": "date",
        "Qty": "quantity",
        "Unit Price": "unit_price",
    }


def test_our_own_names_go_before_synonyms() -> None:
    found = default_map(CUSTOMERS, ("company", "name", "ZIP", "Shoe size"))
    assert [column.key for column in found.map.columns] == ["name", "postcode"]
    assert found.left_out == ("company", "Shoe size")


def test_a_second_number_is_labelled_as_its_heading_says() -> None:
    found = default_map(CUSTOMERS, ("name", "mobile"))
    assert found.map.columns[1].beside == (("label", "mobile"),)


def test_two_headings_for_one_field_are_refused() -> None:
    with pytest.raises(UsageError, match="'Firma' and 'Podjetje' both mean name"):
        default_map(CUSTOMERS, ("Firma", "Podjetje"))


def test_headings_that_say_nothing_are_refused() -> None:
    with pytest.raises(UsageError, match="no heading is known: x, y"):
        default_map(CUSTOMERS, ("x", "y"))


@pytest.mark.parametrize("kind", IMPORTED)
def test_synonyms_are_of_fields_that_there_are(kind: str) -> None:
    known = synonyms(kind_of(kind))
    assert known["opomba"] == "notes"
    for word, key in known.items():
        assert find(kind_of(kind), key) is not None, (word, key)


def test_the_first_field_that_is_called_so_has_it() -> None:
    assert synonyms(kind_of("interactions"))["note"] == "summary"
    assert synonyms(kind_of("payments"))["note"] == "notes"
    assert synonyms(CUSTOMERS)["faks"] == "phone.3"
    assert synonyms(kind_of("products"))["sifra"] == "sku"


def test_a_map_for_another_file_is_refused() -> None:
    found = Map((Column("A", "name"), Column("B", "city")))
    assert unknown_headings(found, ("A", "B", "C")) == ("C",)
    with pytest.raises(UsageError, match="the file has no column B"):
        unknown_headings(found, ("A", "C"))
