"""Tasks that are open, by their due date."""

from __future__ import annotations

from collections.abc import Iterator

from crm_cli.features.due import Asked, Due, Source, quoted
from crm_cli.model.business import Business
from crm_cli.model.task import TASK, TaskKind
from crm_cli.workspace import Workspace


def _kinds(business: Business) -> Iterator[str]:
    yield from (kind.value for kind in TaskKind)
    yield from business.vocabulary.get("task_kind", ())


def _find(workspace: Workspace, asked: Asked) -> Iterator[Due]:
    """A task is its assignee's, else the customer's owner's."""
    terms = [*asked.terms, "is:open", f"due:..{asked.through}"]
    if asked.owner is not None:
        terms.append(f"assignee.is:{quoted(asked.owner)}")
    if asked.kinds:
        terms.append(f"kind:{','.join(asked.kinds)}")
    columns = ("due", "kind", "customer", "customer.name", "title", "id", "assignee")
    answer = workspace.select(TASK, terms, where=asked.where, cols=columns)
    for when, kind, who, name, title, id, owner in answer.rows:
        yield Due(when, kind, who, name or who, title or "", id, owner)


SOURCE = Source(_kinds, _find)
