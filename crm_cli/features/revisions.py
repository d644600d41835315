"""Revisions of records: files as commits have them, and what each commit changed in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from datetime import datetime
from typing import NamedTuple

from crm_cli.model.customer import CUSTOMER
from crm_cli.model.differences import Difference, compare, whole
from crm_cli.model.errors import CrmError
from crm_cli.model.item import Item
from crm_cli.model.places import CUSTOMERS, kind_of, place_of
from crm_cli.store.blobs import Blobs
from crm_cli.store.commits import name_of
from crm_cli.store.log import Commit, Touched
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


def item_of(record: Item, id: str) -> Item | None:
    """The item of that id in a record."""
    return next((item for item in record.walk() if item.id == id), None)


def record_name(path: str) -> str:
    """What a file is called: by its stem where that is an id, else by its path."""
    return path if kind_of(path) is None else name_of(path)


class Reader:
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
        """End the processes of git that read."""
        self._blobs.close()

    def changes(self, commits: list[Commit]) -> Iterator[Change]:
        """Each difference of each commit, in their order."""
        self.expect(commits)
        for commit in commits:
            at, who = self.made(commit)
            for file in commit.files:
                if self.counts(file.path):
                    for path, one in self._of(file, commit.id):
                        if self.counts(path):
                            record = record_name(path)
                            yield Change(at, who, record, one, commit.subject, commit.id)

    def expect(self, commits: Iterable[Commit]) -> None:
        """Look up at once what reading the files of these commits depends on."""
        self._blobs.expect(
            file
            for commit in commits
            for touched in commit.files
            if self.counts(touched.path)
            for file in ((commit.id, touched.path), (f"{commit.id}^", touched.source))
        )

    def made(self, commit: Commit) -> tuple[datetime, str]:
        """When a commit was made, in the business's time zone, and by whom: the user, else the
        author's name."""
        zone = self.workspace.business.time_zone
        return commit.when.astimezone(zone), self._users.get(commit.email.lower(), commit.author)

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
            return list(_differences(self.items(path, before), self.items(path, after)))
        except CrmError:
            return [_unreadable(path)]

    def items(self, path: str, data: bytes | None) -> dict[str, Item]:
        """The records that a file has: by key, or one under an empty key. Raises DataError."""
        if data is None:
            return {}
        document = self.workspace.open(path, data)
        if self.item:
            item = item_of(document.record, self.item)
            return {} if item is None else {"": item}
        return document.records if document.mapped else {"": document.record}

    def counts(self, path: str) -> bool:
        """Whether a file is of the data, and, where customers were asked for, one of theirs."""
        place = place_of(path)
        if self.wanted is None:
            return place is not None
        return place is CUSTOMERS and name_of(path) in self.wanted

    def _of(self, file: Touched, commit: str) -> Iterator[tuple[str, Difference]]:
        """(path, difference) of what a commit did to a file: two files are told where git takes
        two records for one that was renamed."""
        path = file.path
        if kind_of(path) is None:
            yield path, whole(path, came=not file.before, went=not file.after)
            return
        try:
            before = self.blob(file.before, file.source, f"{commit}^")
            after = self.blob(file.after, path, commit)
            sides = self.items(file.source, before), self.items(path, after)
        except CrmError:
            yield path, _unreadable(path)
            return
        if name_of(file.source) != name_of(path) and not self.item:
            if not is_same(file, *sides):
                yield from ((file.source, one) for one in _differences(sides[0], {}))
                yield from ((path, one) for one in _differences({}, sides[1]))
                return
            yield path, renamed(file, sides[1])
        if before != after:
            yield from ((path, one) for one in _differences(*sides))


def _differences(before: dict[str, Item], after: dict[str, Item]) -> Iterator[Difference]:
    for key in {**before, **after}:
        for one in compare(before.get(key), after.get(key)):
            named = key and one.field
            yield one._replace(text=f"{one.kind} {key}: {one.text}") if named else one


def _unreadable(path: str) -> Difference:
    text = "the file changed, and one side of it cannot be read"
    return Difference("file", path, "", None, None, text)


def with_former(
    customers: Set[str] | None, commits: Sequence[Commit]
) -> set[str] | None:
    """The customers, by the ids that they had in these commits, too."""
    if customers is None:
        return None
    wanted = set(customers)
    for commit in reversed(commits):
        wanted |= {
            name_of(file.source)
            for file in commit.files
            if file.source != file.path and name_of(file.path) in wanted
        }
    return wanted


def is_same(file: Touched, before: Mapping[str, Item], after: Mapping[str, Item]) -> bool:
    """Whether what git takes for one file under two names is one record: in every byte, by its
    name, or by an item that is in both."""
    if file.before == file.after:
        return True
    old, new = before.get(""), after.get("")
    if old is None or new is None or old.kind is not new.kind:
        return False
    ids = [{part.id for part in one.walk() if part.kind.letter} for one in (old, new)]
    return bool(old.title and old.title == new.title) or not ids[0].isdisjoint(ids[1])


def renamed(file: Touched, after: Mapping[str, Item]) -> Difference:
    """That a record has another id."""
    old, new = name_of(file.source), name_of(file.path)
    kind = after[""].kind.name if "" in after else CUSTOMER.name
    return Difference(kind, new, "id", old, new, f"{kind} renamed: {old} → {new}")
