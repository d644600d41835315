"""Dating what changes: each new stage of a deal is noted in the deal, whichever command made it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from crm_cli.model.dates import local_date
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.tracking import entries, is_unnoted

if TYPE_CHECKING:
    from crm_cli.model.aspects import Tracked
    from crm_cli.model.item import Item
    from crm_cli.store.document import Document


class Moment(NamedTuple):
    """When a change is made, and who makes it; who it is may take long to find out."""

    now: datetime
    user: Callable[[], str | None]


class _Before(NamedTuple):
    """What an item said before an edit."""

    value: Any
    stamp: Any
    noted: int


States = dict[str, _Before]
"""By the items' ids."""


def states(document: Document) -> States:
    """The tracked values of a document's items."""
    return {item.id: _state(item, tracked) for item, tracked in _tracked(document)}


def note_changes(document: Document, before: States, moment: Moment) -> None:
    """Add an entry for each value that an edit has changed and not noted itself."""
    if not before:
        return  # What is new notes itself: a large file need not be read again for that.
    # Found first: looking for each of thousands by its id would take the square of their number.
    changed = []
    for item, tracked in _tracked(document):
        was, now = before.get(item.id), _state(item, tracked)
        if was is not None and now.value != was.value and now.noted == was.noted:
            changed.append((item.id, was))
    for id, was in changed:
        _note(document, id, was, moment)


def take_over(document: Document, moment: Moment) -> int:
    """Note the values that were changed by hand; returns how many."""
    if document.mapped:
        return 0
    found = [item.id for item, _ in _tracked(document) if is_unnoted(item, document.business)]
    for id in found:
        item = document.find(id)
        tracked = item.kind.tracked
        assert tracked is not None
        stamp = item.values.get(tracked.stamp)
        # A date that was written along with the change is the day of the change.
        was = _Before(None, None if tracked.ended and tracked.ended(item) else stamp, 1)
        _note(document, id, was, moment)
    return len(found)


def _tracked(document: Document) -> Iterator[tuple[Item, Tracked]]:
    if document.mapped or document.blank:
        return
    record = document.record
    if record.kind.tracked is not None:
        yield record, record.kind.tracked
    for field, kind in record.kind.lists:
        if kind.tracked is not None:
            for item in record.items(field.key):
                yield item, kind.tracked


def _state(item: Item, tracked: Tracked) -> _Before:
    stamp = item.values.get(tracked.stamp) if tracked.stamp else None
    return _Before(item.values.get(tracked.field), stamp, len(item.items(tracked.history)))


def _note(document: Document, id: str, was: _Before, moment: Moment) -> None:
    item = document.find(id)
    tracked = item.kind.tracked
    assert tracked is not None
    now = moment.now.replace(second=0, microsecond=0)
    stamp = item.values.get(tracked.stamp) if tracked.stamp else None
    is_given = stamp is not None and stamp != was.stamp
    value = item.values.get(tracked.field)
    if value is not None:
        if not was.noted and was.value is not None:
            since = was.stamp or item.values.get(item.kind.stamped)
            _add(document, id, tracked, was.value, since, None)
        at = now
        if stamp is not None and is_given and _follows(document.find(id), stamp, document):
            at = stamp
        _add(document, id, tracked, value, at, moment.user())
    item = document.find(id)
    if tracked.ended is not None and tracked.ended(item):
        if not is_given:
            document.set(id, tracked.stamp, now)
    elif stamp is not None and not is_given:
        document.remove(id, tracked.stamp)
    for key in tracked.clears(item) if tracked.clears is not None else ():
        if key in item.values:
            _hand_over(document, id, tracked, was.value, key)
            document.remove(id, key)


def _hand_over(document: Document, id: str, tracked: Tracked, value: Any, key: str) -> None:
    """Keep what no longer applies in the item's last entry with a value, if that can have it."""
    item = document.find(id)
    moves = item.items(tracked.history)
    last = next((one for one in reversed(moves) if one.values.get(tracked.field) == value), None)
    if last is not None and key in last.kind.by_key:
        document.assign(last, key, item.values[key])


def _follows(item: Item, at: date, document: Document) -> bool:
    """Whether a date is not before the last entry: the entries stay in their order."""
    found = entries(item, document.business)
    last = next((one.day for one in reversed(found) if one.day is not None), None)
    return last is None or local_date(at, document.business.time_zone) >= last


def _add(
    document: Document, id: str, tracked: Tracked, value: Any, at: Any, by: str | None
) -> None:
    entry = {tracked.field: value, "at": at, "by": by}
    known = {key: one for key, one in entry.items() if one is not None}
    document.add(tracked.history, known, ref=id)
