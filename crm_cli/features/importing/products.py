"""Rows of products: entries of the product directory, by SKU or the id of another system."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from crm_cli.features.importing.merging import Values, changes, says
from crm_cli.features.importing.outcome import Outcome, Reject
from crm_cli.formats.drafts import Draft
from crm_cli.model.ids import slug, unique
from crm_cli.model.item import Item
from crm_cli.model.places import PRODUCTS
from crm_cli.store.document import Document
from crm_cli.workspace import Edit, Workspace

FILE = PRODUCTS.path


def plan_products(
    workspace: Workspace, drafts: list[Draft], advance: Callable[[], None]
) -> Iterator[Outcome | Reject]:
    """What each row comes to: a new product, a changed one, or why it cannot be."""
    there = workspace.products()
    wanted: dict[str, Values] = {}
    outcomes: list[Outcome] = []
    lines: dict[str, int] = {}
    made: dict[tuple[str, str], str] = {}
    for draft in drafts:
        advance()
        key = (draft.values.get("source_system", ""), draft.values.get("external_id", ""))
        found = _find(there, draft.values) or (made.get(key) if key[1] else None)
        sku = found if found is not None else _new(draft.values, {*there, *wanted})
        if isinstance(sku, _Not):
            yield Reject(draft, str(sku))
            continue
        if sku in lines:
            yield Reject(draft, f"{sku} is in line {lines[sku]} already")
            continue
        lines[sku] = draft.line
        made[key] = sku
        values = {key: value for key, value in draft.values.items() if key != "id"}
        if sku in there and says(there[sku], values):
            outcomes.append(Outcome(sku, "unchanged"))
            continue
        wanted[sku] = values
        outcomes.append(Outcome(sku, "changed" if sku in there else "new"))

    def update(document: Document) -> None:
        for sku, values in wanted.items():
            if sku in document.records:
                for step in changes(document.records[sku], values, sku):
                    step(document)
        new = {sku: one for sku, one in wanted.items() if sku not in document.records}
        document.extend_records(new)

    step: Edit | None = Edit(FILE, update)
    for outcome in outcomes:
        if outcome.fate == "unchanged":
            yield outcome
        else:
            yield outcome._replace(step=step)
            step = None


class _Not(str):
    """Why a row gets no SKU."""


def _find(there: dict[str, Item], values: Values) -> str | None:
    """The SKU of the product that a row is about, None for a new one."""
    if "id" in values:
        return str(values["id"]) if values["id"] in there else None
    if "external_id" in values:
        keys = ("source_system", "external_id")
        return next(
            (
                sku
                for sku, item in there.items()
                if all(item.values.get(key) == values.get(key) for key in keys)
            ),
            None,
        )
    made = slug(str(values.get("name", "")))
    return made if made in there and says(there[made], values) else None


def _new(values: Values, taken: set[str]) -> str | _Not:
    """The SKU of a new product: its own, else from the name."""
    if "id" in values:
        return str(values["id"])
    name = values.get("name")
    if not name:
        return _Not("there is no name")
    made = slug(str(name)) or "product"
    if made in taken and "external_id" not in values:
        return _Not(f"there is a product {made} already: give sku or external_id")
    return unique(made, taken)
