"""`crm due`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Annotated

from crm_cli.cli.items import change
from crm_cli.cli.options import SHAPE, DryRun, Owner, PeriodOf, Shape, Terms, Where, Within, Yes
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Option, Verbs
from crm_cli.cli.writing import carry_out
from crm_cli.model.errors import Problem, UsageError
from crm_cli.model.ids import is_item_id
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.task import TASK

if TYPE_CHECKING:
    from crm_cli.features.due import Due

verbs = Verbs()


@verbs.add
def list_(
    session: Session,
    terms: Terms = None,
    where: Where = None,
    within: Within = None,
    period: PeriodOf = None,
    owner: Owner = None,
    kind: Annotated[
        str | None,
        Option("--kind", metavar="A,B", help="Only these kinds: call,follow_up."),
    ] = None,
    exit_code: Annotated[
        bool, Option("--exit-code", help="Exit with status 1 if anything is due.")
    ] = False,
    since_last: Annotated[
        bool,
        Option("--since-last", help="Only what no earlier run with the same options showed."),
    ] = False,
    all: Annotated[
        bool, Option("--all", help="In every business of your configuration.")
    ] = False,
    shape: Shape = SHAPE,
) -> None:
    """Show what is due through today, overdue first; print nothing if nothing is due.

    crm due
    crm due --within 7d --owner me
    crm due +vip --kind call -o json
    crm due --owner me --since-last
    crm due --all --within 3d
    crm due --period next-week
    crm due list novak
    crm due snooze ana reorder +2w
    """
    from crm_cli.cli.columns import only
    from crm_cli.cli.outputs import TABLE
    from crm_cli.cli.query_rows import marked
    from crm_cli.features.due.marks import priorities
    from crm_cli.formats.tables import PATHS
    from crm_cli.model.rows import Column, Rows
    from crm_cli.render import shapes

    form = session.form(shape)
    keys = ["business", *_KEYS] if all else _KEYS
    columns = [Column(key, "moment" if key == "when" else "text") for key in keys]
    only(Rows(columns, []), shape.cols)  # A wrong name is told before anything counts as shown.
    asked = _Asked(session.terms(terms), where, within, period, owner, kind)
    limit = shape.limit if since_last else None
    found: list[_Shown] = []
    for name, one in _businesses(session) if all else [("", session)]:
        one.look_back(shape.as_of)
        found += _found(one, name, asked, news=since_last, limit=limit, paths=form is PATHS)
    if all:
        found.sort(key=lambda shown: shown.rank)
    session.negative = exit_code and bool(found)
    found = found[: shape.limit]
    rows = Rows(
        columns,
        [(shown.business, *shown.row) if all else shown.row for shown in found],
        ids=[shown.row.id or shown.row.who for shown in found],
        paths=[shown.path for shown in found] if form is PATHS else None,
        tones=["alert" if shown.heading == "overdue" else "" for shown in found],
        groups=[shown.heading for shown in found],
        none="",
    )
    rows = only(rows, shape.cols)
    if not all:
        rows = marked(session, rows, form)
    if form is not TABLE or shape.cols is not None:
        session.show(rows, form, header=not shape.no_header)
        return
    if session.screen.terminal and found and not all:
        rows = rows.but(marks=priorities(session.workspace, [shown.row.id for shown in found]))
    today = found[0].today if found else date.min
    session.draw(shapes.entries, rows, today=today, ages=True, header=not shape.no_header)


_KEYS = ["when", "kind", "who", "name", "what", "id", "owner"]


class _Asked(NamedTuple):
    """What is asked of each business."""

    terms: list[str]
    where: str | None
    within: str | None
    period: str | None
    owner: str | None
    kind: str | None


class _Shown(NamedTuple):
    """A row as it is shown: of which business, under which heading, in which place."""

    row: Due
    business: str
    heading: str
    path: str
    rank: tuple[object, ...]
    today: date


def _businesses(session: Session) -> Iterator[tuple[str, Session]]:
    """A session in each business that the user's configuration names.

    One that cannot be opened makes the answer partial. Raises UsageError without any.
    """
    from crm_cli.store.discovery import businesses, holds_settings, user_config

    held = businesses(session.environ)
    if not held:
        raise UsageError(
            f"{user_config(session.environ)} names no businesses",
            "write, for example: businesses: {shop: ~/shop, kava: ~/kava}",
        )
    if session.options.directory is not None:
        raise UsageError("--all is every business, -C one of them", "give one or the other")
    for name, root in held.items():
        if not holds_settings(root):
            cure = f"correct it in {user_config(session.environ)}"
            session.report([Problem(name, 0, 0, "directory", f"{root} is no crm directory", cure)])
            continue
        options = session.options._replace(directory=root)
        one = Session(options, environ=session.environ, words=session.words)
        yield name, one
        session.report(problem._replace(path=str(root / problem.path)) for problem in one.problems)
        one.close()


def _found(
    session: Session, name: str, asked: _Asked, *, news: bool, limit: int | None, paths: bool
) -> Iterator[_Shown]:
    """What is due in one business."""
    from crm_cli.features.due import due as find
    from crm_cli.features.due import heading, rank

    workspace = session.workspace
    rows = find(
        workspace,
        asked.terms,
        where=asked.where,
        within=asked.within,
        period=asked.period,
        owner=asked.owner,
        kind=asked.kind,
    )
    if news:
        from crm_cli.features.due.news import new

        # Without terms it is an empty tuple, as runs before this one asked.
        owner = workspace.me(asked.owner)
        key = [asked.terms or (), asked.where, asked.within, owner, asked.kind]
        key += [asked.period] if asked.period is not None else []
        rows = new(workspace, rows, key, limit=limit)
    clock, zone = workspace.clock, workspace.business.time_zone
    known = {when: heading(when, clock, zone) for when in {row.when for row in rows}}
    for row in rows:
        path = workspace.path_of(row.who) if paths else ""
        path = str(workspace.root / path) if name and path else path
        yield _Shown(row, name, known[row.when], path, rank(row, clock, zone), clock.today)


@verbs.add
def snooze(
    session: Session,
    line: Annotated[
        list[str],
        Argument(metavar="ID|WHO KIND DATE", help="An item, or a customer and a kind; a day."),
    ],
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Put off a line of crm due to another day.

    Tasks and planned interactions move to that day. Of birthdays, reorders, keeping in
    touch and invoices the customer's record notes it (deferrals), for this one time.

    crm due snooze ana reorder +2w
    crm due snooze ana keep-in-touch "next month"
    crm due snooze 2026-0035 mon
    """
    from crm_cli.features.due import deferring
    from crm_cli.features.tasks import snooze as task

    if len(line) < 2:
        raise UsageError("snooze needs a line and a day", "crm due snooze ana reorder +2w")
    rows = _lines(session, line[:-1])
    if (id := rows[0].id) is not None and id.startswith(f"{TASK.letter}-"):
        change(session, TASK, [id], lambda of, found: task(of, found, line[-1]),
               dry_run=dry_run, yes=yes)
        return
    plan = deferring.snooze(session.workspace, rows, line[-1])
    carry_out(session, plan, dry_run=dry_run, yes=yes)


@verbs.add
def dismiss(
    session: Session,
    line: Annotated[
        list[str],
        Argument(metavar="ID|WHO KIND", help="An invoice, or a customer and a kind of line."),
    ],
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Dismiss a line of crm due. The next birthday, purchase or contact is due as ever.

    crm due dismiss ana birthday
    crm due dismiss kava-doo reorder
    """
    from crm_cli.features.due import deferring

    plan = deferring.dismiss(session.workspace, _lines(session, line))
    carry_out(session, plan, dry_run=dry_run, yes=yes)


def _lines(session: Session, words: list[str]) -> list[Due]:
    """The lines that are meant; which of several items, is asked at a terminal."""
    from crm_cli.cli.pickers import chosen
    from crm_cli.features.due.deferring import lines

    strict = not session.interactive

    def find(text: str) -> list[Due]:
        named = [text] if is_item_id(text) else [text, *words[1:]]
        return lines(session.workspace, named, strict=strict)

    return chosen(session, find, words[0] if words else "")
