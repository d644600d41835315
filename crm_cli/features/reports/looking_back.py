"""Other states of the files: contexts of a report over what git has of another day."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from crm_cli.features.reports.context import Context
from crm_cli.model.errors import NotFound
from crm_cli.workspace import Workspace


@contextmanager
def beside(context: Context, *, today: str) -> Iterator[Workspace]:
    """The same directory opened once more, by the clock of `today`."""
    workspace = context.workspace
    other = Workspace(
        workspace.root,
        today=today,
        user=workspace.user,
        lock_timeout=workspace.lock_timeout,
        environ=workspace.environ,
        command=workspace.command,
    )
    try:
        yield other
    finally:
        other.close()


@contextmanager
def as_of(context: Context, day: date, *, clock: bool) -> Iterator[Context | None]:
    """The report over the files at the end of a day, with `clock` by that day's; None where the
    history does not reach back so far. Raises what looking back does."""
    workspace = context.workspace
    now = f"{day.isoformat()}T23:59:59" if clock else workspace.clock.now.isoformat()
    with beside(context, today=now) as other:
        look_back = context.asked.look_back
        assert look_back is not None
        try:
            look_back(other, day.isoformat())
        except NotFound:
            yield None
            return
        yield Context(other, context.about, context.asked, context.keys)
