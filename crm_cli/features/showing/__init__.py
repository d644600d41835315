"""A customer, or one of their items, as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from crm_cli.features.items import item_ref
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.item import Item
from crm_cli.model.kinds import single_paths
from crm_cli.workspace import Workspace

if TYPE_CHECKING:
    from crm_cli.query.select import Answer


class Shown(NamedTuple):
    """A record, or an item of it (`item`), its path, and the customer's values of today."""

    record: Item
    path: str
    today: dict[str, Any]
    item: Item | None = None
    line: int = 0

    @property
    def id(self) -> str:
        """The record's id: its path where it is there once."""
        return self.path if self.path in single_paths() else self.record.id


def show(workspace: Workspace, text: str) -> Shown:
    """What a WHO, an item's id or the path of a single record means; raises NotFound, Ambiguous."""
    if text in single_paths():
        document = workspace.document(text)
        return Shown(document.record, document.path, {})
    found = item_ref(workspace, [text])
    if found is not None and text not in workspace.customer_ids():
        return item(workspace, *found)
    return customer_shown(workspace, workspace.who(text))


def customer_shown(workspace: Workspace, id: str) -> Shown:
    """A customer's record, with what depends on today."""
    document = workspace.document(id)
    return Shown(document.record, document.path, _today(workspace, id))


def entry(item: Item, path: str) -> Shown:
    """An entry of a file that holds several."""
    return Shown(item, path, {})


def item(workspace: Workspace, customer: str, ref: str) -> Shown:
    """An item of a customer."""
    document = workspace.document(customer)
    found = document.find(ref)
    line = found.node.line if found.node is not None else 0
    return Shown(document.record, document.path, {}, found, line)


def chosen(workspace: Workspace, shown: Shown, cols: str) -> Answer:
    """One row with the fields, or aggregates, that `cols` names; raises UsageError."""
    found = shown.item
    if found is None:
        return workspace.select(shown.record.kind, [f"id.is:{shown.record.id}"], cols=cols)
    terms = [f"id.is:{found.id}", f"customer.is:{shown.id}"]
    return workspace.select(found.kind, terms, cols=cols)


def _today(workspace: Workspace, id: str) -> dict[str, Any]:
    keys = [one.key for one in CUSTOMER.derived if not one.kept]
    answer = workspace.select(CUSTOMER, [f"id.is:{id}"], cols=keys)
    return dict(zip(keys, answer.rows[0], strict=True)) if answer.rows else {}


def as_object(shown: Shown) -> dict[str, Any]:
    """`id, path`, the stored keys typed, `custom`, `derived`; for an item also its customer."""
    if shown.item is not None:
        found = shown.item
        answer: dict[str, Any] = {
            "id": found.id,
            "customer": shown.id,
            "kind_of_item": found.kind.name,
        }
        answer |= {"path": shown.path, "line": shown.line}
        answer |= {key: value for key, value in found.answer().items() if key != "id"}
        return {**answer, "derived": _derived(found, {})}
    record = shown.record
    answer = {"id": shown.id, "path": shown.path, **record.answer()}
    answer.setdefault("custom", {})
    return {**answer, "derived": _derived(record, shown.today)}


def _derived(item: Item, today: dict[str, Any]) -> dict[str, Any]:
    return {
        one.key: today.get(one.key, item.derived.get(one.key))
        for one in item.kind.derived
        if one.kept or one.key in today
    }
