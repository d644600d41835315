"""`crm task`."""

from __future__ import annotations

from typing import Annotated

from crm_cli.cli.items import change, move_verbs, show_verb
from crm_cli.cli.listing import list_verb
from crm_cli.cli.options import Assignee, Desk, DryRun, Due, WhoOrTerm, Yes
from crm_cli.cli.session import Session
from crm_cli.cli.stdin import text_of_stdin, title_of
from crm_cli.cli.verbs import Argument, Option, Verbs
from crm_cli.cli.writing import carry_out
from crm_cli.model.errors import UsageError
from crm_cli.model.places import DESK
from crm_cli.model.task import TASK

verbs = Verbs()

Which = Annotated[
    list[str],
    Argument(
        metavar="ID…|WHO…|TERM…",
        help="Tasks by id; a customer with one open task; terms select open tasks; - reads ids.",
    ),
]


@verbs.add
def add(
    session: Session,
    who: WhoOrTerm,
    title: Annotated[
        list[str] | None,
        Argument(metavar="TITLE… [KEY=VALUE…]", help="What to do; then more fields."),
    ] = None,
    due: Due = None,
    assignee: Assignee = None,
    priority: Annotated[
        str | None,
        Option("--priority", metavar="low|normal|high|urgent", help="Priority."),
    ] = None,
    kind: Annotated[
        str | None,
        Option("--kind", metavar="KIND", help="todo, call, email, meeting, quote …"),
    ] = None,
    start: Annotated[
        str | None, Option("--start", metavar="DATE", help="Start date: not before that day.")
    ] = None,
    remind: Annotated[
        str | None,
        Option(
            "--remind",
            "--remind-before",
            metavar="INTERVAL",
            help="Remind this long before it is due: 2 days.",
        ),
    ] = None,
    every: Annotated[
        str | None,
        Option("--every", metavar="RHYTHM", help="Repeat: 2 weeks, 3rd monday, weekdays."),
    ] = None,
    repeat_from: Annotated[
        str | None,
        Option("--repeat-from", metavar="due|completion", help="What the next one counts from."),
    ] = None,
    depends_on: Annotated[
        list[str] | None,
        Option("--depends-on", metavar="ID", help="A task that must be done first."),
    ] = None,
    desk: Desk = False,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Add a task for a customer; with - in place of WHO, tasks from stdin, one a line.

    Each line is written as on the command line: ana Send the quote --due fri. With
    --desk, lines have no WHO. A query term in place of WHO adds a task for each
    customer that matches.

    crm task add ana Send the quote --due fri --assignee petra
    crm task add "Kava d.o.o." Call about the delivery --kind call --due "mon 9:00"
    crm task add ana Water the plants --every "2 weeks" --repeat-from completion
    crm task add +vip "Call about prices" --due fri
    crm task add --desk "Order green beans" --due fri
    crm task add - --assignee petra --yes < tasks.txt
    """
    from crm_cli.cli.pickers import addressed
    from crm_cli.features.plan import together
    from crm_cli.features.tasks import add as plan
    from crm_cli.model.assignments import split_fields

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
            desk=desk,
            dry_run=dry_run,
            yes=yes,
        )
        return
    if desk:
        title = [who, *(title or ())]
    words, further = split_fields(title or (), TASK, session.words)
    customers = addressed(session, who, desk=desk)
    named = title_of(session, words)
    made = [
        (
            customer,
            plan(
                session.workspace,
                customer,
                named,
                due=due,
                start=start,
                assignee=assignee,
                priority=priority,
                kind=kind,
                remind=remind,
                every=every,
                repeat_from=repeat_from,
                depends_on=depends_on or (),
                further=further,
            ),
        )
        for customer in customers
    ]
    carry_out(session, together(made, "task"), dry_run=dry_run, yes=yes)


list_verb(
    verbs,
    "task",
    """List the tasks that match query terms, open ones first.

    crm task list is:open assignee:me due:..eow
    crm task list +vip status:completed completed:this-month -o csv
    """,
)


show_verb(verbs, "task")


@verbs.add
def start(
    session: Session,
    tasks: Which,
    percent: Annotated[
        int | None,
        Option("--percent", metavar="N", help="Percent complete."),
    ] = None,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Start tasks: set them in progress. A completed one is reopened.

    crm task start t-9f3
    crm task start t-9f3 --percent 40
    """
    from crm_cli.features.tasks import start as plan

    change(
        session,
        TASK,
        tasks,
        lambda workspace, found: plan(workspace, found, percent=percent),
        dry_run=dry_run,
        yes=yes,
    )


@verbs.add
def done(session: Session, tasks: Which, dry_run: DryRun = False, yes: Yes = False) -> None:
    """Complete tasks, now. A recurring task moves to its next due date.

    crm task done t-9f3
    crm task done ana
    crm task done kind:call due:..yesterday
    """
    from crm_cli.features.tasks import done as plan

    change(session, TASK, tasks, plan, dry_run=dry_run, yes=yes)


@verbs.add
def skip(session: Session, tasks: Which, dry_run: DryRun = False, yes: Yes = False) -> None:
    """Skip one occurrence of recurring tasks; the next one stays.

    crm task skip t-9f3
    """
    from crm_cli.features.tasks import skip as plan

    change(session, TASK, tasks, plan, dry_run=dry_run, yes=yes)


@verbs.add
def delegate(
    session: Session,
    tasks: Annotated[
        list[str],
        Argument(metavar="ID…|WHO|TERM… USER", help="Tasks, then the user to delegate them to."),
    ],
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Delegate tasks to a user, who accepts or declines.

    crm task delegate t-9f3 petra
    """
    from crm_cli.features.tasks.delegating import delegate as plan

    if len(tasks) < 2:
        raise UsageError("delegate needs a task and a user", "crm task delegate t-9f3 petra")
    change(
        session,
        TASK,
        tasks[:-1],
        lambda workspace, found: plan(workspace, found, tasks[-1]),
        dry_run=dry_run,
        yes=yes,
    )


@verbs.add
def accept(session: Session, tasks: Which, dry_run: DryRun = False, yes: Yes = False) -> None:
    """Accept tasks delegated to you.

    crm task accept t-9f3
    crm task accept assignee:me
    """
    from crm_cli.features.tasks.delegating import accept as plan

    change(session, TASK, tasks, plan, dry_run=dry_run, yes=yes)


@verbs.add
def decline(session: Session, tasks: Which, dry_run: DryRun = False, yes: Yes = False) -> None:
    """Decline tasks; they go back to whoever delegated them.

    crm task decline t-9f3
    """
    from crm_cli.features.tasks.delegating import decline as plan

    change(session, TASK, tasks, plan, dry_run=dry_run, yes=yes)


@verbs.add
def snooze(
    session: Session,
    tasks: Annotated[
        list[str],
        Argument(metavar="ID…|WHO|TERM… DATE", help="Tasks, then the new due date."),
    ],
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Postpone tasks to another day.

    crm task snooze t-9f3 mon
    crm task snooze ana "next week"
    crm task snooze +vip due:today tomorrow
    """
    from crm_cli.features.tasks import snooze as plan

    if len(tasks) < 2:
        raise UsageError("snooze needs a task and a day", "crm task snooze t-9f3 mon")
    change(
        session,
        TASK,
        tasks[:-1],
        lambda workspace, found: plan(workspace, found, tasks[-1]),
        dry_run=dry_run,
        yes=yes,
    )


move_verbs(verbs, "task")


def _add_many(
    session: Session,
    title: list[str] | None,
    given: dict[str, str | None],
    *,
    desk: bool,
    dry_run: bool,
    yes: bool,
) -> None:
    """Carry out the lines of stdin."""
    from crm_cli.cli.pickers import who
    from crm_cli.features.tasks.batch import add_many

    if title:
        raise UsageError("- reads tasks from stdin, each with its own title", "leave it out here")
    owner = DESK.path if desk else None
    session.begun = True
    lines = text_of_stdin().splitlines()
    plan = add_many(
        session.workspace, lines, given, find=lambda text: who(session, text), owner=owner
    )
    carry_out(session, plan, dry_run=dry_run, yes=yes)
