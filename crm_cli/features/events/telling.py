"""What a commit changed, as events."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence, Set

from crm_cli.features.events.event import Event
from crm_cli.features.events.words import Items, told
from crm_cli.features.revisions import Reader, is_same, record_name, renamed, with_former
from crm_cli.model.differences import Difference
from crm_cli.model.errors import DataError
from crm_cli.model.places import kind_of
from crm_cli.store.commits import name_of
from crm_cli.store.log import Commit, Touched, log
from crm_cli.workspace import Workspace

_KEPT = 1000
"""So many files stay read: the next change of one begins with what the last one made of it."""
_BACK = 50
"""How many states of a file are tried for one that can be read."""


class Telling:
    """Reads what commits changed, and tells it; see the module."""

    def __init__(
        self, workspace: Workspace, customers: Set[str] | None, commits: Sequence[Commit]
    ) -> None:
        self._git = workspace.git
        self._reader = Reader(workspace, with_former(customers, commits))
        self._read: OrderedDict[tuple[str, str], Items] = OrderedDict()
        self._readable: dict[str, Touched] = {}
        """Of a file that cannot be read by now: the change whose `before` was the last that can."""

    def close(self) -> None:
        """End the processes of git that read."""
        self._reader.close()

    def expect(self, commits: Iterable[Commit]) -> None:
        """See `Reader.expect`."""
        self._reader.expect(commits)

    def counts(self, path: str) -> bool:
        """See `Reader.counts`."""
        return self._reader.counts(path)

    def of(self, commit: Commit) -> Iterator[Event]:
        """What a commit says that it changed; a merge says nothing by itself."""
        for file in commit.files:
            if self.counts(file.path) or self.counts(file.source):
                for path, word, what in self._of(commit, file):
                    yield self.event(commit, path, word, what)

    def event(self, commit: Commit, path: str, event: str, what: Difference) -> Event:
        """An event of a commit, without its cursor."""
        at, by = self._reader.made(commit)
        id = "" if what.item.startswith("{") else what.item  # an item without an id
        return Event(
            at, by, event, record_name(path), what.kind, id, what.field, what.before, what.after,
            what.text, commit.subject, commit.id,
        )  # fmt: skip

    def items(self, id: str, path: str, commit: str) -> Items:
        """The records of a file as a commit has it (empty id: no file). Raises DataError."""
        if not id:
            return {}
        key = (id, path)
        if key in self._read:
            self._read.move_to_end(key)
            return self._read[key]
        data = self._reader.blob(id, path, commit)
        found = self._read[key] = self._reader.items(path, data)
        if len(self._read) > _KEPT:
            self._read.popitem(last=False)
        return found

    def _of(self, commit: Commit, file: Touched) -> Iterator[tuple[str, str, Difference]]:
        """(path, word, difference) of what became of a file."""
        if kind_of(file.path) is None:
            yield file.path, *_of_a_file(file)
            return
        try:
            after = self.items(file.after, file.path, commit.id)
        except DataError as error:
            self._readable.setdefault(file.path, file)
            yield file.path, "unreadable", unreadable(file.path, error)
            return
        try:
            before = self._before(commit, file)
        except DataError as error:
            yield file.path, "unreadable", unreadable(file.path, error)
            return
        if name_of(file.source) != name_of(file.path):
            if not is_same(file, before, after):
                yield from ((file.source, *one) for one in told(before, {}))
                yield from ((file.path, *one) for one in told({}, after))
                return
            yield file.path, "renamed", renamed(file, after)
        yield from ((file.path, *one) for one in told(before, after))

    def _before(self, commit: Commit, file: Touched) -> Items:
        """The records before a change, or as they could be read last. Raises DataError."""
        last = self._readable.pop(file.path, None)
        if last is not None:
            try:
                return self.items(last.before, last.source, f"{commit.id}^")
            except DataError:
                pass  # it was no better then
        try:
            return self.items(file.before, file.source, f"{commit.id}^")
        except DataError:
            earlier = log(self._git, f"-{_BACK}", f"{commit.id}^", paths=[file.source])
            for one in earlier:
                for touched in one.files:
                    try:
                        return self.items(touched.before, touched.source, f"{one.id}^")
                    except DataError:
                        continue
            raise


def _of_a_file(file: Touched) -> tuple[str, Difference]:
    """Of a file that no kind describes: that it came, went or changed."""
    word = "changed" if file.before and file.after else "added" if file.after else "removed"
    return word, Difference("file", file.path, "", None, None, f"file {word}: {file.path}")


def unreadable(path: str, error: DataError) -> Difference:
    return Difference("file", path, "", None, None, f"cannot be read: {error.message}")
