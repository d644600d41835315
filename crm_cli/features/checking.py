"""Checking records: what is wrong, and which of it can be fixed safely."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from crm_cli.features.paths import path_named, record_paths, within
from crm_cli.features.plan import Plan, counted
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import DataError, Problem, Severity, UsageError
from crm_cli.model.places import SEGMENTS
from crm_cli.model.segment import place
from crm_cli.query.fault import QueryError
from crm_cli.store import modes
from crm_cli.store.conflicts import in_texts
from crm_cli.store.document import Document
from crm_cli.store.repair import quote_codes, write_ids
from crm_cli.workspace import Change, Edit, Step, Workspace

FILE = SEGMENTS.path


def check(
    workspace: Workspace, words: Sequence[str] = (), *, also: Iterable[Problem] = ()
) -> list[Problem]:
    """All problems, ordered by file and line; those of some customers or paths with `words`.

    `also` are problems that others look for.

    Raises NotFound for a word that is neither.
    """
    workspace.checking = True
    index = workspace.index
    found = {*index.problems(), *workspace.tree.problems, *index.dangling(), *index.doubles()}
    found.update(_loose_mode(path) for path in _loose(workspace))
    found.update(_segments(workspace))
    found.update(in_texts(workspace.tree))
    found.update(workspace.left_out)
    found.update(also)
    if words:
        wanted = [path_named(workspace, word) for word in words]
        found = {one for one in found if any(within(one.path, path) for path in wanted)}
    return sorted(found)


def _segments(workspace: Workspace) -> Iterator[Problem]:
    """The saved segments that cannot be asked; `me` is whoever will ask."""
    scope = workspace.scope(CUSTOMER)._replace(user="me")
    for name in scope.segments:
        try:
            workspace.count(name, scope)
        except UsageError as error:
            yield from _faults(workspace, name, error)


def _faults(workspace: Workspace, name: str, error: UsageError) -> Iterator[Problem]:
    """Each fault of a segment at its place; one in another that it asks for, where it does."""
    segment = workspace.segments()[name]
    asked = [*(segment.values.get("query") or ()), segment.values.get("where")]
    faults = error.faults if isinstance(error, QueryError) else ()
    own = [fault for fault in faults if fault.span.text in asked]
    for fault in own:
        line, column = place(segment, fault.span.text, fault.span.start)
        message = f"in segment @{name}: {fault.message}"
        hint = " ".join(fault.hint.split())
        yield Problem(FILE, line, column, "segment-query", message, hint)
    if own:
        return
    message, *_ = error.message.splitlines()
    hint = " ".join(error.hint.split())
    other = re.match(r"in segment (@[\w-]+): ", message)
    if other is not None and other[1] != f"@{name}":
        message = f"in segment @{name}: {other[1]} is not a valid query"
        hint = f"correct {other[1]}"
    asks = other[1] if other is not None else f"@{name}"
    line, column = place(segment, asks, 0)
    yield Problem(FILE, line, column, "segment-query", message, hint)


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
    parts = (counted(counts[0], "id"), f"{counted(counts[1], 'text')} quoted")
    said = [part for part, count in zip(parts, counts, strict=True) if count]
    return Plan(
        Change(f"check --fix: {', '.join(said)}", tuple(steps)),
        f"wrote down {', '.join(said)} in {counted(len(touched), 'file')}",
        touched,
        f"Write {', '.join(said)} in {counted(len(touched), 'file')}?",
    )


def tighten(workspace: Workspace, words: Sequence[str] = (), *, dry_run: bool = False) -> int:
    """Let only the owner and the group write the records; how many files it is about.

    Raises NotFound for a word that is neither a customer nor a path, StorageError.
    """
    wanted = [path_named(workspace, word) for word in words]
    found = [
        path for path in _loose(workspace) if not words or any(within(path, one) for one in wanted)
    ]
    if not dry_run:
        modes.tighten(str(workspace.root), found)
    return len(found)


def _loose(workspace: Workspace) -> list[str]:
    if workspace.as_of:
        return []
    return modes.loose(str(workspace.root), (entry[0] for entry in workspace.tree.entries()))


def _loose_mode(path: str) -> Problem:
    return Problem(
        path, 0, 0, "loose-mode", "any user on this machine can change it",
        "chmod o-w or crm check --fix removes that permission", Severity.WARNING,
    )  # fmt: skip


def _repair(document: Document) -> tuple[int, int]:
    quotes = quote_codes(document)
    return write_ids(document), quotes


def _ignore(found: object) -> None:
    """A step returns nothing."""
