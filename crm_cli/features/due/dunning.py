"""Payment reminders that are to be sent, where crm.yaml has levels of dunning."""

from __future__ import annotations

from collections.abc import Iterator

from crm_cli.features.due import Asked, Due, Source
from crm_cli.model.business import Business
from crm_cli.model.dunning import Standing, levels_of, next_level
from crm_cli.model.money import format_amount
from crm_cli.model.purchase import PURCHASE
from crm_cli.workspace import Workspace

KIND = "dunning"
_COLUMNS = (
    "id", "number", "customer", "customer.name", "owner", "due", "dunning_level", "dunned",
    "promised", "past_due", "currency",
)  # fmt: skip


def _kinds(business: Business) -> tuple[str, ...]:
    return (KIND,)


def _find(workspace: Workspace, asked: Asked) -> Iterator[Due]:
    """Due on the day that the next level of an invoice has come; a disputed one never."""
    if not workspace.business.dunning:
        return
    levels = levels_of(workspace.business)
    terms = [*asked.terms, "is:owing", "no:disputed", f"due:..{asked.through}"]
    if asked.owner is not None:
        terms.append(f"owner.is:{asked.owners}")
    answer = workspace.select(PURCHASE, terms, where=asked.where, cols=_COLUMNS, ordered=False)
    for id, number, who, name, owner, *standing, owed, currency in answer.rows:
        found = next_level(levels, Standing(*standing))
        if found is None or found[1] > asked.through:
            continue
        level, day = found
        what = f"reminder {level.number} for {number or id}"
        if owed:
            what += f", {format_amount(owed, currency)} {currency}"
        yield Due(day, KIND, who, name or who, what, id, owner)


SOURCES = (Source("dunning", PURCHASE, _kinds, _find),)
