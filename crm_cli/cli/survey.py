"""`crm survey`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from crm_cli.cli.listing import list_verb
from crm_cli.cli.options import Basis, DryRun, Force, Json, NoHeader, Output, Reason, Yes
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Option, Verbs
from crm_cli.cli.writing import carry_out

verbs = Verbs()

Name = Annotated[str, Argument(metavar="SURVEY", help="A survey of surveys.yaml, by its name.")]
Wave = Annotated[
    str | None, Option("--wave", metavar="WAVE", help="The wave; default this month: 2026-11.")
]

list_verb(
    verbs,
    "survey",
    """List the surveys that surveys.yaml has.

    crm survey list
    """,
)


@verbs.add
def invite(
    session: Session,
    survey: Name,
    who: Annotated[
        list[str], Argument(metavar="WHO…|TERM…", help="Whom to ask; terms select customers.")
    ],
    wave: Wave = None,
    channel: Annotated[
        str, Option("--channel", metavar="CHANNEL", help="How they are asked; default email.")
    ] = "email",
    basis: Basis = None,
    reason: Reason = None,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Note whom a survey is sent to; nothing is sent.

    Whoever was asked within the survey's every, or may not have service messages (crm
    consent check ana --for service/email) is left out, and named.

    crm survey invite yearly ana
    crm survey invite yearly +vip last-purchase:-12m.. --wave 2026-q4 --yes
    """
    from crm_cli.features.consent import read_grounds
    from crm_cli.features.feedback.surveys import invite as plan

    grounds = read_grounds(basis, reason)
    ids = session.whos(who, writes=True)
    made = plan(session.workspace, survey, ids, wave=wave, channel=channel, grounds=grounds)
    carry_out(session, made, dry_run=dry_run, yes=yes)


@verbs.add
def links(
    session: Session,
    survey: Name,
    wave: Annotated[
        str | None, Option("--wave", metavar="WAVE", help="Of this wave only.")
    ] = None,
    all: Annotated[bool, Option("--all", help="Those who have answered, too.")] = False,
    output: Output = None,
    json: Json = False,
    no_header: NoHeader = False,
    basis: Basis = None,
    reason: Reason = None,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """List the links of those invited who have not answered, for mails and letters.

    It is the survey's url, with {customer} and {wave} filled in, else a mailto: line
    with the questions. Who may no longer be written to has none.

    crm survey links yearly --wave 2026-q4 -o csv
    """
    from crm_cli.cli.mailings import note_grounds
    from crm_cli.features.consent import left_out, read_grounds
    from crm_cli.features.feedback.surveys import MAILED
    from crm_cli.features.feedback.surveys import links as found
    from crm_cli.model.rows import Column, Rows

    columns = (
        Column("customer"),
        Column("name"),
        Column("email"),
        Column("wave"),
        Column("link"),
    )
    grounds = read_grounds(basis, reason)
    made = found(session.workspace, survey, wave=wave, everyone=all, grounds=grounds)
    what = f"the links of {survey}"
    if not note_grounds(session, made.permission, MAILED, what, dry_run=dry_run, yes=yes):
        return
    rows = [tuple(one) for one in made.rows]
    listed = Rows(columns, rows, ids=[str(row[0]) for row in rows])
    session.show(listed, session.format(output, json), header=not no_header)
    if said := left_out(made.permission.refused):
        session.say(said)


@verbs.add
def answers(
    session: Session,
    survey: Name,
    file: Annotated[Path, Argument(metavar="FILE.csv", help="The answers; - is stdin.")],
    force: Force = False,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Read the answers to a survey from a CSV file, all or none.

    One column says who (customer, email or phone), others when (at), in which wave and
    what they add (body); each question has one, by its id. Known answers change nothing.

    crm survey answers yearly answers.csv --yes
    """
    from crm_cli.features.feedback.surveys import answers as plan

    made = plan(session.workspace, survey, file, force=force)
    carry_out(session, made, dry_run=dry_run, yes=yes)
