"""A customer's new id, wherever the old one is named."""

from __future__ import annotations

from collections.abc import Iterator

from crm_cli.features.plan import Plan, counted
from crm_cli.features.references import doubtful, names
from crm_cli.model.errors import ConflictError, CrmError, DataError, Refused, UsageError
from crm_cli.model.fieldtypes import Reference, Texts
from crm_cli.model.ids import is_customer_id
from crm_cli.model.item import Item
from crm_cli.store.document import Document, Ref
from crm_cli.workspace import CUSTOMERS, Change, Edit, Rewrite, Step, Workspace


def rename(workspace: Workspace, old: str, new: str) -> Plan:
    """Plan to give a customer another id.

    Raises UsageError for an id that cannot be, Refused for one that is taken, DataError
    where a file has errors and may refer to the customer.
    """
    if not is_customer_id(new):
        raise UsageError(
            f"'{new}' cannot be an id",
            "small letters, digits, dots, hyphens and underscores, as ana-novak",
        )
    if new == old:
        raise UsageError(f"{old} is the id already")
    if new in workspace.customer_ids():
        raise Refused(f"there is a customer {new} already", f"crm show {new}")
    path = workspace.path_of(old)
    folder = path.rpartition("/")[0] or CUSTOMERS
    target = f"{folder}/{new}.yaml"
    data = workspace.tree.read(path)

    def moved(current: bytes | None) -> bytes:
        if current is not None:
            raise ConflictError(f"{target} exists already")
        document = workspace.open(path, data)
        _refer(document, old, new)
        if document.root.get("id") is not None:
            document.remove(None, "id")
        return document.data

    def gone(current: bytes | None) -> None:
        if current != data:
            raise ConflictError(f"{path} was changed meanwhile", "run the command again")

    steps: list[Step] = [Rewrite(target, moved), Rewrite(path, gone)]
    naming = [one for one in _naming(workspace, old, new) if one != path]
    steps += [Edit(one, lambda document: _refer(document, old, new)) for one in naming]
    note = f", and in {counted(len(naming), 'other file')}" if naming else ""
    return Plan(
        Change(f"rename {old} to {new}", tuple(steps)),
        f"renamed {old} to {new}{note}",
        (old,),
        made=(new,),
    )


def _naming(workspace: Workspace, old: str, new: str) -> list[str]:
    """The paths of the files that refer to a customer; DataError where that is not known."""
    from crm_cli.index.naming import files_naming

    own = workspace.path_of(old)
    found = files_naming(workspace.index.connection, "customer", old)
    for path in doubtful(workspace, old):
        if path == own:
            continue
        if not _is_told(workspace, path, old, new):
            raise DataError(
                f"{path} has errors and may refer to {old}; nothing was changed",
                "mend it first; crm check says what is wrong with it",
            )
        if path not in found:
            # It could not be read when the index was brought up to date, and can be now.
            found.append(path)
    return found


def _is_told(workspace: Workspace, path: str, old: str, new: str) -> bool:
    """Whether a file with errors names a customer only where that was understood."""
    try:
        document = workspace.open(path, workspace.tree.read(path))
        _refer(document, old, new)
    except (CrmError, FileNotFoundError):
        return False
    return not names(document.data, old)


def _refer(document: Document, old: str, new: str) -> None:
    """Rewrite every field of a document that refers to `old`."""
    while True:
        found = next(_references(document, old), None)
        if found is None:
            return
        ref, key, value = found
        if isinstance(value, list):
            document.set(ref, key, [new if one == old else one for one in value])
        else:
            document.set(ref, key, new)


def _references(document: Document, id: str) -> Iterator[tuple[Ref, str, object]]:
    """(item, field, value) of each reference to a customer."""
    if document.mapped:
        for name, item in document.records.items():
            for key, value in _fields(item, id):
                yield name, key, value
        return
    for item in document.record.walk():
        for key, value in _fields(item, id):
            yield document.ref_of(item), key, value


def _fields(item: Item, id: str) -> Iterator[tuple[str, object]]:
    for field in item.kind.fields:
        type = field.type
        value = item.values.get(field.key)
        to = type.to if isinstance(type, (Reference, Texts)) else ""
        if to == "customer" and (value == id or (isinstance(value, list) and id in value)):
            yield field.key, value
