"""Writing items as a calendar: one for all, or one each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Any, NamedTuple

from icalendar import Alarm, Calendar, Event, Timezone, Todo

from crm_cli.formats.content_lines import clean
from crm_cli.formats.flat import Exported
from crm_cli.formats.ics import days, meetings, todos
from crm_cli.formats.ics.blocks import Block
from crm_cli.formats.ics.entries import Entry, typed
from crm_cli.formats.ics.moments import LAST_YEAR
from crm_cli.formats.ics.parsing import values_of
from crm_cli.formats.ics.texts import raw_value, text_value
from crm_cli.formats.ics.words import BIRTHDAY, CUSTOMER, OWN, STATE, WITH, Around, name_of, uid_of
from crm_cli.formats.written_state import Values, short, state_of
from crm_cli.model.fieldtypes import Texts
from crm_cli.model.item import Item
from crm_cli.model.kind import ListOf

if TYPE_CHECKING:
    from icalendar import Component

_MAKER = "-//crm//plain-text CRM//EN"


class _Shape(NamedTuple):
    """How items of a kind are written: the component, what fills it, and what it can say."""

    component: type[Todo] | type[Event]
    fill: Callable[[Any, Item, Around], None]
    written: Callable[[Item], dict[str, Any]]


_SHAPES = {
    "task": _Shape(Todo, todos.fill, todos.written),
    "interaction": _Shape(Event, meetings.fill, meetings.written),
    "anniversary": _Shape(Event, days.fill, days.written),
    "customer": _Shape(Event, days.fill, days.written),
}


def entry_kind(item: Item) -> str:
    """What an item is among the entries of a calendar; a customer stands for the birth date."""
    return BIRTHDAY if item.kind.name == "customer" else item.kind.key


def fits(item: Item) -> bool:
    """Whether an item can stand in a calendar: interactions and anniversaries need a day."""
    if item.kind.name == "task":
        return True
    if item.kind.name == "interaction":
        return "at" in item.values and item.values["at"].year < LAST_YEAR
    return days.has_a_day(item)


def component(item: Item, around: Around) -> Component:
    """An item as a component, without DTSTAMP."""
    return component_and_values(item, around)[0]


def component_and_values(item: Item, around: Around) -> tuple[Component, Values]:
    """An item as a component, without DTSTAMP, and what is read of it again.

    What iCalendar's words do not give back exactly stands beside them in a line of ours,
    which holds only as long as they are not changed.
    """
    shape = _SHAPES[item.kind.name]
    made = shape.component()
    record = item.owner
    made.add("UID", text_value(uid_of(item, around)))
    shape.fill(made, item, around)
    made.add("CONTACT", text_value(name_of(record)))
    made.add(CUSTOMER, text_value(record.id))
    said = shape.written(item)
    back = values_of(made, entry_kind(item), around)
    for key, value in said.items():
        field = item.kind.by_key[key]
        if key == "uid" or _same(value, back.get(key)):
            continue
        beside = {WITH: short(back[key])} if key in back else {}
        texts = [clean(text) for text in _texts(field.type, value)]
        for text in texts:
            made.add(OWN + key.upper().replace("_", "-"), text_value(text), parameters=beside)
        back[key] = typed(field.type, texts, around)
    made.add(STATE, text_value(state_of(back)))
    return made, back


def keep_others(made: Component, entry: Entry, around: Around) -> None:
    """Give a component the lines of other programs that its entry has, and alarms of theirs.

    They are copied from the file that is replaced; nobody new is invited to anything.
    """
    written = set(made.keys())
    for line in entry.others:
        if line.name not in written:
            made.add(line.name, raw_value(line.raw), parameters=dict(line.params))
    said = values_of(made, entry.kind, around)
    if entry.alarms and said.get("remind_before") == entry.values.get("remind_before"):
        made.subcomponents = [inner for inner in made.subcomponents if inner.name != "VALARM"]
        for block in entry.alarms:
            made.add_component(_alarm(block))


def _alarm(block: Block) -> Component:
    made = Alarm()
    for line in block.lines:
        made.add(line.name, raw_value(line.raw), parameters=dict(line.params))
    return made


def calendar_of(parts: Iterable[Component], around: Around, *, name: str = "") -> bytes:
    """Components as one VCALENDAR, with the time zones that they name."""
    calendar = Calendar()
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", _MAKER)
    if name:
        calendar.add("X-WR-CALNAME", text_value(name))
    held = list(parts)
    stamp = around.now.astimezone(UTC).replace(microsecond=0)
    zones: dict[str, tzinfo] = {}
    for part in held:
        if "DTSTAMP" not in part:
            part.add("DTSTAMP", stamp)
        zones.update(_zones(part))
    for zone in zones.values():
        calendar.add_component(Timezone.from_tzinfo(zone))
    for part in held:
        calendar.add_component(part)
    return bytes(calendar.to_ical())


def calendar_text(items: Iterable[Item], around: Around, *, name: str = "") -> Exported:
    """All items as one calendar; says what it cannot hold, by key."""
    left_out: Counter[str] = Counter()

    def pieces() -> Iterator[str]:
        yield calendar_of(parts, around, name=name).decode()

    parts = []
    for item in items:
        if fits(item):
            parts.append(component(item, around))
            left_out.update(beyond(item))
        else:
            left_out[f"{item.kind.key} without a day"] += 1
    return Exported(pieces(), left_out)


def beyond(item: Item) -> Iterator[str]:
    """Keys of an item that no line of a calendar can hold."""
    if item.kind.name != "customer":
        yield from item.extra


def _texts(type: Any, value: Any) -> list[str]:
    if isinstance(type, Texts):
        return [str(text) for text in value]
    if isinstance(type, ListOf):
        return [str(one.values.get("value", "")) for one in value]
    return [type.write(value).text]


def _same(value: Any, back: Any) -> bool:
    if isinstance(value, list) and value and isinstance(value[0], Item):
        return False
    if isinstance(value, datetime) is not isinstance(back, datetime):
        return False
    return bool(value == back)


def _zones(part: Component) -> Iterator[tuple[str, tzinfo]]:
    """The time zones that a component names, by their names."""
    for one in (part.get(name) for name in ("DTSTART", "DUE")):
        zone = getattr(getattr(one, "dt", None), "tzinfo", None)
        if one is not None and "TZID" in one.params and zone is not None:
            yield str(one.params["TZID"]), zone
