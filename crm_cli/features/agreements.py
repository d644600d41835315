"""Agreements with customers: adding, signing and ending them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from crm_cli.features.entering import entered
from crm_cli.features.plan import Plan
from crm_cli.features.values import day, echoed, typed_all
from crm_cli.model.agreement import AGREEMENT, name_of
from crm_cli.model.duration import read_interval
from crm_cli.model.errors import Ambiguous, NotFound, UsageError
from crm_cli.model.item import Item
from crm_cli.model.places import labelled
from crm_cli.store import files
from crm_cli.store.document import Document
from crm_cli.workspace import Change, Edit, Workspace

_NAMES = ("kind", "version")


def add(workspace: Workspace, id: str, given: Mapping[str, str | None]) -> Plan:
    """Plan to add an agreement; without a status it is unsigned, or active once it was signed.

    Raises UsageError for a wrong value.
    """
    notes: list[str] = []
    values = typed_all(workspace, AGREEMENT, given, notes)
    if values.get("file") and not _is_there(workspace, values["file"]):
        notes.append(f"there is no file {values['file']} here: kept as the words for where it is")
    values.setdefault("kind", "contract")
    values.setdefault("status", "active" if "signed_on" in values else "unsigned")

    def update(document: Document) -> None:
        document.add(AGREEMENT.key, values)

    return _plan(workspace, id, "add", values, update, notes)


def _is_there(workspace: Workspace, file: str) -> bool:
    """Whether a file is in the data directory, or elsewhere on this computer, or on the web."""
    return "://" in file or files.exists(str(workspace.root / file))


def sign(
    workspace: Workspace, id: str, named: Mapping[str, str | None], *, on: str | None = None
) -> Plan:
    """Plan to note that the agreement which is to be signed was signed, and so is active.

    Raises NotFound where none is, Ambiguous where several are.
    """
    signed = day(workspace, on)
    notes = echoed(workspace, "signed", on, signed) if on else []
    place, item = _which(workspace, id, named, lambda one: one.get("status") == "unsigned",
                         "to be signed")  # fmt: skip

    def update(document: Document) -> None:
        for key, value in (("status", "active"), ("signed_on", signed)):
            document.assign(document.record.items(AGREEMENT.key)[place], key, value)

    return _plan(workspace, id, "sign", item.values, update, notes)


def end(
    workspace: Workspace, id: str, named: Mapping[str, str | None], *, on: str | None = None
) -> Plan:
    """Plan to note that notice was given of an agreement: it ends on a day, unless given as soon
    as its notice allows. Raises NotFound where none is in force, Ambiguous where several are.
    """
    place, item = _which(workspace, id, named, lambda one: bool(one.derived["binding"]) and
                         one.get("status") != "cancelled", "in force")  # fmt: skip
    today = workspace.clock.today
    notice = item.values.get("notice")
    if on:
        last = day(workspace, on, ahead=True)
        notes = echoed(workspace, "ends", on, last)
    else:
        last = _soonest(item, read_interval(notice).after(today) if notice else today)
        notes = [f"it ends on {last}" + (f", notice {notice}" if notice else "")]
    if last < item.values.get("start", last):
        raise UsageError(f"it starts on {item.values['start']}, after {last}")

    def update(document: Document) -> None:
        for key, value in (("status", "cancelled"), ("end", last)):
            document.assign(document.record.items(AGREEMENT.key)[place], key, value)

    return _plan(workspace, id, "end", item.values, update, notes)


def _soonest(item: Item, last: date) -> date:
    """The day on which it ends: no later than its own end."""
    return min(last, item.values.get("end") or last)


def _which(
    workspace: Workspace,
    id: str,
    named: Mapping[str, str | None],
    fits: Callable[[Item], bool],
    state: str,
) -> tuple[int, Item]:
    """The place and the item of the one agreement of a customer that is meant."""
    wanted = typed_all(workspace, AGREEMENT, named, [])
    record = workspace.record(id)
    found = [
        (place, one)
        for place, one in enumerate(record.items(AGREEMENT.key))
        if fits(one) and all(one.get(key) == value for key, value in wanted.items())
    ]
    who = labelled(str(record.get("name") or id), id)
    if not found:
        raise NotFound(f"{who} has no such agreement {state}", f"crm agreement list customer:{id}")
    if len(found) > 1:
        names = ", ".join(_said(one.values) for _, one in found)
        raise Ambiguous(
            f"{who} has several agreements {state}: {names}", "say which: its version, or --kind"
        )
    return found[0]


def _said(values: Mapping[str, Any]) -> str:
    return name_of({key: values.get(key) for key in _NAMES})


def _plan(
    workspace: Workspace,
    id: str,
    verb: str,
    values: Mapping[str, Any],
    update: Callable[[Document], None],
    notes: list[str],
) -> Plan:
    done = {"add": "added", "sign": "signed", "end": "gave notice of"}[verb]
    who = labelled(str(workspace.record(id).get("name") or id), id)
    said = f"agreement {_said(values)} of"
    return Plan(
        Change(f"{verb} {said} {id}", (Edit(workspace.path_of(id), entered(update)),)),
        f"{done} {said} {who}",
        [id],
        "",
        notes,
    )
