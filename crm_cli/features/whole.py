"""All records of a directory as one document, and a directory from such a document."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from crm_cli.features.plan import Plan, counted
from crm_cli.formats.whole import Held, document, files_of
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import CrmError, Refused
from crm_cli.model.forgetting import values_of
from crm_cli.model.places import FORGOTTEN, SETTINGS, kind_of
from crm_cli.store import forgotten
from crm_cli.store.commits import name_of
from crm_cli.workspace import Change, Rewrite, Workspace

ALL = "all"


def export_all(workspace: Workspace, *, ascii_only: bool = False) -> Iterator[str]:
    """Every file of the data as JSON, by path; raises DataError where one cannot be read."""
    paths = sorted(entry[0] for entry in workspace.tree.entries(whole=True))
    return document((_held(workspace, path) for path in paths), ascii_only=ascii_only)


def _held(workspace: Workspace, path: str) -> Held:
    data = workspace.tree.read(path)
    kind = kind_of(path)
    if kind is None:
        return Held(path, data)
    try:
        opened = workspace.open(path, data)
        if not opened.mapped:
            return Held(path, data, kind.name, opened.record.answer())
        return Held(path, data, kind.name, {id: one.answer() for id, one in opened.records.items()})
    except CrmError:
        # What cannot be read is kept as it is, and crm check tells of it there as well.
        return Held(path, data, kind.name)


def import_all(workspace: Workspace, data: bytes) -> Plan:
    """Plan to give every file of a document the bytes that it has there; others stay.

    The plan has a question where files are replaced. Raises DataError, and Refused where it
    would bring back somebody who was forgotten.
    """
    held = _with_forgotten(workspace, files_of(data))
    new: list[str] = []
    changed: list[str] = []
    for path, text in held.items():
        try:
            if workspace.tree.read(path) != text:
                changed.append(path)
        except FileNotFoundError:
            new.append(path)
            _refuse_forgotten(workspace, path, text)
    # The settings come last: what is written before goes by those that are there.
    paths = sorted((*new, *changed), key=lambda path: (path == SETTINGS.path, path))
    steps = tuple(Rewrite(path, lambda _, text=held[path]: text) for path in paths)  # type: ignore[misc]
    said = f"{len(new):,} new, {len(changed):,} changed, {len(held) - len(paths):,} the same"
    question = f"Replace {counted(len(changed), 'file')} by what the document says?"
    return Plan(
        Change(f"import {counted(len(paths), 'file')}", steps),
        f"imported {counted(len(paths), 'file')}: {said}",
        question=question if changed else "",
    )


def _with_forgotten(workspace: Workspace, held: dict[str, bytes]) -> dict[str, bytes]:
    """The files, with the digests of all who were forgotten here beside those of the document."""
    here, path = workspace.forgotten, FORGOTTEN.path
    if not here.held or path not in held:
        return held
    theirs = forgotten.read(held[path], path)
    if theirs.salt != here.salt and not here.held <= theirs.held:
        raise Refused(
            f"{path} of the document would replace what is known of the forgotten here",
            f"take {path} out of the document",
        )
    more = theirs.held - here.held
    current = workspace.tree.read(path)
    kept = forgotten.added(current, more, here.salt, path) if more else current
    return {**held, path: kept}


def _refuse_forgotten(workspace: Workspace, path: str, text: bytes) -> None:
    """Raise Refused where a new file is the record of somebody who was forgotten here."""
    digests = workspace.forgotten
    if not digests.held or kind_of(path) is not CUSTOMER:
        return
    values: dict[str, Any] = {}
    with suppress(CrmError):
        values = dict(values_of(workspace.open(path, text).record))
    found = digests.known({**values, "id": name_of(path)}, workspace.business.country)
    if found and not found.startswith("the name"):
        raise Refused(
            f"{path}: {found} is of somebody who was forgotten; nothing was imported",
            "take them out of the document; crm add --force takes back who wants it",
        )
