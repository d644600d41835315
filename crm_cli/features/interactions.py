"""Logging interactions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from crm_cli.features.items import new_id
from crm_cli.features.plan import Plan
from crm_cli.features.values import echoed, said, shown, typed, typed_all, when
from crm_cli.model.dates import WEEKDAYS, local_date, write_moment
from crm_cli.model.errors import NotFound, UsageError
from crm_cli.model.interaction import INTERACTION, NOT_REACHED
from crm_cli.model.task import TASK
from crm_cli.store.document import Document
from crm_cli.workspace import Change, Edit, Workspace

_APPOINTED = ("meeting", "visit")
"""What is agreed on before it takes place."""
_TITLE = 60
"""A follow-up's title quotes at most so many characters of the text."""


def says_enough(outcome: str | None) -> bool:
    """Whether an outcome needs no text beside it: nobody was reached."""
    return (outcome or "").strip().lower().replace("-", "_") in NOT_REACHED


def log(
    workspace: Workspace,
    customer: str,
    text: str,
    *,
    kind: str | None = None,
    direction: str | None = None,
    at: str | None = None,
    planned: bool = False,
    outcome: str | None = None,
    duration: str | None = None,
    subject: str | None = None,
    follow_up: str | None = None,
    participants: str | None = None,
    deal: str | None = None,
    campaign: str | None = None,
    strict: bool = True,
) -> Plan:
    """Plan to note an interaction with a customer; the values are texts as people type them.

    It is of now, and a note, unless told otherwise; one that is to come is planned.
    `follow_up` adds a task to be done by that day. `participants` are customers, or names of
    others, with commas between; `strict` as for `Workspace.who`. Raises UsageError
    for a wrong value, and where there is neither text, subject nor outcome.
    """
    text = text.strip()
    if not (text or (subject or "").strip() or (outcome or "").strip()):
        raise UsageError("nothing to log", "crm log ana Asked for 20 kg of beans --kind call")
    notes: list[str] = []
    values: dict[str, Any] = {
        "id": new_id(workspace, INTERACTION),
        "at": _at(workspace, at, notes, ahead=planned),
    }
    if at is not None and kind in _APPOINTED and not (planned or outcome):
        _one_reading(workspace, at, values["at"])
    given = {
        "kind": "note" if kind is None else kind,
        "direction": direction,
        "outcome": outcome,
        "duration": duration,
        "subject": subject,
        "deal": deal,
        "campaign": campaign,
    }
    values |= typed_all(workspace, INTERACTION, given, notes)
    if planned and not _to_come(workspace, values["at"]):
        raise UsageError("--planned: " + said(workspace, "that is", values["at"]), "--at WHEN")
    if participants is not None:
        values["participants"] = _participants(workspace, participants, notes, strict=strict)
    if _to_come(workspace, values["at"]):
        values["status"] = "planned"
        notes.append(f"{said(workspace, 'that is', values['at'])}: noted as planned")
    if text:
        values["summary"] = text
    if workspace.user is not None:
        values["owner"] = typed(workspace, INTERACTION, "owner", workspace.user)
    task = _follow_up(workspace, follow_up, subject or text, values["kind"], notes)
    name = str(workspace.record(customer).get("name") or customer)

    def update(document: Document) -> None:
        document.add("interactions", values)
        if task is not None:
            document.add("tasks", task)

    named = str(values["kind"]).replace("_", " ")
    done = f"noted {named} {values['id']} with {name} ({customer})"
    made = [values["id"]]
    if task is not None:
        made.append(task["id"])
        done += f", and task {task['id']}, due {write_moment(task['due'])}"
    edit = Edit(workspace.path_of(customer), update)
    return Plan(
        Change(f"log {values['kind']} with {customer}", (edit,)),
        done,
        (customer,),
        notes=notes,
        made=made,
    )


def _one_reading(workspace: Workspace, text: str, past: date | datetime) -> None:
    """Refuse a weekday of an appointment: it may be the last one as well as the next."""
    day = text.strip().lower().split()[:1]
    if not day or len(day[0]) < 3 or not any(name.lower().startswith(day[0]) for name in WEEKDAYS):
        return
    coming = when(workspace, text, ahead=True)
    if coming != past:
        raise UsageError(
            f"--at {text} is {shown(workspace, past)} or {shown(workspace, coming)}",
            f'write --at "last {text.strip()}", or --planned for the one to come',
        )


def _at(
    workspace: Workspace, text: str | None, notes: list[str], *, ahead: bool
) -> date | datetime:
    if text is None:
        return workspace.clock.now.replace(second=0, microsecond=0)
    if not text.strip():
        raise UsageError("--at is empty", "leave it out for now, or write --at yesterday")
    try:
        value = when(workspace, text, ahead=ahead)
    except UsageError as error:
        raise UsageError(f"--at: {error.message}", error.hint) from error
    notes += echoed(workspace, "at", text, value)
    return value


def _participants(
    workspace: Workspace, text: str, notes: list[str], *, strict: bool
) -> list[str]:
    """The ids of the customers that words mean; what means no customer is kept as a name."""
    found = []
    for word in filter(None, map(str.strip, text.split(","))):
        try:
            workspace.who(word)
        except NotFound:
            notes.append(f"{word} is no customer: kept as a name")
            found.append(word)
        else:
            found.append(workspace.who(word, strict=strict))
    if not found:
        raise UsageError("--with is empty", "leave it out, or name who took part")
    return list(dict.fromkeys(found))


def _to_come(workspace: Workspace, at: date | datetime) -> bool:
    if isinstance(at, datetime):
        return at > workspace.clock.now
    return at > workspace.clock.today


def _follow_up(
    workspace: Workspace, text: str | None, about: str, kind: str, notes: list[str]
) -> dict[str, Any] | None:
    """The values of the task that follows, None where none is asked for."""
    if text is None:
        return None
    if not text.strip():
        raise UsageError("--follow-up needs a day", "crm log ana Wants an offer --follow-up fri")
    try:
        due = when(workspace, text, ahead=True)
    except UsageError as error:
        raise UsageError(f"--follow-up: {error.message}", error.hint) from error
    if local_date(due, workspace.business.time_zone) < workspace.clock.today:
        raise UsageError(f"--follow-up: {said(workspace, 'that is', due)}", "give a future date")
    notes += echoed(workspace, "follow-up due", text, due)
    task = {
        "id": new_id(workspace, TASK),
        "title": f"Follow up: {_short(about) or kind.replace('_', ' ')}",
        "kind": "follow_up",
        "due": due,
    }
    if workspace.user is not None:
        task["assignee"] = typed(workspace, TASK, "assignee", workspace.user)
    return task


def _short(text: str) -> str:
    """The first line of a text, cut between words."""
    line = " ".join(text.strip().partition("\n")[0].split())
    if len(line) <= _TITLE:
        return line.rstrip(".")
    cut = line[: _TITLE - 1]
    return (cut.rpartition(" ")[0] or cut).rstrip(" ,;:.") + "…"
