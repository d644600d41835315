"""Logging interactions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

from crm_cli.features.entering import entered
from crm_cli.features.items import new_id
from crm_cli.features.plan import Plan
from crm_cli.features.values import assigned, echoed, said, shown, typed, typed_all, when
from crm_cli.model.aspects import joined
from crm_cli.model.case_moves import to_reopened
from crm_cli.model.dates import WEEKDAYS, local_date, write_moment
from crm_cli.model.errors import NotFound, Refused, UsageError
from crm_cli.model.interaction import INTERACTION, NOT_REACHED
from crm_cli.model.places import labelled
from crm_cli.model.response_times import INBOUND, PAUSED, STOPPED
from crm_cli.model.task import TASK
from crm_cli.query.lexer import quoted
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
    case: str | None = None,
    campaign: str | None = None,
    held: str | None = None,
    further: Sequence[tuple[str, str]] = (),
    strict: bool = True,
) -> Plan:
    """Plan to note an interaction with a customer; the values are texts as people type them.

    It is of now, and a note, unless told otherwise; one that is to come is planned.
    `follow_up` adds a task to be done by that day. `participants` are customers, or names of
    others, with commas between, `further` are KEY=VALUE; `strict` as for `Workspace.who`.
    `held` is the id of a planned interaction that this was: it is completed in place of a new
    one. Raises UsageError
    for a wrong value, and where there is neither text, subject nor outcome; Refused where
    `held` is not planned; what check would report is refused while it is written.
    """
    text = text.strip()
    before = None if held is None else _planned(workspace, customer, held)
    if not (before or text or (subject or "").strip() or (outcome or "").strip()):
        raise UsageError("nothing to log", "crm log ana Asked for 20 kg of beans --kind call")
    if before is None and is_unclear(at, kind, planned=planned, outcome=outcome):
        _refuse_unclear(workspace, str(at))
    notes: list[str] = []
    values = _identified(workspace, before, at, notes, planned=planned)
    given = {
        "kind": kind if kind is not None else before["kind"] if before is not None else "note",
        "direction": direction,
        "outcome": outcome,
        "duration": duration,
        "subject": subject,
        "deal": deal,
        "case": case,
        "campaign": campaign,
    }
    values |= typed_all(workspace, INTERACTION, given, notes, customer=customer)
    values |= assigned(workspace, INTERACTION, further, customer=customer)
    if participants is not None:
        values["participants"] = _participants(workspace, participants, notes, strict=strict)
    notes = _settle(workspace, values, before, notes, planned=planned)
    if text:
        if "summary" in values:
            raise UsageError("summary= is the text, which is given too", "leave one of them out")
        values["summary"] = text
        if before is not None and before.get("summary"):
            values |= _with_planned(text, subject or before.get("subject"), before["summary"])
    if workspace.user is not None and before is None and "owner" not in values:
        values["owner"] = typed(workspace, INTERACTION, "owner", workspace.user)
    task = _follow_up(workspace, follow_up, subject or text, values, notes)
    status = _goes_on(workspace, customer, values, notes)
    name = str(workspace.record(customer).get("name") or customer)
    done = _noted(workspace, values, before, labelled(name, customer), notes)
    if task is not None:
        done += f", and task {task['id']}, due {write_moment(task['due'])}"
    update = partial(_write, values=values, before=before, task=task, status=status)
    return Plan(
        Change(
            f"log {values['kind']} with {customer}",
            (Edit(workspace.path_of(customer), entered(update)),),
        ),
        done,
        (customer,),
        notes=notes,
        made=[one["id"] for one in (values if before is None else None, task) if one is not None],
    )


def _identified(
    workspace: Workspace,
    before: Mapping[str, Any] | None,
    at: str | None,
    notes: list[str],
    *,
    planned: bool,
) -> dict[str, Any]:
    """The id and the time: those of the planned one that it was, unless another is given."""
    if before is None:
        id = new_id(workspace, INTERACTION)
    elif at is None and not _to_come(workspace, before["at"]):
        return {"id": before["id"], "at": before["at"]}
    else:
        id = before["id"]
    return {"id": id, "at": _at(workspace, at, notes, ahead=planned)}


def _refuse_unclear(workspace: Workspace, at: str) -> None:
    if days := readings(workspace, at):
        raise UsageError(
            f"--at {at} is {' or '.join(shown(workspace, day) for day in days)}",
            f'write --at "last {at.strip()}", or --planned for the one to come',
        )


def _settle(
    workspace: Workspace,
    values: dict[str, Any],
    before: Mapping[str, Any] | None,
    notes: list[str],
    *,
    planned: bool,
) -> list[str]:
    """Set the status: held, or planned where it is to come; what is left to be noted."""
    coming = _to_come(workspace, values["at"])
    status = "held" if before is not None else "planned" if coming else None
    if status is not None and values.get("status", status) != status:
        raise UsageError(
            f"status={values['status']} cannot be: " + said(workspace, "it is", values["at"]),
            "leave it out" if coming else "leave it out, or --held",
        )
    if planned and not coming:
        raise UsageError(
            "--planned: " + said(workspace, "that is", values["at"]),
            "give the day to come, as --at 'tue 10:00', or leave --planned out",
        )
    if before is not None:
        if coming:
            raise UsageError(f"{values['id']} cannot be held and to come", "leave --planned out")
        values["status"] = "held"
    elif coming:
        values["status"] = "planned"
        # What is said of it tells when it is.
        return [note for note in notes if not note.startswith("at ")]
    return notes


def _write(
    document: Document,
    *,
    values: dict[str, Any],
    before: Mapping[str, Any] | None,
    task: dict[str, Any] | None,
    status: str | None,
) -> None:
    """Write an interaction, the task that follows, and the status of its case."""
    if before is None:
        document.add("interactions", values)
    else:
        for key, value in values.items():
            if value != before.get(key):
                document.set(values["id"], key, value)
    if task is not None:
        document.add("tasks", task)
    if status is not None:
        document.set(values["case"], "status", status)


def _noted(
    workspace: Workspace,
    values: Mapping[str, Any],
    before: Mapping[str, Any] | None,
    whom: str,
    notes: list[str],
) -> str:
    """What is said of it afterwards."""
    named = str(values["kind"]).replace("_", " ")
    told = f"{named} {values['id']} with {whom}"
    if before is None:
        if values.get("status") == "planned":
            return said(workspace, f"planned {told}:", values["at"])
        return f"noted {told}"
    done = f"noted {told}, which was planned"
    if before["at"] != values["at"]:
        done += f" for {shown(workspace, before['at'])}"
        notes.append(f"{said(workspace, 'it is held', values['at'])}")
    return done


def _goes_on(
    workspace: Workspace, customer: str, values: Mapping[str, Any], notes: list[str]
) -> str | None:
    """The status that a case has from now on, since its customer spoke; None where it stays.

    One that waits for them goes on. One that is closed does not: that is told.
    """
    if "case" not in values or values.get("status") == "planned":
        return None
    if values.get("direction") != INBOUND:
        return None
    case = workspace.document(customer).find(values["case"])
    status = case.get("status")
    if status == PAUSED:
        return to_reopened(case, workspace.business, "")
    if status in STOPPED:
        notes.append(f"{case.id} is {status}; crm case reopen {case.id} opens it again")
    return None


def near(workspace: Workspace, customer: str, kind: str | None = None) -> list[tuple[str, str]]:
    """(id, what) of a customer's planned interactions that may be the one to log now: of the
    last 30 days, or of today; of that kind, unless it is a note or not said."""
    terms = [f"customer.is:{quoted(customer)}", "is:planned", "at:-30d..today"]
    if kind is not None and kind != "note":
        terms.append(f"kind.is:{quoted(typed(workspace, INTERACTION, 'kind', kind))}")
    cols = ("id", "at", "kind", "subject", "summary")
    found = workspace.select(INTERACTION, terms, cols=cols).rows
    return [
        (id, joined(": ", (f"the {what} planned for {shown(workspace, at)}", subject or summary)))
        for id, at, what, subject, summary in found
    ]


def readings(workspace: Workspace, text: str) -> tuple[date | datetime, ...]:
    """The last and the next day that a weekday means; none where a text means one day only."""
    day = text.strip().lower().split()[:1]
    if not day or len(day[0]) < 3 or not any(name.lower().startswith(day[0]) for name in WEEKDAYS):
        return ()
    past, coming = (when(workspace, text, ahead=ahead) for ahead in (False, True))
    return (past, coming) if coming != past else ()


def is_unclear(at: str | None, kind: str | None, *, planned: bool, outcome: str | None) -> bool:
    """Whether a weekday may be the last as well as the next: of an appointment, which nothing
    else says to be over or to come."""
    return at is not None and kind in _APPOINTED and not (planned or outcome)


def _with_planned(text: str, subject: str | None, planned: str) -> dict[str, str]:
    """What was planned is kept: as the subject where there is none, else before the new text."""
    if not subject and "\n" not in planned.strip():
        return {"subject": planned.strip()}
    return {"summary": f"{planned.rstrip()}\n{text}"}


def _planned(workspace: Workspace, customer: str, text: str) -> Mapping[str, Any]:
    """The values of a planned interaction of a customer, by its id; raises Refused, NotFound."""
    of, id = workspace.item(text, INTERACTION)
    item = workspace.document(of).find(id)
    if of != customer:
        raise Refused(f"{id} is of {of}, and not of {customer}", f"crm log {of} … --held {id}")
    if item.get("status") != "planned":
        said = str(item.get("status")).replace("_", " ")
        raise Refused(f"{id} is {said}, and not planned", "leave --held out to log another")
    return {"at": workspace.clock.today, **item.values, "id": id, "kind": item.get("kind")}


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
    workspace: Workspace,
    text: str | None,
    about: str,
    interaction: Mapping[str, Any],
    notes: list[str],
) -> dict[str, Any] | None:
    """The values of the task that follows, None where none is asked for; of a deal it is the
    next step."""
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
        "title": f"Follow up: {_short(about) or str(interaction['kind']).replace('_', ' ')}",
        "kind": "follow_up",
        "due": due,
    }
    if workspace.user is not None:
        task["assignee"] = typed(workspace, TASK, "assignee", workspace.user)
    return task | {key: interaction[key] for key in ("deal", "case") if key in interaction}


def _short(text: str) -> str:
    """The first line of a text, cut between words."""
    line = " ".join(text.strip().partition("\n")[0].split())
    if len(line) <= _TITLE:
        return line.rstrip(".")
    cut = line[: _TITLE - 1]
    return (cut.rpartition(" ")[0] or cut).rstrip(" ,;:.") + "…"
