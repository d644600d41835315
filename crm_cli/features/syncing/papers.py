"""Kept documents of one name that both sides sent: two papers, not two versions of one.

Two clones that gave one number while apart keep what they sent under one name. Theirs, which was
sent on first, keeps the name; ours gets the next one, and what refers to it follows.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path, PurePosixPath

from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import CrmError
from crm_cli.model.item import Item
from crm_cli.model.node import Scalar
from crm_cli.model.outgoing import is_message
from crm_cli.model.places import CUSTOMERS, DOCUMENTS, kind_of
from crm_cli.store.blobs import Blobs
from crm_cli.store.git import Git
from crm_cli.store.joining import Stages
from crm_cli.store.outside import write_bytes
from crm_cli.workspace import Workspace


def keep_both(workspace: Workspace, git: Git, unmerged: Stages, left: set[str]) -> set[str]:
    """Settle the kept documents that both sides added; the paths that are no conflict any more.

    One that no record of ours says is its own is left for people, as is one whose record is.
    """
    settled = set()
    for path, sides in unmerged.items():
        if path.startswith(DOCUMENTS.path) and not is_message(path) and sides.keys() == {"2", "3"}:
            new = _free(git, path)
            texts = dict(_named(workspace, git, path, new))
            if texts and not left & texts.keys():
                _write(git, path, new, sides, texts)
                settled.add(path)
    return settled


def _free(git: Git, path: str) -> str:
    one = PurePosixPath(path)
    names = (f"{one.parent}/{one.stem}-{number}{one.suffix}" for number in count(2))
    return next(name for name in names if not os.path.lexists(Path(git.root) / name))


def _named(workspace: Workspace, git: Git, path: str, new: str) -> Iterator[tuple[str, bytes]]:
    """The records of ours that say a document is theirs, with its new name in them."""
    found = git.ask("grep", "-l", "-z", "--fixed-strings", path, "HEAD", "--", CUSTOMERS.path)
    for name in os.fsdecode(found.out).split("\0"):
        at = name.removeprefix("HEAD:").removeprefix(git.prefix)
        if not name or kind_of(at) is not CUSTOMER or not workspace.tree.exists(at):
            continue
        mine, other = (_papers(workspace, git, tip, at, path) for tip in ("HEAD", "MERGE_HEAD"))
        try:
            document = workspace.open(at, workspace.tree.read(at))
            for id in sorted(mine - other):
                for item in _of(document.find(id), path):
                    document.put(item, "file", Scalar(new))
        except CrmError:
            continue
        if mine - other:
            yield at, document.data


def _papers(workspace: Workspace, git: Git, commit: str, at: str, path: str) -> set[str]:
    """The ids of the purchases of which a document was kept, in a record at a commit."""
    id = git.text("rev-parse", "--verify", "--quiet", f"{commit}:{git.prefix}{at}")
    blobs = Blobs(git)
    try:
        record = workspace.open(at, blobs.read(id, at, commit)).record if id else None
    except CrmError:
        return set()
    finally:
        blobs.close()
    purchases = record.items("purchases") if record is not None else ()
    return {one.id for one in purchases if any(_of(one, path))}


def _of(purchase: Item, path: str) -> list[Item]:
    return [one for one in purchase.items("documents") if one.values.get("file") == path]


def _write(git: Git, path: str, new: str, sides: dict[str, str], texts: dict[str, bytes]) -> None:
    blobs = Blobs(git)
    try:
        papers = {new: blobs.read(sides["2"], path), path: blobs.read(sides["3"], path)}
    finally:
        blobs.close()
    for name, data in (papers | texts).items():
        write_bytes(Path(git.root) / name, data)
    git.run("add", "--all", "--", *papers, *texts)
