"""Rewriting what refers to a record, wherever a file says its id."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from crm_cli.model.item import Item
from crm_cli.model.kind import Kind
from crm_cli.model.references import fields_naming
from crm_cli.store.document import Document


def refer_to(
    document: Document, kind: Kind, old: str, new: str, *, of: str | None = None
) -> None:
    """Rewrite every field of a document that refers to the record, or item, `old` of a kind; with
    `of` only those of the item of that id, and of what is in it."""
    while True:
        found = next(
            (
                one for one in _references(document, kind, old)
                if of is None or of in _ids(one[0])
            ),
            None,
        )  # fmt: skip
        if found is None:
            return
        item, key, value = found
        item = document.identified(item)
        if isinstance(value, list):
            named = [new if one == old else one for one in value]
            document.assign(item, key, list(dict.fromkeys(named)))
        else:
            document.assign(item, key, new)


def _ids(item: Item) -> Iterator[str]:
    """The id of an item, and those of the items that it is in."""
    within: Item | None = item
    while within is not None:
        yield within.id
        within = within.parent


def _references(document: Document, kind: Kind, id: str) -> Iterator[tuple[Item, str, Any]]:
    """(item, field, value) of each reference to a record; a group's field is GROUP.FIELD."""
    for record in document.records.values() if document.mapped else (document.record,):
        for item in record.walk():
            for key, value in fields_naming(item, kind, id):
                yield item, key, value
