"""Reading the events of a span of history, and where to go on after each."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Set

from crm_cli.features.events.event import Event
from crm_cli.features.events.merges import Merges
from crm_cli.features.events.span import span
from crm_cli.features.events.telling import Telling
from crm_cli.store.log import Commit
from crm_cli.workspace import Workspace


class Events(Iterator[Event]):
    """Events, the oldest first; `cursor` is where to go on after those that were taken.

    Nothing is told twice, and nothing left out, by going on there, whatever merges brought in
    meanwhile. Amid the events of a commit it is the point before that commit.
    """

    def __init__(
        self,
        workspace: Workspace,
        since: str | None = None,
        until: str | None = None,
        *,
        customers: Set[str] | None = None,
        kind: str = "",
    ) -> None:
        found = span(workspace, since, until)
        self._point = found.start
        self._commits = found.commits
        self._telling = Telling(workspace, customers, found.commits)
        self._merges = Merges(workspace, self._telling, found.commits)
        self._kind = kind
        self._all = self._told()

    @property
    def cursor(self) -> str:
        """What `since` goes on with; empty before the first commit of all."""
        return str(self._point)

    def __next__(self) -> Event:
        return next(self._all)

    def close(self) -> None:
        """End the processes of git that read."""
        self._all.close()
        self._telling.close()

    def _told(self) -> Generator[Event]:
        try:
            self._telling.expect(self._commits)
            for commit in self._commits:
                yield from self._of(commit)
        finally:
            self._telling.close()

    def _of(self, commit: Commit) -> Iterator[Event]:
        """The events of a commit, the last of which carries the point after it."""
        before, after = self._point, self._point.after(commit)
        last: Event | None = None
        for event in self._changes(commit):
            if self._kind and event.kind != self._kind:
                continue
            if last is not None:
                yield last._replace(cursor=str(before))
            last = event
        self._point = after
        if last is not None:
            yield last._replace(cursor=str(after))

    def _changes(self, commit: Commit) -> Iterator[Event]:
        yield from self._telling.of(commit)
        yield from self._merges.of(commit)


def events(
    workspace: Workspace,
    since: str | None = None,
    until: str | None = None,
    *,
    customers: Set[str] | None = None,
    kind: str = "",
) -> Events:
    """What became of which record since a date, a revision or a cursor, until a date or a
    revision; of these customers only, and of items of this kind only, where they are given.

    Raises Refused where there is no history, NotFound, UsageError; GitFailed on the way.
    """
    return Events(workspace, since, until, customers=customers, kind=kind)
