"""`crm merge`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from crm_cli.cli.options import WHO, DryRun, Json, Output, Yes
from crm_cli.cli.outputs import TABLE
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Option, Verbs
from crm_cli.model.errors import UsageError
from crm_cli.model.rows import Column, Rows

if TYPE_CHECKING:
    from crm_cli.features.uniting import Merging

verbs = Verbs()


@verbs.add
def merge(
    session: Session,
    who: Annotated[
        list[str], Argument(metavar="KEEP DROP…", help=f"Who stays, then who goes: {WHO}.")
    ],
    prefer: Annotated[
        str | None,
        Option(
            "--prefer",
            metavar="keep|drop|newest",
            choices=("keep", "drop", "newest"),
            help="Whose value stays where both have one.",
        ),
    ] = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    output: Output = None,
    json: Json = False,
) -> None:
    """Merge customers who are one into the first, shown side by side before.

    Lists are united, items keep their ids, and whatever names the others names the first
    one then; their ids still find it.

    crm merge ana-novak ana-novak-2
    crm merge ana-novak ana-novak-2 --prefer newest --dry-run
    """
    from crm_cli.cli.writing import carry_out
    from crm_cli.features.history import last_changes
    from crm_cli.features.uniting import look
    from crm_cli.features.uniting import merge as plan

    form = session.format(output, json)
    if form is not TABLE and not dry_run:
        raise UsageError("formats are for --dry-run, which shows both sides", "add --dry-run")
    words = session.expand(who)
    if len(words) < 2:
        raise UsageError("merge needs two customers", "crm merge ana-novak ana-novak-2")
    keep, *drops = [session.who(word, writes=True) for word in words]
    seen = look(session.workspace, keep, drops, prefer=prefer, dated=last_changes)
    if dry_run:
        session.show(_rows(seen), form)
        if not seen.open and form is TABLE:
            carry_out(session, plan(session.workspace, seen), dry_run=True)
        else:
            session.say("nothing was written")
        return
    if not yes and session.interactive:
        session.show(_rows(seen), form)
        seen = _chosen(session, seen)
    carry_out(session, plan(session.workspace, seen), yes=yes)


def _rows(seen: Merging) -> Rows:
    columns = (Column("field"), Column(seen.keep), *map(Column, seen.drops), Column("merged"))
    return Rows(
        columns,
        [
            (one.field, *one.values, one.merged if one.chosen else "to be chosen")
            for one in seen.rows
        ],
        tones=["" if one.chosen else "alert" for one in seen.rows],
    )


def _chosen(session: Session, seen: Merging) -> Merging:
    """With what the user chose, of each field that both have."""
    sides = {}
    for place, one in enumerate(seen.open):
        told = one.difference
        answer = session.pick(
            f"{told.field}: which stays?", (("keep", told.mine), ("drop", told.other))
        )
        if answer in ("keep", "drop"):
            sides[place] = answer
    return seen.choosing(sides)  # type: ignore[arg-type]
