"""History of records: who changed which field when, from git's log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, tzinfo
from typing import Any, NamedTuple

from crm_cli.features.items import item_ref
from crm_cli.features.paths import desk_meant, file_named
from crm_cli.features.values import when
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.dates import shifted
from crm_cli.model.differences import Difference, compare, entry_key, whole
from crm_cli.model.errors import CrmError, NotFound, Refused, UsageError
from crm_cli.model.ids import is_customer_id, is_item_id
from crm_cli.model.item import Item
from crm_cli.model.kind import GroupOf, Kind, ListOf, normal, singular
from crm_cli.model.places import CUSTOMERS, PLACES, Shape, kind_of, place_of
from crm_cli.model.text import did_you_mean
from crm_cli.store.blobs import Blobs
from crm_cli.store.commits import name_of
from crm_cli.store.log import Commit, Touched, log
from crm_cli.store.objects import in_head
from crm_cli.workspace import Workspace


class Change(NamedTuple):
    """A difference: when it was committed, by whom, of which record. Without a commit it
    is what the file says by now."""

    when: datetime | None
    who: str
    record: str
    what: Difference
    subject: str
    commit: str


class Blame(NamedTuple):
    """A field as it is, and the change that made it so."""

    field: str
    value: Any
    change: Change | None
    words: str
    """The value for people."""


def history(workspace: Workspace, text: str) -> list[Change]:
    """All that happened to a customer's record (WHO), to one of its items (by id or number), or
    to a file of the data (its path).

    Newest first, renamings followed; what is gone is found by its id. Raises NotFound,
    Ambiguous, Refused.
    """
    return _history(workspace, *_meant(workspace, text), text)


def _history(workspace: Workspace, path: str, item: str, text: str) -> list[Change]:
    """The changes of a record, or only of the item of it."""
    commits = log(workspace.git, "--follow", "--find-renames", paths=[path])
    if not commits and not workspace.tree.exists(path):
        if place_of(path) is CUSTOMERS:
            raise NotFound(f"there is no customer {text}, and never was", "crm list shows them")
        raise NotFound(f"there is no file {text}, and never was", "crm help files lists them all")
    reader = _Reader(workspace, item=item)
    try:
        now = _uncommitted(reader, path)
        return [*now, *reader.changes(commits)]
    finally:
        reader.close()


def changes(
    workspace: Workspace,
    since: str | None = None,
    terms: Sequence[str] = (),
    *,
    period: str | None = None,
) -> list[Change]:
    """What was changed since a day, or a time, or in a period, newest first; else this week.

    With terms only of the customers that they describe. Raises Refused, UsageError, QueryError.
    """
    git = workspace.git
    during = _during(workspace, since, period)
    wanted = None
    if terms:
        answer = workspace.select(CUSTOMER, terms, cols=("id",))
        wanted = {row[0] for row in answer.rows}
    commits = log(git, *during, "--no-merges", paths=[place.path for place in PLACES])
    reader = _Reader(workspace, wanted)
    try:
        return list(reader.changes(commits))
    finally:
        reader.close()


def _during(workspace: Workspace, since: str | None, period: str | None) -> list[str]:
    """The time that is asked about, as git's options."""
    zone = workspace.business.time_zone
    if period is None:
        start = when(workspace, "monday" if since is None else since, ahead=False)
        if not isinstance(start, datetime):
            start = datetime.combine(start, time(), zone)
        return [f"--since=@{int(start.timestamp())}"]
    if since is not None:
        raise UsageError("--since and --period do not go together", "leave one of them out")
    days = workspace.period(period)
    found = []
    if days.start is not None:
        found.append(f"--since=@{_midnight(days.start, zone)}")
    if days.end is not None:
        found.append(f"--until=@{_midnight(shifted(days.end, 1), zone) - 1}")
    return found


def _midnight(day: date, zone: tzinfo) -> int:
    return int(datetime.combine(day, time(), zone).timestamp())


def blame(workspace: Workspace, text: str, fields: Sequence[str] = ()) -> list[Blame]:
    """Each field of a record, a customer's (WHO) or that of a file, or of an item, with the change
    that it comes from; or only those `fields`, with all that stands in them. Raises NotFound, also
    for a field that has no value, Ambiguous, Refused."""
    path, id = _meant(workspace, text)
    place = place_of(path)
    if place is None or place.kind is None or place.shape is Shape.MAP:
        raise Refused(f"{path} is no record", f"crm history {path} shows its changes")
    record = workspace.open(path, workspace.tree.read(path)).record
    if id:
        record = _item(record, id) or record
    latest: dict[tuple[str, str], Change] = {}
    first: Change | None = None
    for change in _history(workspace, path, id, text):
        if change.what.kind == record.kind.name and not change.what.field:
            first = first or change
        else:
            for name in (change.what.field, *change.what.also):
                latest.setdefault((change.what.item, name), change)
            if change.what.item.startswith("{"):
                # An item without an id is one thing: what it says, all of it.
                latest.setdefault((change.what.item, ""), change)
    found = []
    for item, field, name, value, words in _leaves(record, ""):
        entry = field.rpartition(".")[0]
        source = latest.get((item, field)) or latest.get((item, entry)) or latest.get((item, ""))
        source = source or first
        found.append(Blame(name, value, source, words))
    return _only(found, fields, text, record.kind) if fields else found


def _only(found: Sequence[Blame], fields: Sequence[str], text: str, kind: Kind) -> list[Blame]:
    """Of the fields those of these names, in their order; of what stands in an entry without an id,
    as a city, the entry."""
    kept: list[Blame] = []
    for field in fields:
        wanted = normal(field)
        names = {wanted, singular(wanted)}
        meant = [one for one in found if names & _names(one.field)]
        if not meant:
            within = next((one.key for one, part in kind.lists if wanted in part.by_name), wanted)
            meant = [one for one in found if within in _names(one.field)]
        # An owner is first that of the record, then those of its items.
        meant = meant or [one for one in found if wanted in one.field.lower().split(".")]
        if not meant:
            known = list(dict.fromkeys(one.field for one in found))
            near = did_you_mean(wanted, known)
            raise NotFound(f"{text} has no {field}", near or f"there are {', '.join(known[:20])}")
        kept += [one for one in meant if one not in kept]
    return kept


def _names(path: str) -> set[str]:
    """What a field may be called: `credit.limit` by itself, and by what it stands in."""
    parts = path.lower().split(".")
    names = {".".join(parts[:end]) for end in range(1, len(parts) + 1)}
    return names | {singular(name) for name in names}


def last_changes(workspace: Workspace, text: str) -> dict[str, datetime | None]:
    """When each field of a record was changed last, as `blame` names them; None where that is not
    committed. Raises as `blame` does."""
    found: dict[str, datetime | None] = {}
    for one in blame(workspace, text):
        when = one.change.when if one.change is not None else None
        known = found.get(one.field, when)
        found[one.field] = None if when is None or known is None else max(when, known)
    return found


def _leaves(item: Item, prefix: str) -> Iterator[tuple[str, str, str, Any, str]]:
    """(item, field) as differences name them, the name to show, the value, and its words."""
    for field in item.kind.fields:
        value = item.values.get(field.key)
        if value is None:
            continue
        if isinstance(field.type, ListOf):
            for part in value:
                if part.kind.letter:
                    yield from _leaves(part, f"{part.id}.")
                else:
                    text = part.values.get("value")
                    key = str(text) if text is not None else repr(part.answer())
                    yield key, "", prefix + field.key, part.brief(), _said(part)
        elif isinstance(field.type, GroupOf):
            for key, inner in value.answer().items():
                name = f"{field.key}.{key}"
                yield item.id, name, prefix + name, inner, _words(inner)
        else:
            said = field.type.answer(value)
            if isinstance(said, list) and said and all(isinstance(one, dict) for one in said):
                yield from _entries(item, field.key, prefix, said)
            else:
                yield item.id, field.key, prefix + field.key, said, _words(said)


def _entries(
    item: Item, key: str, prefix: str, entries: list[Any]
) -> Iterator[tuple[str, str, str, Any, str]]:
    """The entries of a list that no kind describes: those with an id field by field."""
    for entry in entries:
        name = f"{key}.{entry_key(entry)}"
        if "id" not in entry:
            yield item.id, name, prefix + key, entry, ", ".join(map(_words, entry.values()))
            continue
        for part, value in entry.items():
            if part != "id":
                named = f"{prefix}{entry['id']}.{part}"
                yield item.id, f"{name}.{part}", named, value, _words(value)


def _said(part: Item) -> str:
    """An item without an id, by all that it says."""
    brief = part.brief()
    values = brief.values() if isinstance(brief, dict) else [brief]
    return ", ".join(map(_words, values)) or part.name


def _words(value: Any) -> str:
    """A value for people, yes and no as files have them."""
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_words(inner)}" for key, inner in value.items())
    if isinstance(value, list):
        return ", ".join(map(_words, value))
    return str(value)


def _meant(workspace: Workspace, text: str) -> tuple[str, str]:
    """The file that is meant, and the id of the item in it, or an empty text; both may be gone."""
    named = file_named(workspace, text) or desk_meant(workspace, text)
    if named:
        return named, ""
    try:
        found = item_ref(workspace, [text])
        if found is not None:
            return workspace.path_of(found[0]), found[1]
        return workspace.path_of(workspace.who(text)), ""
    except NotFound:
        if is_item_id(text) and (path := _last_held(workspace, text)):
            return path, text
        if not is_customer_id(text):
            raise
        return CUSTOMERS.file(text), ""


def _last_held(workspace: Workspace, id: str) -> str:
    """The file that an item stood in which is in none any more; empty where none ever had it."""
    commits = log(workspace.git, "-1", f"-S{id}", paths=[CUSTOMERS.path])
    return next((file.path for commit in commits for file in commit.files), "")


def _item(record: Item, id: str) -> Item | None:
    """The item of that id in a record."""
    return next((item for item in record.walk() if item.id == id), None)


def _uncommitted(reader: _Reader, path: str) -> list[Change]:
    """What a file says that is not committed yet."""
    workspace = reader.workspace
    before = reader.blob(in_head(workspace.git, [path]).get(path, ""), path, "HEAD")
    try:
        after: bytes | None = workspace.tree.read(path)
    except FileNotFoundError:
        after = None
    except CrmError:
        return []
    return [
        Change(None, "", _record(path), one, "not committed yet", "")
        for one in reader.differences(path, before, after)
    ]


def _unreadable(path: str) -> Difference:
    text = "the file changed, and one side of it cannot be read"
    return Difference("file", path, "", None, None, text)


def _record(path: str) -> str:
    """What a file is called: by its stem where that is an id, else by its path."""
    return path if kind_of(path) is None else name_of(path)


def _differences(before: dict[str, Item], after: dict[str, Item]) -> Iterator[Difference]:
    for key in {**before, **after}:
        for one in compare(before.get(key), after.get(key)):
            named = key and one.field
            yield one._replace(text=f"{one.kind} {key}: {one.text}") if named else one


class _Reader:
    """Reads records from git's blobs, and names their differences."""

    def __init__(
        self, workspace: Workspace, wanted: set[str] | None = None, *, item: str = ""
    ) -> None:
        self.workspace = workspace
        self.item = item
        self.wanted = wanted
        self._blobs = Blobs(workspace.git, many=True)
        self._users = {
            address.lower(): user for user, address in workspace.business.users.items() if address
        }

    def close(self) -> None:
        self._blobs.close()

    def changes(self, commits: list[Commit]) -> Iterator[Change]:
        """Each difference of each commit, in their order."""
        zone = self.workspace.business.time_zone
        self._blobs.expect(
            file
            for commit in commits
            for touched in commit.files
            if self._counts(touched.path)
            for file in ((commit.id, touched.path), (f"{commit.id}^", touched.source))
        )
        for commit in commits:
            who = self._users.get(commit.email.lower(), commit.author)
            for file in commit.files:
                if not self._counts(file.path):
                    continue
                record = _record(file.path)
                for one in self._of(file, commit.id):
                    yield Change(
                        commit.when.astimezone(zone), who, record, one, commit.subject, commit.id
                    )

    def blob(self, id: str, path: str, commit: str) -> bytes | None:
        """A file's bytes as a commit has them; None without an id, which is of no file."""
        return self._blobs.read(id, path, commit) if id else None

    def differences(self, path: str, before: bytes | None, after: bytes | None) -> list[Difference]:
        """What differs between two states of a file (None: there is none)."""
        if before == after:
            return []
        if kind_of(path) is None:
            return [whole(path, came=before is None, went=after is None)]
        try:
            return list(_differences(self._items(path, before), self._items(path, after)))
        except CrmError:
            return [_unreadable(path)]

    def _items(self, path: str, data: bytes | None) -> dict[str, Item]:
        """The records that a file has: by key, or one under an empty key."""
        if data is None:
            return {}
        document = self.workspace.open(path, data)
        if self.item:
            item = _item(document.record, self.item)
            return {} if item is None else {"": item}
        return document.records if document.mapped else {"": document.record}

    def _counts(self, path: str) -> bool:
        """Whether a file is of the data, and, where customers were asked for, one of theirs."""
        place = place_of(path)
        if self.wanted is None:
            return place is not None
        return place is CUSTOMERS and name_of(path) in self.wanted

    def _of(self, file: Touched, commit: str) -> list[Difference]:
        if kind_of(file.path) is None:
            return [whole(file.path, came=not file.before, went=not file.after)]
        try:
            before = self.blob(file.before, file.source, f"{commit}^")
            after = self.blob(file.after, file.path, commit)
        except CrmError:
            return [_unreadable(file.path)]
        return self.differences(file.path, before, after)
