"""Checking records: what is wrong, and which of it can be fixed safely."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from crm_cli.features.paths import file_named, path_named, record_paths, within
from crm_cli.features.plan import Plan, counted
from crm_cli.index.reading import id_of
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import DataError, Problem, Severity, UsageError
from crm_cli.model.places import PROFILES
from crm_cli.query.ast import EVERYTHING
from crm_cli.query.profiles import profile_faults
from crm_cli.query.segments import segment_faults
from crm_cli.store import modes
from crm_cli.store.conflicts import in_texts
from crm_cli.store.document import Document
from crm_cli.store.repair import quote_codes, write_ids
from crm_cli.workspace import Change, Edit, Step, Workspace
from crm_cli.workspace.tracking import take_over


def check(
    workspace: Workspace,
    words: Sequence[str] = (),
    *,
    also: Iterable[Problem] = (),
    gone: bool = False,
) -> list[Problem]:
    """All problems, ordered by file and line; those of some customers or paths with `words`.

    `also` are problems that others look for. With `gone` words may be paths of records that are
    no longer there: then it is a problem who still refers to them.

    Raises NotFound for a word that is neither.
    """
    workspace.checking = True
    index = workspace.index
    found = {*index.problems(), *workspace.tree.problems, *index.dangling(), *index.doubles()}
    found |= {*index.contradictions(), *index.rings()}
    found.update(_loose_mode(path) for path in _loose(workspace))
    found.update(_segments(workspace))
    found.update(_profiles(workspace))
    found.update(in_texts(workspace.tree))
    found.update(workspace.left_out)
    found.update(also)
    if words:
        lost = {word: id for word in words if gone and (id := _gone(workspace, word))}
        wanted = [path_named(workspace, word) for word in words if word not in lost]
        ends = tuple(f" {id}" for id in lost.values())
        found = {
            one for one in found
            if any(within(one.path, path) for path in wanted)
            or (one.code == "reference-to-nobody" and one.message.endswith(ends))
        }  # fmt: skip
    return sorted(found)


def _gone(workspace: Workspace, word: str) -> str:
    """The id of the record whose file a word names, and which is not there; else empty."""
    path = file_named(workspace, word)
    return "" if not path or workspace.tree.exists(path) else id_of(path)[0]


def _segments(workspace: Workspace) -> Iterator[Problem]:
    """The saved segments that cannot be asked; `me` is whoever will ask."""
    scope = workspace.scope(CUSTOMER)._replace(user="me")
    for name in scope.segments:
        try:
            workspace.count(name, scope)
        except UsageError as error:
            yield from segment_faults(workspace.segments()[name], error)


def _profiles(workspace: Workspace) -> Iterator[Problem]:
    """The profiles whose rules cannot be asked."""
    for name in workspace.profiles():
        try:
            workspace.rows(CUSTOMER, EVERYTHING, (f"fit.{name}",))
        except UsageError as error:
            yield from profile_faults(workspace.file(PROFILES.path).records[name], error)


def fix(workspace: Workspace, words: Sequence[str] = ()) -> Plan:
    """Plan what is safe: ids for items without one, quotes for phones and postcodes, the dates
    of stages that were changed by hand.

    Files that cannot be read are left alone.
    """
    counts = [0, 0, 0]
    steps: list[Step] = []
    touched = []
    for path in record_paths(workspace, words):
        try:
            document = workspace.open(path, workspace.tree.read(path))
        except (DataError, FileNotFoundError):
            continue
        made = _repair(document, workspace)
        if any(made):
            counts = [sum(pair) for pair in zip(counts, made, strict=True)]
            touched.append(path)
            steps.append(Edit(path, lambda document: _ignore(_repair(document, workspace))))
    parts = (
        counted(counts[0], "id"),
        f"{counted(counts[1], 'text')} quoted",
        f"{counted(counts[2], 'change')} dated",
    )
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
    entries = workspace.tree.entries(whole=True)
    return modes.loose(str(workspace.root), (entry[0] for entry in entries))


def _loose_mode(path: str) -> Problem:
    return Problem(
        path, 0, 0, "loose-mode", "any user on this machine can change it",
        "chmod o-w or crm check --fix removes that permission", Severity.WARNING,
    )  # fmt: skip


def _repair(document: Document, workspace: Workspace) -> tuple[int, int, int]:
    quotes = quote_codes(document)
    ids = write_ids(document)
    return ids, quotes, take_over(document, workspace.moment)


def _ignore(found: object) -> None:
    """A step returns nothing."""
