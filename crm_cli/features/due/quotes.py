"""Quotes that nobody has answered: by their last day, and two weeks after they were made."""

from __future__ import annotations

from collections.abc import Iterator

from crm_cli.features.due import Asked, Due, Source
from crm_cli.model.aspects import amount_text, joined
from crm_cli.model.business import Business
from crm_cli.model.purchase import PURCHASE
from crm_cli.workspace import Workspace

KIND = "quote"
_COLUMNS = (
    "answer_due", "customer", "customer.name", "number", "id", "gross", "currency", "valid_until",
    "owner",
)  # fmt: skip


def _kinds(business: Business) -> tuple[str, ...]:
    return (KIND,)


def _find(workspace: Workspace, asked: Asked) -> Iterator[Due]:
    terms = [*asked.terms, "is:unanswered", f"answer_due:..{asked.through}"]
    if asked.owner is not None:
        terms.append(f"owner.is:{asked.owners}")
    answer = workspace.select(PURCHASE, terms, where=asked.where, cols=_COLUMNS, ordered=False)
    for day, who, name, number, id, gross, currency, until, owner in answer.rows:
        late = until is not None and until < workspace.clock.today
        held = f"{'held' if late else 'holds'} until {until}" if until is not None else ""
        what = joined(", ", (amount_text(gross, currency), held))
        yield Due(day, KIND, who, name or who, f"{number or id}: {what}, no answer", id, owner)


SOURCES = (Source("quotes", PURCHASE, _kinds, _find),)
