"""The product directory."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from crm_cli.features import products
from crm_cli.model.errors import NotFound, Refused, UsageError
from crm_cli.workspace import Workspace

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
        (["linen-sheet"], ("price", "+=", "3"), UsageError),
        (["linen-sheet"], ("prise", "=", "3"), UsageError),
    ],
)
def test_what_cannot_be_set(
    workspace: Opened, skus: list[str], assignment: tuple[str, str, str], error: type[Exception]
) -> None:
    with pytest.raises(error):
        products.change(workspace(), skus, [assignment])
