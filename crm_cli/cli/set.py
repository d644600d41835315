"""`crm set`."""

from __future__ import annotations

from collections.abc import Sequence
from shlex import quote
from typing import Annotated

from crm_cli.cli.options import DryRun, Force, WhosAndValues, Yes
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Option, Verbs
from crm_cli.cli.writing import carry_out
from crm_cli.model.assignments import Assignment, split_assignments
from crm_cli.model.errors import UsageError

verbs = Verbs()


@verbs.add
def set_(
    session: Session,
    words: WhosAndValues,
    keep_past: Annotated[
        bool,
        Option("--keep-past", help="With owner=: write the old one into sales that name none."),
    ] = False,
    force: Force = False,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Change fields of customers, or of items by their ids.

    Sales and deals that name no owner count for the customer's, also once it is another.

    crm set ana city=Koper phone= tags+=vip credit.limit=500
    crm set city:Koper owner=petra --keep-past --yes
    crm set y-7d1 amount=220
    crm set p-2m8 lines+=filters-100:2 lines.1.quantity=45
    """
    from crm_cli.features.setting import set_fields

    whos, assignments = split_assignments(words)
    if not whos:
        raise _nobody(assignments)
    plan = set_fields(
        session.workspace,
        session.settled(whos, items=True),
        assignments,
        strict=not session.interactive,
        force=force,
        past_stays=keep_past,
    )
    carry_out(session, plan, dry_run=dry_run, yes=yes)


def _nobody(assignments: Sequence[Assignment]) -> UsageError:
    """Values alone: whose they are is left out, or `:` was meant in the first ones."""
    *terms, last = assignments or [Assignment("city", "=", "Koper")]
    given = [quote(f"{one.key}{one.operator}{one.text}") for one in (*terms, last)]
    hints = [f"for one customer: crm set ana {' '.join(given)}"]
    if terms:
        chosen = [quote(f"{one.key}:{one.text}") for one in terms]
        hints.insert(0, f"for all that match: crm set {' '.join([*chosen, given[-1]])}")
    if not assignments:
        return UsageError("no customer is named, and nothing to set", hints[-1])
    return UsageError(f"{' '.join(given)}: no customer is named", "\n".join(hints))
