"""History of records: who changed which field when, from git's log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, time
from typing import Any, NamedTuple

from crm_cli.features.paths import file_named
from crm_cli.features.values import when
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.differences import Difference, compare, whole
from crm_cli.model.errors import CrmError, NotFound, Refused
from crm_cli.model.item import Item
from crm_cli.model.kind import GroupOf, ListOf
from crm_cli.model.places import CUSTOMERS, PLACES, Shape, kind_of, place_of
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


def history(workspace: Workspace, text: str) -> list[Change]:
    """All that happened to a customer's record (WHO) or to a file of the data (its path).

    Newest first, renamings followed; a record that is gone is found by its id. Raises
    NotFound, Ambiguous, Refused.
    """
    git = workspace.git
    path = _path(workspace, text)
    commits = log(git, "--follow", "--find-renames", paths=[path])
    if not commits and not workspace.tree.exists(path):
        if place_of(path) is CUSTOMERS:
            raise NotFound(f"there is no customer {text}, and never was", "crm list shows them")
        raise NotFound(f"there is no file {text}, and never was", "crm help files lists them all")
    reader = _Reader(workspace)
    try:
        now = _uncommitted(reader, path)
        return [*now, *reader.changes(commits)]
    finally:
        reader.close()


def changes(workspace: Workspace, since: str, terms: Sequence[str] = ()) -> list[Change]:
    """What was changed since a day, or a time, newest first; with terms only of the
    customers that they describe. Raises Refused, UsageError, QueryError."""
    from_then = when(workspace, since, ahead=False)
    if not isinstance(from_then, datetime):
        from_then = datetime.combine(from_then, time(), workspace.business.time_zone)
    git = workspace.git
    after = f"--since=@{int(from_then.timestamp())}"
    wanted = None
    if terms:
        answer = workspace.select(CUSTOMER, terms, cols=("id",))
        wanted = {row[0] for row in answer.rows}
    commits = log(git, after, "--no-merges", paths=[place.path for place in PLACES])
    reader = _Reader(workspace, wanted)
    try:
        return list(reader.changes(commits))
    finally:
        reader.close()


def blame(workspace: Workspace, text: str) -> list[Blame]:
    """Each field of a record, a customer's (WHO) or that of a file, with the change that it
    comes from. Raises NotFound, Ambiguous, Refused."""
    path = _path(workspace, text)
    place = place_of(path)
    if place is None or place.kind is None or place.shape is Shape.MAP:
        raise Refused(f"{path} is no record", f"crm history {path} shows its changes")
    latest: dict[tuple[str, str], Change] = {}
    first: Change | None = None
    for change in history(workspace, path):
        if change.what.kind == place.kind.name and not change.what.field:
            first = first or change
        else:
            latest.setdefault((change.what.item, change.what.field), change)
            if change.what.item.startswith("{"):
                # An item without an id is one thing: what it says, all of it.
                latest.setdefault((change.what.item, ""), change)
    found = []
    record = workspace.open(path, workspace.tree.read(path)).record
    for item, field, name, value in _leaves(record, ""):
        source = latest.get((item, field)) or latest.get((item, "")) or first
        found.append(Blame(name, value, source))
    return found


def _leaves(item: Item, prefix: str) -> Iterator[tuple[str, str, str, Any]]:
    """(item, field) as differences name them, the name to show, and the value."""
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
                    yield key, "", prefix + field.key, part.brief()
        elif isinstance(field.type, GroupOf):
            for key, inner in value.answer().items():
                yield item.id, f"{field.key}.{key}", f"{prefix}{field.key}.{key}", inner
        else:
            yield item.id, field.key, prefix + field.key, field.type.answer(value)


def _path(workspace: Workspace, text: str) -> str:
    """The file that is meant, which may be gone by now."""
    named = file_named(workspace, text)
    if named:
        return named
    try:
        return workspace.path_of(workspace.who(text))
    except NotFound:
        from crm_cli.model.ids import is_customer_id

        if not is_customer_id(text):
            raise
        return CUSTOMERS.file(text)


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

    def __init__(self, workspace: Workspace, wanted: set[str] | None = None) -> None:
        self.workspace = workspace
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

    def differences(
        self, path: str, before: bytes | None, after: bytes | None
    ) -> list[Difference]:
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
