"""The product directory."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from crm_cli.features import products
from crm_cli.model.errors import NotFound, Refused, UsageError
from crm_cli.workspace import Workspace
from tests.conftest import Crm

Opened = Callable[..., Workspace]


def test_a_product_is_added_below_the_others(workspace: Opened, shop: Path) -> None:
    opened = workspace()
    values = [("price", "12,50"), ("unit", "piece"), ("complements", "linen-sheet")]
    opened.write(products.add(opened, "towel", "  Bath   towel ", values).change)
    text = (shop / "products.yaml").read_text(encoding="utf-8")
    assert text.endswith(
        "  tax_rate: 22\n\ntowel:\n  name: Bath towel\n  price: 12.50\n  unit: piece\n"
        "  complements:\n    - linen-sheet\n"
    )


def test_the_first_product_makes_the_file(workspace: Opened, shop: Path) -> None:
    (shop / "products.yaml").unlink()
    opened = workspace()
    plan = products.add(opened, "towel", "Towel", [("price", "8 USD")])
    opened.write(plan.change)
    assert workspace().products()["towel"].values == {
        "name": "Towel",
        "price": Decimal(8),
        "currency": "USD",
    }


def test_a_sku_is_given_once(workspace: Opened) -> None:
    with pytest.raises(Refused, match="linen-sheet already"):
        products.add(workspace(), "Linen-Sheet", "Sheet")


@pytest.mark.parametrize(
    ("sku", "name", "values", "said"),
    [
        ("", "Towel", [], "cannot be a SKU"),
        ("bath towel", "Towel", [], "cannot be a SKU"),
        ("towel:2", "Towel", [], "cannot be a SKU"),
        ("towel", " ", [], "needs a name"),
        ("towel", "Towel", [("prise", "3")], "no field"),
        ("towel", "Towel", [("price", "-3")], "below zero"),
        ("towel", "Towel", [("price", "3 USD"), ("cost", "2 CHF")], "not in USD"),
        ("towel", "Towel", [("kind", "goood")], "kind"),
    ],
)
def test_what_cannot_be(
    workspace: Opened, sku: str, name: str, values: list[tuple[str, str]], said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        products.add(workspace(), sku, name, values)


def test_fields_are_changed_and_removed(workspace: Opened) -> None:
    opened = workspace()
    for sku in ("towel", "a", "b"):
        opened.write(products.add(opened, sku, "Towel").change)
    plan = products.change(
        opened,
        ["linen-sheet", "towel"],
        [("price", "=", "9,90"), ("tax_rate", "=", ""), ("complements", "+=", "a, b")],
    )
    assert plan.records == ["linen-sheet", "towel"]
    opened.write(plan.change)
    opened.write(products.change(opened, ["towel"], [("complements", "-=", "a")]).change)
    found = workspace().products()
    for sku in ("linen-sheet", "towel"):
        assert found[sku].values["price"] == Decimal("9.90")
        assert "tax_rate" not in found[sku].values
    assert found["towel"].values["complements"] == ["b"]
    opened.write(products.change(opened, ["towel"], [("complements", "-=", "b")]).change)
    assert "complements" not in workspace().products()["towel"].values


@pytest.mark.parametrize(
    ("skus", "assignment", "error"),
    [
        (["towl"], ("price", "=", "3"), NotFound),
        ([], ("price", "=", "3"), UsageError),
        (["linen-sheet"], ("name", "=", ""), UsageError),
        (["linen-sheet"], ("name", "+=", "3"), UsageError),
        (["linen-sheet"], ("prise", "=", "3"), UsageError),
    ],
)
def test_what_cannot_be_set(
    workspace: Opened, skus: list[str], assignment: tuple[str, str, str], error: type[Exception]
) -> None:
    with pytest.raises(error):
        products.change(workspace(), skus, [assignment])


BEANS = """
beans-1kg:
  name: House blend
  category: beans
  price: 18.55
beans-250g:
  name: House blend, small
  category: beans
  price: 5
  currency: JPY
beans-gift:
  name: A gift
  category: beans
"""


@pytest.fixture
def beans(shop: Path) -> Path:
    path = shop / "products.yaml"
    path.write_text(path.read_text() + BEANS)
    return path


@pytest.mark.parametrize(
    ("step", "prices"),
    [
        ("price+=10%", ["price: 20.41", "price: 6"]),
        ("price-=10%", ["price: 16.70", "price: 5\n"]),
        ("price+=0,50", ["price: 19.05", "price: 6"]),
        ("price-=1", ["price: 17.55", "price: 4"]),
    ],
)
def test_prices_of_many_products_are_raised_and_rounded_to_the_currency(
    crm: Crm, beans: Path, step: str, prices: list[str]
) -> None:
    asked = crm("product", "set", "category:beans", step)
    assert (asked.code, "3 products" in asked.err) == (2, True)
    assert crm("product", "set", "category:beans", step, "--yes").code == 0
    text = beans.read_text()
    assert [price in text for price in prices] == [True, True]
    assert "price: 80.00" in text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["beans-1kg", "price-=20"], "that of beans-1kg would be below zero"),
        (["beans-1kg", "price+=much"], "price:"),
        (["beans-1kg", "name+=x"], "holds one value"),
    ],
)
def test_a_price_that_cannot_be(crm: Crm, beans: Path, words: list[str], said: str) -> None:
    done = crm("product", "set", *words)
    assert (done.code, said in done.err) == (2, True), done.err


def test_terms_that_no_product_matches_change_nothing(crm: Crm, beans: Path) -> None:
    before = beans.read_bytes()
    done = crm("product", "set", "category:tea", "price+=1")
    assert (done.code, "nothing changed" in done.err, beans.read_bytes()) == (0, True, before)


def test_a_product_is_shown_whole(crm: Crm, beans: Path) -> None:
    assert "House blend" in crm("product", "show", "BEANS-1kg").out
    shown = json.loads(crm("product", "show", "beans-1kg", "--json").out)
    assert (shown["id"], shown["path"], shown["price"]) == ("beans-1kg", "products.yaml", "18.55")
    assert crm("product", "show", "beans-1kg", "--cols", "id,price", "-o", "tsv").out == (
        "id\tprice\nbeans-1kg\t18.55\n"
    )
    assert crm("product", "show", "beens-1kg").code == 3


def test_a_product_that_records_name_is_removed_after_a_question(crm: Crm, beans: Path) -> None:
    refused = crm("product", "rm", "linen-sheet")
    assert refused.code == 2
    assert "1 record refers to it; crm product set linen-sheet disabled=yes" in refused.err
    assert crm("product", "rm", "linen-sheet", "--yes").code == 0
    assert crm("product", "rm", "beans-gift").code == 0
    assert "linen-sheet:" not in beans.read_text()
    assert "beans-gift:" not in beans.read_text()


def test_a_product_is_edited_where_it_stands(
    crm: Crm, beans: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", "sed -i s/18.55/19.55/")
    assert crm("product", "edit", "beans-1kg").code == 0
    assert "price: 19.55" in beans.read_text()


def test_the_last_product_takes_the_file_along(crm: Crm, shop: Path) -> None:
    assert crm("product", "rm", "linen-sheet", "--yes").code == 0
    assert not (shop / "products.yaml").exists()
    assert crm("undo").code == 0
    assert crm("product", "list", "-o", "ids").out == "linen-sheet\n"


def test_a_sku_is_found_without_accents_and_listed_by_its_name(crm: Crm, shop: Path) -> None:
    (shop / "products.yaml").write_text("ČEL-01: {name: Čelada}\ng1: {name: Gravel}\n")
    for text in ("cel-01", "čel-01", "celada"):
        assert crm("product", "show", text).lines[:2] == ["Čelada", "ČEL-01"], text
    listed = crm("product", "list", "sku:g1", "--cols", "sku,name", "-o", "csv", "--no-header")
    assert listed.lines == ["g1,Gravel"]
