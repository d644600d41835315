"""Going on with events as commits come, as `tail -f` does with lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from crm_cli.features.events.event import Event
from crm_cli.features.events.reading import events
from crm_cli.features.events.whom import whom
from crm_cli.workspace import Workspace


def follow(
    workspace: Workspace,
    since: str | None,
    words: Sequence[str],
    *,
    kind: str = "",
    wait: Callable[[], object],
) -> Iterator[Event]:
    """The events since a point, and then those to come, without end; `wait` is called whenever
    there are none.

    `words` say whose, by what the records are each time that new commits are there. Raises what
    `events` does, and what `wait` does.
    """
    seen = None
    while True:
        head = workspace.git.head()
        if head != seen:
            if seen is not None:
                workspace.renew()
            customers = whom(workspace, words) if words else None
            found = events(workspace, since, customers=customers, kind=kind)
            yield from found
            since, seen = found.cursor or since, head
        wait()
