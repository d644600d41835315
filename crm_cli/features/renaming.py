"""Renaming a record, everywhere its id is mentioned."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from crm_cli.features.paths import file_named
from crm_cli.features.plan import Plan, counted
from crm_cli.features.references import doubtful, fields_naming, names
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import ConflictError, CrmError, DataError, Refused, UsageError
from crm_cli.model.ids import is_customer_id
from crm_cli.model.item import Item
from crm_cli.model.kind import Kind
from crm_cli.model.kinds import RECORDS, SINGLE
from crm_cli.model.places import kind_of
from crm_cli.query.lookups import id_at
from crm_cli.store.document import Document
from crm_cli.workspace import Change, Edit, Rewrite, Step, Workspace


def record_at(workspace: Workspace, word: str) -> tuple[str, Kind] | None:
    """(id, kind) of the record whose file's path a word is; None where it is no such path.

    Raises DataError for a file that cannot be read.
    """
    path = file_named(workspace, word)
    kind = kind_of(path)
    if kind not in RECORDS or kind in SINGLE:
        return None
    id = id_at(workspace.database, kind, path)
    if id is None and workspace.tree.exists(path):
        raise DataError(f"{path} cannot be read", "crm check shows what is wrong with it")
    return None if id is None else (id, kind)


def rename(workspace: Workspace, old: str, new: str, *, kind: Kind = CUSTOMER) -> Plan:
    """Plan to give a record of a kind another id.

    Raises UsageError for an id that cannot be, Refused for one that is taken, DataError
    where a file has errors and may refer to the record.
    """
    if not is_customer_id(new):
        raise UsageError(
            f"'{new}' cannot be an id",
            "small letters, digits, dots, hyphens and underscores, as ana-novak",
        )
    if new == old:
        raise UsageError(f"{old} is the id already")
    if workspace.has(new, kind):
        hint = f"crm show {new}" if kind is CUSTOMER else "choose another id"
        raise Refused(f"there is a {kind.name} {new} already", hint)
    path = workspace.path_of(old, kind)
    target = f"{path.rpartition('/')[0]}/{new}{RECORDS[kind].suffix}"
    data = workspace.tree.read(path)

    def moved(current: bytes | None) -> bytes:
        if current is not None:
            raise ConflictError(f"{target} exists already")
        document = workspace.open(path, data)
        _refer(document, kind, old, new)
        if document.root.get("id") is not None:
            document.remove(None, "id")
        return document.data

    def gone(current: bytes | None) -> None:
        if current != data:
            raise ConflictError(f"{path} was changed meanwhile", "run the command again")

    steps: list[Step] = [Rewrite(target, moved), Rewrite(path, gone)]
    naming = [one for one in _naming(workspace, kind, old, new) if one != path]
    steps += [Edit(one, lambda document: _refer(document, kind, old, new)) for one in naming]
    note = f", and in {counted(len(naming), 'other file')}" if naming else ""
    return Plan(
        Change(f"rename {old} to {new}", tuple(steps)),
        f"renamed {old} to {new}{note}",
        (old,),
        made=(new,),
    )


def _naming(workspace: Workspace, kind: Kind, old: str, new: str) -> list[str]:
    """The paths of the files that refer to a record; DataError where that is not known."""
    own = workspace.path_of(old, kind)
    found = workspace.index.naming(kind.name, old)
    for path in doubtful(workspace, old):
        if path == own:
            continue
        if not _is_told(workspace, path, kind, old, new):
            raise DataError(
                f"{path} has errors and may refer to {old}; nothing was changed",
                "correct it first; crm check shows what is wrong with it",
            )
        if path not in found:
            # It could not be read when the index was brought up to date, and can be now.
            found.append(path)
    return found


def _is_told(workspace: Workspace, path: str, kind: Kind, old: str, new: str) -> bool:
    """Whether a file with errors names a record only where that was understood."""
    try:
        document = workspace.open(path, workspace.tree.read(path))
        _refer(document, kind, old, new)
    except (CrmError, FileNotFoundError):
        return False
    return not names(document.data, old)


def _refer(document: Document, kind: Kind, old: str, new: str) -> None:
    """Rewrite every field of a document that refers to the record `old` of a kind."""
    while True:
        found = next(_references(document, kind, old), None)
        if found is None:
            return
        item, key, value = found
        item = document.identified(item)
        if isinstance(value, list):
            document.assign(item, key, [new if one == old else one for one in value])
        else:
            document.assign(item, key, new)


def _references(document: Document, kind: Kind, id: str) -> Iterator[tuple[Item, str, Any]]:
    """(item, field, value) of each reference to a record; a group's field is GROUP.FIELD."""
    for record in document.records.values() if document.mapped else (document.record,):
        for item in record.walk():
            for key, value in fields_naming(item, kind, id):
                yield item, key, value
