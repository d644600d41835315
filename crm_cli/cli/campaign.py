"""`crm campaign`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from crm_cli.cli.listing import list_verb
from crm_cli.cli.options import FORM, AsOf, Basis, DryRun, Form, Json, Output, Reason, Yes
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Option, Verbs
from crm_cli.cli.writing import carry_out
from crm_cli.model.errors import UsageError

if TYPE_CHECKING:
    from crm_cli.features.campaigns.recipients import Listed

verbs = Verbs()

Name = Annotated[str, Argument(metavar="CAMPAIGN", help="A campaign of campaigns/, by its id.")]
Step = Annotated[
    int | None, Option("--step", metavar="N", help="The message of a campaign that has several.")
]
_PREVIEWED = 3


@verbs.add
def add(
    session: Session,
    words: Annotated[
        list[str], Argument(metavar="NAME… [KEY=VALUE…]", help="Its name, then more fields.")
    ],
    segment: Annotated[
        str | None, Option("--segment", metavar="SEGMENT", help="Whom it is for; default all.")
    ] = None,
    exclude: Annotated[
        list[str] | None,
        Option("--exclude", metavar="SEGMENT", help="Whom it leaves out. Repeatable."),
    ] = None,
    kind: Annotated[
        str | None,
        Option("--kind", metavar="WORD", help="email (the default), letter, phone, sms, event …"),
    ] = None,
    variant: Annotated[
        list[str] | None,
        Option("--variant", metavar="ID[:SHARE[:TEMPLATE]]", help="A variant. Repeatable."),
    ] = None,
    hold_out: Annotated[
        str | None,
        Option("--hold-out", metavar="SHARE", help="Who gets nothing, to compare with: 10%."),
    ] = None,
    step: Annotated[
        list[str] | None,
        Option("--step", metavar="DAY:TEMPLATE", help="A message, days after the start."),
    ] = None,
    goal: Annotated[
        str | None,
        Option("--goal", metavar="METRIC:TARGET", help="responses, orders, revenue or leads."),
    ] = None,
    budget: Annotated[
        str | None, Option("--budget", metavar="AMOUNT", help="What it may cost.")
    ] = None,
    id: Annotated[
        str | None, Option("--id", metavar="ID", help="Its id; default made from the name.")
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Add a campaign: whom it is for, and what is tried. Nothing is sent.

    crm campaign add "Spring 2027" --segment vip --hold-out 10% --variant a --variant b
    crm campaign add "Open day" --goal orders:40 --budget 600 start=2027-03-01
    """
    from crm_cli.features.campaigns import add as plan
    from crm_cli.model.assignments import split_fields
    from crm_cli.model.campaign import CAMPAIGN

    named, values = split_fields(words, CAMPAIGN, session.words)
    metric, _, target = (goal or "").partition(":")
    options = [
        ("segment", segment),
        ("exclude_segment", ",".join(exclude or ())),
        ("kind", kind),
        *(("variants", one) for one in variant or ()),
        ("hold_out", hold_out),
        *(("steps", one) for one in step or ()),
        ("goal.metric", metric),
        ("goal.target", target),
        ("budget", budget),
    ]
    given = [(key, text) for key, text in options if text]
    made = plan(session.workspace, " ".join(named), [*given, *values], id=id)
    carry_out(session, made, dry_run=dry_run)


list_verb(
    verbs,
    "campaign",
    """List campaigns that match query terms, the latest first.

    crm campaign list
    crm campaign list is:active -o csv
    """,
)


@verbs.add
def show(
    session: Session,
    campaign: Name,
    as_of: AsOf = None,
    output: Output = None,
    json: Json = False,
) -> None:
    """Show a campaign: its fields, who is in which group, and what became of them.

    crm campaign show spring-2027
    """
    from crm_cli.cli.outputs import TABLE
    from crm_cli.features.campaigns.standing import as_object, card, standing
    from crm_cli.formats.tables import IDS, PATHS
    from crm_cli.render import shapes

    session.look_back(as_of)
    shown = standing(session.workspace, campaign)
    form = session.format(output, json)
    if form is TABLE:
        session.draw(shapes.card, card(shown))
    elif form in (IDS, PATHS):
        session.write(f"{shown.campaign.id if form is IDS else shown.campaign.path}\n")
    else:
        session.show_record(as_object(shown), form)


@verbs.add
def set_(
    session: Session,
    words: Annotated[
        list[str], Argument(metavar="CAMPAIGN KEY=VALUE…", help="A campaign and new values.")
    ],
    dry_run: DryRun = False,
) -> None:
    """Change fields of a campaign. Once it has started, nobody changes their group.

    crm campaign set spring-2027 actual_cost=580
    crm campaign set spring-2027 variants+=b:50%:spring-b hold_out=15%
    """
    from crm_cli.features.campaigns import change
    from crm_cli.model.assignments import split_assignments

    named, assignments = split_assignments(words)
    if len(named) != 1:
        raise UsageError("which campaign?", "crm campaign set spring-2027 budget=500")
    carry_out(session, change(session.workspace, named[0], assignments), dry_run=dry_run)


@verbs.add
def targets(
    session: Session,
    campaign: Name,
    variant: Annotated[
        str | None, Option("--variant", metavar="ID", help="Those of one variant only.")
    ] = None,
    step: Step = None,
    unsent: Annotated[
        bool, Option("--unsent", help="Leave out those it was sent to already.")
    ] = False,
    text: Annotated[
        bool, Option("--text", help="Add each one's text, from the template of their variant.")
    ] = False,
    preview: Annotated[
        bool, Option("--preview", help="Show the texts of the first three, as they would read.")
    ] = False,
    all: Annotated[
        bool, Option("--all", help="List those held out or left out, too, and why.")
    ] = False,
    form: Form = FORM,
) -> None:
    """List those who get a campaign, with their addresses: the list to send by.

    Who has bounced, wants no more or must not be written to is left out, also after the
    start. Before it, the list is what the start would make of today's customers. A text
    that lacks a field for anybody is an error, and nothing is listed.

    crm campaign targets spring-2027 --preview
    crm campaign targets spring-2027 --variant a --text -o csv > spring-a.csv
    """
    from crm_cli.features.campaigns.recipients import targets as find
    from crm_cli.model.text import visible

    found = find(session.workspace, campaign, step=step, unsent=unsent, variant=variant)
    for note in found.notes:
        session.say(visible(note))
    if preview:
        _preview(session, campaign, found, step or 1)
        return
    _list(session, campaign, found, step or 1, form, text=text, all=all)


def _list(
    session: Session, campaign: str, found: Listed, step: int, form: Form, *, text: bool, all: bool
) -> None:
    from crm_cli.features.campaigns.recipients import texts_of
    from crm_cli.model.rows import Column, Rows

    columns = [Column(key) for key in ("customer", "name", "to", "variant", "status", "reason")]
    rows = [tuple(one) for one in found.to_reach]
    if text:
        columns += [Column("subject"), Column("text")]
        made = texts_of(session.workspace, campaign, found.to_reach, step)
        rows = [(*one, *(filled or ("", ""))) for one, filled in made]
    if all:
        blank = ("", "") if text else ()
        rows += [(*one, *blank) for one in found.others]
    ids = [str(row[0]) for row in rows]
    listed = Rows(columns, rows, ids=ids, none="nobody gets it")
    session.show(listed, session.form(form), header=not form.no_header)


def _preview(session: Session, campaign: str, found: Listed, step: int) -> None:
    from crm_cli.features.campaigns.recipients import texts_of
    from crm_cli.model.text import visible

    made = texts_of(session.workspace, campaign, found.to_reach, step)
    for one, filled in made[:_PREVIEWED]:
        variant = f", variant {one.variant}" if one.variant else ""
        session.write(visible(f"To: {one.name} <{one.to}>{variant}") + "\n")
        if filled is None:
            session.write("(no template)\n\n")
            continue
        if filled.subject:
            session.write(visible(f"Subject: {filled.subject}") + "\n")
        session.write("\n" + visible(filled.body.rstrip("\n"), multiline=True) + "\n\n")


@verbs.add
def start(
    session: Session,
    campaign: Name,
    basis: Basis = None,
    reason: Reason = None,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Start a campaign: who gets it, and which variant, is written down for good.

    Everybody's group follows from a digest of their id and the campaign's. Those held out
    and those left out are noted, too, with the reason. Who has not agreed to marketing on
    the channel is left out, unless --basis says on what else it rests. One that was
    paused goes on.

    crm campaign start spring-2027 --dry-run
    crm campaign start spring-2027 --yes
    """
    from crm_cli.features.campaigns.recipients import start as plan
    from crm_cli.features.consent import read_grounds

    made = plan(session.workspace, campaign, read_grounds(basis, reason))
    carry_out(session, made, dry_run=dry_run, yes=yes)


@verbs.add
def record(
    session: Session,
    campaign: Name,
    who: Annotated[
        list[str] | None,
        Argument(metavar="[WHO…|TERM…]", help="With --status: of whom, if not of all targets."),
    ] = None,
    file: Annotated[
        Path | None, Option("--from", metavar="FILE.csv", help="A table of responses; - is stdin.")
    ] = None,
    status: Annotated[
        str | None,
        Option("--status", metavar="STATUS", help="sent, bounced, opened, clicked, responded …"),
    ] = None,
    at: Annotated[
        str | None, Option("--at", metavar="WHEN", help="When it was; default now.")
    ] = None,
    step: Step = None,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Note what became of a campaign: sent, bounced, opened, clicked, responded, converted.

    Alone it takes what interactions and purchases that name the campaign tell. A table
    has a column for who it was (customer, email or phone) and one for the status; others
    may be at, step, variant, channel, reason. What is known already changes nothing. Who
    opted out withdraws consent to marketing on the channel.

    crm campaign record spring-2027
    crm campaign record spring-2027 --status sent --at today
    crm campaign record spring-2027 --from clicks.csv --status clicked --yes
    """
    from crm_cli.features.campaigns.recording import record as plan

    ids = session.whos(who, writes=True) if who else None
    made = plan(
        session.workspace, campaign, file=file, status=status, ids=ids, at=at, step=step
    )
    carry_out(session, made, dry_run=dry_run, yes=yes)


@verbs.add
def stop(
    session: Session,
    campaign: Name,
    pause: Annotated[bool, Option("--pause", help="Halt it; crm campaign start goes on.")] = False,
    dry_run: DryRun = False,
) -> None:
    """End a campaign today, or pause it. Responses can still be recorded.

    crm campaign stop spring-2027
    """
    from crm_cli.features.campaigns import stop as plan

    carry_out(session, plan(session.workspace, campaign, pause=pause), dry_run=dry_run)
