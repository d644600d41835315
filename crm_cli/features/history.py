"""What became of records: who changed which field when, from git's history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, time
from typing import Any, NamedTuple

from crm_cli.features.values import when
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.differences import Difference, compare
from crm_cli.model.errors import CrmError, NotFound
from crm_cli.model.fieldtypes import GroupOf, ListOf
from crm_cli.model.item import Item
from crm_cli.model.kinds import FILE_KINDS
from crm_cli.store.blobs import Blobs
from crm_cli.store.commits import name_of
from crm_cli.store.log import Commit, Touched, log
from crm_cli.store.objects import in_head
from crm_cli.workspace import Workspace

SINGLE = (*FILE_KINDS, "crm.yaml")


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
    """All that happened to a customer's record, newest first, renamings followed.

    A record that is gone is found by its id. Raises NotFound, Ambiguous, Refused.
    """
    git = workspace.git
    path = _path(workspace, text)
    commits = log(git, "--follow", "--find-renames", paths=[path])
    if not commits and not workspace.tree.exists(path):
        raise NotFound(f"there is no customer {text}, and never was", "crm list shows them")
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
    commits = log(git, after, "--no-merges", paths=["customers", *SINGLE])
    reader = _Reader(workspace, wanted)
    try:
        return list(reader.changes(commits))
    finally:
        reader.close()


def blame(workspace: Workspace, text: str) -> list[Blame]:
    """Each field of a customer with the change that it comes from."""
    id = workspace.who(text)
    latest: dict[tuple[str, str], Change] = {}
    whole: Change | None = None
    for change in history(workspace, id):
        if change.what.kind == CUSTOMER.name and not change.what.field:
            whole = whole or change
        else:
            latest.setdefault((change.what.item, change.what.field), change)
            if change.what.item.startswith("{"):
                # An item without an id is one thing: what it says, all of it.
                latest.setdefault((change.what.item, ""), change)
    found = []
    for item, field, name, value in _leaves(workspace.record(id), ""):
        source = latest.get((item, field)) or latest.get((item, "")) or whole
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
    try:
        return workspace.path_of(workspace.who(text))
    except NotFound:
        from crm_cli.model.ids import is_customer_id

        if not is_customer_id(text):
            raise
        return f"customers/{text}.yaml"


def _uncommitted(reader: _Reader, path: str) -> list[Change]:
    """What a file says that is not committed yet."""
    workspace = reader.workspace
    blob = in_head(workspace.git, [path]).get(path, "")
    before = reader.items(Touched(path, "", blob, path), "HEAD")
    try:
        after = reader.read(path, workspace.tree.read(path))
    except FileNotFoundError:
        after = {}
    except CrmError:
        return []
    return [
        Change(None, "", name_of(path), one, "not committed yet", "")
        for one in _differences(before, after)
    ]


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
            if self._counts(touched)
            for file in ((commit.id, touched.path), (f"{commit.id}^", touched.source))
        )
        for commit in commits:
            who = self._users.get(commit.email.lower(), commit.author)
            for file in commit.files:
                if not self._counts(file):
                    continue
                record = name_of(file.path)
                for one in self._of(file, commit.id):
                    yield Change(
                        commit.when.astimezone(zone), who, record, one, commit.subject, commit.id
                    )

    def items(self, file: Touched, commit: str) -> dict[str, Item]:
        """The records that a commit's file has: by key, or one under an empty key."""
        if not file.after:
            return {}
        return self.read(file.path, self._blobs.read(file.after, file.path, commit))

    def items_before(self, file: Touched, commit: str) -> dict[str, Item]:
        """The records that the file had before a commit, under its path after it."""
        if not file.before:
            return {}
        return self.read(file.path, self._blobs.read(file.before, file.source, f"{commit}^"))

    def read(self, path: str, data: bytes) -> dict[str, Item]:
        """The records of a file's bytes; raises DataError."""
        document = self.workspace.open(path, data)
        return document.records if document.mapped else {"": document.record}

    def _counts(self, file: Touched) -> bool:
        if self.wanted is not None and name_of(file.path) not in self.wanted:
            return False
        return file.path in SINGLE or (
            file.path.startswith("customers/") and file.path.endswith(".yaml")
        )

    def _of(self, file: Touched, commit: str) -> list[Difference]:
        try:
            before, after = self.items_before(file, commit), self.items(file, commit)
        except CrmError:
            text = "the file changed, and one side of it cannot be read"
            return [Difference("file", file.path, "", None, None, text)]
        return list(_differences(before, after))
