"""Fields whose changes are dated in a list of their item, as a deal's stage is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from crm_cli.model.dates import FIRST_DAY, local_date
from crm_cli.model.errors import Severity
from crm_cli.model.kind import Finding
from crm_cli.model.named_tuple import NamedTuple

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item


class Entered(NamedTuple):
    """A value that an item has had, the day from which it did, and who gave it."""

    value: str
    day: date | None
    by: str | None


def ordered(item: Item, business: Business) -> list[Item]:
    """The entries of an item's list that have a value, in the order of their days; one without
    a day stands after the one before."""
    tracked = item.kind.tracked
    assert tracked is not None
    found = []
    last = FIRST_DAY
    for entry in item.items(tracked.history):
        if tracked.field not in entry.values:
            continue
        if "at" in entry.values:
            last = local_date(entry.values["at"], business.time_zone)
        found.append((last, entry))
    found.sort(key=lambda one: one[0])
    return [entry for _, entry in found]


def entries(item: Item, business: Business) -> list[Entered]:
    """The values that an item's list has, in the order of their days."""
    tracked = item.kind.tracked
    assert tracked is not None
    found = []
    for entry in ordered(item, business):
        at = entry.values.get("at")
        day = None if at is None else local_date(at, business.time_zone)
        found.append(Entered(entry.values[tracked.field], day, entry.values.get("by")))
    return found


def is_unnoted(item: Item, business: Business) -> bool:
    """Whether the list of an item does not end in the value that it has now: it was changed by
    hand. An item without a list has none to be noted in."""
    tracked = item.kind.tracked
    if tracked is None or not item.values.get(tracked.history):
        return False
    value = item.values.get(tracked.field)
    found = entries(item, business)
    return value is not None and bool(found) and found[-1].value != value


def check_noted(item: Item, business: Business) -> Iterator[Finding]:
    """A warning about a value that was changed by hand."""
    tracked = item.kind.tracked
    if tracked is not None and is_unnoted(item, business):
        yield Finding(
            tracked.field,
            "changed-by-hand",
            f"{tracked.field} is {item.values[tracked.field]}, and {tracked.history} ends in "
            f"{entries(item, business)[-1].value}",
            "crm check --fix notes the change",
            Severity.WARNING,
        )
