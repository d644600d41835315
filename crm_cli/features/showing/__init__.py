"""A customer, or one of their items, as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from crm_cli.features.items import item_ref
from crm_cli.features.paths import desk_meant
from crm_cli.features.people import Together, linked, together
from crm_cli.features.showing.own import Answering
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.item import Item
from crm_cli.model.kind import Kind
from crm_cli.model.kinds import single_paths
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.people import OTHER_WAY, RELATION
from crm_cli.query.links import Link
from crm_cli.workspace import Workspace

if TYPE_CHECKING:
    from crm_cli.query.select import Answer


class Shown(NamedTuple):
    """A record, or an item of it (`item`), its path, and the values of today of what is shown."""

    record: Item
    path: str
    today: dict[str, Any]
    item: Item | None = None
    line: int = 0
    links: tuple[Link, ...] = ()
    """Of a customer, where they are or who is with them, whichever record states it."""
    related: tuple[tuple[str, str], ...] = ()
    """(id, what they are) of those who state a relation to a customer, who states none to them."""
    together: Together | None = None
    """Of an organization, what it comes to with its people."""
    own: Answering | None = None
    """How values of fields of people's own are answered."""

    @property
    def id(self) -> str:
        """The record's id: its path where it is there once."""
        return self.path if self.path in single_paths() else self.record.id


def show(workspace: Workspace, text: str, *, alone: bool = False) -> Shown:
    """What a WHO, an item's id or the path of a single record means; raises NotFound, Ambiguous.

    An organization comes with its people, unless it is asked for `alone`.
    """
    single = text if text in single_paths() else desk_meant(workspace, text)
    if single:
        document = workspace.document(single)
        return Shown(document.record, document.path, {}, own=Answering(workspace))
    found = item_ref(workspace, [text])
    if found is not None and text not in workspace.customer_ids():
        return item(workspace, *found)
    return customer_shown(workspace, workspace.who(text), alone=alone)


def customer_shown(workspace: Workspace, id: str, *, alone: bool = False) -> Shown:
    """A customer's record, with what depends on today."""
    document = workspace.document(id)
    today = _today(workspace, CUSTOMER, [f"id.is:{id}"])
    found = tuple(linked(workspace, id))
    both = None if alone else together(workspace, id, found)
    related = tuple(_related(workspace, document.record))
    return Shown(
        document.record, document.path, today, links=found, related=related, together=both,
        own=Answering(workspace),
    )  # fmt: skip


def _related(workspace: Workspace, record: Item) -> Iterator[tuple[str, str]]:
    """The relations that others state to a customer: stated on one side, they hold on both."""
    own = {record.id, *(one.get("to") for one in record.items(RELATION.key))}
    terms = [f"to.is:{record.id}"]
    for other, kind in workspace.select(RELATION, terms, cols=("customer", "kind")).rows:
        if other not in own:
            word = str(kind or "")
            yield str(other), OTHER_WAY.get(word, word or RELATION.name)


def entry(item: Item, path: str) -> Shown:
    """An entry of a file that holds several."""
    return Shown(item, path, {})


def item(workspace: Workspace, customer: str, ref: str) -> Shown:
    """An item of a customer."""
    document = workspace.document(customer)
    found = document.find(ref)
    line = found.node.line if found.node is not None else 0
    shown = Shown(document.record, document.path, {}, found, line, own=Answering(workspace))
    terms = [f"id.is:{found.id}", f"customer.is:{shown.id}"]
    return shown._replace(today=_today(workspace, found.kind, terms))


def chosen(workspace: Workspace, shown: Shown, cols: str) -> Answer:
    """One row with the fields, or aggregates, that `cols` names; raises UsageError."""
    found = shown.item
    if found is None:
        return workspace.select(shown.record.kind, [f"id.is:{shown.record.id}"], cols=cols)
    terms = [f"id.is:{found.id}", f"customer.is:{shown.id}"]
    return workspace.select(found.kind, terms, cols=cols)


def _today(workspace: Workspace, kind: Kind, terms: Sequence[str]) -> dict[str, Any]:
    """What is computed of a record, or of an item, whenever it is asked for."""
    keys = [
        one.key
        for one in kind.derived
        if (not one.kept or one.estimated) and one.overall in ("", "learned")
    ]
    if not keys:
        return {}
    answer = workspace.select(kind, terms, cols=keys)
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
        values = _answer(shown, found)
        answer |= {key: value for key, value in values.items() if key != "id"}
        answer["derived"] = _derived(found, shown.today)
        if found.kind.chain is not None and (chain := found.kind.chain(found)) is not None:
            rows = [dict(zip(chain.keys, row, strict=True)) for row in chain.rows]
            answer[found.kind.chain_name] = rows
        return answer
    record = shown.record
    answer = {"id": shown.id, "path": shown.path, **_answer(shown, record)}
    answer.setdefault("custom", {})
    answer["derived"] = _derived(record, shown.today)
    if shown.related:
        answer["related"] = [{"id": id, "kind": kind} for id, kind in shown.related]
    if shown.links:
        answer["links"] = [one._asdict() for one in shown.links]
    if (both := shown.together) is not None:
        last = both.last
        answer["with_people"] = {
            **{key: both.total(key) for key in ("spend", "balance", "overdue")},
            "last_contact": last and last.last_contact,
            "last_contact_with": last and last.id,
            "people": [one._asdict() for one in both.people],
        }
    return answer


def _answer(shown: Shown, item: Item) -> dict[str, Any]:
    values = item.answer()
    return values if shown.own is None else shown.own.of(item.kind, values)


def _derived(item: Item, today: dict[str, Any]) -> dict[str, Any]:
    return {
        one.key: today.get(one.key, item.derived.get(one.key))
        for one in item.kind.derived
        if (one.kept or one.key in today) and not one.inner
    }
