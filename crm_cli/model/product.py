"""The product directory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from crm_cli.model.fieldtypes import (
    Boolean,
    Choice,
    Code,
    Currency,
    Every,
    Free,
    Percent,
    Price,
    Text,
    Texts,
    Word,
)
from crm_cli.model.kind import NOTES, Field, Kind, State
from crm_cli.model.line import TAX_CATEGORIES
from crm_cli.model.prices import check_prices
from crm_cli.model.text import fold

if TYPE_CHECKING:
    from crm_cli.model.item import Item

PRODUCT_KINDS = ("good", "service")
"""A thing, or work."""


def sku_of(text: str, products: Mapping[str, Item]) -> str | None:
    """The SKU that a text means: the SKU itself in any case, without accents where that is one
    alone, else the whole name of one product; None where it means none, or several."""
    if text in products:
        return text
    rules: tuple[Callable[[str], str], ...] = (str.casefold, fold)
    for form in rules:
        same = [sku for sku in products if form(sku) == form(text)]
        if same:
            return same[0] if len(same) == 1 else None
    return _only(sku for sku, one in products.items() if fold(one.title) == fold(text))


def begun_with(text: str, products: Mapping[str, Item]) -> str | None:
    """The SKU of the one product that is sold and whose name begins with whole words; None where
    there is none, or several."""
    wanted = fold(text).strip()
    return _only(
        sku
        for sku, one in products.items()
        if wanted and not one.get("disabled") and f"{fold(one.title)} ".startswith(f"{wanted} ")
    )


def _only(found: Iterable[str]) -> str | None:
    skus = list(found)
    return skus[0] if len(skus) == 1 else None


PRODUCT = Kind(
    name="product",
    key="products",
    doc="a product or service for sale",
    fields=(
        Field(
            "name",
            Text(),
            "its name",
            headings="product product_name title naziv izdelek artikel ime",
        ),
        Field("kind", Choice(PRODUCT_KINDS), "good or service", default="good"),
        Field(
            "category",
            Text(),
            "product category",
            headings="category_name group skupina kategorija kategorie",
        ),
        Field(
            "price",
            Price(),
            "list price of one unit, without tax",
            headings="unit_price unitprice cena cena_brez_ddv preis",
        ),
        Field("prices", Free(), "its price in price lists: wholesale: 15.20"),
        Field("cost", Price(), "cost of one unit"),
        Field("currency", Currency(), "the price's currency, if not the business's"),
        Field("tax_category", Choice(TAX_CATEGORIES), "EN 16931 tax category"),
        Field("tax_rate", Percent(), "tax rate, percent", headings="vat vat_rate ddv stopnja_ddv"),
        Field("unit", Word(), "piece, kg, hour", headings="enota einheit unit_of_measure"),
        Field("consumable", Boolean(), "used up and bought again"),
        Field("reorder_every", Every(), "how often it is usually bought again"),
        Field("complements", Texts("product"), "products that go with it"),
        Field(
            "disabled",
            Boolean(),
            "no longer sold",
            default=False,
            headings="discontinued inactive",
        ),
        Field("source_system", Word(), "the system it was imported from"),
        Field("external_id", Code(), "its id there", headings="product_id productid"),
        Field("custom", Free(), "your own fields"),
        Field("notes", Text(), "anything else", headings=f"{NOTES} description opis"),
    ),
    id_name="sku",
    id_headings="code product_code article_number item_number sifra artikelnummer",
    title="name",
    check=lambda product, business: check_prices(product),
    added_by='crm product add {id} "NAME"',
    columns=("id", "name", "kind", "category", "price", "currency", "unit", "disabled"),
    ranked=("id", "name", "price", "category", "unit", "disabled", "currency", "kind"),
    states=(
        State("disabled", "disabled:yes", "no longer sold"),
        State("active", "disabled:no", "sold"),
    ),
)
