"""Repairs on request: canonical form, ids written down, codes quoted."""

from __future__ import annotations

from collections.abc import Iterator

from crm_cli.model.errors import DataError
from crm_cli.model.fieldtypes import Code
from crm_cli.model.node import PLAIN, Mapping, Node, Scalar
from crm_cli.model.quoting import resolves_to_text
from crm_cli.model.writing import item_node
from crm_cli.model.written import entry_of
from crm_cli.store.canonical import canonical
from crm_cli.store.document import Document
from crm_cli.store.splice import Requote


def fmt(document: Document) -> None:
    """Bring the file to canonical form; its comments stay.

    Raises DataError where something was not understood: it would be lost.
    """
    if document.unread:
        first = document.unread[0]
        raise DataError(f"{first.place}: {first.message}", first.hint, tuple(document.unread))
    if document.blank:
        return
    if document.mapped:
        entries: list[tuple[Scalar, Node]] = []
        for name, node in document.root.entries:
            item = document.records.get(name.text)
            if item is not None and isinstance(node, Mapping):
                entries.append((name, item_node(item, top=True)))
            else:
                entries.append((name, node))
        ordered = Mapping(entries, start=document.root.start, end=document.root.end)
    else:
        made = item_node(document.record, top=True)
        assert isinstance(made, Mapping)
        ordered = made

    document.text = canonical(document.text, document.root, ordered)
    document.read()


def write_ids(document: Document) -> int:
    """Write down the ids of items that have none written; returns how many."""
    count = 0
    while True:
        item = next(
            (one for one in document.record.walk() if one.kind.letter and not one.written_id), None
        )
        if item is None:
            return count
        document.writable(item.id)
        count += 1


def quote_codes(document: Document) -> int:
    """Quote phones, postcodes and other codes that stand plain; returns how many."""
    count = 0
    while True:
        node = next(_plain_codes(document), None)
        if node is None:
            return count
        document.apply(Requote(document.path_to(node)))
        count += 1


def _plain_codes(document: Document) -> Iterator[Scalar]:
    """Codes that another program would take for a number (`+38640…`, `01000`)."""
    items = document.records.values() if document.mapped else document.record.walk()
    for item in items:
        for field in item.kind.fields:
            if not isinstance(field.type, Code) or field.key not in item.values:
                continue
            entry = entry_of(item, field.key)
            node = entry[1] if entry else item.node if item.short else None
            if (
                isinstance(node, Scalar)
                and node.style == PLAIN
                and node.text == item.values[field.key]
                and not resolves_to_text(node.text)
            ):
                yield node
