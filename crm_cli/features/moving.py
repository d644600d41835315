"""Moving items to another customer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from crm_cli.features.items import item_ref
from crm_cli.features.plan import Plan, counted
from crm_cli.features.references import fields_naming, referring
from crm_cli.features.values import said
from crm_cli.model.errors import NotFound, Refused
from crm_cli.model.item import Item
from crm_cli.model.payment import PAYMENT
from crm_cli.model.purchase import PURCHASE
from crm_cli.model.references import own_holder
from crm_cli.store.comments import carried
from crm_cli.store.document import Document
from crm_cli.workspace import Change, Edit, Workspace


def move(workspace: Workspace, words: Sequence[str], customer: str, *, strict: bool) -> Plan:
    """Plan to move items, by id or number, to another customer; a purchase's payments go along.

    Ids stay. Raises NotFound; Refused where what stays would refer to what goes, or what goes
    to what stays, and where the customer has a purchase of the same kind and number.
    """
    sources, notes = _sources(workspace, words, customer, strict=strict)
    moved = {id: item for items in sources.values() for id, item in items.items()}
    target = workspace.document(customer)
    for one, items in sources.items():
        for item in items.values():
            _refuse_torn(workspace, workspace.path_of(one), item, moved)
            _refuse_same_number(target.record, item)
    taken: dict[str, Item] = {}
    texts: list[tuple[str, str]] = []

    def adopt(document: Document) -> None:
        for item in taken.values():
            document.adopt(item)
        for before, after in texts:
            document.text = carried(before, after, document.text, document.path)
        document.read()

    steps = [
        Edit(workspace.path_of(one), _taker(list(ids), taken, texts))
        for one, ids in sources.items()
    ]
    taken |= moved
    adopt(target)
    notes += _changed_due(workspace, moved.values(), target)
    taken.clear()
    name = target.record.get("name") or customer
    what = next(iter(moved), "") if len(moved) == 1 else counted(len(moved), "item")
    return Plan(
        Change(
            f"move {what} of {', '.join(sources)} to {customer}",
            (*steps, Edit(target.path, adopt)) if moved else (),
        ),
        f"moved {', '.join(moved)} to {name} ({customer})",
        (customer,),
        notes=notes,
    )


def _sources(
    workspace: Workspace, words: Sequence[str], customer: str, *, strict: bool
) -> tuple[dict[str, dict[str, Item]], list[str]]:
    """The items to be moved by their customers and ids, payments of purchases among them."""
    found: dict[str, dict[str, Item]] = {}
    notes = []
    for word in words:
        ref = item_ref(workspace, [word], strict=strict)
        if ref is None:
            raise NotFound(f"there is no item {word}", "name items by id, purchases by number, too")
        owner, id = ref
        if owner == customer:
            notes.append(f"{id} is of {customer} already")
            continue
        item = workspace.document(owner).find(id)
        found.setdefault(owner, {})[id] = item
        path = workspace.path_of(owner)
        for one, _ in referring(workspace, path, item) if item.kind is PURCHASE else ():
            payment = one if one.kind is PAYMENT else one.parent
            if payment is not None and payment.kind is PAYMENT:
                found[owner][payment.id] = payment
    return found, notes


def _taker(
    ids: Sequence[str], taken: dict[str, Item], texts: list[tuple[str, str]]
) -> Callable[[Document], None]:
    """What takes items out of a customer's file, as they are while it is written; its text
    before and after says which comments go with them."""

    def take(document: Document) -> None:
        before = document.text
        for id in ids:
            taken[id] = document.find(id)
            document.delete(id)
        texts.append((before, document.text))

    return take


def _refuse_torn(workspace: Workspace, path: str, item: Item, moved: dict[str, Item]) -> None:
    """Refuse to part items of a customer that refer to each other."""
    for one, key in (*_stays(workspace, path, item), *_names(item)):
        whole = one if one.id else one.parent
        if whole is not None and whole.id not in moved:
            raise Refused(
                f"{whole.kind.name} {whole.id} of {item.owner.id} belongs to {item.id} ({key})",
                f"move both: crm move {item.id} {whole.id} WHO; or change {key} first",
            )


def _stays(workspace: Workspace, path: str, item: Item) -> Iterator[tuple[Item, str]]:
    """Items of the same customer that refer to an item and have to be the same customer's."""
    for one, key in referring(workspace, path, item):
        field = one.kind.at(key)
        if field is not None and own_holder(field[1].type, one.kind) is not None:
            yield one, key


def _names(item: Item) -> Iterator[tuple[Item, str]]:
    """Items of the same customer that an item, or what is in it, refers to."""
    for other in item.owner.walk():
        if not other.kind.letter or other is item:
            continue
        called = other.values.get(other.kind.named_by) if other.kind.named_by else None
        for part in item.walk():
            for name in filter(None, (other.id, called)):
                for key, _ in fields_naming(part, other.kind, str(name)):
                    field = part.kind.at(key)
                    if field is not None and own_holder(field[1].type, part.kind) is not None:
                        yield other, key


def _refuse_same_number(record: Item, item: Item) -> None:
    number = item.values.get(item.kind.named_by) if item.kind.named_by else None
    for other in record.items(item.kind.key) if number else ():
        if other.values.get(item.kind.named_by) == number and other.get("kind") == item.get("kind"):
            raise Refused(f"{record.id} has {other.get('kind')} {number} already, {other.id}")


def _changed_due(
    workspace: Workspace, moved: Iterable[Item], target: Document
) -> Iterator[str]:
    """Notes on the days on which purchases are due by the other customer's terms of payment."""
    for item in moved:
        due = target.find(item.id).derived.get("due") if item.kind is PURCHASE else None
        if due and due != item.derived.get("due"):
            yield said(workspace, f"{item.get('number') or item.id} is now due", due)
