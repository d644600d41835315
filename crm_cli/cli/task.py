"""`crm task`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated

from crm_cli.cli.listing import list_verb
from crm_cli.cli.options import (
    AsOf,
    Assignee,
    Cols,
    DryRun,
    Due,
    Json,
    Output,
    Who,
    Yes,
)
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Option, Verbs
from crm_cli.cli.writing import carry_out
from crm_cli.model.errors import Ambiguous, UsageError

if TYPE_CHECKING:
    from crm_cli.features.plan import Plan
    from crm_cli.features.tasks import Task
    from crm_cli.workspace import Workspace

verbs = Verbs()

Which = Annotated[
    list[str],
    Argument(
        metavar="ID…|WHO…|TERM…",
        help="Tasks by id; a customer with one open task; terms mean open tasks; - reads ids.",
    ),
]


@verbs.add
def add(
    session: Session,
    who: Who,
    title: Annotated[
        list[str] | None,
        Argument(metavar="TITLE…", help="What is to be done."),
    ] = None,
    due: Due = None,
    assignee: Assignee = None,
    priority: Annotated[
        str | None,
        Option("--priority", metavar="low|normal|high|urgent", help="How much it presses."),
    ] = None,
    kind: Annotated[
        str | None,
        Option("--kind", metavar="KIND", help="todo, call, email, meeting, quote …"),
    ] = None,
    start: Annotated[
        str | None, Option("--start", metavar="DATE", help="Not before that day.")
    ] = None,
    remind: Annotated[
        str | None,
        Option("--remind", metavar="INTERVAL", help="Remind so long before: 2 days."),
    ] = None,
    every: Annotated[
        str | None,
        Option("--every", metavar="RHYTHM", help="Again and again: 2 weeks, 3rd monday, weekdays."),
    ] = None,
    repeat_from: Annotated[
        str | None,
        Option("--repeat-from", metavar="due|completion", help="What the next one counts from."),
    ] = None,
    depends_on: Annotated[
        list[str] | None,
        Option("--depends-on", metavar="ID", help="A task that comes first."),
    ] = None,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Add a task for a customer; with - in place of WHO, tasks from stdin, one a line.

    A line is what would stand on the command line: ana Send the quote --due fri

    crm task add ana Send the quote --due fri --assignee petra
    crm task add "Kava d.o.o." Call about the delivery --kind call --due "mon 9:00"
    crm task add ana Water the plants --every "2 weeks" --repeat-from completion
    crm task add - --assignee petra --yes < tasks.txt
    """
    from crm_cli.cli.choosing import who as whom
    from crm_cli.features.tasks import add as plan

    if who == "-":
        _add_many(
            session,
            title,
            {
                "due": due,
                "assignee": assignee,
                "priority": priority,
                "kind": kind,
                "start": start,
                "remind": remind,
                "every": every,
                "repeat_from": repeat_from,
            },
            dry_run=dry_run,
            yes=yes,
        )
        return
    carry_out(
        session,
        plan(
            session.workspace,
            whom(session, who),
            " ".join(title or ()),
            due=due,
            start=start,
            assignee=assignee,
            priority=priority,
            kind=kind,
            remind=remind,
            every=every,
            repeat_from=repeat_from,
            depends_on=depends_on or (),
        ),
        dry_run=dry_run,
    )


list_verb(
    verbs,
    "task",
    """List the tasks that query terms describe, open ones first.

    crm task list is:open assignee:me due:..eow
    crm task list +vip status:completed completed:this-month -o csv
    """,
    sort="closed,due",
)


@verbs.add
def show(
    session: Session,
    task: Annotated[
        str,
        Argument(metavar="ID|WHO", help="A task; or a customer who has one open task."),
    ],
    cols: Cols = None,
    as_of: AsOf = None,
    output: Output = None,
    json: Json = False,
) -> None:
    """Show all that is known of a task.

    crm task show t-9f3
    """
    from crm_cli.cli.one import answer_one
    from crm_cli.features.showing import item

    session.look_back(as_of)
    found = _picked(session, task, strict=False)
    shown = item(session.workspace, found.customer, found.id)
    answer_one(session, shown, cols=cols, output=output, json=json)


@verbs.add
def start(
    session: Session,
    tasks: Which,
    percent: Annotated[
        int | None,
        Option("--percent", metavar="N", help="How much is done."),
    ] = None,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Take up tasks: they are in progress. One that was done is open again.

    crm task start t-9f3
    crm task start t-9f3 --percent 40
    """
    from crm_cli.features.tasks import start as plan

    _change(
        session,
        tasks,
        lambda workspace, found: plan(workspace, found, percent=percent),
        dry_run=dry_run,
        yes=yes,
    )


@verbs.add
def done(session: Session, tasks: Which, dry_run: DryRun = False, yes: Yes = False) -> None:
    """Complete tasks, now. One that recurs is due again the next time.

    crm task done t-9f3
    crm task done ana
    crm task done kind:call due:..yesterday
    """
    from crm_cli.features.tasks import done as plan

    _change(session, tasks, plan, dry_run=dry_run, yes=yes)


@verbs.add
def skip(session: Session, tasks: Which, dry_run: DryRun = False, yes: Yes = False) -> None:
    """Leave out one occurrence of tasks that recur; the next comes as usual.

    crm task skip t-9f3
    """
    from crm_cli.features.tasks import skip as plan

    _change(session, tasks, plan, dry_run=dry_run, yes=yes)


@verbs.add
def delegate(
    session: Session,
    tasks: Annotated[
        list[str],
        Argument(metavar="ID…|WHO|TERM… USER", help="Tasks, then the user who is to do them."),
    ],
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Pass tasks on to somebody, who accepts or declines.

    crm task delegate t-9f3 petra
    """
    from crm_cli.features.tasks.delegating import delegate as plan

    if len(tasks) < 2:
        raise UsageError("delegate needs a task and a user", "crm task delegate t-9f3 petra")
    _change(
        session,
        tasks[:-1],
        lambda workspace, found: plan(workspace, found, tasks[-1]),
        dry_run=dry_run,
        yes=yes,
    )


@verbs.add
def accept(session: Session, tasks: Which, dry_run: DryRun = False, yes: Yes = False) -> None:
    """Take on tasks that were passed on to you.

    crm task accept t-9f3
    crm task accept assignee:me
    """
    from crm_cli.features.tasks.delegating import accept as plan

    _change(session, tasks, plan, dry_run=dry_run, yes=yes)


@verbs.add
def decline(session: Session, tasks: Which, dry_run: DryRun = False, yes: Yes = False) -> None:
    """Give tasks back to who passed them on to you.

    crm task decline t-9f3
    """
    from crm_cli.features.tasks.delegating import decline as plan

    _change(session, tasks, plan, dry_run=dry_run, yes=yes)


@verbs.add
def snooze(
    session: Session,
    tasks: Annotated[
        list[str],
        Argument(metavar="ID…|WHO|TERM… DATE", help="Tasks, then the day they are due instead."),
    ],
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Put tasks off: they are due another day.

    crm task snooze t-9f3 mon
    crm task snooze ana "next week"
    crm task snooze +vip due:today tomorrow
    """
    from crm_cli.features.tasks import snooze as plan

    if len(tasks) < 2:
        raise UsageError("snooze needs a task and a day", "crm task snooze t-9f3 mon")
    _change(
        session,
        tasks[:-1],
        lambda workspace, found: plan(workspace, found, tasks[-1]),
        dry_run=dry_run,
        yes=yes,
    )


@verbs.add
def cancel(session: Session, tasks: Which, dry_run: DryRun = False, yes: Yes = False) -> None:
    """Give tasks up; they stay in the record as cancelled.

    crm task cancel t-9f3
    """
    from crm_cli.features.tasks import cancel as plan

    _change(session, tasks, plan, dry_run=dry_run, yes=yes)


def _add_many(
    session: Session,
    title: list[str] | None,
    given: dict[str, str | None],
    *,
    dry_run: bool,
    yes: bool,
) -> None:
    """Carry out the lines of stdin."""
    from crm_cli.features.tasks.batch import add_many

    if title:
        raise UsageError("- reads tasks from stdin, each with its own title", "leave it out here")
    try:
        text = sys.stdin.read()
        text.encode("utf-8")
    except UnicodeError:
        raise UsageError("stdin is not UTF-8 text") from None
    plan = add_many(session.workspace, text.splitlines(), given)
    carry_out(session, plan, dry_run=dry_run, yes=yes)


def _change(
    session: Session,
    words: Sequence[str],
    plan: Callable[[Workspace, list[Task]], Plan],
    *,
    dry_run: bool,
    yes: bool,
) -> None:
    """Carry out what is planned for the tasks that the words mean."""
    from crm_cli.features.tasks.meaning import asked_for, meant, split_terms

    strict = not session.interactive
    workspace = session.workspace
    named, terms = split_terms(workspace, session.expand(words))
    found = [_picked(session, word, strict=strict) for word in named]
    if not terms:
        carry_out(session, plan(workspace, found), dry_run=dry_run, yes=yes)
        return
    found += meant(workspace, terms)
    carry_out(session, asked_for(plan(workspace, found), found), dry_run=dry_run, yes=yes)


def _picked(session: Session, word: str, *, strict: bool) -> Task:
    """The task that a word means; of several customers, then of several tasks, the chosen one."""
    from crm_cli.features.tasks import pick

    while True:
        try:
            return pick(session.workspace, word, strict=strict)
        except Ambiguous as error:
            chosen = session.pick(f"{word} could be several; which one?", error.candidates)
            if chosen is None:
                raise
            word = chosen
