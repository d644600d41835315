"""`crm events`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Annotated

from crm_cli.cli.options import FORM, WHO, Cols, Form, Limit
from crm_cli.cli.outputs import OUTPUTS, TABLE
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Option, Verbs
from crm_cli.formats.tables import JSON, TableFormat
from crm_cli.model.errors import UsageError
from crm_cli.model.rows import Column, Rows

if TYPE_CHECKING:
    from crm_cli.features.events import Event

verbs = Verbs()

_LINES = OUTPUTS["jsonl"]
_MONDAY = "monday"
_FOR_PEOPLE = "at,by,record,event,what"
_SECONDS = 1.0
"""How often it is looked whether new commits are there."""
_AT_ONCE = 500


@verbs.add
def events(
    session: Session,
    whos: Annotated[
        list[str] | None,
        Argument(metavar="[WHO|TERM…]", help=f"Customers: {WHO}; or query terms."),
    ] = None,
    since: Annotated[
        str | None,
        Option(
            "--since",
            metavar="DATE|REV",
            help="After this date, commit or cursor; default monday.",
        ),
    ] = None,
    until: Annotated[
        str | None, Option("--until", metavar="DATE|REV", help="Up to this date or commit.")
    ] = None,
    kind: Annotated[
        str | None, Option("--kind", metavar="KIND", help="Only of this kind: payment, task.")
    ] = None,
    follow: Annotated[
        bool, Option("--follow", "-f", help="Go on as commits come, until interrupted.")
    ] = False,
    limit: Limit = None,
    cols: Cols = None,
    how: Form = FORM,
) -> None:
    """Show what became of which record, oldest first, a line each, for scripts and webhooks.

    crm events --since monday
    crm events --since -7d --kind payment --json
    crm events +vip --since HEAD~5 -o jsonl
    """
    from crm_cli.features.events import events as find
    from crm_cli.features.events import follow as go_on
    from crm_cli.features.events import whom

    meant = _kind(kind)
    words = session.settled(whos) if whos else []
    form = session.form(how)
    workspace = session.workspace
    start = _MONDAY if since is None else since or None
    if follow:
        if until is not None:
            raise UsageError("--follow has no end, and --until names one", "leave one of them out")
        found = go_on(workspace, start, words, kind=meant, wait=lambda: session.rest(_SECONDS))
        _show_each(session, islice(found, limit), _endless(form), cols, how)
        return
    customers = whom(workspace, words) if words else None
    listed = find(workspace, start, until, customers=customers, kind=meant)
    try:
        if form is _LINES:
            _show_all(session, islice(listed, limit), form, cols, how)
        else:
            _show(session, list(islice(listed, limit)), form, cols, header=not how.no_header)
    finally:
        listed.close()


def _kind(text: str | None) -> str:
    """The name of the kind that is asked for; empty for all. Raises UsageError."""
    if text is None:
        return ""
    from crm_cli.model.kind import normal
    from crm_cli.model.kinds import BY_NAME
    from crm_cli.model.text import did_you_mean

    name = normal(text)
    if name in ("file", "files"):
        return "file"
    if name not in BY_NAME:
        guess = did_you_mean(name, ["file", *BY_NAME])
        raise UsageError(f"there is no kind {text}", guess or "crm help files names the kinds")
    return BY_NAME[name].name


def _endless(form: TableFormat) -> TableFormat:
    """The format for an answer without end; raises UsageError for one that has to have one."""
    if form is JSON:
        return _LINES
    if form.binary:
        raise UsageError(f"--follow has no end, and a file of -o {form.name} has", "use -o jsonl")
    return form


def _show_each(
    session: Session, found: Iterable[Event], form: TableFormat, cols: str | None, how: Form
) -> None:
    """Each event as soon as it is there; a header comes before the first."""
    header = not how.no_header and form is not TABLE
    for event in found:
        _show(session, [event], form, cols, header=header)
        header = False


def _show_all(
    session: Session, found: Iterator[Event], form: TableFormat, cols: str | None, how: Form
) -> None:
    """Many events, of which none is kept any longer than it takes to write it."""
    while some := list(islice(found, _AT_ONCE)):
        _show(session, some, form, cols, header=not how.no_header)


def _show(
    session: Session, found: list[Event], form: TableFormat, cols: str | None, *, header: bool
) -> None:
    from crm_cli.cli.columns import only
    from crm_cli.render.days import with_times

    columns = [Column("at", "moment")]
    columns += [Column(key) for key in ("by", "event", "record", "kind", "id", "field")]
    columns += [Column("from"), Column("to"), Column("what"), Column("commit"), Column("cursor")]
    rows = Rows(
        columns,
        [[*one.answer().values()] for one in found],
        ids=[one.record for one in found],
        none="no events",
    )
    people = form is TABLE
    rows = only(rows, cols or (_FOR_PEOPLE if people else None))
    session.show(with_times(rows) if people else rows, form, header=header)
