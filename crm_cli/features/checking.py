"""What is wrong in the records, and what of it can be put right without a doubt."""

from __future__ import annotations

from collections.abc import Sequence

from crm_cli.features.paths import path_named, record_paths, within
from crm_cli.features.plan import Plan, counted
from crm_cli.model.errors import DataError, Problem
from crm_cli.store.document import Document
from crm_cli.store.repair import quote_codes, write_ids
from crm_cli.workspace import Change, Edit, Step, Workspace


def check(workspace: Workspace, words: Sequence[str] = ()) -> list[Problem]:
    """All problems, ordered by file and line; those of some customers or paths with `words`.

    Raises NotFound for a word that is neither.
    """
    workspace.checking = True
    index = workspace.index
    found = {*index.problems(), *workspace.tree.problems, *index.dangling()}
    if words:
        wanted = [path_named(workspace, word) for word in words]
        found = {one for one in found if any(within(one.path, path) for path in wanted)}
    return sorted(found)


def fix(workspace: Workspace, words: Sequence[str] = ()) -> Plan:
    """Plan what is safe: ids for items without one, quotes for phones and postcodes.

    Files that cannot be read are left alone.
    """
    counts = [0, 0]
    steps: list[Step] = []
    touched = []
    for path in record_paths(workspace, words):
        try:
            document = workspace.open(path, workspace.tree.read(path))
        except (DataError, FileNotFoundError):
            continue
        ids, quotes = _repair(document)
        if ids or quotes:
            counts[0] += ids
            counts[1] += quotes
            touched.append(path)
            steps.append(Edit(path, lambda document: _ignore(_repair(document))))
    said = [counted(counts[0], "id"), f"{counted(counts[1], 'text')} quoted"]
    return Plan(
        Change(f"check --fix: {', '.join(said)}", tuple(steps)),
        f"wrote down {', '.join(said)} in {counted(len(touched), 'file')}",
        touched,
        f"Write {', '.join(said)} in {counted(len(touched), 'file')}?",
    )


def _repair(document: Document) -> tuple[int, int]:
    quotes = quote_codes(document)
    return write_ids(document), quotes


def _ignore(found: object) -> None:
    """A step returns nothing."""
