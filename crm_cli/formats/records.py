"""Records in the table formats: complete, or flattened into rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from crm_cli.formats.flat import Exported, flatten
from crm_cli.formats.tables import Holds, TableFormat
from crm_cli.formats.targets import belongs, id_name
from crm_cli.model.item import Item
from crm_cli.model.kind import Kind


def records_text(
    form: TableFormat, kind: Kind, items: Iterable[Item], *, ascii_only: bool = False
) -> Exported:
    """The records of a kind in a format that holds records or rows."""
    if form.holds is Holds.RECORDS:
        records = (_object(kind, item) for item in items)
        return Exported(form.write_records(records, ascii_only=ascii_only), Counter())
    flat = flatten(kind, items)
    if form.binary:
        return Exported(iter(()), flat.left_out, form.write_book([flat.rows]))
    return Exported(form.write(flat.rows, ascii_only=ascii_only), flat.left_out)


def _object(kind: Kind, item: Item) -> dict[str, Any]:
    head = {"customer": item.owner.id} if belongs(kind) else {}
    types = {one.key: one.type for one in kind.derived}
    shown = kind.exchange.shown if kind.exchange is not None else {}
    beside = {
        column: types[key].answer(item.derived[key])
        for column, key in shown.items()
        if item.derived.get(key) is not None
    }
    return {**head, id_name(kind): item.id, **item.answer(), **beside}
