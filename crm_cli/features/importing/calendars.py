"""Importing calendars: tasks, interactions, birthdays and anniversaries.

A file brings what is new in it; what it does not mention stays. Where a field was changed
here and there since the file was written, the entry is rejected with both readings.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from crm_cli.features.importing.addressees import Addressees
from crm_cli.features.importing.appointments import Fate, settle, write_entries
from crm_cli.features.importing.entry_import import EntryImport
from crm_cli.features.items import foreign_uids
from crm_cli.formats.content_lines import Refused, text_of
from crm_cli.formats.ics.entries import Entry
from crm_cli.formats.ics.parsing import read_entries
from crm_cli.formats.ics.words import BIRTHDAY, Around
from crm_cli.formats.targets import ALL_DATES
from crm_cli.model.errors import DataError, Unreadable, UsageError
from crm_cli.model.kinds import KINDS
from crm_cli.model.people import ANNIVERSARY
from crm_cli.store import outside
from crm_cli.store.vdir import Vdir
from crm_cli.workspace import Change, Edit, Step, Workspace

_NAMES = {kind.key: (kind.name, kind.key) for kind in KINDS if kind.calendar is not None}
_NAMES[BIRTHDAY] = ("birthday", "birthdays")
"""What entries are called, one and several, by their kind."""


class Calendar(NamedTuple):
    """What a file, or a folder of files, holds: entries, and what cannot be taken of it."""

    kind: str
    entries: tuple[Entry, ...]
    refused: tuple[Refused, ...]
    left_out: tuple[str, ...]


def read_calendar(workspace: Workspace, kind: str, path: Path, *, encoding: str = "") -> Calendar:
    """The entries of a calendar file (`-` is stdin), or of all files of a vdir.

    Raises UsageError where there is none, DataError for what is no calendar.
    """
    around = _around(workspace)
    found: list[Entry | Refused] = []
    if str(path) != "-" and path.is_dir():
        for name, data in Vdir(path).read().items():
            file = str(path / name)
            if isinstance(data, str):
                found.append(Refused(1, data, "", file))
                continue
            try:
                found += read_entries(text_of(data, encoding), around, file=file)
            except (DataError, UsageError) as error:
                found.append(Refused(1, error.message, "", file))
    else:
        text = text_of(outside.read(path), encoding)
        try:
            found += read_entries(text, around, file=str(path))
        except DataError as error:
            raise DataError(f"{path}: {error.message}", error.hint) from None
    wanted = _wanted(kind)
    entries = [one for one in found if isinstance(one, Entry)]
    others = Counter(one.kind for one in entries if one.kind not in wanted)
    names = dict.fromkeys(name for one in entries if one.kind in wanted for name in one.left_out)
    told = [f"{count} {_NAMES[other][count != 1]}" for other, count in others.items()]
    return Calendar(
        kind,
        tuple(one for one in entries if one.kind in wanted),
        tuple(one for one in found if isinstance(one, Refused)),
        (*told, *names),
    )


def plan_calendar(
    workspace: Workspace,
    calendar: Calendar,
    *,
    who: str | None = None,
    advance: Callable[[], None] = lambda: None,
) -> EntryImport:
    """Match entries with what is there; nothing is written.

    `who` is the id of the customer of entries that name none. The change leaves out
    what is rejected: whether it may be carried out then is the caller's to decide.
    """
    around = _around(workspace)
    addressees = Addressees(workspace, around, who)
    rejected = list(calendar.refused)
    by_customer: dict[str, list[Entry]] = defaultdict(list)
    seen: dict[tuple[str, str], int] = {}
    for entry in _latest(calendar.entries):
        key = (entry.uid, str(entry.exception or ""))
        if key in seen:
            rejected.append(_reject(entry, f"{entry.uid} is in line {seen[key]} already"))
            advance()
            continue
        seen[key] = entry.line
        try:
            by_customer[addressees.customer(entry)].append(addressees.resolved(entry))
        except Unreadable as error:
            hint = f" ({error.hint})" if error.hint else ""
            rejected.append(_reject(entry, f"{error.message}{hint}"))
            advance()
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    notes: list[str] = []
    ids: list[str] = []
    steps: list[Step] = []
    for customer, entries in by_customer.items():
        touched = []
        for fate in _tried(workspace, customer, entries, around, addressees):
            advance()
            notes += fate.notes
            if fate.rejected:
                rejected.append(_reject(fate.entry, fate.rejected))
                continue
            counts[fate.entry.kind][fate.what] += 1
            if fate.what != "unchanged":
                ids.append(fate.id or customer)
                touched.append(fate.entry)
        if touched:
            write = partial(write_entries, entries=touched, around=around, ids=addressees)
            steps.append(Edit(workspace.path_of(customer), write))
    rejected.sort(key=lambda one: (one.file, one.line))
    number = sum(one["new"] + one["changed"] for one in counts.values())
    subject = f"import {number} {_noun(calendar.kind, number)}"
    return EntryImport(
        counts, tuple(rejected), tuple(notes), tuple(ids), Change(subject, tuple(steps))
    )


def rejected_data(rejected: Sequence[Refused]) -> bytes:
    """What was rejected as a calendar, each entry with why."""
    pieces = ["BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//crm//rejected//EN\r\n"]
    for one in rejected:
        if one.source:
            head, end, rest = one.source.rpartition("END:")
            reason = " ".join(one.reason.split())
            pieces.append(f"{head}X-REJECTED:{reason}\r\n{end}{rest}" if end else one.source)
    return outside.encoded([*pieces, "END:VCALENDAR\r\n"])


def _latest(entries: Sequence[Entry]) -> list[Entry]:
    """The entries, of those of one UID that were revised only the last revision (SEQUENCE).

    What has one revision twice is left for the caller to reject.
    """
    newest: dict[tuple[str, str], int] = {}
    for entry in entries:
        key = (entry.uid, str(entry.exception or ""))
        newest[key] = max(entry.sequence, newest.get(key, 0))
    return [
        entry
        for entry in entries
        if entry.sequence == newest[entry.uid, str(entry.exception or "")]
    ]


def _tried(
    workspace: Workspace,
    customer: str,
    entries: Sequence[Entry],
    around: Around,
    ids: Addressees,
) -> Iterator[Fate]:
    """What the entries of a customer come to, tried on a copy of the record."""
    yield from settle(workspace.document(customer), entries=entries, around=around, ids=ids)


def _around(workspace: Workspace) -> Around:
    return Around(workspace.business, workspace.clock.now, foreign_uids(workspace))


def _reject(entry: Entry, reason: str) -> Refused:
    return Refused(entry.line, reason, entry.source, entry.file)


def _wanted(kind: str) -> tuple[str, ...]:
    """The kinds of entries that are asked for: birthdays go with anniversaries."""
    if kind == ALL_DATES:
        return tuple(_NAMES)
    return (kind, BIRTHDAY) if kind == ANNIVERSARY.key else (kind,)


def _noun(kind: str, number: int) -> str:
    if kind == ALL_DATES:
        return "entry" if number == 1 else "entries"
    return _NAMES[kind][number != 1]
