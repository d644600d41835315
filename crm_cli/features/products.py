"""The product directory: adding products and changing them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from crm_cli.features.plan import Plan, counted
from crm_cli.features.values import typed
from crm_cli.model.errors import NotFound, Refused, UsageError
from crm_cli.model.fieldtypes import Texts
from crm_cli.model.item import Item
from crm_cli.model.kind import Field, normal
from crm_cli.model.places import PRODUCTS
from crm_cli.model.product import PRODUCT
from crm_cli.store.document import Document
from crm_cli.workspace import Change, Edit, Workspace

FILE = PRODUCTS.path

Assignment = tuple[str, str, str]
"""(field, `=`, `+=` or `-=`, text)."""


def add(workspace: Workspace, sku: str, name: str, values: Sequence[tuple[str, str]] = ()) -> Plan:
    """Plan a new product; `values` are fields and their texts.

    Raises UsageError for a SKU or a value that cannot be; Refused where the SKU is taken.
    """
    sku = sku.strip()
    name = " ".join(name.split())
    if len(sku.split()) != 1 or any(sign in sku for sign in ":,;\"'"):
        raise UsageError(f"'{sku}' cannot be a SKU", "one word without : , ; as beans-1kg")
    if not name:
        raise UsageError("a product needs a name", f'crm product add {sku} "House blend, 1 kg"')
    record: dict[str, Any] = {"name": name}
    for key, text in values:
        field = _field(key)
        if text.strip():
            _put(record, field, _value(workspace, field, text))
    if record.get("currency") == workspace.business.currency:
        del record["currency"]

    def update(document: Document) -> None:
        for known in document.records:
            if known.casefold() == sku.casefold():
                raise Refused(
                    f"there is a product {known} already", f"crm product set {known} changes it"
                )
        document.add(sku, record)

    update(workspace.file(FILE))
    notes = [] if "price" in record else ["it has no price: purchases must give one"]
    return Plan(
        Change(f"add product {sku}", (Edit(FILE, update),)),
        f"added product {sku}: {name}",
        notes=notes,
        made=(sku,),
    )


def change(workspace: Workspace, skus: Sequence[str], assignments: Sequence[Assignment]) -> Plan:
    """Plan to change fields of products; an empty value removes one.

    Raises NotFound for a product that is not there, UsageError for what cannot be set.
    """
    if not skus:
        raise UsageError("which product?", "crm product set beans-1kg price=19.50")
    if not assignments:
        raise UsageError("nothing to set", "crm product set beans-1kg price=19.50")
    products = workspace.products()
    found = list(dict.fromkeys(_sku(text, products) for text in skus))
    steps = [_step(workspace, *one) for one in assignments]

    def update(document: Document) -> None:
        for sku in found:
            for step in steps:
                step(document, sku)

    said = ", ".join(
        f"{key}{operator}{text}" if text else f"{key} removed"
        for key, operator, text in assignments
    )
    what = found[0] if len(found) == 1 else counted(len(found), "product")
    return Plan(
        Change(f"set {', '.join(key for key, _, _ in assignments)} of product {what}",
               (Edit(FILE, update),)),
        f"product {what}: {said}" if len(found) == 1 else f"{what}: {said}",
        found,
        f"Set {said} for {counted(len(found), 'product')}?",
    )  # fmt: skip


def _step(
    workspace: Workspace, key: str, operator: str, text: str
) -> Callable[[Document, str], None]:
    field = _field(key)
    if operator != "=":
        if not isinstance(field.type, Texts):
            raise UsageError(f"{field.key} holds one value", f"write {field.key}={text}")
        parts = [part.strip() for part in text.split(",") if part.strip()]
        if operator == "+=":
            parts = typed(workspace, PRODUCT, field.key, text)
        return lambda document, sku: _alter(document, sku, field, parts, add=operator == "+=")
    if not text.strip():
        if field.key == "name":
            raise UsageError("a product needs a name")
        return lambda document, sku: document.remove(sku, field.key)
    value = _value(workspace, field, text)

    def put(document: Document, sku: str) -> None:
        if isinstance(value, tuple):
            document.set(sku, "currency", value[1])
            document.set(sku, field.key, value[0])
        else:
            document.set(sku, field.key, value)

    return put


def _alter(document: Document, sku: str, field: Field, parts: list[str], *, add: bool) -> None:
    """Add texts to a list of them, or take them away."""
    there = list(document.find(sku).values.get(field.key) or ())
    if add:
        left = there + [part for part in parts if part not in there]
    else:
        left = [part for part in there if part not in parts]
    if left:
        document.set(sku, field.key, left)
    else:
        document.remove(sku, field.key)


def _field(key: str) -> Field:
    field = PRODUCT.by_name.get(normal(key))
    if field is not None:
        return field
    from crm_cli.model.text import did_you_mean

    names = [one.key for one in PRODUCT.fields]
    near = did_you_mean(normal(key), names) or f"there are: {', '.join(names)}"
    raise UsageError(f"{key} is no field of a product", near)


def _value(workspace: Workspace, field: Field, text: str) -> Any:
    """A field's value; a price below zero is refused."""
    value = typed(workspace, PRODUCT, field.key, text)
    if isinstance(value, list):
        return value
    amount = value[0] if isinstance(value, tuple) else value
    if field.key in ("price", "cost", "tax_rate") and amount < 0:
        raise UsageError(f"{field.key}: {text} is below zero")
    return value


def _put(record: dict[str, Any], field: Field, value: Any) -> None:
    if isinstance(value, tuple):
        value, currency = value
        if record.setdefault("currency", currency) != currency:
            raise UsageError(f"{field.key} is in {currency}, and not in {record['currency']}")
    record[field.key] = value


def _sku(text: str, products: dict[str, Item]) -> str:
    if text in products:
        return text
    from crm_cli.model.text import did_you_mean

    near = did_you_mean(text, products) or "crm product list shows them"
    raise NotFound(f"there is no product {text}", near)
