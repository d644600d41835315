"""Taking the mentions of somebody out of a file."""

from __future__ import annotations

from collections.abc import Iterator

from crm_cli.features.mentions import About, is_theirs, references
from crm_cli.model.errors import DataError
from crm_cli.model.item import Item
from crm_cli.model.outgoing import addressees_of, is_message
from crm_cli.model.places import kind_of
from crm_cli.store.document import Document
from crm_cli.store.scrubbing import scrubbed


def without(about: About, path: str, data: bytes) -> bytes:
    """The bytes of a file without what mentions them.

    A reference goes with its field; an item without an id that is nothing else, such as a
    relation, goes as a whole; in texts `(forgotten)` stands instead. Raises DataError where
    that would not be a record any more. Nothing is left of a message to them.
    """
    if is_message(path) and addressees_of(path, data) & {about.id, *about.former}:
        return b""
    if kind_of(path) is None:
        return scrubbed(data, path, about.traces)
    try:
        document = about.workspace.open(path, data)
    except DataError:
        return scrubbed(data, path, about.traces)
    before = len(document.unread)
    _remove_references(about, document)
    _remove_items(about, document)
    after = scrubbed(document.data, path, about.traces)
    left = about.workspace.open(path, after)
    if len(left.unread) > before:
        first = left.unread[0]
        raise DataError(
            f"{first.place}: without them {path} could not be read: {first.message}",
            "take the name out by hand first; nothing was changed",
        )
    return after


def _remove_references(about: About, document: Document) -> None:
    while True:
        found = next(references(about, document), None)
        if found is None:
            return
        item, key, value = found
        if _is_link(item, value):
            document.delete(document.ref_of(item))
            continue
        item = document.identified(item)
        ids = {id for held in about.items.values() for id in held}
        rest = [one for one in value if one not in ids] if isinstance(value, list) else []
        if rest:
            document.assign(item, key, rest)
        else:
            document.remove(document.ref_of(item), key)


def _is_link(item: Item, value: object) -> bool:
    """Whether an item is there only to link to one other."""
    held = item.parent is not None and item.parent.parent is None
    return held and not item.kind.letter and not isinstance(value, list)


def _remove_items(about: About, document: Document) -> None:
    """Items that are about them, but for what their kind says stays, and simple items that are
    nothing but their name or address."""
    while True:
        found = next(_about_them(about, document), None)
        if found is None:
            return
        item, keys = found
        if keys:
            document.drop(document.identified(item), keys[0])
        else:
            document.delete(document.ref_of(item))


def _about_them(about: About, document: Document) -> Iterator[tuple[Item, list[str]]]:
    """(item, the keys that go; none where all of it does)."""
    for record in document.records.values() if document.mapped else (document.record,):
        for item in record.walk():
            retained = item.kind.retained
            if retained is not None and is_theirs(about, item):
                keys = [key for key in item.values if key not in retained.fields]
                if keys:
                    yield item, keys
            elif item.parent is not None and item.parent.parent is None and not item.kind.letter:
                title = str(item.values.get(item.kind.title) or "")
                if title and about.traces.is_all_of(title):
                    yield item, []
