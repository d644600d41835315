"""`crm show`."""

from __future__ import annotations

from typing import Annotated

from crm_cli.cli.options import AsOf, Cols, Desk, Json, Output
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Verbs
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
    crm show --desk
    """
    from crm_cli.cli.pickers import chosen
    from crm_cli.cli.single_record import answer_one
    from crm_cli.features.showing import show as find

    if (who is None) != desk:
        raise UsageError(*_ONE_OF[desk])
    session.look_back(as_of)
    shown = chosen(session, lambda text: find(session.workspace, text), who or DESK.path)
    answer_one(session, shown, cols=cols, output=output, json=json)
