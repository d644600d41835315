"""What a card that was written here changes in its customer's record."""

from __future__ import annotations

from typing import Any

from crm_cli.features.importing.merging import item_changes
from crm_cli.formats.vcf.comparing import ItemNews, News
from crm_cli.formats.vcf.marks import LISTS
from crm_cli.model.business import Business
from crm_cli.model.dates import PartialDate
from crm_cli.model.item import Item
from crm_cli.store.document import Document


def apply(document: Document, found: News) -> None:
    """Write what a card changed, field by field and item by item."""
    for key, value in found.values.items():
        document.set(None, key, _plain(value))
    for one in found.items:
        place = _place(document.record, one, document.business)
        if place is not None:
            _item(document, one, place)
    for key, items in found.added.items():
        document.extend(key, [{part: _plain(text) for part, text in one.items()} for one in items])


def _item(document: Document, one: ItemNews, place: int) -> None:
    if not one.values and not one.gone:
        document.delete((one.list, place))
        return
    field = document.record.kind.by_key[one.list]
    if one.values:
        values = {key: _plain(value) for key, value in one.values.items()}
        record = document.record
        for step in item_changes(record, field, record.items(one.list)[place], values, place):
            step(document)
    lifted = {key: name for name, key in field.lifts.items()}
    for key in one.gone:
        item = document.record.items(one.list)[place]
        if item.node is document.record.node and key in lifted:
            document.remove(None, lifted[key])
        elif item.node is not document.record.node:
            document.remove((one.list, place), key)


def _place(record: Item, one: ItemNews, business: Business) -> int | None:
    """Where the item stands of which a card said `was`."""
    if one.list == "organizations":
        links = enumerate(record.items(one.list))
        return next((place for place, link in links if not link.get("end")), None)
    form = LISTS[one.list]
    country = business.country or None
    wanted = form(one.was, country)
    for place, item in enumerate(record.items(one.list)):
        said = {key: item.get(key) for key in item.kind.by_key if item.get(key) is not None}
        if form(said, country) == wanted:
            return place
    return None


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, PartialDate) else value
