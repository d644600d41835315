"""Tasks that are open, by their due date."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from crm_cli.features.due import Asked, Due, Source
from crm_cli.model.business import Business
from crm_cli.model.task import TASK, TASK_KINDS
from crm_cli.query.lexer import quoted
from crm_cli.workspace import Workspace


def _kinds(business: Business) -> Iterator[str]:
    yield from TASK_KINDS
    yield from business.vocabulary.get("task_kind", ())


def _find(workspace: Workspace, asked: Asked) -> Iterator[Due]:
    """A task is its assignee's, else the customer's owner's.

    One that depends on others which are not done yet cannot be done either: not due.
    """
    terms = [*asked.terms, "is:open", f"due:..{asked.through}"]
    if asked.owner is not None:
        terms.append(f"assignee.is:{quoted(asked.owner)}")
    if asked.kinds:
        terms.append(f"kind:{','.join(asked.kinds)}")
    columns = ("due", "kind", "customer", "customer.name", "title", "id", "assignee", "depends_on")
    rows = workspace.select(TASK, terms, where=asked.where, cols=columns, ordered=False).rows
    waited = {id for row in rows for id in row[-1] or ()}
    open_ones = _open(workspace, waited) if waited else frozenset()
    for when, kind, who, name, title, id, owner, depends in rows:
        if depends and not open_ones.isdisjoint(depends):
            continue
        yield Due(when, kind, who, name or who, title or "", id, owner)


def _open(workspace: Workspace, ids: Iterable[str]) -> frozenset[str]:
    """Those of the tasks that are still to be done; a task that has gone holds up nobody."""
    import json

    places = json.dumps(sorted(ids))
    rows = workspace.index.connection.execute(
        'SELECT "id" FROM "task" WHERE "status" NOT IN (\'completed\', \'cancelled\')'
        ' AND "id" IN (SELECT value FROM json_each(?))',
        (places,),
    )
    return frozenset(str(row[0]) for row in rows)


SOURCE = Source(TASK, _kinds, _find)
