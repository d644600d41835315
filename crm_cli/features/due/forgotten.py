"""Money that was forgotten, as `crm report audit` finds it, as far as it concerns a day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from crm_cli.features.due import Asked, Due, Source
from crm_cli.features.forgotten import DATED
from crm_cli.model.business import Business
from crm_cli.model.kind import Kind
from crm_cli.model.purchase import PURCHASE
from crm_cli.workspace import Workspace

KINDS = {
    "not_invoiced": "not_invoiced",
    "draft": "draft",
    "promise": "promise",
}
"""The kinds of lines, by the findings."""


def _kinds(business: Business) -> tuple[str, ...]:
    return tuple(KINDS.values())


def _find(workspace: Workspace, asked: Asked) -> Iterator[Due]:
    """Due since the day it is about; what has none is left to the report."""
    more = [f"owner.is:{asked.owners}"] if asked.owner is not None else []

    def ask(kind: Kind, terms: Sequence[str], cols: Sequence[str]) -> Sequence[Sequence[Any]]:
        return workspace.select(
            kind, [*asked.terms, *more, *terms], where=asked.where, cols=cols, ordered=False
        ).rows

    for finding in DATED:
        for one in finding(workspace, ask):
            kind = KINDS[one.finding]
            wanted = not asked.kinds or kind in asked.kinds
            if wanted and one.day is not None and one.day <= asked.through:
                yield Due(one.day, kind, one.customer, one.name, one.what, one.id, one.owner)


SOURCES = (Source("forgotten", PURCHASE, _kinds, _find),)
