"""`crm case`."""

from __future__ import annotations

from typing import Annotated

from crm_cli.cli.items import add_verb, change, move_verbs, picked, show_verb
from crm_cli.cli.listing import list_verb
from crm_cli.cli.options import DryRun, Force, Yes
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Option, Verbs
from crm_cli.cli.writing import carry_out
from crm_cli.model.case import CASE, DECISIONS
from crm_cli.model.case_moves import is_open

verbs = Verbs()

Cases = Annotated[
    list[str],
    Argument(
        metavar="ID…|WHO…|TERM…",
        help="Cases by id; a customer with one open case; terms select open cases; - reads ids.",
    ),
]

add_verb(verbs, "case")
list_verb(
    verbs,
    "case",
    """List cases that match query terms, open ones first, by when a response is promised.

    What is promised, and how soon, stands in service of crm.yaml.

    crm case list is:overdue
    crm case list is:open --owner me
    crm case list kind:complaint opened:last-90d --group-by product --agg count
    """,
)
show_verb(verbs, "case")


@verbs.add
def take(
    session: Session,
    cases: Cases,
    assignee: Annotated[
        str | None, Option("--assignee", metavar="USER", help="Give them to this user.")
    ] = None,
    force: Force = False,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Take cases on: they are yours from now on, and no longer new.

    crm case take c-9f3
    crm case take is:overdue --assignee petra
    """
    from crm_cli.features.cases import take as plan

    change(
        session,
        CASE,
        cases,
        lambda workspace, found: plan(workspace, found, assignee, force=force),
        among=is_open,
        state="open",
        dry_run=dry_run,
        yes=yes,
    )


@verbs.add
def reply(
    session: Session,
    case: Annotated[
        str, Argument(metavar="ID|WHO", help="A case; or a customer who has one open case.")
    ],
    text: Annotated[
        list[str] | None, Argument(metavar="[TEXT…]", help="What was said; - reads it.")
    ] = None,
    kind: Annotated[
        str | None,
        Option("--kind", metavar="KIND", help="The channel: email, call …; default the case's."),
    ] = None,
    at: Annotated[
        str | None, Option("--at", metavar="WHEN", help="When; default now: today 9:30.")
    ] = None,
    subject: Annotated[
        str | None, Option("--subject", metavar="TEXT", help="What it was about.")
    ] = None,
    wait: Annotated[bool, Option("--wait", help="The case now waits for the customer.")] = False,
    resolve: Annotated[bool, Option("--resolve", help="The case is resolved by it.")] = False,
    dry_run: DryRun = False,
) -> None:
    """Note what you answered a customer in a case; nothing is sent.

    It is an outbound interaction of the case: crm log --case notes others, such as what
    the customer says.

    crm case reply c-9f3 "Which of the bags were torn?" --wait
    crm case reply ana "Two new bags are on the way" --kind call --resolve
    """
    from crm_cli.cli.stdin import text_of_stdin
    from crm_cli.features.cases import reply as plan

    found = picked(session, CASE, case, strict=not session.interactive)
    session.begun = session.begun or text == ["-"]
    said = text_of_stdin() if text == ["-"] else " ".join(text or ())
    made = plan(
        session.workspace,
        found,
        said,
        kind=kind,
        at=at,
        subject=subject,
        wait=wait,
        resolve=resolve,
    )
    carry_out(session, made, dry_run=dry_run)


@verbs.add
def decide(
    session: Session,
    case: Annotated[
        str, Argument(metavar="ID|WHO", help="A case; or a customer who has one open case.")
    ],
    decision: Annotated[
        str,
        Argument(
            metavar="DECISION",
            help=f"One of {', '.join(DECISIONS)}.",
        ),
    ],
    amount: Annotated[
        str | None,
        Option("--amount", metavar="AMOUNT", help="What they get back, where no line says it."),
    ] = None,
    method: Annotated[
        str | None,
        Option("--method", metavar="METHOD", help="How it is paid back; default credit_transfer."),
    ] = None,
    received: Annotated[
        str | None,
        Option("--received", metavar="DATE", help="The day on which the goods came back."),
    ] = None,
    resolve: Annotated[bool, Option("--resolve", help="The case is resolved by it.")] = False,
    force: Force = False,
    dry_run: DryRun = False,
) -> None:
    """Decide a return, and make what follows from it, in one step.

    refund makes a credit note, and pays back what is not owed any more; store_credit the
    credit note alone; exchange an order of the same goods free of charge; repair a task.
    Prices and taxes are those of the purchase that the case is about; if it names none,
    of the latest one of the product. A question, incident or problem is not decided.

    crm case decide c-9f3 refund --received today --resolve
    crm case decide ana store_credit --amount 20
    """
    from crm_cli.features.returns import decide as plan
    from crm_cli.model.returned_goods import to_decide

    found = picked(session, CASE, case, strict=not session.interactive, among=to_decide)
    made = plan(
        session.workspace,
        found,
        decision,
        amount=amount,
        method=method,
        received=received,
        resolve=resolve,
        force=force,
    )
    carry_out(session, made, dry_run=dry_run)


move_verbs(verbs, "case")


@verbs.add
def merge(
    session: Session,
    cases: Annotated[
        list[str],
        Argument(
            metavar="KEEP DROP…|TERM…",
            help="Cases of one customer by id, the first stays; terms select open cases.",
        ),
    ],
    force: Force = False,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Merge cases of one customer that are the same: the first stays, others repeat it.

    What was said in the others counts for its clocks, which run from when the first of
    them was opened. crm case reopen takes one out again.

    crm case merge c-9f3 c-4k7
    """
    from crm_cli.features.cases import merge as plan

    change(
        session,
        CASE,
        cases,
        lambda workspace, found: plan(workspace, found, force=force),
        dry_run=dry_run,
        yes=yes,
    )
