"""Taking an older merge of customers apart again, from history."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from crm_cli.features.plan import Plan
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import ConflictError, CrmError, DataError, NotFound, Refused
from crm_cli.model.item import Item
from crm_cli.model.node import plain
from crm_cli.model.places import CUSTOMERS, kind_of, labelled
from crm_cli.model.references import references_within
from crm_cli.model.writing import item_node
from crm_cli.query.lookups import former_ids
from crm_cli.store.blobs import Blobs
from crm_cli.store.document import Document
from crm_cli.store.log import Commit, log
from crm_cli.store.merge import merge_file
from crm_cli.store.unite import NOT_SAME, settle, unite
from crm_cli.workspace import Change, Rewrite, Step, Workspace


class _Then(NamedTuple):
    """The commit that merged a record, and the texts before and after it by their paths."""

    commit: Commit
    before: dict[str, bytes]
    after: dict[str, bytes]
    drop: str
    keep: str


def unmerge(workspace: Workspace, id: str) -> Plan:
    """Plan to make the record `id` again that was merged into another one.

    It gets the text that it had, with its items as they are now; the other one loses what came
    with it. What was added since stays there, but for what belongs to an item that goes. Raises
    NotFound where no such merge is known, Refused without history, ConflictError where what came
    with it was changed since in a way that cannot be told apart.
    """
    keep = former_ids(workspace.database).get(id)
    if keep is None:
        raise NotFound(f"no customer was {id} formerly", "crm show WHO has formerly, where merged")
    if workspace.has(id, CUSTOMER):
        raise Refused(f"there is a customer {id} again", f"crm rename {id} … gives them another id")
    then = _then(workspace, id, workspace.path_of(keep))
    now = workspace.tree.read(workspace.path_of(keep))
    stays, goes = _parted(workspace, then, keep, id, now)
    steps: list[Step] = [
        Rewrite(workspace.path_of(keep), _instead(workspace.path_of(keep), now, stays)),
        Rewrite(then.drop, _instead(then.drop, None, goes)),
    ]
    notes = []
    for path in then.before:
        if path in (then.keep, then.drop) or path not in then.after:
            continue
        if kind_of(path) is None or not workspace.tree.exists(path):
            continue
        current = workspace.tree.read(path)
        merged = merge_file(then.after[path], current, then.before[path], path)
        if merged.conflicts:
            notes.append(f"{path} was changed since, and still names {keep}")
        elif merged.data != current:
            steps.append(Rewrite(path, _instead(path, current, merged.data)))
    name = str(workspace.open(then.drop, goes).record.get("name") or id)
    return Plan(
        Change(f"unmerge {id} from {keep}", tuple(steps)),
        f"made {labelled(name, id)} again, who had been merged into {keep}",
        (keep, id),
        f"Take {labelled(name, id)} out of {keep} again?",
        notes,
        (id,),
    )


def _then(workspace: Workspace, id: str, keep: str) -> _Then:
    """The latest commit that removed the record's file and changed the one it was merged into."""
    git = workspace.git
    blobs = Blobs(git)
    try:
        # Either side may have been in another folder, or renamed, since.
        removed = log(git, "--diff-filter=D", "--no-renames", "--no-merges", paths=[CUSTOMERS.path])
        for short in removed:
            if not any(one.path.endswith(f"/{id}.yaml") for one in short.files):
                continue
            commit = log(git, "-1", "--no-renames", short.id)[0]
            before = {one.path: blobs.read(one.before, one.path, f"{commit.id}^")
                      for one in commit.files if one.before}  # fmt: skip
            after = {one.path: blobs.read(one.after, one.path, commit.id)
                     for one in commit.files if one.after}  # fmt: skip
            drop = next(path for path in before if path.endswith(f"/{id}.yaml"))
            into = [path for path in after if _was(workspace, path, after[path], id)]
            if into:
                chosen = keep if keep in into else into[0]
                return _Then(commit, before, after, drop, chosen)
    finally:
        blobs.close()
    raise NotFound(
        f"history does not have the merge of {id}",
        f"crm split {keep.rpartition('/')[2].removesuffix('.yaml')} NAME ITEM… parts them by hand",
    )


def _was(workspace: Workspace, path: str, data: bytes, id: str) -> bool:
    if kind_of(path) is not CUSTOMER:
        return False
    try:
        return id in (workspace.open(path, data).record.values.get("formerly") or ())
    except CrmError:
        return False


def _parted(
    workspace: Workspace, then: _Then, keep: str, id: str, now: bytes
) -> tuple[bytes, bytes]:
    """The texts of both records, parted."""
    path = workspace.path_of(keep)
    current, merged = workspace.open(path, now), workspace.open(path, then.after[then.keep])
    first, goes = workspace.open(path, then.before[then.keep]), workspace.open(
        then.drop, then.before[then.drop]
    )  # fmt: skip
    for other, data in then.before.items():
        if other != then.drop and other not in then.after and kind_of(other) is CUSTOMER:
            # It was merged by the same command, and stays.
            unite(first, workspace.open(other, data), lambda difference: True)
            settle(first, workspace.open(other, data).id, keep)
    own = _items(first)
    moved = [one for one in _items(goes) if one not in own]
    here, came = _items(current), _items(merged)
    goings = [one for one in moved if one in here]
    # Added since, to what goes: a payment of an invoice.
    since = [item.id for item in references_within(current.record, goings)]
    goings += [one for one in since if one not in own and one not in came]
    for one in moved:
        if one not in here:
            goes.delete(one)
        elif one in came and _says(here[one]) != _says(came[one]):
            goes.delete(one)
            goes.adopt(here[one])
    for one in goings:
        if one not in moved:
            goes.adopt(here[one])
    for one in goings:
        current.delete(one)
    for one in moved:
        if one in came:
            merged.delete(one)
    made = merge_file(merged.data, current.data, first.data, path)
    if made.conflicts:
        raise ConflictError(
            f"{', '.join(made.conflicts[:4])} of {keep} was changed since; nothing was parted",
            f"crm history {keep} shows it; crm split {keep} NAME ITEM… parts them by hand",
        )
    stays = workspace.open(path, made.data)
    for document, other in ((stays, id), (goes, keep)):
        document.add_texts(NOT_SAME, [other])
        if document.unread:
            raise DataError(f"{document.unread[0].place}: {document.unread[0].message}")
    return stays.data, goes.data


def _items(document: Document) -> dict[str, Item]:
    """The items of a record by their ids."""
    return {
        item.id: item
        for field, kind in CUSTOMER.lists
        if kind.letter
        for item in document.record.items(field.key)
    }


def _says(item: Item) -> object:
    return plain(item_node(item))


def _instead(
    path: str, before: bytes | None, after: bytes
) -> Callable[[bytes | None], bytes | None]:
    def update(current: bytes | None) -> bytes:
        if current != before:
            raise ConflictError(f"{path} was changed meanwhile", "run the command again")
        return after

    return update
