"""Parsing a calendar into entries; invalid ones are reported with their line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from crm_cli.formats.content_lines import Refused
from crm_cli.formats.ics import days, meetings, todos
from crm_cli.formats.ics.blocks import Block, Line, blocks_of
from crm_cli.formats.ics.entries import Entry, Hint, Misread, Reader
from crm_cli.formats.ics.moments import FindZone, zone_finder
from crm_cli.formats.ics.words import BIRTHDAY, CUSTOMER, LISTS, STATE, Around, own_id
from crm_cli.formats.written_state import Values, read_state

if TYPE_CHECKING:
    from icalendar import Component

_READ = {"VTODO", "VEVENT"}
_PASSED = {"VTIMEZONE"}
_MOST_RULES, _MOST_DAYS = 50, 1000
"""Of a zone's definition."""
_YEARLY = {
    "FREQ", "INTERVAL", "COUNT", "UNTIL", "BYMONTH", "BYDAY", "BYMONTHDAY", "BYSETPOS", "WKST",
}  # fmt: skip


def read_entries(text: str, around: Around, *, file: str = "") -> Iterator[Entry | Refused]:
    """The entries of a calendar, of several in one text, and what cannot be read of it.

    Raises DataError where the text is no calendar at all.
    """
    definitions: dict[str, Callable[[], tzinfo | None]] = {}
    find = zone_finder(definitions)
    waiting: list[Block] = []
    for block in blocks_of(text):
        if block.name == "VTIMEZONE" and block.fault is None:
            tzid = block.text("TZID")
            if tzid:
                definitions[tzid] = _definition(block)
        elif block.name not in _PASSED or block.fault is not None:
            waiting.append(block)
    for block in waiting:  # a zone may be defined after what names it
        source = "\r\n".join(block.source) + "\r\n"
        if block.fault is not None:
            yield Refused(block.fault[0], block.fault[1], source, file)
        elif block.name not in _READ:
            yield Refused(block.number, f"{block.name} is neither task nor event", source, file)
        else:
            try:
                yield _entry(block, around, find, source, file)
            except Misread as error:
                hint = f" ({error.hint})" if error.hint else ""
                yield Refused(error.line, f"{error.message}{hint}", source, file)


def values_of(part: Component, kind: str, around: Around) -> Values:
    """What a component that was made here says."""
    reader = Reader(_block(part), around, zone_finder({}))
    _read(reader, kind)
    return reader.values


def _block(part: Component) -> Block:
    """A component as its text would be read, without writing it out."""
    block = Block(str(part.name), 0)
    for name, held in part.items():
        for value in held if isinstance(held, list) else [held]:
            params = {key.upper(): str(said) for key, said in value.params.items()}
            block.lines.append(Line(0, name.upper(), params, value.to_ical().decode()))
    block.blocks = [_block(inner) for inner in part.subcomponents]
    return block


def _read(reader: Reader, kind: str) -> str:
    if kind == "tasks":
        return todos.read(reader)
    if kind == "interactions":
        return meetings.read(reader)
    return days.read(reader, birthday=kind == BIRTHDAY)


def _entry(block: Block, around: Around, find: FindZone, source: str, file: str) -> Entry:
    reader = Reader(block, around, find)
    uid = (block.text("UID") or "").strip()
    if not uid:
        raise Misread(block.number, "there is no UID", "every entry of a calendar has one")
    id = own_id(uid, around)
    kind = _kind(block, reader, id)
    foot = _read(reader, kind)
    exception, modified = reader.moment("RECURRENCE-ID"), reader.moment("LAST-MODIFIED")
    repeats = [name for name in ("RRULE", "RDATE") if block.first(name) is not None]
    if kind == "interactions" and repeats and exception is None:
        line = block.first(repeats[0])
        assert line is not None
        raise Misread(
            line.number,
            f"'{block.text('SUMMARY') or ''}' recurs, and an interaction is one meeting",
            "crm task add … --every keeps what comes again",
        )
    needed = {"tasks": ("title", "SUMMARY"), "interactions": ("at", "DTSTART")}.get(kind)
    if needed is not None and needed[0] not in reader.values and exception is None:
        raise Misread(block.number, f"there is no {needed[1]}")
    reader.used |= {"EXDATE"} if kind in ("anniversaries", BIRTHDAY) else set()
    sequence = (block.text("SEQUENCE") or "").strip()
    return Entry(
        kind,
        block.number,
        uid,
        id,
        reader.values,
        tuple(_hints(block, foot)),
        read_state(block.text(STATE) or ""),
        source,
        exception,
        modified if isinstance(modified, datetime) else None,
        tuple(_people(block)),
        reader.left_out(),
        reader.others(),
        tuple(inner for inner in block.blocks if inner.name == "VALARM"),
        file,
        int(sequence) if re.fullmatch(r"\d{1,9}", sequence, re.ASCII) else 0,
    )


def _kind(block: Block, reader: Reader, id: str) -> str:
    """What an entry becomes here."""
    if block.name == "VTODO":
        return "tasks"
    known = LISTS.get(id[:1]) if id[1:2] == "-" else None
    if known in ("anniversaries", BIRTHDAY):
        return known
    if not id and block.first("RECURRENCE-ID") is None and days.comes_round(reader):
        return "anniversaries"
    return "interactions"


def _hints(block: Block, foot: str) -> Iterator[Hint]:
    """What may name the customer: our own lines first, then addresses, then names."""
    own = block.text(CUSTOMER)
    if own:
        yield Hint(own.strip(), True)
    if foot:
        yield Hint(foot, True)
    people = list(_people(block))
    yield from (Hint(address) for _, address in people if address)
    yield from (Hint(name) for name, _ in people if name)
    for line in block.all("CONTACT"):
        if line.text.strip():
            yield Hint(line.text.strip())
    # What is typed on a telephone has no better place: Ring about the quote @ana-novak.
    for match in re.finditer(r"(?:^|\s)@([a-z0-9][a-z0-9._-]*)", block.text("SUMMARY") or ""):
        yield Hint(match[1])


def _people(block: Block) -> Iterator[tuple[str, str]]:
    """(name, e-mail address) of those who take part; either may be empty."""
    for line in [*block.all("ATTENDEE"), *block.all("ORGANIZER")]:
        address = (line.params.get("EMAIL", "") or line.address).strip()
        name = line.params.get("CN", "").strip()
        yield ("" if name == address else name, address if "@" in address else "")


def _definition(block: Block) -> Callable[[], tzinfo | None]:
    """The zone that a file defines itself; None where it does so wrongly."""

    def define() -> tzinfo | None:
        from icalendar import Timezone

        if not _is_bounded(block):
            return None
        try:
            made = Timezone.from_ical("\r\n".join(block.source) + "\r\n")
            found = made.to_tz(lookup_tzid=False) if isinstance(made, Timezone) else None
        except Exception:
            # The library raises what it pleases for what others wrote; the zone is then unknown.
            return None
        return found if isinstance(found, tzinfo) else None

    return define


def _is_bounded(definition: Block) -> bool:
    """Whether a zone's definition has no more transitions than any zone on earth.

    The library counts them all out, until 2038: a rule by the second would never end.
    """
    rules = [line.raw.upper() for part in definition.blocks for line in part.all("RRULE")]
    days = sum(line.raw.count(",") + 1 for part in definition.blocks for line in part.all("RDATE"))
    return len(rules) <= _MOST_RULES and days <= _MOST_DAYS and all(map(_is_yearly, rules))


def _is_yearly(rule: str) -> bool:
    """Whether a rule is for a few days of each year: the last Sunday of March, the first Sunday
    on or after the 8th."""
    parts = dict(part.partition("=")[::2] for part in rule.split(";"))
    several = {key for key, text in parts.items() if "," in text}
    return (
        parts.get("FREQ") == "YEARLY"
        and parts.keys() <= _YEARLY
        and several <= ({"BYMONTHDAY"} if "BYMONTH" in parts else set())
    )
