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


def test_cells_are_trimmed_and_stay_texts() -> None:
    values = only("customers", "name,external_id,zip\n Ana  Kos ,Val2 ,05021\n")
    assert values["name"] == "Ana  Kos"
    assert values["external_id"] == "Val2"
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
    assert list(found.rows) == []
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


def test_one_cell_that_cannot_be_read_is_left_out_and_told() -> None:
    found = drafts("tasks", "customer,title,priority\nana,Call,hihg\n")
    assert found.rejected == []
    assert found.rows[0].values == {"customer": "ana", "title": "Call"}
    ((line, heading, note),) = found.told
    assert (line, heading, note.text, note.kept) == (2, "priority", "hihg", False)
    assert "did you mean high?" in note.hint
    assert "values in a map" in note.hint


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("payments", "customer,date,amount\nana,2026-11-03,some\n"),
        ("payments", "customer,date,amount\nana,soon,5\n"),
        ("payments", "customer,date,amount,direction\nana,2026-11-03,5,back\n"),
        ("purchases", "customer,date,amount,currency\nana,2026-11-03,5,Taler\n"),
        ("purchases", "customer,date,product,quantity,price\nana,2026-11-03,tea,x,5\n"),
        ("purchases", "customer,date,amount,status\nana,2026-11-03,5,weird\n"),
        ("customers", "external_id,name\n1.23457E+11,Ana\n"),
    ],
)
def test_what_a_row_is_about_has_to_be_read(kind: str, text: str) -> None:
    found = drafts(kind, text)
    assert (list(found.rows), len(found.rejected), found.told) == ([], 1, ())


def test_what_cannot_be_is_kept_and_told() -> None:
    found = drafts("customers", "name,email,country\nAna,ana at home,Atlantis\n")
    assert found.rows[0].values["emails"] == [{"value": "ana at home"}]
    assert [(one.note.text, one.note.kept) for one in found.told] == [
        ("ana at home", True),
        ("Atlantis", True),
    ]


def test_one_text_of_several_is_left_out_alone() -> None:
    values = drafts("customers", "name,phone\nAna,041 123 456; 3.8641E+11\n")
    assert values.rows[0].values["phones"] == [{"value": "041 123 456"}]
    assert [one.note.text for one in values.told] == ["3.8641E+11"]


def test_phones_stand_in_one_order_however_the_columns_do() -> None:
    text = "Name,Fax,Mobile,Phone\nAna,01 111 11 11,040 123 456,01 234 56 78; 01 234 56 79\n"
    assert only("customers", text)["phones"] == [
        {"value": "01 234 56 78"},
        {"label": "mobile", "value": "040 123 456"},
        {"label": "fax", "value": "01 111 11 11"},
        {"value": "01 234 56 79"},
    ]


def test_two_spellings_of_one_phone_or_e_mail_are_one() -> None:
    text = (
        "name,phone,mobile,fax,email\n"
        "Ana,040 123 456,+386 40 123 456,*123#; 123,ana@x.example; Ana@X.example\n"
    )
    values = only("customers", text)
    assert values["phones"] == [
        {"value": "040 123 456", "label": "mobile"},
        {"label": "fax", "value": "*123#"},
        {"label": "fax", "value": "123"},
    ]
    assert values["emails"] == [{"value": "ana@x.example"}]
    assert only("customers", "name,phone\nAna,*123#; 123\n")["phones"] == [
        {"value": "*123#"},
        {"value": "123"},
    ]


def test_several_values_of_googles_cells_share_their_label() -> None:
    map = Map(
        (
            Column("N", "name"),
            Column("T", "phone.1.label"),
            Column("V", "phone.1.value"),
            Column("T2", "phone.2.label"),
            Column("V2", "phone.2.value"),
            Column("G", "tags"),
        )
    )
    text = (
        "N,T,V,T2,V2,G\n"
        "Ana,Mobile,040 123 456 ::: 041 123 456,* Work,01 555 00 00,VIP ::: * myContacts\n"
        "Bor,Mobile,,Work,,* myContacts\n"
    )
    one, two = (draft.values for draft in drafts("customers", text, map).rows)
    assert one["phones"] == [
        {"label": "mobile", "value": "040 123 456"},
        {"label": "work", "value": "01 555 00 00"},
        {"label": "mobile", "value": "041 123 456"},
    ]
    assert one["tags"] == [{"value": "VIP"}]
    assert two == {"name": "Bor"}


def test_addresses_with_names_are_addresses() -> None:
    text = 'name,email\nIva,"""Kos, Iva"" <iva@kos.example>; Iva <iva@home.example>"\n'
    assert only("customers", text)["emails"] == [
        {"value": "iva@kos.example"},
        {"value": "iva@home.example"},
    ]
    text = "customer,date,amount\nIva <iva@kos.example>,2026-11-03,5\n"
    assert only("payments", text)["customer"] == "iva@kos.example"


def test_a_column_may_have_dates_of_its_own() -> None:
    map = Map(
        (
            Column("C", "customer"),
            Column("D", "date"),
            Column("S", "shipped", date="%m/%d/%y"),
            Column("A", "amount"),
        )
    )
    values = only("purchases", "C,D,S,A\nana,31/1/2026,2/3/26,5\n", map)
    assert (values["date"], values["shipped"]) == (date(2026, 1, 31), date(2026, 2, 3))


def test_percents_do_not_decide_what_parts_thousands() -> None:
    text = 'customer,date,product,price,vat\nana,2026-11-03,tea,"1.234,50",9.975\n'
    (line,) = only("purchases", text)["lines"]
    assert (line["unit_price"], line["tax_rate"]) == (Decimal("1234.50"), Decimal("9.975"))


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
    map = Map((Column("C", "customer"), Column("S", "status", values=(("X y", "cancelled"),))))
    assert only("purchases", "C,S\nana, x Y\n", map)["status"] == "cancelled"
    map = Map((Column("N", "name"), Column("T", "tags", values=(("a", "vip"), ("b", "")))))
    assert only("customers", "N,T\nAna,a;b;c\n", map)["tags"] == [{"value": "vip"}, {"value": "c"}]


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


def test_a_constant_that_cannot_be_is_refused() -> None:
    with pytest.raises(UsageError, match="constants, country: there is no country 'Atlantis'"):
        drafts("customers", "N\nA\n", Map((Column("N", "name"),), (("country", "Atlantis"),)))


def test_a_value_date_is_no_currency() -> None:
    text = "customer;Datum;Valuta;Betrag\nana;28.02.2018;28.02.2018;3,40\n"
    found = drafts("payments", text)
    assert (found.rejected, found.left_out) == ([], ("Valuta",))
    assert found.rows[0].values["amount"] == Decimal("3.40")
    found = drafts("payments", text.replace(";28.02.2018;3", ";CHF;3"))
    assert found.rows[0].values["currency"] == "CHF"


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
