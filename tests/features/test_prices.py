"""Prices: of lists, of customers, from a quantity on, with tax; and their history."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from crm_cli.model.errors import Unreadable
from crm_cli.model.item import Item
from crm_cli.model.prices import price_of, read_prices
from crm_cli.model.product import PRODUCT
from tests.conftest import Crm, Git

PRODUCTS = """\
beans-1kg:
  name: Beans
  price: 18.50
  prices:
    wholesale: 15.20
    hotels: [{from: 10, price: 14.90}, {from: 1, price: 16.00}]
  tax_rate: 9.5
old-1kg:
  name: Old beans
  price: 9.99
  tax_rate: 22
  disabled: true
"""


@pytest.fixture
def priced(shop: Path) -> Path:
    (shop / "products.yaml").write_text(PRODUCTS, encoding="utf-8")
    return shop


def price(crm: Crm, line: str, *more: str) -> tuple[str, str]:
    """(the price that a line got, what was said of it)."""
    done = crm("order", "add", "jan-vidmar", "--line", line, *more)
    assert done.code == 0, done.err
    id = done.out.rpartition(", p-")[2].split()[0]
    shown = json.loads(crm("purchase", "show", f"p-{id}", "--json").out)
    return shown["lines"][0]["unit_price"], done.err.splitlines()[0]


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("15.20", [("0", "15.20")]),
        ("15,20", [("0", "15.20")]),
        ("15.20, 10:14.90", [("0", "15.20"), ("10", "14.90")]),
        ("15,20, 10:14,90", [("0", "15.20"), ("10", "14.90")]),
        ("50:13,10:14.90", [("10", "14.90"), ("50", "13")]),
        ([{"from": "10", "price": "14.90"}], [("10", "14.90")]),
        ([{"price": "15"}, {"from": "10", "price": "14.90"}], [("0", "15"), ("10", "14.90")]),
    ],
)
def test_how_prices_are_written(value: object, found: list[tuple[str, str]]) -> None:
    assert read_prices(value) == [(Decimal(start), Decimal(price)) for start, price in found]


@pytest.mark.parametrize(
    "value",
    ["", "abc", "-1", "1.234", "10:", "5, 5", [{"from": "10"}], [{"price": "1", "x": "2"}], None,
     {"price": "1"}, [], ["5"], "1, 2:x"],
)  # fmt: skip
def test_what_is_no_price(value: object) -> None:
    with pytest.raises(Unreadable):
        read_prices(value)


def product(**values: Any) -> Item:
    found = Item(PRODUCT)
    found.id = "beans-1kg"
    found.values = values
    return found


def test_the_customers_own_price_comes_first_then_that_of_the_list() -> None:
    beans = product(price=Decimal("18.50"), prices={"wholesale": "15.20, 10:14.90"})
    customer = Item(PRODUCT)
    customer.values = {"price_list": "wholesale", "prices": {"beans-1kg": "20:14.00"}}
    for quantity, wanted, source in (
        ("1", "15.20", "price list wholesale"),
        ("10", "14.90", "price list wholesale, from 10 on"),
        ("20", "14.00", "the customer's own price, from 20 on"),
        ("-20", "14.00", "the customer's own price, from 20 on"),
    ):
        found = price_of(beans, customer, Decimal(quantity))
        assert found is not None
        assert (found.price, found.source) == (Decimal(wanted), source)
    plain = price_of(beans, None, Decimal(99))
    assert plain is not None
    assert (plain.price, plain.source) == (Decimal("18.50"), "the product's price")
    assert price_of(product(), None, Decimal(1)) is None


def test_each_line_says_where_its_price_is_from(priced: Path, crm: Crm) -> None:
    assert price(crm, "beans-1kg:3") == ("18.50", "beans-1kg at 18.50: the product's price")
    crm("set", "jan-vidmar", "price_list=hotels")
    assert price(crm, "beans-1kg:3") == ("16.00", "beans-1kg at 16.00: price list hotels")
    assert price(crm, "beans-1kg:12") == (
        "14.90", "beans-1kg at 14.90: price list hotels, from 10 on",
    )  # fmt: skip
    crm("set", "jan-vidmar", "prices.beans-1kg=13.33")
    assert price(crm, "beans-1kg:12")[1] == "beans-1kg at 13.33: the customer's own price"
    assert price(crm, "beans-1kg:1:20")[0] == "20"


def test_a_list_without_the_product_is_told(priced: Path, crm: Crm) -> None:
    crm("set", "jan-vidmar", "price_list=nosuch")
    done = crm("order", "add", "jan-vidmar", "--line", "beans-1kg")
    assert "beans-1kg has no price in the price list nosuch" in done.err


def test_lines_of_deals_and_further_lines_have_the_same_prices(priced: Path, crm: Crm) -> None:
    crm("set", "jan-vidmar", "price_list=wholesale")
    assert crm("deal", "add", "jan-vidmar", "Beans", "--line", "beans-1kg:10").code == 0
    assert json.loads(crm("deal", "list", "--json").out)[0]["value"] == "152.00"
    crm("order", "add", "jan-vidmar", "--amount", "5", "--number", "A1")
    assert crm("set", "A1", "lines+=beans-1kg:2", "amount=").code == 0
    assert json.loads(crm("purchase", "show", "A1", "--json").out)["derived"]["net"] == "30.40"


def test_what_is_no_longer_sold_is_warned_of(priced: Path, crm: Crm) -> None:
    assert "old-1kg is no longer sold" in crm("order", "add", "jan-vidmar", "-l", "old-1kg").err


def test_wrong_prices_are_told_and_not_written(priced: Path, crm: Crm) -> None:
    for words in (
        ("product", "set", "beans-1kg", "prices.wholesale=cheap"),
        ("set", "jan-vidmar", "prices.beans-1kg=1.234"),
    ):
        assert crm(*words).code == 4, words
    text = PRODUCTS.replace("wholesale: 15.20", "wholesale: cheap")
    (priced / "products.yaml").write_text(text, encoding="utf-8")
    found = json.loads(crm("check", "--json").out)
    assert ("bad-prices", 5) in [(one["code"], one["line"]) for one in found]


# Lines of words, and logged time


def test_what_is_no_product_is_a_line_of_its_own(priced: Path, crm: Crm) -> None:
    done = crm("invoice", "add", "jan-vidmar", "--line", "Workshop:12:95", "--tax", "22",
               "--line", "beans-1kg:1", "--line", "Visit: on Monday:1:40")  # fmt: skip
    assert done.code == 0, done.err
    assert "Workshop is not a product: a line of free text" in done.err
    (shown,) = json.loads(crm("invoice", "list", "customer:jan-vidmar", "--json").out)
    lines = json.loads(crm("purchase", "show", shown["number"], "--json").out)["lines"]
    assert [(one.get("description"), one["quantity"], one["tax_rate"]) for one in lines] == [
        ("Workshop", "12", "22"), (None, "1", "9.5"), ("Visit: on Monday", "1", "22"),
    ]  # fmt: skip


def test_a_misspelled_product_is_asked_about(priced: Path, crm: Crm) -> None:
    done = crm("invoice", "add", "jan-vidmar", "--line", "bens-1kg:1:5")
    assert (done.code, "did you mean beans-1kg?" in done.err) == (3, True)
    assert "--line ':bens-1kg:1:5'" in done.err
    assert crm("invoice", "add", "jan-vidmar", "--line", ":bens-1kg:1:5").code == 0
    done = crm("invoice", "add", "jan-vidmar", "--line", "Workshop:2")
    assert (done.code, "Workshop:2:PRICE" in done.err) == (3, True)


def test_an_amount_with_tax_is_a_line(priced: Path, crm: Crm) -> None:
    done = crm("invoice", "add", "jan-vidmar", "--amount", "100", "--text", "Rent", "--tax", "22")
    assert "100.00 EUR, with tax 122.00" in done.out


LOGGED = """\
name: Jan Vidmar
interactions:
  - {id: i-0000001, at: 2026-10-05T09:00+02:00, kind: meeting, duration: 90min, summary: Roasting}
  - {id: i-0000002, at: 2026-10-31T23:30+01:00, kind: call, duration: 50min}
  - {id: i-0000003, at: 2026-11-02T09:00+01:00, kind: call, duration: 10min, summary: Later}
  - {id: i-0000004, at: 2026-10-06T09:00+02:00, kind: call, summary: Took no time}
  - {id: i-0000005, at: 2026-10-07T09:00+02:00, kind: call, duration: 1h, status: not_held}
"""


def test_logged_time_is_billed_once(priced: Path, crm: Crm) -> None:
    (priced / "customers/jan-vidmar.yaml").write_text(LOGGED, encoding="utf-8")
    words = ("invoice", "add", "jan-vidmar", "--from-log", "last-month")
    asked = crm(*words)
    assert (asked.code, "--rate is missing" in asked.err) == (2, True)
    done = crm(*words, "--rate", "95", "--tax", "22")
    assert done.code == 0, done.err
    shown = json.loads(crm("purchase", "show", "2026-0008", "--json").out)
    assert [
        (one["description"], one["quantity"], one["unit"], one["interactions"])
        for one in shown["lines"]
    ] == [
        ("2026-10-05: Roasting", "1.50", "h", ["i-0000001"]),
        ("2026-10-31: call", "0.8333", "h", ["i-0000002"]),
    ]
    assert shown["derived"]["net"] == "221.66"  # 142.50 + 79.16
    again = crm(*words, "--rate", "95")
    assert (again.code, "is billed" in again.err) == (3, True)
    crm("purchase", "cancel", "2026-0008")
    assert crm(*words, "--rate", "95").code == 0
    none = crm("invoice", "add", "jan-vidmar", "--from-log", "2026-09", "--rate", "95")
    assert (none.code, "no time was logged" in none.err) == (3, True)


@pytest.mark.parametrize(
    ("minutes", "rate", "said", "net"),
    [
        ((20, 20, 20), "130", "1.00", "130.00"),
        ((80,), "130", "1.33", "173.33"),
        ((50, 70, 40), "1000", "2.67", "2666.67"),
        ((90, 45), "95", "2.25", "213.75"),
        ((10,), "60000JPY", "0.17", "10000"),
    ],
)
def test_logged_time_adds_up(
    priced: Path, crm: Crm, minutes: tuple[int, ...], rate: str, said: str, net: str
) -> None:
    rows = "".join(f"  - {{at: 2026-10-05, kind: call, duration: {one}min}}\n" for one in minutes)
    (priced / "customers/jan-vidmar.yaml").write_text(f"name: Jan\ninteractions:\n{rows}")
    done = crm("invoice", "add", "jan-vidmar", "--from-log", "last-month", "--rate", rate)
    assert f"of {said} hours in all" in done.out + done.err
    shown = json.loads(crm("purchase", "show", "2026-0008", "--json").out)
    assert shown["derived"]["net"] == net


def test_time_with_contact_persons_is_billed_to_their_organization(priced: Path, crm: Crm) -> None:
    """Once, and only of days on which they were there and nowhere else."""
    people = {
        "org": "name: Org\ncontacts: [{id: claire, start: 2026-10-02}, {id: dora}]\n",
        "two": "name: Two\ncontacts: [{id: dora}]\n",
        "claire": "name: Claire\ninteractions:\n"
        "  - {id: i-0000011, at: 2026-10-05, kind: call, duration: 1h, summary: Rollout}\n"
        "  - {id: i-0000012, at: 2026-10-01, kind: call, duration: 1h, summary: Before}\n",
        "dora": "name: Dora\ninteractions: [{at: 2026-10-05, kind: call, duration: 1h}]\n",
    }
    for id, text in people.items():
        (priced / f"customers/{id}.yaml").write_text(text, encoding="utf-8")
    words = ("--from-log", "last-month", "--rate", "100", "--tax", "22")
    done = crm("invoice", "add", "org", *words)
    assert "1 contact of 1.00 hours in all" in done.err and "1 of them with Claire" in done.err
    shown = json.loads(crm("purchase", "show", "2026-0008", "--json").out)
    assert [one["interactions"] for one in shown["lines"]] == [["i-0000011"]]
    assert "there is no interaction" not in crm("check").out
    assert "is billed" in crm("invoice", "add", "org", *words).err
    own = crm("invoice", "add", "claire", *words)
    assert "1 contact of 1.00 hours" in own.err and "are billed already" in own.err


def test_the_service_that_is_sold_by_the_hour_is_the_rate(priced: Path, crm: Crm) -> None:
    (priced / "customers/jan-vidmar.yaml").write_text(LOGGED, encoding="utf-8")
    crm("product", "add", "consulting", "Consulting", "--price", "80", "kind=service", "unit=h",
        "tax_rate=22")  # fmt: skip
    done = crm("invoice", "add", "jan-vidmar", "--from-log", "2026-10..2026-11")
    assert "added invoice 2026-0008 of Jan Vidmar (jan-vidmar): 200.00 EUR, with tax" in done.out


# Prices with tax, and rounding


def settle(shop: Path, *lines: str) -> None:
    with (shop / "crm.yaml").open("a", encoding="utf-8") as file:
        file.write("".join(f"{line}\n" for line in lines))


def amounts(crm: Crm, *terms: str) -> list[tuple[str, str, str]]:
    rows = json.loads(crm("purchase", "list", *terms, "--cols", "net,tax,gross", "--json").out)
    return [(one["net"], one["tax"], one["gross"]) for one in rows]


@pytest.mark.parametrize(
    ("quantity", "found"),
    [(1, ("8.19", "1.80", "9.99")), (3, ("24.57", "5.40", "29.97"))],
)
def test_prices_with_tax_come_to_what_the_tag_says(
    priced: Path, crm: Crm, quantity: int, found: tuple[str, str, str]
) -> None:
    settle(priced, "tax_included: true")
    done = crm("purchase", "add", "jan-vidmar", "--line", f"old-1kg:{quantity}")
    assert done.code == 0
    assert amounts(crm, "customer:jan-vidmar") == [found]
    text = (priced / "customers/jan-vidmar.yaml").read_text(encoding="utf-8")
    assert "tax_included: true" in text
    # It stays what it was when the setting changes.
    crm("config", "set", "tax_included=no")
    assert amounts(crm, "customer:jan-vidmar") == [found]


def test_it_is_told_how_many_sums_the_setting_changes(priced: Path, crm: Crm) -> None:
    # Of the lines of the shop none is taxed; free text counts as a product does.
    crm("order", "add", "jan-vidmar", "-l", "old-1kg:100")
    crm("invoice", "add", "jan-vidmar", "-l", "Advice:1:0.33", "-l", "Way:2:0.33", "--tax", "22")
    said = "2 purchases do not say whether prices are with tax: their sums change, too"
    assert said in crm("config", "set", "tax_included=yes").err
    assert said not in crm("config", "set", "tax_included=true").err
    # What was made meanwhile says itself that its prices are with tax.
    crm("order", "add", "jan-vidmar", "-l", "old-1kg:100")
    assert said in crm("config", "set", "tax_included=").err
    crm("invoice", "add", "jan-vidmar", *["-l", "A:1:0.33"] * 3, "--tax", "22")
    said = "1 purchase does not say where tax is rounded: its sum changes, too"
    assert said in crm("config", "set", "rounding=line").err
    said = "do not say in which currency they are: their sums change, too"
    assert said in crm("config", "set", "currency=CHF").err


def test_a_purchase_says_itself_whether_its_prices_have_tax(priced: Path, crm: Crm) -> None:
    done = crm("order", "add", "jan-vidmar", "-l", "old-1kg:100", "tax_included=yes")
    assert "old-1kg at 12.1878: the product's price, plus 22 % tax" in done.err
    settle(priced, "tax_included: true")
    done = crm("order", "add", "jan-vidmar", "-l", "old-1kg:100", "tax_included=no")
    assert "old-1kg at 8.1885: the product's price, less 22 % tax" in done.err
    assert amounts(crm, "customer:jan-vidmar", "--sort", "net") == [
        ("818.85", "180.15", "999.00"), ("999.00", "219.78", "1218.78"),
    ]  # fmt: skip


def test_parts_of_what_has_tax_in_its_prices_close(priced: Path, crm: Crm) -> None:
    settle(priced, "tax_included: true")
    crm("order", "add", "jan-vidmar", "-l", "old-1kg:3", "--number", "A1")
    assert crm("purchase", "convert", "A1", "invoice", "--percent", "30").code == 0
    assert crm("purchase", "convert", "A1", "invoice").code == 0
    rows = amounts(crm, "customer:jan-vidmar", "is:invoice")
    assert sorted(gross for _, _, gross in rows) == ["20.98", "8.99"]
    listed = crm("report", "tax", "customer:jan-vidmar", "--json").out
    (row,) = json.loads(listed)
    assert Decimal(row["net"]) + Decimal(row["tax"]) == Decimal(row["gross"]) == Decimal("29.97")


LINES = "".join(
    f"      - {{description: {name}, unit_price: 0.33, tax_rate: 22}}\n" for name in "abc"
)


@pytest.mark.parametrize(("rounding", "tax"), [("document", "0.22"), ("line", "0.21")])
def test_tax_is_rounded_by_document_or_by_line(
    shop: Path, crm: Crm, rounding: str, tax: str
) -> None:
    """0.99 × 22 % is 0.2178; three times 0.33 × 22 % = 0.0726 is 0.07 each."""
    (shop / "customers/jan-vidmar.yaml").write_text(
        f"name: Jan\npurchases:\n  - date: 2026-11-01\n    lines:\n{LINES}", encoding="utf-8"
    )
    settle(shop, f"rounding: {rounding}")
    assert amounts(crm, "customer:jan-vidmar") == [
        ("0.99", tax, str(Decimal("0.99") + Decimal(tax)))
    ]
    (row,) = json.loads(crm("report", "tax", "customer:jan-vidmar", "--json").out)
    assert (row["net"], row["tax"]) == ("0.99", tax)


def test_the_history_of_prices(priced: Path, crm: Crm, git: Git) -> None:
    for text in ("price=19.50", "prices.wholesale=14.00"):
        assert crm("product", "set", "beans-1kg", text).code == 0  # and is committed
    path = priced / "products.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("19.50", "20.00"), encoding="utf-8")
    rows = json.loads(crm("report", "prices", "beans-1kg", "--json").out)
    changed = [(one["list"], one["before"], one["price"], one["change"], one["by"]) for one in rows]
    assert (None, "19.50", "20.00", "0.0256", None) in changed  # not committed yet
    assert (None, "18.50", "19.50", "0.0541", "Petra Zajc") in changed
    assert ("wholesale", "15.20", "14.00", "-0.0789", "Petra Zajc") in changed
    assert ("hotels", None, "14.90", None, "Petra Zajc") in changed
    assert {one["product"] for one in rows} == {"beans-1kg"}
    assert json.loads(crm("report", "prices", "--period", "2001", "--json").out) == []


def test_a_customers_price_of_no_product_is_told(crm: Crm, priced: Path) -> None:
    text = "name: Vid\nprices:\n  beans-1kg: 14.90\n  baens-1kg: 14.90\n  tea: 5\n"
    (priced / "customers" / "vid.yaml").write_text(text, encoding="utf-8")
    found = json.loads(crm("check", "--json").out)
    told = [(one["line"], one["column"], one["message"], one["hint"]) for one in found
            if one["path"] == "customers/vid.yaml"]  # fmt: skip
    assert told == [
        (4, 3, "prices: there is no product baens-1kg", "did you mean beans-1kg?"),
        (5, 3, "prices: there is no product tea", "correct it, or add the product"),
    ]
    (priced / "products.yaml").unlink()
    assert "there is no product" not in crm("check").out


def test_imported_rows_without_a_price_have_that_of_their_customer(priced: Path, crm: Crm) -> None:
    """Whom a row means is asked before what they pay; the row after it names nobody."""
    path = priced / "customers" / "maja-kos.yaml"
    path.write_text(path.read_text() + "prices: {beans-1kg: 61}\n")
    file = priced.parent / "sales.csv"
    file.write_text(
        "customer,number,date,product,quantity,price\n"
        "maja-kos,S-1,2026-11-19,beans-1kg,2,\n,S-1,2026-11-19,beans-1kg,1,\n"
        "jan-vidmar,S-2,2026-11-19,beans-1kg,1,\nmaja-kos,S-3,2026-11-19,beans-1kg,1,9\n"
    )
    run = crm("import", "purchases", file, "--yes")
    assert run.code == 0, run.err
    assert "the customer's own price 2" in run.err
    listed = crm("purchase", "list", "number:S-1,S-2,S-3", "--cols", "number,net", "-o", "csv")
    usual = price(crm, "beans-1kg")[0]
    assert sorted(listed.out.splitlines()[1:]) == ["S-1,183.00", f"S-2,{usual}", "S-3,9.00"]
