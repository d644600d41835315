"""Comparing a calendar entry with the item it belongs to.

A field that the entry still says as it was written is no news, whatever became of it here
since. One that was changed there is news; one that was changed on both sides, differently,
is a conflict. An entry that does not tell how it was written (a program took our lines
away, or it never was ours) is news wherever it differs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from crm_cli.formats.ics.entries import Entry
from crm_cli.formats.ics.words import Around
from crm_cli.formats.ics.writing import component_and_values
from crm_cli.formats.written_state import Values, short
from crm_cli.model.dates import local_date
from crm_cli.model.errors import Unreadable
from crm_cli.model.item import Item
from crm_cli.model.recurrence import Following, following, logged, renewed
from crm_cli.model.task import CLOSED

_OF_ONE = frozenset(
    ("status", "completed", "percent_complete", "due", "start", "rrule", "recurrence_id")
)
"""What an occurrence of a series has for itself."""
_SHOWN = frozenset(("due", "start", "notes", "summary", "duration", "touchpoint", "remind_before"))
"""What people can take away in their calendar, and programs do not by themselves."""


@dataclass(frozen=True, slots=True)
class News:
    """What an entry changes: values to set, keys to take away, lines for a series' log.

    `conflicts` are the fields that were changed here and there. `vanished` are those that
    the entry no longer has. `stray` tells that it is about an occurrence that is not the
    present one, and cannot be kept.
    """

    values: Values = field(default_factory=dict)
    removed: tuple[str, ...] = ()
    log: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    vanished: tuple[str, ...] = ()
    stray: bool = False

    def __bool__(self) -> bool:
        return bool(self.values or self.removed or self.log)


def news(entry: Entry, item: Item, around: Around) -> News:
    """What an entry says that its item does not say, and should."""
    if entry.exception is None and not changed_there(entry) and not _lacks(entry):
        return News()
    _, mine = component_and_values(item, around)
    fresh = {
        key: value
        for key, value in entry.values.items()
        if key != "occurrences" and _is_news(key, value, mine, entry, item)
    }
    if entry.exception is not None:
        return _of_exception(entry, item, fresh, around)
    series = _of_series(entry, item, fresh, mine, around)
    if series is not None:
        fresh = {key: value for key, value in fresh.items() if key not in _OF_ONE}
        conflicts = _conflicts(entry, fresh, mine)
        return News({**fresh, **series.values}, series.removed, series.log, conflicts)
    removed: tuple[str, ...] = ()
    if "status" not in fresh and "completed" in mine:
        fresh.pop("completed", None)  # done on both sides, at times of their own
    if "status" in fresh:
        removed = _settled(fresh, item, entry, around)
    vanished = tuple(
        key for key in sorted(_SHOWN & entry.state.keys() & mine.keys()) if key not in entry.values
    )
    return News(fresh, removed, (), _conflicts(entry, fresh, mine), vanished)


def endless(rule: str) -> str:
    """A rule without its number of occurrences."""
    return re.sub(r";?COUNT=\d+", "", rule.upper())


def changed_there(entry: Entry) -> bool:
    """Whether an entry was changed since it was written here; one of which that cannot be
    told counts as changed."""
    said = {key: short(value) for key, value in entry.values.items()}
    return not entry.state or any(entry.state.get(key) != digits for key, digits in said.items())


def _lacks(entry: Entry) -> bool:
    """Whether an entry no longer has what people can take away."""
    return any(key not in entry.values for key in _SHOWN & entry.state.keys())


def _is_news(key: str, value: Any, mine: Values, entry: Entry, item: Item) -> bool:
    known = item.kind.by_key.get(key)
    held = mine.get(key, known.default if known is not None else None)
    if key == "rrule" and held and not entry.state and endless(held) == endless(value):
        return False  # Programs that took our lines away count down, or do not.
    return short(value) != short(held) and entry.state.get(key) != short(value)


def _conflicts(entry: Entry, fresh: Values, mine: Values) -> tuple[str, ...]:
    """Fields that are news, and that were changed here too since the entry was written."""
    if not entry.state:
        return ()
    return tuple(
        key for key in fresh if (short(mine[key]) if key in mine else None) != entry.state.get(key)
    )


def _settled(fresh: Values, item: Item, entry: Entry, around: Around) -> tuple[str, ...]:
    """What goes with another state of a task, as when it is done here; what is taken away."""
    if item.kind.name != "task":
        return ()
    if fresh["status"] != "completed":
        fresh.pop("completed", None)
        reopened = item.values.get("completed") is not None and fresh["status"] not in CLOSED
        return ("completed",) if reopened else ()
    fresh.setdefault("completed", _completed(entry, around))
    if item.values.get("percent_complete") is not None:
        fresh.setdefault("percent_complete", 100)
    if item.values.get("delegation_status") is not None:
        fresh.setdefault("delegation_status", "completed")
    return ()


def _completed(entry: Entry, around: Around) -> date | datetime:
    found: date | datetime | None = entry.values.get("completed") or entry.modified
    return found or around.now.replace(second=0, microsecond=0)


# Series


def _of_series(
    entry: Entry, item: Item, fresh: Values, mine: Values, around: Around
) -> News | None:
    """What becomes of the present occurrence of a task that recurs; None where nothing does.

    It is done where the entry says so, and also where it has gone on to a later day of the
    rule: that is how other programs write it down.
    """
    present = _present(item)
    if present is None:
        return None
    zone = around.business.time_zone
    said = entry.values
    there = said.get("recurrence_id") or said.get("due") or present
    here, then = local_date(present, zone), local_date(there, zone)
    if then < here and entry.state.get("due") != short(mine.get("due")):
        return News()  # It speaks of an occurrence that is over here.
    if then == here and fresh.get("status") == "completed":
        return _over(entry, item, around)
    if then > here and fresh.keys() & {"due", "recurrence_id"}:
        after = _following(item, datetime.combine(then, time(12), zone))
        if after is not None and local_date(after.due, zone) == then:
            return _gone_on(entry, item, here, after, around)
    return None


def _of_exception(entry: Entry, item: Item, fresh: Values, around: Around) -> News:
    """A component that is about one occurrence of a series (RECURRENCE-ID)."""
    present = _present(item)
    assert entry.exception is not None
    zone = around.business.time_zone
    day = local_date(entry.exception, zone)
    if present is None or day != local_date(present, zone):
        return News(stray=day not in _logged_days(item))
    if entry.values.get("status") == "completed":
        return _over(entry, item, around)
    if "due" in fresh:
        return News({"due": fresh["due"], "recurrence_id": present})
    return News(stray=bool(fresh.keys() - {"rrule", "status"}))


def _over(entry: Entry, item: Item, around: Around) -> News:
    """The present occurrence is done: it is logged, and the next one is due."""
    present = _present(item)
    assert present is not None
    zone = around.business.time_zone
    completed = _completed(entry, around)
    done = local_date(completed, zone)
    line = logged(local_date(present, zone), "done", at=done)
    now = around.now.astimezone(zone)
    if item.get("repeat_from") == "completion":
        now = datetime.combine(done, time(12), zone)
    after = _following(item, now)
    if after is None:
        values: Values = {"status": "completed", "completed": completed}
        if item.values.get("delegation_status") is not None:
            values["delegation_status"] = "completed"
        return News(values, (), (line,))
    lines = [line]
    if after.missed:
        lines.append(logged(after.missed[0], "missed", last=after.missed[-1]))
    return News(*renewed(item, after), tuple(lines))


def _gone_on(entry: Entry, item: Item, here: date, after: Following, around: Around) -> News:
    """The entry is due on a later day of the rule: what was present is done."""
    zone = around.business.time_zone
    done = local_date(entry.modified or around.now, zone)
    lines = [logged(here, "done", at=done if done < local_date(after.due, zone) else None)]
    if after.missed:
        lines.append(logged(after.missed[0], "missed", last=after.missed[-1]))
    said = entry.values
    values, cleared = renewed(item, after)
    values["due"] = said.get("due", after.due)
    if "recurrence_id" in said:
        values["recurrence_id"] = said["recurrence_id"]
        cleared = tuple(key for key in cleared if key != "recurrence_id")
    return News(values, cleared, tuple(lines))


def _present(item: Item) -> date | datetime | None:
    """The rule's own day of the present occurrence; None of what does not recur, or is closed."""
    said = item.values
    if item.kind.name != "task" or not said.get("rrule") or item.get("status") in CLOSED:
        return None
    found: date | datetime | None = said.get("recurrence_id") or said.get("due")
    return found


def _following(item: Item, now: datetime) -> Following | None:
    try:
        return following(item, now)
    except Unreadable:
        return None


def _logged_days(item: Item) -> set[date]:
    days = set()
    for one in item.items("occurrences"):
        first, last = one.derived.get("day"), one.derived.get("last")
        if first is not None:
            span = ((last or first) - first).days
            days |= {date.fromordinal(first.toordinal() + n) for n in range(min(span, 36600) + 1)}
    return days
