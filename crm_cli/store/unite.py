"""Two records of one customer made one, in the text of the first.

Lists are united, items come over with their ids, what only one says is kept. Where both say
something else of one field, somebody has to choose. The text of the record that stays keeps its
bytes but for what comes in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from crm_cli.model.cells import cell_text
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import DataError, Refused
from crm_cli.model.fieldtypes import Free, Texts
from crm_cli.model.identity import alias
from crm_cli.model.item import Item
from crm_cli.model.kind import Field, GroupOf, Kind, ListOf
from crm_cli.model.node import Mapping, Node, Sequence, plain
from crm_cli.model.writing import item_node
from crm_cli.model.written import entry_of
from crm_cli.store.comments import carried
from crm_cli.store.document import Document
from crm_cli.store.referring import refer_to
from crm_cli.store.splice import Append, Insert, Op, Replace
from crm_cli.store.threeway import fresh

FORMERLY, NOT_SAME = "formerly", "not_same"
_EARLIEST, _NOTES = ("created",), "notes"
_ORIGIN = ("source_system", "external_id")
_PEOPLE = ("contacts", "organizations", "relations")


class Difference(NamedTuple):
    """A field of which both records say something else; the values as people read them.

    `item` is the id of the item that both have, empty where it is a field of the record.
    """

    field: str
    mine: str
    other: str
    item: str = ""


Takes = Callable[[Difference], bool]
"""Whether the value of the record that goes is taken, and not that of the one that stays."""


def unite(keep: Document, drop: Document, takes: Takes) -> None:
    """Bring all that a record says into another one's text, and its id as a former one.

    Raises DataError where a part of it cannot be read, Refused where both have a number.
    """
    for one in (*drop.unread, *keep.unread):
        raise DataError(f"{one.place}: {one.message}", "correct it first; nothing was written")
    before = drop.text
    _same_numbers(keep, drop)
    for field in CUSTOMER.fields:
        if field.key in drop.record.values and field.key not in (FORMERLY, NOT_SAME, *_ORIGIN):
            _field(keep, drop, field, takes)
    for key, node in drop.record.extra.items():
        _own(keep, key, node, takes)
    _aliases(keep, drop, takes)
    keep.text = carried(before, _left(drop), keep.text, keep.path)
    keep.read()
    settle(keep, drop.id, keep.id)


def settle(document: Document, old: str, new: str) -> None:
    """Have a file that named one of two records, or both, name the one that stays once."""
    refer_to(document, CUSTOMER, old, new)
    records = document.records.values() if document.mapped else (document.record,)
    for id in [record.id for record in records]:
        _without_self(document, id if document.mapped else None, new)
    if not document.mapped and document.record.kind is CUSTOMER:
        for key in _PEOPLE:
            _once(document, key, new)


def _field(keep: Document, drop: Document, field: Field, takes: Takes) -> None:
    mine, other = keep.record.values.get(field.key), drop.record.values[field.key]
    if isinstance(field.type, ListOf):
        _items(keep, drop, field, field.type.kind, takes)
    elif isinstance(field.type, GroupOf):
        _group(keep, field, field.type.kind, other, takes)
    elif isinstance(field.type, Texts):
        keep.add_texts(field.key, list(other))
    elif isinstance(field.type, Free):
        _own(keep, field.key, _node(drop.record, field.key), takes)
    elif mine is None:
        keep.put(keep.record, field.key, fresh(_node(drop.record, field.key)))
    elif mine != other:
        _differing(keep, drop, field, takes)


def _differing(keep: Document, drop: Document, field: Field, takes: Takes) -> None:
    mine, other = (one.record.values[field.key] for one in (keep, drop))
    if field.key == _NOTES:
        if str(other).strip() not in str(mine):
            keep.set(None, _NOTES, f"{str(mine).rstrip()}\n\n{other}")
    elif field.key in _EARLIEST:
        if str(other)[:10] < str(mine)[:10]:
            keep.put(keep.record, field.key, fresh(_node(drop.record, field.key)))
    elif takes(Difference(field.key, _said(field, mine), _said(field, other))):
        keep.put(keep.record, field.key, fresh(_node(drop.record, field.key)))


def _group(keep: Document, field: Field, kind: Kind, other: Item, takes: Takes) -> None:
    held = keep.record.values.get(field.key)
    if held is None:
        keep.put(keep.record, field.key, item_node(other, top=True))
        return
    for part in kind.fields:
        theirs, mine = other.values.get(part.key), held.values.get(part.key)
        if theirs is None or theirs == mine:
            continue
        name = f"{field.key}.{part.key}"
        if mine is None or takes(Difference(name, _said(part, mine), _said(part, theirs))):
            node = fresh(_node(other, part.key))
            keep.put_within(keep.record, (field,), part.key, node)


def _own(keep: Document, key: str, other: Node, takes: Takes) -> None:
    """Keys of no kind's, and what is kept as written: mappings by key, lists by what they say."""
    field = CUSTOMER.by_key.get(key)
    entry = entry_of(keep.record, key) if field is not None else None
    mine = entry[1] if entry is not None else keep.record.extra.get(key)
    name = entry[0].text if entry is not None else key
    if mine is None:
        keep.put(keep.record, key, fresh(other))
    elif isinstance(mine, Mapping) and isinstance(other, Mapping):
        ops: list[Op] = []
        for part, node in other.entries:
            held = mine.get(part.text)
            told = Difference(f"{key}.{part.text}", _plainly(held), _plainly(node))
            if held is None:
                ops.append(Insert((name,), part.text, fresh(node), tuple(mine.keys()), False))
            elif plain(held) != plain(node) and takes(told):
                ops.append(Replace((name, part.text), fresh(node)))
        if ops:
            keep.apply(*ops)
    elif isinstance(mine, Sequence) and isinstance(other, Sequence):
        known = [plain(one) for one in mine.items]
        new = [Append((name,), fresh(one)) for one in other.items if plain(one) not in known]
        if new:
            keep.apply(*new)
    elif plain(mine) != plain(other) and takes(Difference(key, _plainly(mine), _plainly(other))):
        keep.put(keep.record, name, fresh(other))


# Items


def _items(keep: Document, drop: Document, field: Field, kind: Kind, takes: Takes) -> None:
    """The items of a list: those that are there already are one, all others come over."""
    coming = []
    for item in drop.record.items(field.key):
        if kind.letter:
            there = _by_id(keep, item.id)
            if there is None:
                coming.append(item)
            elif _says(there) != _says(item):
                told = Difference(f"{kind.name} {item.id}", there.name, item.name, item.id)
                if takes(told):
                    keep.delete(item.id)
                    coming.append(item)
        elif not _absorbed(keep, field, item):
            coming.append(item)
    _adopt(keep, field, coming)


def _adopt(keep: Document, field: Field, items: list[Item]) -> None:
    """Append items to a list, with one splice where its text allows."""
    entry = entry_of(keep.record, field.key)
    if len(items) > 1 and entry is not None and isinstance(entry[1], Sequence):
        keep.apply(*(Append((entry[0].text,), item_node(item)) for item in items))
        return
    for item in items:
        keep.adopt(item)


def _absorbed(keep: Document, field: Field, item: Item) -> bool:
    """Whether an item without an id is there: what it says besides is added to that one."""
    for there in keep.record.items(field.key):
        if not _compatible(there, item, keep):
            continue
        lacking = [key for key in item.values if there.values.get(key) is None]
        place = keep.record.items(field.key).index(there)
        for key in lacking:
            again = keep.record.items(field.key)[place]
            if again.node is keep.record.node or again.short:
                return False  # written in a way that has no room for more: it comes as it is
            keep.put(again, key, fresh(_node(item, key)))
        return True
    return False


def _compatible(one: Item, other: Item, keep: Document) -> bool:
    """Whether two items without an id name the same, and contradict each other in nothing."""
    naming = [key for key in ("value", "id", "to", one.kind.title) if key in one.kind.by_key]
    for key in naming[:1]:
        type = one.kind.by_key[key].type
        mine, its = one.values.get(key), other.values.get(key)
        if mine is None or its is None:
            if mine is not its or key == "value":
                return False
        elif type.same(mine, keep.business) != type.same(its, keep.business):
            return False
    rest = [field for field in one.kind.fields if field.key not in naming[:1]]
    both = [
        (field, one.values[field.key], other.values[field.key])
        for field in rest
        if one.values.get(field.key) is not None and other.values.get(field.key) is not None
    ]
    if set(other.extra) - set(one.extra):
        return False
    if not naming or one.values.get(naming[0]) is None:
        # Nothing names them: they are one only where they say the very same.
        return bool(_says(one) == _says(other))
    return all(_answer(field, mine) == _answer(field, its) for field, mine, its in both)


def _same_numbers(keep: Document, drop: Document) -> None:
    """Where both have a purchase of one kind and number it is one, if it says the same."""
    for field, kind in CUSTOMER.lists:
        if not (kind.letter and kind.named_by):
            continue
        for other in drop.record.items(field.key):
            number = other.values.get(kind.named_by)
            for mine in keep.record.items(field.key) if number else ():
                if mine.values.get(kind.named_by) != number or mine.id == other.id:
                    continue
                if mine.get("kind") != other.get("kind"):
                    continue
                if _says(mine, id=False) != _says(other, id=False):
                    raise Refused(
                        f"both have {other.get('kind')} {number}, and not the same: {mine.id} of "
                        f"{keep.id}, {other.id} of {drop.id}",
                        f"correct one first: crm set {other.id} {kind.named_by}=…, or crm rm "
                        f"{other.id}",
                    )
                old = other.id
                refer_to(drop, kind, old, mine.id)
                drop.delete(old)
                _same_numbers(keep, drop)
                return


# What names them


def _aliases(keep: Document, drop: Document, takes: Takes) -> None:
    """The ids that the other one had, here and elsewhere."""
    former = [drop.id, *(drop.record.values.get(FORMERLY) or ())]
    mine, other = ([one.record.values.get(key) for key in _ORIGIN] for one in (keep, drop))
    if other[1] is not None and mine[1] is None and mine[0] in (None, other[0]):
        for key in _ORIGIN:
            if drop.record.values.get(key) is not None and keep.record.values.get(key) is None:
                keep.put(keep.record, key, fresh(_node(drop.record, key)))
    elif other[1] is not None and mine != other:
        former.append(alias(other[0], other[1]))
    elif other[0] is not None and mine[0] is None:
        keep.put(keep.record, _ORIGIN[0], fresh(_node(drop.record, _ORIGIN[0])))
    keep.add_texts(FORMERLY, [id for id in dict.fromkeys(former) if id != keep.id])
    apart = dict.fromkeys(
        (*(keep.record.values.get(NOT_SAME) or ()), *(drop.record.values.get(NOT_SAME) or ()))
    )
    left = [id for id in apart if id not in (keep.id, drop.id)]
    if left != list(keep.record.values.get(NOT_SAME) or ()):
        keep.set(None, NOT_SAME, left) if left else keep.remove(None, NOT_SAME)


def _without_self(document: Document, ref: str | None, id: str) -> None:
    """Take away what says of a customer that they are related to themselves."""
    record = document.find(ref) if ref is not None else document.record
    if record.kind is not CUSTOMER or record.id != id:
        return
    for key in ("referred_by", "parent"):
        if record.values.get(key) == id:
            document.remove(None, key)
    for key in _PEOPLE:
        while True:
            items = document.record.items(key)
            named = [one for one in items if id in (one.values.get("id"), one.values.get("to"))]
            if not named:
                break
            document.delete((key, items.index(named[0])))


def _once(document: Document, key: str, id: str) -> None:
    """Of links to one customer that contradict each other in nothing keep the first, complete."""
    field = CUSTOMER.by_key[key]
    place = 0
    while place < len(document.record.items(key)):
        items = document.record.items(key)
        item = items[place]
        named = id in (item.values.get("id"), item.values.get("to"))
        if named and any(_compatible(one, item, document) for one in items[:place]):
            document.delete((key, place))
            if not _absorbed(document, field, item):
                document.adopt(item)
                place += 1
        else:
            place += 1


# Values


def _left(drop: Document) -> str:
    """A text without anything: all comments went along."""
    return "name: x\n" if drop.text else ""


def _by_id(document: Document, id: str) -> Item | None:
    return next((one for one in document.record.walk() if one.id == id and one.parent), None)


def _node(item: Item, key: str) -> Node:
    entry = entry_of(item, key)
    assert entry is not None
    return entry[1]


def _says(item: Item, *, id: bool = True) -> Any:
    said = plain(item_node(item))
    if isinstance(said, dict) and not id:
        said = {key: value for key, value in said.items() if key != "id"}
    return said


def _answer(field: Field, value: Any) -> Any:
    if isinstance(field.type, ListOf):
        return [one.brief() for one in value]
    return field.type.answer(value) if not isinstance(value, Item) else value.answer()


def _said(field: Field, value: Any) -> str:
    return "" if value is None else cell_text(field.type.answer(value))


def _plainly(node: Node | None) -> str:
    return "" if node is None else cell_text(plain(node))

