"""Subscriptions of which something is to be made, by the day that it is for."""

from __future__ import annotations

from collections.abc import Iterator

from crm_cli.features.due import Asked, Due, Source
from crm_cli.model.aspects import joined
from crm_cli.model.business import Business
from crm_cli.model.purchase import PURCHASE
from crm_cli.model.subscription import in_words
from crm_cli.workspace import Workspace

KIND = "subscription"
_COLUMNS = (
    "next_occurrence", "customer", "customer.name", "number", "id", "kind", "every", "text",
    "lines", "owner",
)  # fmt: skip


def _kinds(business: Business) -> tuple[str, ...]:
    return (KIND,)


def _find(workspace: Workspace, asked: Asked) -> Iterator[Due]:
    terms = [*asked.terms, "is:recurring", f"next_occurrence:..{asked.through}"]
    if asked.owner is not None:
        terms.append(f"owner.is:{asked.owners}")
    answer = workspace.select(PURCHASE, terms, where=asked.where, cols=_COLUMNS, ordered=False)
    for day, who, name, number, id, kind, every, text, lines, owner in answer.rows:
        bought = text or ", ".join(dict.fromkeys(lines or ()))
        what = joined(", ", (bought or kind, in_words(every)))
        yield Due(day, KIND, who, name or who, f"{number or id}: {what}", id, owner)


SOURCES = (Source("subscriptions", PURCHASE, _kinds, _find),)
