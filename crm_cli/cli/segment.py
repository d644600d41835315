"""`crm segment`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from crm_cli.cli.listing import list_verb
from crm_cli.cli.options import (
    FORM,
    Basis,
    DryRun,
    Form,
    Json,
    Output,
    Reason,
    Terms,
    Where,
    Whos,
    Yes,
)
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Option, Verbs
from crm_cli.cli.writing import carry_out
from crm_cli.model.errors import UsageError
from crm_cli.model.text import visible

if TYPE_CHECKING:
    from crm_cli.features.plan import Plan
    from crm_cli.features.segments import Shown
    from crm_cli.model.card import Card

verbs = Verbs()

Name = Annotated[str, Argument(metavar="SEGMENT", help="The segment's name.")]


@verbs.add
def save(
    session: Session,
    name: Name,
    terms: Terms = None,
    where: Where = None,
    description: Annotated[
        str | None, Option("--description", metavar="TEXT", help="A description.")
    ] = None,
    force: Annotated[
        bool,
        Option("--force", "--yes", "-y", help="Replace an existing segment without asking."),
    ] = False,
    dry_run: DryRun = False,
) -> None:
    """Save a customer query under a name, for use as @NAME.

    Relative dates stay relative: -180d counts from the day the query runs.

    crm segment save lapsed-vip +vip last-purchase.before:-180d
    crm segment save big-coast @coast --where "spend > 1000" --description "To be visited"
    """
    from crm_cli.features.segments import save as plan

    made = plan(session.workspace, name, terms or (), where=where, description=description)
    _carry_out(session, made, dry_run=dry_run, yes=force)


@verbs.add
def add(
    session: Session,
    name: Name,
    who: Whos,
    kind: Annotated[
        str | None,
        Option("--kind", metavar="static|suppression", help="What a new list is; default static."),
    ] = None,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Put customers on a static or suppression list, which is made if there is none.

    crm segment add tasting ana kava-doo
    crm segment add no-letters ana --kind suppression
    """
    _members(session, name, who, add=True, kind=kind, dry_run=dry_run, yes=yes)


@verbs.add
def remove(
    session: Session, name: Name, who: Whos, dry_run: DryRun = False, yes: Yes = False
) -> None:
    """Take customers off a static or suppression list.

    crm segment remove tasting ana
    """
    _members(session, name, who, add=False, kind=None, dry_run=dry_run, yes=yes)


def _members(
    session: Session,
    name: str,
    who: list[str],
    *,
    add: bool,
    kind: str | None,
    dry_run: bool,
    yes: bool,
) -> None:
    from crm_cli.features.segments import change_members

    if kind not in (None, "static", "suppression"):
        raise UsageError(f"--kind {kind} is no kind of list", "static or suppression")
    ids = session.whos(who, writes=True)
    plan = change_members(session.workspace, name, ids, add=add, kind=kind)
    carry_out(session, plan, dry_run=dry_run, yes=yes)


list_verb(
    verbs,
    "segment",
    """List the saved segments.

    crm segment list
    crm segment list kind:static --json
    """,
)


@verbs.add
def show(session: Session, name: Name, output: Output = None, json: Json = False) -> None:
    """Show a segment's query, its size today, and the segments that use it.

    crm segment show lapsed-vip
    crm list @lapsed-vip
    """
    from crm_cli.cli.outputs import TABLE
    from crm_cli.features.segments import FILE
    from crm_cli.features.segments import show as find
    from crm_cli.formats.tables import IDS, PATHS
    from crm_cli.render import shapes

    shown = find(session.workspace, name)
    form = session.format(output, json)
    if form is TABLE:
        session.draw(shapes.card, _card(shown))
    elif form in (IDS, PATHS):
        session.write((shown.item.id if form is IDS else FILE) + "\n")
    else:
        item = shown.item
        record = {
            "id": item.id,
            "query": item.values.get("query") or [],
            "where": item.values.get("where"),
            "description": item.values.get("description"),
            "kind": item.get("kind"),
            "members": item.values.get("members") or [],
            "customers": shown.customers,
            "used_by": list(shown.used_by),
        }
        session.show_record(record, form)


@verbs.add
def count(
    session: Session,
    names: Annotated[
        list[str] | None,
        Argument(metavar="[SEGMENT…]", help="Segments; default: all."),
    ] = None,
    how: Form = FORM,
) -> None:
    """Count the customers of segments; for a single one, print only the number.

    crm segment count lapsed-vip
    crm segment count --json
    """
    from crm_cli.cli.outputs import TABLE
    from crm_cli.features.segments import counts
    from crm_cli.model.rows import Column, Rows

    found, problems = counts(session.workspace, names or ())
    session.report(problems)
    form = session.form(how)
    if form is TABLE and names and len(found) == 1:
        session.write(f"{found[0][1]}\n")
        return
    columns = (Column("segment"), Column("customers", "integer"))
    rows = Rows(columns, found, ids=[name for name, _ in found], none="no segments")
    session.show(rows, form, header=not how.no_header)


@verbs.add
def export(
    session: Session,
    name: Name,
    use: Annotated[
        str,
        Option("--for", metavar="PURPOSE/CHANNEL", help="What the list is for; marketing/email."),
    ] = "marketing/email",
    basis: Basis = None,
    reason: Reason = None,
    how: Form = FORM,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Write the mailing list of a segment: who may be contacted, and where; as CSV.

    Left out is who did not agree, withdrew, is on a suppression list, or has no address
    that may be used; how many and why is said. crm consent check says it of one.

    crm segment export lapsed-vip > lapsed.csv
    crm segment export newsletter --for marketing/letter
    """
    from crm_cli.cli.mailings import note_grounds
    from crm_cli.features.consent import left_out, read_grounds
    from crm_cli.features.segments import export as exported
    from crm_cli.formats.tables import CSV
    from crm_cli.model.rows import Column, Rows

    form = session.form(how, otherwise=CSV)
    grounds = read_grounds(basis, reason)
    mailing = exported(session.workspace, name, use=use, grounds=grounds)
    what = f"the mailing list of @{name.removeprefix('@')}"
    if not note_grounds(session, mailing.permission, mailing.use, what, dry_run=dry_run, yes=yes):
        return
    columns = [Column(key, "phone" if key == "phone" else "text") for key in mailing.columns]
    session.show(Rows(columns, mailing.rows), form, header=not how.no_header)
    if said := left_out(mailing.permission.refused):
        session.say(said)


@verbs.add
def rm(session: Session, name: Name, dry_run: DryRun = False, yes: Yes = False) -> None:
    """Remove a segment, not its customers. Asks first if other segments use it.

    crm segment rm lapsed-vip
    """
    from crm_cli.features.segments import remove

    _carry_out(session, remove(session.workspace, name), dry_run=dry_run, yes=yes)


def _carry_out(session: Session, plan: Plan, *, dry_run: bool, yes: bool) -> None:
    """As for every plan, after its question where it has one."""
    if plan.question and not dry_run:
        if yes:
            session.say(visible(plan.question))
        session.confirm(visible(plan.question), yes=yes)
    carry_out(session, plan, dry_run=dry_run)


def _card(shown: Shown) -> Card:
    from crm_cli.model.card import Card, Fact, Section

    item = shown.item
    customers = "invalid query" if shown.customers is None else shown.customers
    facts = [
        Fact("query", " ".join(item.values.get("query") or ())),
        Fact("where", item.values.get("where")),
        Fact("kind", item.get("kind")),
        Fact("members", item.values.get("members")),
        Fact("customers", customers, shown.fault, "alert" if shown.fault else ""),
        Fact("used by", [f"@{name}" for name in shown.used_by]),
    ]
    return Card(f"@{item.id}", str(item.values.get("description") or ""), [Section(facts=facts)])
