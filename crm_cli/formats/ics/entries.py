"""Calendar entries as values of our fields, not yet matched or written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from crm_cli.formats.ics.blocks import Block, Line
from crm_cli.formats.ics.moments import FindZone, Moment, Trigger, read_length, read_moment
from crm_cli.formats.ics.words import OWN, WITH, Around
from crm_cli.formats.written_state import Values, short
from crm_cli.model.errors import Unreadable
from crm_cli.model.fieldtypes import Texts
from crm_cli.model.kind import Kind, ListOf


class Hint(NamedTuple):
    """What may name the customer: an id of ours, or an address or name that others wrote."""

    text: str
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a calendar.

    `kind` is the key of what it becomes: tasks, interactions, anniversaries, or birthday.
    `hints` may name the customer, the surest first. `state` has the short forms of the
    fields as they were when the entry was written here, empty where it was not. `exception`
    is the occurrence that it is about, where it is not about all of a series; `modified`
    when it was changed last. `people` are the (name, address) of those who take part.
    `left_out` are names of lines that mean nothing here, `others` those lines and all that
    are other programs' own. `sequence` is the number of its revision.
    """

    kind: str
    line: int
    uid: str
    id: str
    values: Values
    hints: tuple[Hint, ...]
    state: Mapping[str, str]
    source: str
    exception: Moment | None = None
    modified: datetime | None = None
    people: tuple[tuple[str, str], ...] = ()
    left_out: tuple[str, ...] = ()
    others: tuple[Line, ...] = ()
    alarms: tuple[Block, ...] = ()
    file: str = ""
    sequence: int = 0


@dataclass(slots=True)
class Reader:
    """Reads the lines of one component; tells the place of what cannot be read."""

    block: Block
    around: Around
    find: FindZone
    values: Values = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def line(self, name: str) -> Line | None:
        """The first line of a name; from then on it counts as used."""
        self.used.add(name)
        line = self.block.first(name)
        return line if line is not None and line.raw.strip() else None

    def text(self, name: str) -> str | None:
        """The text of a line."""
        line = self.line(name)
        return line.text if line is not None and line.text.strip() else None

    def moment(self, name: str) -> Moment | None:
        """The day or instant of a line."""
        line = self.line(name)
        if line is None:
            return None
        zone = self.around.business.time_zone
        with Told(line):
            return read_moment(line.raw, line.params.get("TZID", ""), zone, self.find)

    def length(self, name: str) -> timedelta | None:
        """The length of time of a line."""
        line = self.line(name)
        if line is None:
            return None
        with Told(line):
            return read_length(line.raw)

    def number(self, name: str, most: int) -> int | None:
        """The whole number of a line, from 0 to `most`."""
        line = self.line(name)
        if line is None:
            return None
        with Told(line):
            text = line.raw.strip()
            if not (text.isascii() and text.isdigit() and len(text) < 4 and int(text) <= most):
                raise Unreadable(f"'{text}' is no number from 0 to {most}")
            return int(text)

    def triggers(self) -> list[Trigger]:
        """When the alarms ring; an alarm that cannot be read is passed over."""
        found = []
        for alarm in self.block.blocks:
            line = alarm.first("TRIGGER") if alarm.name == "VALARM" else None
            if line is None:
                continue
            try:
                if line.params.get("VALUE", "").upper() == "DATE-TIME":
                    at = read_moment(line.raw, "", self.around.business.time_zone, self.find)
                    if isinstance(at, datetime):
                        found.append(Trigger(at=at))
                else:
                    of_end = line.params.get("RELATED", "").upper() == "END"
                    found.append(Trigger(read_length(line.raw), of_end))
            except Unreadable:
                continue
        return found

    def own(self, kind: Kind, *, only: tuple[str, ...] = ()) -> None:
        """What the lines of ours say, on top of what iCalendar's own words say.

        A line that stands beside one of iCalendar's holds only as long as that one says
        what it said when both were written.
        """
        for key, one in kind.by_key.items():
            name = OWN + key.upper().replace("_", "-")
            lines = self.block.all(name)
            self.used.add(name)
            if not lines or (only and key not in only):
                continue
            beside = lines[0].params.get(WITH, "")
            if beside != (short(self.values[key]) if key in self.values else ""):
                continue
            with Told(lines[0]):
                self.values[key] = typed(one.type, [line.text for line in lines], self.around)

    def left_out(self) -> tuple[str, ...]:
        """The names of lines that nothing was taken from, but for those that say nothing."""
        names = dict.fromkeys(line.name for line in self.block.lines)
        return tuple(name for name in names if name not in self.used | _SILENT and name[:2] != "X-")

    def others(self) -> tuple[Line, ...]:
        """The lines that nothing was taken from, those of other programs among them."""
        return tuple(
            line
            for line in self.block.lines
            if line.name not in self.used | _OURS and not line.name.startswith(OWN)
        )


_OURS = {"DTSTAMP", "LAST-MODIFIED", "UID", "RECURRENCE-ID", "CONTACT"}
"""Lines that are written anew each time."""
_SILENT = {
    "DTSTAMP", "CREATED", "LAST-MODIFIED", "SEQUENCE", "CLASS", "TRANSP", "UID", "RECURRENCE-ID",
    "ORGANIZER", "ATTENDEE", "CONTACT", "COLOR",
}  # fmt: skip
"""Names of lines that say nothing a record could hold, or that are asked for elsewhere."""


class Told:
    """Within the block, what cannot be read is told with its line. (A context manager.)"""

    def __init__(self, line: Line) -> None:
        self._line = line

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if isinstance(error, Unreadable) and not isinstance(error, Misread):
            raise Misread(self._line.number, f"{self._line.name}: {error.message}", error.hint)


class Misread(Unreadable):
    """Why a line cannot be read, with its number."""

    def __init__(self, line: int, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.line = line


def typed(type: Any, texts: list[str], around: Around) -> Any:
    """The value that texts are, one for each line; raises Unreadable."""
    if isinstance(type, ListOf):
        return [{"value": text} for text in texts]
    if isinstance(type, Texts):
        return texts
    return type.read(texts[0], around.business)


def is_day(value: Moment | None) -> bool:
    """Whether it is a day without a time."""
    return isinstance(value, date) and not isinstance(value, datetime)
