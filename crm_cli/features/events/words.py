"""Words for what differs between two states of a file: from what the kinds declare."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from crm_cli.model.differences import Difference, compare, parts
from crm_cli.model.item import Item
from crm_cli.model.kind import Kind
from crm_cli.model.kinds import BY_NAME
from crm_cli.model.reached import reached

Items = Mapping[str, Item]
"""The records of a file: by key, or one under an empty key."""


def told(before: Items, after: Items) -> Iterator[tuple[str, Difference]]:
    """What differs between two states of a file, with the word for each."""
    for key in dict.fromkeys((*before, *after)):
        yield from _of_a_record(before.get(key), after.get(key))


def _of_a_record(before: Item | None, after: Item | None) -> Iterator[tuple[str, Difference]]:
    found: list[tuple[str, Difference]] = []
    for one in compare(before, after):
        found.append((word_for(one), one))
        if not one.field and one.kind in BY_NAME:
            side, came = (before, False) if one.after is None else (after, True)
            whole = _item(side, one)
            if whole is not None:
                word = "added" if came else "removed"
                found += [(word, part) for part in parts(whole, came=came)]
    if after is not None:
        note_states(found, [before], after)
    yield from found


def note_states(
    found: list[tuple[str, Difference]], before: Sequence[Item | None], after: Item
) -> None:
    """Name the differences by which a state was reached; add those that only follow from them."""
    held = [_by_id(record) for record in before]
    for id, item in _by_id(after).items():
        for one in reached([items.get(id) for items in held], item):
            text = f"{item.kind.name} {one.state.replace('_', ' ')}: {item.name}"
            what = Difference(
                item.kind.name, item.id, one.field, one.before, one.after, text
            )
            for place, (_, difference) in enumerate(found):
                if difference[:3] == what[:3]:
                    found[place] = (one.state, difference)
                    break
            else:
                found.append((one.state, what))


def _by_id(record: Item | None) -> dict[tuple[str, str], Item]:
    """The record and its items with an id, by kind and id, as far as they have events."""
    if record is None:
        return {}
    return {
        (item.kind.name, item.id): item
        for item in record.walk()
        if (item is record or item.kind.letter) and _has_events(item.kind)
    }


@cache
def _has_events(kind: Kind) -> bool:
    return any(state.event for state in kind.states)


def _item(record: Item | None, what: Difference) -> Item | None:
    """The item, or the record itself, that a difference is about."""
    if record is None:
        return None
    if record.kind.name == what.kind and record.id == what.item:
        return record
    return next(
        (
            item
            for item in record.walk()
            if item.kind.letter and item.id == what.item and item.kind.name == what.kind
        ),
        None,
    )


def word_for(what: Difference) -> str:
    """The event's word, from what the kind declares."""
    if not what.field:
        return "added" if what.before is None else "removed"
    if what.move:
        return what.move if what.move.isalpha() else str(what.after)
    kind = BY_NAME.get(what.kind)
    field = kind.by_key.get(what.field) if kind is not None else None
    if kind is not None and field is not None:
        tracked = kind.tracked is not None and kind.tracked.field == field.key
        if field.event or tracked:
            return field.label or field.key
    return "changed"
