"""Surveys: who is asked and when, where they answer, and answers that come as a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from crm_cli.features.consent import Grounds, Permission, permitted, reached_at, verdicts
from crm_cli.features.entering import entered
from crm_cli.features.items import new_id
from crm_cli.features.plan import Plan, counted
from crm_cli.features.survey_answers import answered, latest_wave, survey_named, task_of_low
from crm_cli.features.values import come, when
from crm_cli.formats.table_files import table_of
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.dates import local_date
from crm_cli.model.duration import read_interval
from crm_cli.model.errors import CrmError, DataError, Problem, UsageError
from crm_cli.model.feedback import FEEDBACK, INVITATION
from crm_cli.model.fieldtypes import Choice
from crm_cli.model.item import Item
from crm_cli.model.permission import YES, Use
from crm_cli.model.task import TASK
from crm_cli.query.lexer import quoted
from crm_cli.store import outside
from crm_cli.store.document import Document
from crm_cli.workspace import Change, Edit, Workspace

_WHO = ("customer", "id", "email", "phone", "name")
"""Headings of the column that says who answers."""
_EVERY = "90 days"
"""How long nobody is asked again, where a survey does not say."""
_OTHERS = ("wave", "at", "body")
_SHOWN = 20
"""Of so many rows that cannot be taken it is said why."""


class Link(NamedTuple):
    """Where an invited customer answers: the survey's address, else a mail to them."""

    customer: str
    name: str
    email: str
    wave: str | None
    link: str


class Links(NamedTuple):
    """The links of a survey, and who may have one."""

    rows: list[Link]
    permission: Permission


MAILED = Use("service", "email")
"""A question after what somebody bought is a service message, not advertising."""


def invite(
    workspace: Workspace,
    survey: str,
    ids: Sequence[str],
    *,
    wave: str | None = None,
    channel: str = "email",
    grounds: Grounds | None = None,
) -> Plan:
    """Plan to note whom a survey is sent to; who may not be contacted, or was asked a short while
    ago (the survey's `every`), is left out, and told. An invitation is a service message.

    Raises NotFound for an unknown survey, UsageError for a wrong channel.
    """
    name, asked = survey_named(workspace, survey)
    by = INVITATION.by_key["channel"].type
    assert isinstance(by, Choice)
    if channel not in by.words:
        raise UsageError(f"--channel {channel} is none", f"one of {', '.join(by.words)}")
    now = workspace.clock.now.replace(second=0, microsecond=0)
    values = {"survey": name, "at": now, "channel": channel}
    values["wave"] = (wave or "").strip() or f"{workspace.clock.today:%Y-%m}"
    refused = {
        id: reason for id in ids if (reason := _asked_already(workspace, id, asked, values))
    }
    open_to = [id for id in ids if id not in refused]
    use = Use(MAILED.purpose, channel)
    what = f"invited to {name}, wave {values['wave']}"
    found = permitted(workspace, open_to, use, grounds=grounds, what=what)
    refused |= found.refused
    left = found.allowed
    notes = [f"{id} is left out: {reason}" for id, reason in refused.items()]
    update = entered(lambda document: _put(document, values))
    steps = (*(Edit(workspace.path_of(id), update) for id in left), *found.noted)
    whom = left[0] if len(left) == 1 else counted(len(left), "customer")
    said = f"{name}, wave {values['wave']}"
    return Plan(
        Change(f"invite {whom} to {said}", steps),
        f"invited {whom} to {said}; crm survey links {name} has the links",
        left,
        f"Invite {whom} to {said}?",
        notes,
    )


def _put(document: Document, values: dict[str, Any]) -> None:
    document.add(INVITATION.key, values)


def _asked_already(
    workspace: Workspace, id: str, survey: Item, values: dict[str, Any]
) -> str:
    """Why somebody is not asked now; empty where they may be."""
    zone, today = workspace.business.time_zone, workspace.clock.today
    interval = read_interval(str(survey.get("every") or _EVERY))
    for one in workspace.record(id).items(INVITATION.key):
        if (one.values.get("survey"), one.values.get("wave")) == (
            values["survey"], values["wave"],
        ):  # fmt: skip
            return f"was invited in the wave {values['wave']}"
        at = one.values.get("at")
        day = None if at is None else local_date(at, zone)
        if day is not None and interval.after(day) > today:
            until = interval.after(day).isoformat()
            return f"was asked on {day.isoformat()}, and is not again until {until}"
    return ""


def links(
    workspace: Workspace,
    survey: str,
    *,
    wave: str | None = None,
    everyone: bool = False,
    grounds: Grounds | None = None,
) -> Links:
    """Where those answer who are invited and have not yet, or `everyone` who is.

    Who may no longer be written to is left out. An e-mail address is given of who may have
    service messages by e-mail, whichever way they were asked.
    """
    name, asked = survey_named(workspace, survey)
    ids = [id for (id,) in workspace.select(
        CUSTOMER, [f"survey_invitation/survey:{quoted(name)}"], cols=("id",)
    ).rows]  # fmt: skip
    found = permitted(workspace, ids, MAILED, grounds=grounds, what=f"given the link of {name}")
    listed = []
    for id in ids:
        record = workspace.record(id)
        for one in record.items(INVITATION.key):
            of = one.values.get("wave")
            if one.values.get("survey") != name or (wave is not None and of != wave):
                continue
            mailed = one.values.get("channel") in (None, MAILED.channel)
            if id in found.refused and (mailed or not _may(workspace, id, one)):
                continue
            if one.derived.get("first") and (everyone or not one.derived.get("answered")):
                email = "" if id in found.refused else reached_at(workspace, id)
                address = str(record.get("name") or id)
                listed.append(Link(id, address, email, of, _link(name, asked, id, email, of)))
    there = {one.customer for one in listed}
    refused = {id: reason for id, reason in found.refused.items() if id not in there}
    return Links(listed, found._replace(refused=refused))


def _may(workspace: Workspace, id: str, invitation: Item) -> bool:
    """Whether somebody may still be asked in the way in which they were invited."""
    use = Use(MAILED.purpose, invitation.values["channel"])
    return verdicts(workspace, use, [id]).get(id) == YES


def _link(name: str, survey: Item, id: str, email: str, wave: str | None) -> str:
    url = survey.values.get("url")
    if url:
        filled = str(url).replace("{customer}", quote(id, safe=""))
        return filled.replace("{wave}", quote(wave or "", safe=""))
    subject = quote(str(survey.values.get("title") or name), safe="")
    lines = [
        f"{question.values.get('text') or ''}\n{question.values['id']}: \n"
        for question in survey.items("questions")
        if "id" in question.values
    ]
    body = quote("\n".join(lines).replace("\n", "\r\n"), safe="")
    return f"mailto:{quote(email, safe='@')}?subject={subject}&body={body}"


def answers(
    workspace: Workspace, survey: str, path: Path, *, force: bool = False
) -> Plan:
    """Plan to take the answers of a CSV file: who (customer, email or phone), when, in which wave,
    and a column for each question. A low score becomes a task, as when it is added by hand. The
    same answers again change nothing.

    Raises DataError that lists the rows which cannot be taken; nothing is written then.
    """
    name, asked = survey_named(workspace, survey)
    table = table_of(outside.read(path))
    headings = [heading.strip().lower() for heading in table.headings]
    who = next((key for key in _WHO if key in headings), None)
    if who is None:
        raise UsageError("no column says who answers", f"name one {', '.join(_WHO)}")
    questions = {one.values.get("id") for one in asked.items("questions")}
    unknown = [one for one in headings if one not in (*_WHO, *_OTHERS) and one not in questions]
    notes = [f"{one} is no question of {name}, and is left out" for one in unknown]
    faults = [_fault(path, row.line, row.reason) for row in table.rejected]
    new: _New = {}
    same = 0
    for line, cells in table.rows:
        row = dict(zip(headings, (cell.strip() for cell in cells), strict=False))
        try:
            id = workspace.who(row[who], strict=True)
            values = _answers_of(workspace, name, row, questions)
            same += not _taken(workspace, id, name, values, new)
        except CrmError as error:
            faults.append(_fault(path, line, error.message, error.hint))
    if faults:
        raise DataError(
            f"{counted(len(faults), 'row')} cannot be taken",
            "correct the file; nothing was written",
            tuple(sorted(faults)[:_SHOWN]),
        )
    notes += [f"{counted(same, 'answer')} known already"] if same else []
    return _adding(workspace, name, new, notes, force=force)


_New = dict[str, list[dict[str, Any]]]
"""New answers by the customer's id."""


def _taken(
    workspace: Workspace, id: str, survey: str, values: dict[str, Any], new: _New
) -> bool:
    """Take an answer, unless it is known. Raises DataError where another is."""
    if "wave" not in values and (of := latest_wave(workspace, id, survey)) is not None:
        values["wave"] = of
    known = _known(workspace, id, values, new.get(id, ()))
    if known is None:
        new.setdefault(id, []).append({"id": new_id(workspace, FEEDBACK), **values})
    elif known != values["answers"]:
        raise DataError(f"{id} has answered otherwise already")
    return known is None


def _adding(
    workspace: Workspace, survey: str, new: _New, notes: list[str], *, force: bool
) -> Plan:
    """The plan to add new answers, and tasks for the low ones among them."""
    tasks = {
        id: [task for one in held if (task := task_of_low(workspace, one)) is not None]
        for id, held in new.items()
    }
    steps = tuple(
        _edit(workspace, id, {FEEDBACK.key: held, TASK.key: tasks[id]}, force=force)
        for id, held in new.items()
    )
    if low := sum(map(len, tasks.values())):
        become = "becomes a task" if low == 1 else "become tasks"
        notes.append(f"{counted(low, 'low score')} {become}")
    count = sum(map(len, new.values()))
    said = f"{counted(count, 'answer')} to {survey} of {counted(len(new), 'customer')}"
    return Plan(
        Change(f"add {said}", steps), f"added {said}", list(new), f"Add {said}?", notes
    )


def _fault(path: Path, line: int, message: str, hint: str = "") -> Problem:
    """What is wrong with a row, with its place."""
    return Problem(str(path), line, 1, "rejected-row", message, hint)


def _edit(
    workspace: Workspace, id: str, new: Mapping[str, Sequence[dict[str, Any]]], *, force: bool
) -> Edit:
    """An edit that adds items, by the keys of their lists."""

    def update(document: Document) -> None:
        for key, held in new.items():
            for values in held:
                document.add(key, values)

    return Edit(workspace.path_of(id), entered(update, force=force))


def _answers_of(
    workspace: Workspace, name: str, row: dict[str, str], questions: set[Any]
) -> dict[str, Any]:
    """The fields of the feedback that a row is."""
    given = [(key, text) for key, text in row.items() if key in questions and text]
    values: dict[str, Any] = {"at": _at(workspace, row.get("at", ""))}
    values |= answered(workspace, name, given)
    values |= {key: row[key] for key in ("wave", "body") if row.get(key)}
    return values


def _at(workspace: Workspace, text: str) -> date:
    if not text:
        return workspace.clock.now.replace(second=0, microsecond=0)
    return come(workspace, "at", when(workspace, text, ahead=False))


def _known(
    workspace: Workspace, id: str, values: dict[str, Any], new: Sequence[dict[str, Any]]
) -> Any:
    """What somebody has answered in that wave; None where they have not."""
    wave = (values["survey"], values.get("wave"))
    for one in _held(workspace, id, new):
        if (one.get("survey"), one.get("wave")) == wave:
            return one.get("answers") or {}
    return None


def _held(
    workspace: Workspace, id: str, new: Sequence[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    yield from new
    for item in workspace.record(id).items(FEEDBACK.key):
        yield item.values


