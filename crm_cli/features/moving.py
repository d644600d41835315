"""Moving items to another customer, or to a new one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence

from crm_cli.features.items import item_ref
from crm_cli.features.plan import Plan, counted
from crm_cli.features.references import referring
from crm_cli.features.values import said
from crm_cli.model.bill_to import BILLED, bill_to_anew, billed_text
from crm_cli.model.chain import said as said_of
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import ConflictError, NotFound, Refused, UsageError
from crm_cli.model.ids import new_customer_id
from crm_cli.model.item import Item
from crm_cli.model.legal_forms import guess_kind
from crm_cli.model.payment import PAYMENT
from crm_cli.model.places import CUSTOMERS, labelled
from crm_cli.model.purchase import PURCHASE
from crm_cli.model.references import fields_naming, own_holder
from crm_cli.query.fields import collection
from crm_cli.query.lexer import conditions
from crm_cli.store.comments import carried
from crm_cli.store.document import Document
from crm_cli.workspace import Change, Edit, Rewrite, Workspace


def move(workspace: Workspace, words: Sequence[str], customer: str, *, strict: bool) -> Plan:
    """Plan to move items, by id or number, to another customer; a purchase's payments go along.

    Ids stay; an invoice is billed to whom it goes. Raises NotFound; Refused where what stays
    would refer to what goes, or what goes to what stays, where the customer has a purchase of the
    same kind and number, and for an invoice that was sent.
    """
    sources, notes = _sources(workspace, words, customer, strict=strict)
    target = workspace.document(customer)
    _refuse_torn(workspace, sources)
    moved = _items(sources)
    _refuse_sent(moved.values(), customer)
    for item in moved.values():
        _refuse_same_number(target.record, item)
    takers, adopt = _passing(workspace, sources)
    adopted = workspace.document(customer)
    for item in moved.values():
        adopted.adopt(item)
    _bill_anew(adopted, moved)
    notes += _billed_anew(moved.values(), adopted)
    notes += _changed_due(workspace, moved.values(), adopted)
    name = target.record.get("name") or customer
    what = next(iter(moved), "") if len(moved) == 1 else counted(len(moved), "item")
    return Plan(
        Change(
            f"move {what} of {', '.join(sources)} to {customer}",
            (*takers, Edit(target.path, adopt)) if moved else (),
        ),
        f"moved {', '.join(moved)} to {labelled(str(name), customer)}",
        (customer,),
        notes=notes,
    )


def split(workspace: Workspace, who: str, name: str, words: Sequence[str]) -> Plan:
    """Plan to make a new customer of items of another one, by id, number or terms such as
    `purchase/date:2026-07..`; what belongs to them goes along.

    Raises NotFound, UsageError for a term that is about no items or finds none.
    """
    called = " ".join(name.split())
    if not called:
        raise UsageError("the new customer has no name", 'crm split ana "Ana Kos" t-9f3')
    named = [id for word in words for id in _meant(workspace, who, word)]
    sources, notes = _sources(workspace, list(dict.fromkeys(named)), "", strict=False)
    if others := [owner for owner in sources if owner != who]:
        raise Refused(
            f"{next(iter(sources[others[0]]))} is of {others[0]}, not of {who}",
            f"crm move … {others[0]} moves items between customers",
        )
    belongs = _torn(workspace, sources)
    notes += [message for message, _ in belongs]
    record = workspace.record(who)
    guessed = guess_kind(called)
    values = {"name": called, "kind": guessed or record.get("kind"), "owner": record.get("owner")}
    values = {key: value for key, value in values.items() if value}
    taken = workspace.taken_ids()
    id = new_customer_id(called, str(values.get("kind") or ""), taken, os.urandom)
    path = CUSTOMERS.file(id)
    data = workspace.new_customer(values)
    takers, adopt = _passing(workspace, sources)

    def made(current: bytes | None) -> bytes:
        if current is not None:
            raise ConflictError(f"{path} exists already")
        document = workspace.open(path, data)
        adopt(document)
        return document.data

    moved = _items(sources)
    _refuse_sent(moved.values(), id)
    notes += [
        f"{one.values.get('number') or one.id} is billed to {called} now"
        for one in moved.values()
        if "bill_to" in one.values
    ]
    what = next(iter(moved), "") if len(moved) == 1 else counted(len(moved), "item")
    return Plan(
        Change(f"split {id} from {who}", (*takers, Rewrite(path, made))),
        f"made {labelled(called, id)} of {what} of {who}",
        (who,),
        notes=notes,
        made=(id,),
    )


def _meant(workspace: Workspace, who: str, word: str) -> list[str]:
    """The ids of the items that a word names: itself, or those that a term describes."""
    head, slash, condition = word.partition("/")
    found = collection(head.partition(".")[0], CUSTOMER) if slash else None
    if found is None:
        return [word]
    if not found.kind.letter:
        raise UsageError(f"{found.kind.key} have no ids, and cannot be split off", "edit the file")
    terms = [condition[start:end] for start, end in conditions(condition, 0, _is_term)]
    ids = [id for _, id in workspace.items(found.kind, [f"customer:{who}", *terms])]
    if not ids:
        raise NotFound(f"{who} has no {found.kind.name} that {word} describes")
    return ids


def _is_term(head: str) -> bool:
    return bool(head)


def _items(sources: dict[str, dict[str, Item]]) -> dict[str, Item]:
    return {id: item for items in sources.values() for id, item in items.items()}


def _passing(
    workspace: Workspace, sources: dict[str, dict[str, Item]]
) -> tuple[list[Edit], Callable[[Document], None]]:
    """What takes items out of their files, as they are when it is done, and what then puts them
    into another one, with their comments."""
    taken: dict[str, Item] = {}
    texts: list[tuple[str, str]] = []

    def adopt(document: Document) -> None:
        for item in taken.values():
            document.adopt(item)
        _bill_anew(document, taken)
        for before, after in texts:
            document.text = carried(before, after, document.text, document.path)
        document.read()

    takers = [
        Edit(workspace.path_of(one), _taker(list(ids), taken, texts))
        for one, ids in sources.items()
    ]
    return takers, adopt


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


def _refuse_torn(workspace: Workspace, sources: dict[str, dict[str, Item]]) -> None:
    """Refuse to part items of a customer that refer to each other, and name all that belong."""
    if torn := _torn(workspace, sources):
        message, key = torn[0]
        words = " ".join(_items(sources))
        raise Refused(message, f"move them together: crm move {words} WHO; or change {key} first")


def _torn(
    workspace: Workspace, sources: dict[str, dict[str, Item]]
) -> list[tuple[str, str]]:
    """(message, field) of each item that has to go along; they are put among the others."""
    waiting = [
        (workspace.path_of(owner), item)
        for owner, items in sources.items()
        for item in items.values()
    ]
    torn: list[tuple[str, str]] = []
    while waiting:
        path, item = waiting.pop()
        for one, key in (*_stays(workspace, path, item), *_names(item)):
            whole = one if one.id else one.parent
            if whole is not None and whole.id not in sources[item.owner.id]:
                sources[item.owner.id][whole.id] = whole
                waiting.append((path, whole))
                named = f"{whole.kind.name} {whole.id} of {item.owner.id}"
                torn.append((f"{named} belongs to {item.id} ({key})", key))
    return torn


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


def _refuse_sent(moved: Iterable[Item], customer: str) -> None:
    """Raise Refused for an invoice that says to whom it is, and that they may have."""
    for item in moved:
        sent = item.kind is PURCHASE and item.get("kind") in BILLED and item.items("documents")
        if not sent:
            continue
        number = str(item.values.get("number") or item.id)
        cure = f"crm invoice add {customer} bills it to them"
        if item.get("kind") == "invoice":
            cure = (
                f"crm invoice correct {number} credits it; its draft is moved: crm set DRAFT "
                f"corrects=, then crm move DRAFT {customer}"
            )
        raise Refused(
            f"{said_of(item)} was sent to {item.owner.values.get('name') or item.owner.id} on "
            f"{sent[-1].values.get('sent')}",
            cure,
        )


def _bill_anew(document: Document, moved: Iterable[str]) -> None:
    """Write down to whom invoices are billed that go over to a customer; those before the credit
    notes that follow them."""
    bills = [document.find(id) for id in moved if document.find(id).kind is PURCHASE]
    for item in sorted(bills, key=lambda one: one.get("kind") != "invoice"):
        values = bill_to_anew(document.record, document.find(item.id).values)
        if "bill_to" in item.values:
            document.remove(item.id, "bill_to")
        for key, value in values.items():
            document.set(item.id, f"bill_to.{key}", value)


def _billed_anew(moved: Iterable[Item], target: Document) -> Iterator[str]:
    """Notes on whom invoices are billed to now."""
    for item in moved:
        if item.kind is PURCHASE and "bill_to" in item.values:
            billed = target.find(item.id).values.get("bill_to")
            text = billed_text(billed.values) if billed is not None else "nobody"
            yield f"{item.values.get('number') or item.id} is billed to {text} now"


def _changed_due(
    workspace: Workspace, moved: Iterable[Item], target: Document
) -> Iterator[str]:
    """Notes on the days on which purchases are due by the other customer's terms of payment."""
    for item in moved:
        due = target.find(item.id).derived.get("due") if item.kind is PURCHASE else None
        if due and due != item.derived.get("due"):
            yield said(workspace, f"{item.get('number') or item.id} is now due", due)
