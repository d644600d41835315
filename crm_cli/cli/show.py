"""`crm show`."""

from __future__ import annotations

from typing import Annotated

from crm_cli.cli.options import Alone, AsOf, Cols, Desk, Json, Output
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Option, Verbs
from crm_cli.model.errors import UsageError
from crm_cli.model.places import DESK

verbs = Verbs()

_ONE_OF = (
    ("no customer is named", "crm show ana; crm show --desk is the business's own"),
    ("--desk is of no customer", "leave one of the two out"),
)


@verbs.add
def show(
    session: Session,
    who: Annotated[
        str | None,
        Argument(metavar="[WHO|ID]", help="A customer, or the id of one of their items."),
    ] = None,
    desk: Desk = False,
    tree: Annotated[
        bool, Option("--tree", help="The group: its companies and their people, with figures.")
    ] = False,
    alone: Alone = False,
    cols: Cols = None,
    as_of: AsOf = None,
    output: Output = None,
    json: Json = False,
) -> None:
    """Show a customer at a glance, or one of their items.

    crm show ana
    crm show "+386 40 123 456" --json
    crm show t-9f3
    crm show ana --cols name,phone,spend@12m
    crm show hotel-adler --tree
    crm show --desk
    """
    from crm_cli.cli.pickers import chosen
    from crm_cli.cli.single_record import answer_one
    from crm_cli.features.showing import show as find

    if (who is None) != desk:
        raise UsageError(*_ONE_OF[desk])
    session.look_back(as_of)
    if tree:
        _tree(session, session.who(DESK.path if who is None else who), output=output, json=json)
        return
    wanted = DESK.path if who is None else who
    shown = chosen(session, lambda text: find(session.workspace, text, alone=alone), wanted)
    answer_one(session, shown, cols=cols, output=output, json=json)


def _tree(session: Session, id: str, *, output: str | None, json: bool) -> None:
    """A row for each company and person; below them the sum, in which each counts once."""
    from crm_cli.cli.outputs import TABLE
    from crm_cli.features.people import added, tree
    from crm_cli.model.rows import Column, Rows

    form = session.format(output, json)
    found = tree(session.workspace, id)
    once = list({one.share.id: one.share for one in found}.values())
    currency = session.workspace.business.currency
    guide = "└ " if form is TABLE else ""
    columns = (
        Column("name"), Column("id"), Column("role"), Column("of"), Column("depth", "integer"),
        Column("spend", "money"), Column("balance", "money"), Column("currency"),
    )  # fmt: skip
    rows = [
        (
            ("  " * (one.depth - 1) + guide if one.depth and guide else "") + one.share.name,
            one.share.id, one.role or None, one.of or None, one.depth, one.share.spend,
            one.share.balance, currency,
        )
        for one in found
    ]  # fmt: skip
    sums = [added(getattr(one, key) for one in once) for key in ("spend", "balance")]
    total = ["total", None, None, None, None, *sums, currency] if len(found) > 1 else None
    ids = [one.share.id for one in found]
    paths = [session.workspace.path_of(one) for one in ids]
    ranked = ("name", "id", "spend", "balance", "role", "currency")
    session.show(Rows(columns, rows, ids=ids, paths=paths, total=total, ranked=ranked), form)
