"""Calendar entries in one customer's record: new, changed or unchanged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from crm_cli.features.importing.addressees import Addressees
from crm_cli.formats.ics.comparing import News, endless, news
from crm_cli.formats.ics.entries import Entry
from crm_cli.formats.ics.words import BIRTHDAY, Around, anniversary_ids
from crm_cli.formats.written_state import Values, short
from crm_cli.model.dates import PartialDate, local_date
from crm_cli.model.errors import ConflictError
from crm_cli.model.item import Item
from crm_cli.model.people import ANNIVERSARY
from crm_cli.model.task import CLOSED
from crm_cli.store.document import Document, Ref

What = Literal["new", "changed", "unchanged"]


class Fate(NamedTuple):
    """What an entry comes to: the item's id, or why it is rejected, and what is to be told."""

    entry: Entry
    what: What = "unchanged"
    id: str = ""
    rejected: str = ""
    notes: tuple[str, ...] = ()


def settle(
    document: Document, *, entries: Sequence[Entry], around: Around, ids: Addressees
) -> Iterator[Fate]:
    """Make a customer's record say what entries say; tells what each came to.

    Entries about items that are here go first, since a program that completes a recurring
    task may write the next occurrence as an entry of its own.
    """
    items = _Items(document)
    left: list[Entry] = []
    days: set[int] = set()
    moved: set[str] = set()
    for entry in entries:
        if entry.kind == BIRTHDAY:
            yield _birthday(document, entry, around)
        elif entry.kind == "anniversaries":
            yield _anniversary(document, entry, around, days)
        else:
            id = ids.item(entry)
            item = items.get(entry.kind, id)
            if item is None and id is None:
                left.append(entry)
            elif item is None:
                yield Fate(entry, rejected=f"{id} is no longer of {document.id}")
            else:
                yield _known(document, entry, item, around, moved)
    added: dict[str, list[Values]] = {"tasks": [], "interactions": []}
    for entry in left:
        twin = _twin(document, entry, moved)
        if entry.exception is not None:
            yield Fate(entry, rejected="it is an exception of a series that is not here")
        elif twin is not None:
            document.set(twin.id, "uid", entry.uid)
            if short(twin.values.get("due")) != short(entry.values.get("due")):
                document.set(twin.id, "due", entry.values["due"])
            yield Fate(entry, "changed", twin.id)
        else:
            id = ids.new_id(entry)
            others = ids.participants(entry, document.id)
            added[entry.kind].append({"id": id, **_new(entry, around, others)})
            yield Fate(entry, "new", id)
    for kind, many in added.items():
        if many:
            document.extend(kind, many)


def write_entries(
    document: Document, *, entries: Sequence[Entry], around: Around, ids: Addressees
) -> None:
    """As `settle`, for good; raises ConflictError where the record has changed meanwhile."""
    for fate in settle(document, entries=entries, around=around, ids=ids):
        if fate.rejected:
            raise ConflictError(f"{document.path}: {fate.rejected}", "run the command again")


def _known(document: Document, entry: Entry, item: Item, around: Around, moved: set[str]) -> Fate:
    """What an entry comes to whose item is here; `moved` gets the series that go on."""
    found = news(entry, item, around)
    if found.log:
        moved.add(item.id)
    if found.conflicts:
        return Fate(entry, id=item.id, rejected=_both(entry, item, found))
    _write(document, item.id, found)
    return Fate(entry, "changed" if found else "unchanged", item.id, "", _told(entry, item, found))


def _write(document: Document, ref: Ref, found: News) -> None:
    for line in found.log:
        document.add("occurrences", {"value": line}, ref=ref)
    for key, value in found.values.items():
        document.set(ref, key, str(value) if isinstance(value, PartialDate) else value)
    for key in found.removed:
        document.remove(ref, key)


def _new(entry: Entry, around: Around, others: Sequence[str]) -> Values:
    """The values of a new item: what differs from what an absent one means."""
    from crm_cli.model.kinds import BY_NAME

    kind = BY_NAME[entry.kind]
    ours = bool(entry.state) or bool(entry.id)
    said = dict(entry.values)
    if not entry.id:
        said["uid"] = entry.uid
    if "occurrences" in said and not said["occurrences"]:
        del said["occurrences"]
    if entry.kind == "interactions" and not ours:
        said.setdefault("kind", "meeting")
        day = local_date(said["at"], around.business.time_zone)
        if day >= around.now.date():
            said.setdefault("status", "planned")
        if others:
            said.setdefault("participants", list(others))
    return {key: value for key, value in said.items() if value != kind.by_key[key].default}


def _twin(document: Document, entry: Entry, moved: set[str]) -> Item | None:
    """The recurring task that an entry is a copy of: of the same title and rule, and due
    the same day, or just done there (what comes next may be reckoned otherwise there)."""
    if entry.kind != "tasks" or entry.id or not {"rrule", "due"} <= entry.values.keys():
        return None
    wanted = (entry.values.get("title"), endless(entry.values["rrule"]))
    due = entry.values.get("due")
    for item in document.record.items("tasks"):
        said = item.values
        if (
            said.get("uid") is None
            and item.get("status") not in CLOSED
            and (said.get("title"), endless(said.get("rrule") or "")) == wanted
            and (item.id in moved or short(said.get("due")) == short(due))
        ):
            return item
    return None


class _Items:
    """The tasks and interactions of a record by id, looked up anew once it was edited."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._record: Item | None = None
        self._by_id: dict[tuple[str, str], Item] = {}

    def get(self, kind: str, id: str | None) -> Item | None:
        """The item of an id, None where the record has none."""
        record = self._document.record
        if record is not self._record:
            self._record = record
            self._by_id = {
                (key, one.id): one for key in ("tasks", "interactions") for one in record.items(key)
            }
        return self._by_id.get((kind, id)) if id is not None else None


# Birthdays and anniversaries, which have no ids


def _birthday(document: Document, entry: Entry, around: Around) -> Fate:
    record = document.record
    value = entry.values.get("birth_date")
    if value is None or record.values.get("birth_date") == value:
        return Fate(entry, id=document.id)
    if record.values.get("birth_date") is None:
        document.set(None, "birth_date", str(value))
        return Fate(entry, "new", document.id)
    return _applied(document, entry, record, None, around)


def _anniversary(document: Document, entry: Entry, around: Around, taken: set[int]) -> Fate:
    """By its own id, else the same day called the same; `taken` are the places of those that
    an entry spoke of already, so that of two alike each has its own."""
    record = document.record
    items = record.items("anniversaries")
    known = {id: place for place, id in enumerate(anniversary_ids(record))}
    place = known.get(entry.id)
    if place is None or place in taken:
        same = (at for at, one in enumerate(items) if at not in taken and _is(one, entry))
        place = next(same, None)
    if place is not None:
        taken.add(place)
        return _applied(document, entry, items[place], ("anniversaries", place), around)
    if "date" not in entry.values:
        return Fate(entry, rejected="its day cannot be read")
    fields = ANNIVERSARY.by_key
    said = {key: it for key, it in entry.values.items() if it != fields[key].default}
    if not entry.id:
        said.setdefault("kind", "custom")
    taken.add(len(items))
    document.add("anniversaries", said)
    return Fate(entry, "new", document.id)


def _applied(document: Document, entry: Entry, item: Item, ref: Ref, around: Around) -> Fate:
    found = news(entry, item, around)
    if found.conflicts:
        return Fate(entry, id=document.id, rejected=_both(entry, item, found))
    _write(document, ref, found)
    return Fate(entry, "changed" if found else "unchanged", document.id)


def _is(item: Item, entry: Entry) -> bool:
    """Whether an anniversary is the one of an entry: the same day, called the same."""
    said = entry.values
    return all(item.get(key) == said.get(key) for key in ("date", "label")) and (
        said.get("kind") in (None, item.get("kind"))
    )


# What is told


def _both(entry: Entry, item: Item, found: News) -> str:
    """Why an entry is rejected that was changed on both sides."""
    told = []
    for key in found.conflicts:
        type = item.kind.by_key[key].type
        held = item.values.get(key)
        here = "nothing" if held is None else type.write(held).text
        told.append(f"{key} is {here} here and {type.write(found.values[key]).text} there")
    name = item.id or item.title
    return f"{name} was changed on both sides: {'; '.join(told)} (make one say what the other says)"


def _told(entry: Entry, item: Item, found: News) -> tuple[str, ...]:
    notes = []
    if found.vanished:
        keys = ", ".join(found.vanished)
        cure = " ".join(f"{key}=" for key in found.vanished)
        notes.append(f"{item.id}: {keys} is gone there and stays here; crm set {item.id} {cure}")
    if found.stray:
        notes.append(
            f"line {entry.line}: an exception for {str(entry.exception)[:10]} of {item.id} "
            "is left out: only the present occurrence can be changed"
        )
    return tuple(notes)
