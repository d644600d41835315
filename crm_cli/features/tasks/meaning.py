"""Which tasks query terms mean, where several are changed at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from crm_cli.features.plan import Plan
from crm_cli.features.tasks import Task
from crm_cli.model.task import TASK
from crm_cli.store.document import Document
from crm_cli.workspace import Workspace


def split_terms(workspace: Workspace, words: Iterable[str]) -> tuple[list[str], list[str]]:
    """The words that name a task or a customer, and those that are query terms."""
    from crm_cli.query.who import is_term

    scope = workspace.scope(TASK)
    named: list[str] = []
    terms: list[str] = []
    for word in words:
        (terms if is_term(word, scope) else named).append(word)
    return named, terms


def meant(workspace: Workspace, terms: Sequence[str]) -> list[Task]:
    """The open tasks that terms describe, as `crm task list is:open TERM…` has them.

    One that is done or cancelled is meant by its id only. Raises UsageError.
    """
    documents: dict[str, Document] = {}
    tasks = []
    for customer, id in workspace.items(TASK, ["is:open", *terms]):
        if customer not in documents:
            documents[customer] = workspace.document(customer)
        document = documents[customer]
        name = str(document.record.get("name") or customer)
        tasks.append(Task(customer, name, document.path, document.find(id)))
    return tasks


def asked_for(plan: Plan, tasks: Sequence[Task]) -> Plan:
    """The plan about tasks that terms found: of several, each is named before it is done."""
    if len(tasks) < 2:
        return plan
    return plan._replace(records=[f"{task.item.title or 'task'} ({task.id})" for task in tasks])
