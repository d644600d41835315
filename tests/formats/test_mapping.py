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
skip: {Status: [failed, ""], Amount: "-*"}
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
        (("Status", ("failed", "")), ("Amount", ("-*",))),
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
        (7, 7, "date is one of ymd dmy mdy, or a pattern such as %d.%m.%y, not 'mmy'"),
        (8, 10, "decimal should be one text"),
        (9, 1, "colums is no key of a map"),
    ]
    assert caught.value.problems[0].hint == "did you mean number?"
    assert caught.value.problems[-1].hint == "did you mean columns?"


def test_a_map_says_something_if_not_the_columns() -> None:
    assert of("date: dmy\n").columns == ()
    for text in ("{}\n", "columns: {}\n"):
        with pytest.raises(DataError):
            of(text)


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


@pytest.mark.parametrize("name", ["customer", "losses", "segments", "lines", "nothing"])
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
    assert [column.key for column in found.map.columns] == ["organizations", "name", "postcode"]
    assert found.left_out == ("Shoe size",)


def test_a_second_number_is_labelled_as_its_heading_says() -> None:
    found = default_map(CUSTOMERS, ("name", "mobile"))
    assert found.map.columns[1].beside == (("label", "mobile"),)


def test_two_headings_for_one_field_are_refused() -> None:
    with pytest.raises(UsageError, match="'Firma' and 'Podjetje' both mean organizations"):
        default_map(CUSTOMERS, ("Name", "Firma", "Podjetje"))


@pytest.mark.parametrize(
    ("kind", "heading", "key"),
    [
        ("purchases", "invoiceNumber", "number"),
        ("purchases", "INVOICE NUMBER", "number"),
        ("purchases", "orderDate", "date"),
        ("customers", "State/Region", "region"),
        ("customers", "City / Town", "city"),
        ("customers", "Zip/Postal Code", "postcode"),
        ("customers", "firstName", "given_name"),
        ("customers", "Phone (work)", "phone"),
        ("customers", "Address", "street"),
        ("customers", "Anniversary", "anniversary.date"),
        ("customers", "Phone 2", "phone.2"),
        ("customers", "ID", "external_id"),
        ("customers", "Customer ID", "external_id"),
        ("purchases", "Id", "external_id"),
        ("products", "ID", "external_id"),
        ("products", "id", "id"),  # as our own JSON had it; whose they are, the import finds out
        ("products", "SKU", "sku"),
        ("payments", "invoiceNumber", "for"),
    ],
)
def test_headings_however_they_are_written(kind: str, heading: str, key: str) -> None:
    assert keys(kind, "Name", heading).get(heading) == key


def test_a_whole_address_beside_a_city_is_the_street() -> None:
    assert keys("customers", "Name", "Address", "City", "State", "Zip") == {
        "Name": "name",
        "Address": "street",
        "City": "city",
        "State": "region",
        "Zip": "postcode",
    }


def test_a_company_is_the_record_only_where_nobody_at_it_is_named() -> None:
    assert keys("customers", "Company", "City")["Company"] == "name"
    assert keys("customers", "First Name", "Company")["Company"] == "organizations"
    assert keys("customers", "Organization", "Name")["Organization"] == "organization"
    assert keys("customers", "CompanyName", "ContactName", "ContactTitle") == {
        "CompanyName": "name",
        "ContactName": "contacts",
        "ContactTitle": "contact.title",
    }
    assert keys("customers", "Contact Name", "E-mail")["Contact Name"] == "name"


def test_headings_of_one_of_several_items() -> None:
    found = keys(
        "customers",
        *("Name", "E-mail 1 - Label", "E-mail 1 - Value", "Phone 2 - Type", "Phone 2 - Value"),
        *(
            "Address 1 - Postal Code",
            "Address 1 - Street",
            "Organization 1 - Name",
            "Website 1 - Value",
        ),
        *("Organization 1 - Title", "E-mail 3 Address", "Address 2"),
    )
    assert list(found.values()) == [
        *("name", "email.1.label", "email.1", "phone.2.label", "phone.2"),
        *("address.1.postcode", "address.1.street", "organization.1", "url.1"),
        *("organization.1.title", "email.3"),
    ]


def test_a_number_at_home_is_labelled_so() -> None:
    found = default_map(CUSTOMERS, ("Name", "Business Phone", "Home Phone", "Home Street"))
    assert [(column.key, column.beside) for column in found.map.columns[1:]] == [
        ("phone", (("label", "work"),)),
        ("phone.2", (("label", "home"),)),
    ]
    assert found.left_out == ("Home Street",)


def test_several_columns_of_numbers_are_several_numbers() -> None:
    assert keys("customers", "Name", "E-mail", "Email Address", "Telephone", "Phone") == {
        "Name": "name",
        "E-mail": "email",
        "Email Address": "email.2",
        "Telephone": "phone",
        "Phone": "phone.2",
    }


def test_a_better_id_goes_before_a_bare_one() -> None:
    found = default_map(CUSTOMERS, ("ID", "Name", "Customer ID"))
    assert [column.key for column in found.map.columns] == ["name", "external_id"]
    assert found.left_out == ("ID",)


def test_one_column_of_those_that_say_whose_it_is_will_do() -> None:
    found = default_map(PURCHASES, ("Client", "Email", "Customer ID", "Billing Email", "Date"))
    assert [column.key for column in found.map.columns] == ["customer_email", "customer", "date"]
    assert found.left_out == ("Client", "Billing Email")


def test_an_address_is_no_town_and_a_day_no_label() -> None:
    for name in ("address", "anniversary", "addresses"):
        assert find(CUSTOMERS, name) is None
        assert name not in names(CUSTOMERS)
    assert "anniversary.date" in names(CUSTOMERS)


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


def test_a_column_of_closed_deals_only() -> None:
    text = "columns:\n  Day: [{key: expected_close, only: open}, {key: closed_at, only: closed}]\n"
    map = of(text, "deals")
    assert [one.only for one in map.columns] == ["open", "closed"]
    assert map_answer(map)["columns"] == {
        "Day": [{"key": "expected_close", "only": "open"}, {"key": "closed_at", "only": "closed"}]
    }
    for kind, wrong in (("deals", "key: closed_at, only: won"), ("tasks", "key: due, only: open")):
        with pytest.raises(DataError):
            of(f"columns: {{Day: {{{wrong}}}}}\n", kind)
