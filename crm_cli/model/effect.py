"""What is dated after today: it is there, but counts in no figure before its day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from crm_cli.model.dates import local_date
from crm_cli.model.exchange import rate_turns
from crm_cli.model.named_tuple import NamedTuple

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item


class Span(NamedTuple):
    """The days on which the figures of a record stay as they are: from `since` on, before `until`.

    ISO dates; None where nothing in the record changes them on that side.
    """

    since: str | None
    until: str | None


def day_of(item: Item, business: Business) -> date | None:
    """The day from which an item counts; None for one that always does."""
    value = item.values.get(item.kind.effective)
    return None if value is None else local_date(value, business.time_zone)


def is_ahead(item: Item, business: Business) -> bool:
    """Whether an item is dated after today."""
    if business.today is None:
        return False
    day = day_of(item, business)
    return day is not None and day > business.today


def span_of(record: Item, business: Business) -> Span:
    """The days on which what was derived for a record holds."""
    today = business.today
    since: date | None = None
    until: date | None = None
    for day in _days(record, business):
        if today is not None and day > today:
            until = day if until is None or day < until else until
        elif since is None or day > since:
            since = day
    return Span(
        since.isoformat() if since is not None else None,
        until.isoformat() if until is not None else None,
    )


def _days(record: Item, business: Business) -> Iterator[date]:
    for field, kind in record.kind.lists:
        if kind.effective or kind.turns is not None:
            for item in record.items(field.key):
                day = day_of(item, business)
                if day is not None:
                    yield day
                if kind.turns is not None:
                    yield from kind.turns(item)
    yield from rate_turns(record, business)
