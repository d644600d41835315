"""Rows as what they say of records."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from crm_cli.formats.decoding import Undecided
from crm_cli.formats.drafts import Drafts
from crm_cli.formats.mapping import Column, Map
from crm_cli.formats.registry import EXPORTERS, IMPORTERS, exporter, importer
from crm_cli.formats.targets import kind_of
from crm_cli.model.business import Business
from crm_cli.model.errors import UsageError


def drafts(kind: str, text: str, map: Map | None = None) -> Drafts:
    found = kind_of(kind)
    read = importer(found).read
    assert read is not None
    return read(text.encode(), found, map, Business(country="SI"))


def only(kind: str, text: str, map: Map | None = None) -> dict[str, Any]:
    found = drafts(kind, text, map)
    assert found.rejected == []
    assert len(found.rows) == 1
    return found.rows[0].values


def test_a_customer() -> None:
    assert only(
        "customers",
        "name,kind,email,phone,mobile,street,zip,country,tags,credit.limit,custom.size,birthday\n"
        'Ana,Person,a@x.example; b@x.example,"01 123 45 67",041 1,Ulica 1,01000,Slovenia,'
        '"vip, coast",500.00,XL,3.4.1984\n',
    ) == {
        "name": "Ana",
        "kind": "person",
        "emails": [{"value": "a@x.example"}, {"value": "b@x.example"}],
        "phones": [{"value": "01 123 45 67"}, {"label": "mobile", "value": "041 1"}],
        "addresses": [{"street": "Ulica 1", "postcode": "01000", "country": "SI"}],
        "tags": [{"value": "vip"}, {"value": "coast"}],
        "credit": {"limit": Decimal("500.00")},
        "custom": {"size": "XL"},
        "birth_date": (1984, 4, 3),
    }


def test_a_purchases_line() -> None:
    assert only(
        "purchases",
        "number,customer,date,product,qty,price,discount\n7,ana,2026-11-03,beans,20,18.50,5\n",
    ) == {
        "number": "7",
        "customer": "ana",
        "date": date(2026, 11, 3),
        "lines": [
            {
                "product": "beans",
                "quantity": Decimal(20),
                "unit_price": Decimal("18.50"),
                "discount": Decimal(5),
            }
        ],
    }


def test_texts_stay_as_they_are() -> None:
    values = only("customers", "name,external_id,zip\n Ana ,Val2 ,05021\n")
    assert values["name"] == " Ana "
    assert values["external_id"] == "Val2 "
    assert values["addresses"] == [{"postcode": "05021"}]


def test_empty_cells_say_nothing() -> None:
    assert only("customers", "name,email,city\nAna,, \n") == {"name": "Ana"}


def test_a_gap_in_a_list_closes() -> None:
    values = only("customers", "name,phone,mobile\nAna,,041 1\n")
    assert values["phones"] == [{"label": "mobile", "value": "041 1"}]


def test_an_amount_may_carry_its_currency() -> None:
    values = only("payments", "customer,date,amount\nana,2026-11-03,1.250 EUR\n", Map(decimal=","))
    assert (values["amount"], values["currency"]) == (Decimal(1250), "EUR")


def test_two_currencies_in_a_row_are_rejected() -> None:
    found = drafts("payments", "customer,date,amount,currency\nana,2026-11-03,5 EUR,USD\n")
    assert found.rows == []
    assert "EUR" in found.rejected[0].reason


def test_all_that_is_wrong_in_a_row_is_told() -> None:
    found = drafts(
        "purchases", "customer,date,product,qty\nana,31.2.2026,beans,some\nana,1.2.2026,beans,2\n"
    )
    assert [row.line for row in found.rows] == [3]
    assert found.rejected[0].line == 2
    assert found.rejected[0].reason == (
        "date: there is no day 31: February 2026 has 28 days (dates are year-month-day or "
        "day.month.year); qty: 'some' is not a number with '.' for decimals (write digits with "
        "one decimal sign and no separators of thousands, like 1234.50)"
    )


def test_a_closed_list_offers_its_words() -> None:
    found = drafts("tasks", "customer,title,priority\nana,Call,hihg\n")
    assert "did you mean high?" in found.rejected[0].reason


def test_scale_makes_percent_of_shares() -> None:
    map = Map(
        (
            Column("N", "number"),
            Column("D", "discount", Decimal(100)),
            Column("Q", "quantity", Decimal("0.001")),
        )
    )
    values = only("purchases", "N,D,Q\n1,0.05,2500\n", map)
    assert values["lines"] == [{"discount": Decimal(5), "quantity": Decimal("2.5")}]
    assert str(values["lines"][0]["discount"]) == "5"


def test_only_numbers_can_be_scaled() -> None:
    with pytest.raises(UsageError, match="no number that could be scaled"):
        drafts("purchases", "N\n1\n", Map((Column("N", "number", Decimal(2)),)))


def test_shares_in_a_column_of_percents_are_noted() -> None:
    text = "customer,date,discount\nana,2026-11-03,0.05\nana,2026-11-03,0\n"
    assert "scale: 100" in drafts("purchases", text).doubts[0]
    assert drafts("purchases", text.replace("0.05", "15")).doubts == ()


def test_cells_may_be_replaced() -> None:
    map = Map((Column("C", "customer"), Column("S", "status", values=(("x", "cancelled"),))))
    assert only("purchases", "C,S\nana,x\n", map)["status"] == "cancelled"


def test_constants_fill_in_and_go_beside() -> None:
    map = Map(
        (Column("N", "name"), Column("C", "city"), Column("K", "kind")),
        (("kind", "organization"), ("address.label", "office"), ("tags", "fair")),
    )
    found = drafts("customers", "N,C,K\nA,Koper,\nB,,person\n", map)
    assert [draft.values for draft in found.rows] == [
        {
            "name": "A",
            "addresses": [{"city": "Koper", "label": "office"}],
            "kind": "organization",
            "tags": [{"value": "fair"}],
        },
        {"name": "B", "kind": "person", "tags": [{"value": "fair"}]},
    ]


def test_a_wrong_constant_is_refused() -> None:
    with pytest.raises(UsageError, match="constants, kind"):
        drafts("purchases", "N\n1\n", Map((Column("N", "number"),), (("kind", "ordr"),)))


def test_the_source_system_goes_with_external_ids() -> None:
    map = Map((Column("I", "external_id"), Column("N", "name")), source_system="shop")
    found = drafts("customers", "I,N\n7,Ana\n,Ben\n", map)
    assert [draft.values.get("source_system") for draft in found.rows] == ["shop", None]


def test_what_was_found_is_kept_in_the_map() -> None:
    found = drafts("purchases", "customer;date;price\nana;31/12/2025;1.234,50\n")
    assert (found.map.date, found.map.decimal, found.map.delimiter, found.map.encoding) == (
        "dmy",
        ",",
        ";",
        "utf-8",
    )
    assert found.rows[0].values["lines"] == [{"unit_price": Decimal("1234.50")}]


def test_what_is_said_is_not_looked_for() -> None:
    text = "customer,date,price\nana,03/04/2025,1.234\n"
    with pytest.raises(Undecided):
        drafts("purchases", text)
    values = only("purchases", text, Map(date="mdy", decimal="."))
    assert values["date"] == date(2025, 3, 4)
    assert values["lines"] == [{"unit_price": Decimal("1.234")}]


def test_two_columns_for_one_field_are_refused() -> None:
    with pytest.raises(UsageError, match="A and B both mean city"):
        drafts("customers", "A,B\nx,y\n", Map((Column("A", "city"), Column("B", "city"))))


def test_a_column_may_say_several_fields() -> None:
    map = Map((Column("A", "number"), Column("A", "external_id")))
    assert only("purchases", "A\n7\n", map) == {"number": "7", "external_id": "7"}


# The registry


@pytest.mark.parametrize("one", [*IMPORTERS, *EXPORTERS], ids=lambda one: one.name)
def test_formats_are_found_by_name_and_by_ending(one: Any) -> None:
    choose: Any = importer if one in IMPORTERS else exporter
    kind = kind_of(one.kinds[0])
    assert choose(kind, one.name.upper()) is one
    for suffix in one.suffixes:
        assert choose(kind, "", f"some/file{suffix}") is one


def test_a_format_that_there_is_not() -> None:
    with pytest.raises(UsageError, match="there is no format 'xls'"):
        exporter(kind_of("customers"), "xls")
