"""Delegating tasks to somebody who accepts or declines (iCalendar delegation)."""

from __future__ import annotations

from collections.abc import Sequence

from crm_cli.features.assigning import keep_doer
from crm_cli.features.moves import Found, planned
from crm_cli.features.plan import Plan
from crm_cli.features.references import user as known
from crm_cli.features.tasks import none_of
from crm_cli.model.errors import Refused, UsageError
from crm_cli.model.task import TASK
from crm_cli.store.document import Document
from crm_cli.workspace import Workspace

_DECLINED = "declined"


def delegate(workspace: Workspace, tasks: Sequence[Found], to: str) -> Plan:
    """Plan to pass tasks on to a user, who is to accept.

    Who passes it on is the user at work, else who had it. Raises NotFound for nobody,
    Refused for closed tasks and for who has it already.
    """
    if not to.strip():
        raise UsageError("to whom?", "crm task delegate t-9f3 petra")
    user = known(workspace, to.strip())
    none_of(tasks)
    for task in tasks:
        if _assignee(task) == user:
            raise Refused(f"{task.said} is {user}'s already")
    giver = workspace.user if workspace.user != user else None

    def update(document: Document, id: str) -> None:
        item = document.find(id)
        before = giver or item.get("assignee") or document.record.get("owner")
        keep_doer(document, id)
        document.set(id, "assignee", user)
        if before and before != user:
            document.set(id, "delegated_from", before)
        document.set(id, "delegation_status", "needs_action")

    return planned(TASK, tasks, tasks, update, "delegate", f"delegated to {user}", ())


def accept(workspace: Workspace, tasks: Sequence[Found]) -> Plan:
    """Plan to take on what was passed on; raises Refused for what nobody passed on."""
    _passed_on(workspace, tasks)
    left = [task for task in tasks if task.item.get("delegation_status") != "accepted"]
    notes = [f"{task.said} is accepted already" for task in tasks if task not in left]

    def update(document: Document, id: str) -> None:
        document.set(id, "delegation_status", "accepted")

    return planned(TASK, tasks, left, update, "accept", "accepted", notes)


def decline(workspace: Workspace, tasks: Sequence[Found]) -> Plan:
    """Plan to give back what was passed on: it is again that person's, marked as declined."""
    _passed_on(workspace, tasks)

    def update(document: Document, id: str) -> None:
        item = document.find(id)
        giver = item.get("delegated_from")
        keep_doer(document, id)
        if item.get("delegation_status") == _DECLINED:
            return
        if giver:
            document.set(id, "assignee", giver)
            document.remove(id, "delegated_from")
        elif item.values.get("assignee"):
            document.remove(id, "assignee")
        document.set(id, "delegation_status", _DECLINED)

    return planned(TASK, tasks, tasks, update, "decline", "declined", ())


def _passed_on(workspace: Workspace, tasks: Sequence[Found]) -> None:
    """Refuse what nobody passed on, and, where we know who is at work, what is another's."""
    none_of(tasks)
    for task in tasks:
        status = task.item.get("delegation_status")
        if status is None or status == _DECLINED:
            raise Refused(f"{task.said} is not delegated", f"crm task delegate {task.id} USER does")
        if workspace.user is not None and task.item.get("assignee") not in (None, workspace.user):
            raise Refused(
                f"{task.said} was delegated to {task.item.get('assignee')}, not to {workspace.user}"
            )


def _assignee(task: Found) -> str | None:
    found = task.item.get("assignee") or task.item.owner.get("owner")
    return str(found) if found else None
