"""The product directory: adding products and changing them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from crm_cli.features.entering import entered
from crm_cli.features.listed import texts
from crm_cli.features.moves import split_terms
from crm_cli.features.plan import Plan, counted
from crm_cli.features.unread import doubtful
from crm_cli.features.values import field_at, typed
from crm_cli.model.assignments import nothing_to_set
from crm_cli.model.errors import NotFound, Refused, Unreadable, UsageError
from crm_cli.model.fieldtypes import Free, Texts
from crm_cli.model.item import Item
from crm_cli.model.kind import Field
from crm_cli.model.money import read_decimal, read_percent, round_money
from crm_cli.model.places import PRODUCTS
from crm_cli.model.product import PRODUCT, sku_of
from crm_cli.store.document import Document
from crm_cli.workspace import Change, Edit, Rewrite, Workspace

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
        path, field = field_at(PRODUCT, key)
        if isinstance(field.type, Free):
            record.setdefault(field.key, {})[path.partition(".")[2]] = text
        elif text.strip():
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

    checked = entered(update)
    checked(workspace.file(FILE))
    notes = [] if "price" in record else ["it has no price: purchases must give one"]
    return Plan(
        Change(f"add product {sku}", (Edit(FILE, checked),)),
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
        raise nothing_to_set(skus, "crm product set beans-1kg price=19.50")
    found = _chosen(workspace, skus)
    steps = [_step(workspace, *one) for one in assignments]
    if not found:
        return Plan(Change("set fields of products", ()), "")

    def update(document: Document) -> None:
        for sku in found:
            for step in steps:
                step(document, sku)

    # What is there may always be removed.
    removes = all(operator == "=" and not text for _, operator, text in assignments)
    said = ", ".join(
        f"{key}{operator}{text}" if text else f"{key} removed"
        for key, operator, text in assignments
    )
    what = found[0] if len(found) == 1 else counted(len(found), "product")
    return Plan(
        Change(f"set {', '.join(key for key, _, _ in assignments)} of product {what}",
               (Edit(FILE, update if removes else entered(update)),)),
        f"product {what}: {said}" if len(found) == 1 else f"{what}: {said}",
        found,
        f"Set {said} for {counted(len(found), 'product')}?",
    )  # fmt: skip


def _step(
    workspace: Workspace, key: str, operator: str, text: str
) -> Callable[[Document, str], None]:
    path, field = field_at(PRODUCT, key)
    if operator != "=" and field.type.priced:
        return _stepped(workspace, field, operator, text)
    if operator != "=":
        if not isinstance(field.type, Texts) or operator == "*=":
            what = "is no price" if operator == "*=" else "holds one value"
            raise UsageError(f"{field.key} {what}", f"write {field.key}={text}")
        parts = texts(field.key, text)
        if operator == "+=":
            parts = typed(workspace, PRODUCT, field.key, text)
        return lambda document, sku: _alter(document, sku, field, parts, add=operator == "+=")
    if not text.strip():
        if field.key == "name":
            raise UsageError("a product needs a name")
        return lambda document, sku: document.remove(sku, path)
    if isinstance(field.type, Free):
        return lambda document, sku: document.set(sku, path, text)
    value = _value(workspace, field, text)

    def put(document: Document, sku: str) -> None:
        if isinstance(value, tuple):
            document.set(sku, "currency", value[1])
            document.set(sku, field.key, value[0])
        else:
            document.set(sku, field.key, value)

    return put


def _stepped(
    workspace: Workspace, field: Field, operator: str, text: str
) -> Callable[[Document, str], None]:
    """A step that raises or lowers a price, by an amount or in percent (`10%`), or multiplies it.

    The new price is rounded to the currency. A product without that price stays without.
    """
    sign = -1 if operator == "-=" else 1
    share = text.strip().endswith("%")
    try:
        by = sign * (read_percent(text) if share else read_decimal(text))
    except Unreadable as error:
        raise UsageError(f"{field.key}: {error.message}", error.hint) from error

    def step(document: Document, sku: str) -> None:
        item = document.find(sku)
        price = item.values.get(field.key)
        if price is None:
            return
        if operator == "*=":
            new = price * by / (100 if share else 1)
        else:
            new = price * (100 + by) / 100 if share else price + by
        currency = item.values.get("currency") or workspace.business.currency
        if new < 0:
            raise UsageError(f"{field.key}{operator}{text}: that of {sku} would be below zero")
        document.set(sku, field.key, round_money(new, currency))

    return step


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


def _chosen(workspace: Workspace, words: Sequence[str]) -> list[str]:
    """The SKUs that words name, and those of the products that query terms among them describe."""
    named, terms = split_terms(workspace, PRODUCT, words)
    products = workspace.products()
    found = [_sku(text, products) for text in named]
    if terms:
        described = [str(row[0]) for row in workspace.select(PRODUCT, terms, cols=("id",)).rows]
        found = [sku for sku in found if sku in described] if named else described
    return list(dict.fromkeys(found))


def remove(workspace: Workspace, text: str) -> Plan:
    """Plan to remove a product; there is a question where records refer to it."""
    sku = one(workspace, text).id
    naming = [path for path in workspace.index.naming(PRODUCT.name, sku) if path != FILE]

    def update(data: bytes | None) -> bytes | None:
        document = workspace.open(FILE, data or b"")
        document.find(sku)
        if len(document.root.entries) == 1:
            return None
        document.delete(sku)
        return document.data

    notes = []
    if naming:
        count = counted(len(naming), "record refers", "records refer")
        notes.append(
            f"{count} to it; crm product set {sku} disabled=yes keeps it, but sells it no more"
        )
    if unsure := [path for path in doubtful(workspace, sku) if path not in (FILE, *naming)]:
        notes.append(f"{', '.join(unsure)} may refer to it, and cannot be read as a whole")
    return Plan(
        Change(f"remove product {sku}", (Rewrite(FILE, update),)),
        f"removed product {sku}",
        question=f"Remove product {sku}?" if notes else "",
        notes=notes,
    )


def one(workspace: Workspace, text: str) -> Item:
    """The product of a SKU, in any case of letters, or of a name; raises NotFound."""
    products = workspace.products()
    return products[_sku(text, products)]


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
    found = sku_of(text, products)
    if found is not None:
        return found
    from crm_cli.model.text import did_you_mean

    near = did_you_mean(text, products) or "crm product list shows them"
    raise NotFound(f"there is no product {text}", near)
