"""Renaming a record, everywhere its id is mentioned."""

from __future__ import annotations

from collections.abc import Iterator

from crm_cli.features.paths import file_named
from crm_cli.features.plan import Plan, counted
from crm_cli.features.unread import all_naming, paths_of_all
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import ConflictError, DataError, Refused, UsageError
from crm_cli.model.ids import is_customer_id
from crm_cli.model.kind import Kind
from crm_cli.model.kinds import RECORDS, SINGLE
from crm_cli.model.outgoing import SENT, is_message
from crm_cli.model.places import OUTBOX, kind_of
from crm_cli.query.lookups import id_at
from crm_cli.store.document import Document
from crm_cli.store.referring import refer_to
from crm_cli.store.unite import FORMERLY
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
        refer_to(document, kind, old, new)
        if document.root.get("id") is not None:
            document.remove(None, "id")
        if kind is CUSTOMER:
            _known_as(document, old, new)
        return document.data

    def gone(current: bytes | None) -> None:
        if current != data:
            raise ConflictError(f"{path} was changed meanwhile", "run the command again")

    steps: list[Step] = [Rewrite(target, moved), Rewrite(path, gone)]

    def refer(document: Document) -> None:
        refer_to(document, kind, old, new)

    naming = all_naming(workspace, old, workspace.index.naming(kind.name, old), refer, own=path)
    steps += [Edit(one, refer) for one in naming]
    if kind is CUSTOMER:
        steps += _addressed(workspace, old, new)
    note = f", and in {counted(len(naming), 'other file')}" if naming else ""
    return Plan(
        Change(f"rename {old} to {new}", tuple(steps)),
        f"renamed {old} to {new}{note}",
        (old,),
        made=(new,),
    )


def _known_as(document: Document, old: str, new: str) -> None:
    """Keep the ids under which a merged record is found: the one that it loses is one of them,
    and the one that it has now is none."""
    had = [str(one) for one in document.record.values.get(FORMERLY) or ()]
    if had:
        document.set(None, FORMERLY, [one for one in dict.fromkeys([*had, old]) if one != new])


def _addressed(workspace: Workspace, old: str, new: str) -> Iterator[Rewrite]:
    """The messages of the outbox to a customer, or a contact, who is called otherwise from now
    on."""
    keys = ("Customer", "Person")
    changed = [[f"\nX-Crm-{key}: {id}\n".encode() for id in (old, new)] for key in keys]

    def renamed(current: bytes | None) -> bytes | None:
        if current is not None:
            for before, after in changed:
                current = current.replace(before, after, 1)
        return current

    for path in paths_of_all(workspace, OUTBOX.path):
        if not is_message(path) or path.startswith(SENT):
            continue
        data = workspace.tree.read(path)
        if any(before in data for before, _ in changed):
            yield Rewrite(path, renamed)
