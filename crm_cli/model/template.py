"""What all templates have in common: texts with fields in them, `{{ name }}`; see
`formats.documents.forms`, where they become texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from crm_cli.model.item import Item

LONGEST = 256 * 1024
"""So many characters a template may have, and a text that is made of it."""

PRODUCT_FIELDS = {"products": "bought", "suggestions": "suggest"}
"""Fields of templates that name products, and the query field that has their SKUs."""
_MOST_PRODUCTS = 3


class Filled(NamedTuple):
    """The text of one customer."""

    subject: str
    body: str


def named_products(skus: Iterable[str], products: Mapping[str, Item]) -> str:
    """The first three products, by what they are called: those that are sold still."""
    names = [
        str(products[sku].values.get("name") or sku)
        for sku in skus
        if sku in products and not products[sku].values.get("disabled")
    ]
    return ", ".join(names[:_MOST_PRODUCTS])
