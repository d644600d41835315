"""What a row changes in a record that is there: the fields it says, and no others.

An empty cell says nothing, so nothing is ever taken away, but for what a new value
replaces. Values that are equal are not written again, however they are spelt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from crm_cli.model.item import Item
from crm_cli.model.kind import Field, GroupOf, Kind, ListOf
from crm_cli.model.node import Mapping, Scalar, plain
from crm_cli.model.people import CONTACT, MEMBERSHIP, ORGANIZATION, RELATION
from crm_cli.model.writing import SIMPLE
from crm_cli.store.document import Document, Ref

Step = Callable[[Document], None]
"""One edit of a document."""

Values = dict[str, Any]

_MARKS = ("label", "service", "kind", "role")
"""What tells items of a list apart, where their values do not."""
_TIES = {
    CONTACT.key: ("id", "name"),
    ORGANIZATION.key: ("id",),
    RELATION.key: ("to",),
    MEMBERSHIP.key: ("organization",),
}
"""Lists of ties to somebody, and what names them: what is said of one is not of another."""


def changes(item: Item, values: Values, ref: Ref) -> list[Step]:
    """The edits that make an item say `values`; none where it says them already.

    `ref` is how the document knows the item.
    """
    return list(_changes(item, values, ref))


def says(item: Item, values: Values) -> bool:
    """Whether an item says all of `values`."""
    return next(_changes(item, values, None), None) is None


def _changes(item: Item, values: Values, ref: Ref) -> Iterator[Step]:
    for key, value in values.items():
        field = item.kind.by_key.get(key)
        if field is None:
            continue  # The id of a record or an item, which tells which one is meant.
        if isinstance(field.type, GroupOf):
            group = item.values.get(key)
            for part, inner in value.items():
                if group is None or not _is_same(group.get(part), inner):
                    yield _set(ref, f"{key}.{part}", inner)
        elif key == "custom":
            held = item.values.get(key)
            for part, inner in value.items():
                if not isinstance(held, dict) or not _is_same(held.get(part), inner):
                    yield _set(ref, f"{key}.{part}", inner)
        elif isinstance(field.type, ListOf):
            yield from _listed(item, field, field.type.kind, value, ref)
        elif not _is_same(item.get(key), value) and _written(item, key) != value:
            yield _set(ref, key, value)


def _written(item: Item, key: str) -> str | None:
    """What stands in the file, which may say in words what the item has: `every 2 weeks`."""
    node = item.node.get(key) if isinstance(item.node, Mapping) else None
    return node.text if isinstance(node, Scalar) and not node.absent else None


def _is_same(held: Any, said: Any) -> bool:
    """Whether a value says what is held; cells are trimmed, and the last line of a text ends."""
    return bool(held == said or (type(held) is type(said) is str and held.strip() == said.strip()))


def _set(ref: Ref, key: str, value: Any) -> Step:
    return lambda document: document.set(ref, key, value)


def _listed(item: Item, field: Field, kind: Kind, wanted: list[Values], ref: Ref) -> Iterator[Step]:
    there = item.items(field.key)
    if field.separate:
        texts = {str(one.values.get("value")) for one in there}
        missing = [one["value"] for one in wanted if str(one["value"]) not in texts]
        if missing and set().union(*(one.keys() for one in wanted)) == {"value"}:
            yield lambda document: _ignore(document.add_texts(field.key, missing))
            return
    pairs = paired(there, wanted)
    if all(old is not None and says(old, new) for old, new in pairs):
        return
    if ref is not None:
        yield _set(ref, field.key, _anew(there, pairs))
        return
    for old, new in pairs:
        if old is not None and not says(old, new):
            yield from item_changes(item, field, old, new, there.index(old))
    added = [new for old, new in pairs if old is None]
    if added:
        yield lambda document: document.extend(field.key, added)


def item_changes(item: Item, field: Field, old: Item, new: Values, place: int) -> Iterator[Step]:
    """Changes of one item of a list. The first may be written in the record's short forms."""
    first = next(iter(item.answering(field.key)), None)
    lifted = {key: name for name, key in field.lifts.items()}
    for key, value in new.items():
        if _is_same(old.get(key), value):
            continue
        if key == "custom":
            yield from _changes(old, {key: value}, (field.key, place))
        elif old is first and key in lifted:
            yield _set(None, lifted[key], value)
        elif old.node is not item.node:
            yield _set((field.key, place), key, value)


def _anew(there: list[Item], pairs: list[tuple[Item | None, Values]]) -> list[Values]:
    """The whole list, for items deep in another: a purchase's lines."""
    changed = {id(old): new for old, new in pairs if old is not None}
    kept = [_together(_values(old), changed.get(id(old), {})) for old in there]
    return [*kept, *(new for old, new in pairs if old is None)]


def _together(held: Values, said: Values) -> Values:
    """What an item has, with what a row says of it; own fields that it does not name stay."""
    both = {**held, **said}
    if isinstance(held.get("custom"), dict) and "custom" in said:
        both["custom"] = {**held["custom"], **said["custom"]}
    return both


def _values(item: Item) -> Values:
    return {**item.values, **{key: plain(node) for key, node in item.extra.items()}}


def paired(there: list[Item], wanted: list[Values]) -> list[tuple[Item | None, Values]]:
    """Each wanted item with the one of the list that it is about, None for a new one.

    The one that says it all; else the one with the same value, then with the same label;
    else the one in its place, if nothing tells them apart.
    """
    free = list(there)
    # As an export has them: those that answer for the record come first.
    there = sorted(there, key=lambda one: not one.answers)
    found: dict[int, Item] = {}
    for rule in (says, _same_value, _same_mark):
        for place, new in enumerate(wanted):
            if place not in found:
                old = next((one for one in free if rule(one, new)), None)
                if old is not None:
                    found[place] = old
                    free.remove(old)
    for place, new in enumerate(wanted):
        if place not in found and place < len(there):
            old = there[place]
            if old in free and _may_be(old, new):
                found[place] = old
                free.remove(old)
    return [(found.get(place), new) for place, new in enumerate(wanted)]


def _same_value(old: Item, new: Values) -> bool:
    """Whether both have the value that tells such items apart.

    Only what may stand alone does: several offices may be in one town.
    """
    key = SIMPLE if SIMPLE in old.kind.by_key else old.kind.title
    if old.kind.shorthand is None or new.get(key) is None:
        return False
    return bool(old.get(key) == new[key])


def _same_mark(old: Item, new: Values) -> bool:
    marks = [key for key in _MARKS if key in new]
    same = bool(marks) and all(old.values.get(key) == new[key] for key in marks)
    return same and (old.kind.key not in _TIES or _may_be(old, new))


def _may_be(old: Item, new: Values) -> bool:
    """Whether what stands in the same place may be meant: no label says otherwise, and a tie to
    somebody is not to another one."""
    ties = _TIES.get(old.kind.key, ())
    return not any(
        key in new and old.values.get(key) not in (None, new[key]) for key in (*_MARKS, *ties)
    )


def _ignore(_: object) -> None:
    """Take an edit's answer for none."""
