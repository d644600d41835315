"""Meetings, calls and visits that were planned, and that nobody noted as held."""

from __future__ import annotations

from collections.abc import Iterator

from crm_cli.features.due import Asked, Due, Source
from crm_cli.model.business import Business
from crm_cli.model.interaction import INTERACTION
from crm_cli.query.lexer import quoted
from crm_cli.workspace import Workspace

KIND = "planned"
_COLUMNS = ("at", "kind", "customer", "customer.name", "subject", "summary", "id", "owner")


def _kinds(business: Business) -> tuple[str, ...]:
    return (KIND,)


def _find(workspace: Workspace, asked: Asked) -> Iterator[Due]:
    """Until it is recorded as held, or not held, it is due, also after its time."""
    terms = [*asked.terms, "is:planned", f"at:..{asked.through}"]
    if asked.owner is not None:
        terms.append(f"owner.is:{quoted(asked.owner)}")
    answer = workspace.select(INTERACTION, terms, where=asked.where, cols=_COLUMNS, ordered=False)
    for when, kind, who, name, subject, summary, id, owner in answer.rows:
        about = " ".join((subject or summary or "").split())
        channel = str(kind).replace("_", " ")
        yield Due(
            when, KIND, who, name or who, f"{channel}: {about}" if about else channel, id, owner
        )


SOURCE = Source(INTERACTION, _kinds, _find)
