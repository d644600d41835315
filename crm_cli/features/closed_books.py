"""What of closed books is not as it was when they were closed, by what git has of that day."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from datetime import date
from functools import partial

from crm_cli.model.errors import CrmError, DataError, Problem, Severity
from crm_cli.model.interaction import INTERACTION
from crm_cli.model.item import Item
from crm_cli.model.places import CUSTOMERS, DESK, RATES, SETTINGS, place_of
from crm_cli.store.commits import uncommitted
from crm_cli.store.git import Git
from crm_cli.store.gittree import GitTree
from crm_cli.store.tree import Tree
from crm_cli.workspace import Workspace
from crm_cli.workspace.anew import in_books, opening
from crm_cli.workspace.closed import Side, Touched, said_of, touched
from crm_cli.workspace.closing import NOTE

_BOOKS = (CUSTOMERS, RATES, SETTINGS)
_WATCHED = tuple(one.path for one in _BOOKS)


def changed(workspace: Workspace) -> list[Problem]:
    """Each thing in closed books that was changed past the commands since they were closed.

    Nothing where git has no state of that day, or cannot be asked.
    """
    until = workspace.business.closed_until
    if not until or workspace.as_of:
        return []
    try:
        return list(_changed(workspace, workspace.git, date.fromisoformat(until)))
    except CrmError:
        return []


def edited(workspace: Workspace, git: Git, paths: Iterable[str]) -> list[tuple[
    str, bytes | None, bytes | None
]]:  # fmt: skip
    """The files of closed books among these that were edited by hand, with their texts in the
    last commit and now; what a command wrote and could not commit is not."""
    late = {path for one in uncommitted(git.root) for path in one.paths}
    wanted = [one for one in paths if place_of(one) in _BOOKS and one not in late]
    if not wanted or not workspace.business.closed_until or not git.head():
        return []
    tree = _tree(git, "HEAD")
    return [(path, _text(tree, path), _text(workspace.tree, path)) for path in wanted]


def _changed(workspace: Workspace, git: Git, until: date) -> Iterator[Problem]:
    commit = _closed_at(git)
    if not commit:
        return
    tree = _tree(git, commit)
    sides = [
        Side(path, _text(tree, path), _text(workspace.tree, path)) for path in _paths(git, commit)
    ]
    opened = opening(workspace, _text(tree, SETTINGS.path))
    found = touched(sides, until, opened, partial(in_books, workspace))
    if not found:
        return
    allowed = _allowed(workspace, tree)
    for one in found:
        if said_of(one) not in allowed:
            yield _problem(one, until, commit)


def _problem(one: Touched, until: date, commit: str) -> Problem:
    again = "put it back"
    if place_of(one.path) is not RATES:
        again += ", or put it back and make it by a command with --force-closed REASON"
    return Problem(
        one.path, 0, 0, "closed-books",
        f"{said_of(one)} is not as it was when the books were closed until {until}",
        f"git diff {commit[:10]} -- {one.path} shows it; {again}", Severity.WARNING,
    )  # fmt: skip


def _closed_at(git: Git) -> str:
    """The commit that closed the books to the day that holds now; the last one, where the day
    is not committed yet; empty before the first."""
    path = SETTINGS.path
    if git.ask("diff", "--quiet", "--no-ext-diff", "-G", "closed_until", "HEAD", "--", path).code:
        return git.head()
    return git.text(
        "log", "-1", "--first-parent", "--no-ext-diff", "--no-textconv", "--format=%H",
        "-G", "closed_until", "--", path,
    )  # fmt: skip


def _paths(git: Git, commit: str) -> list[str]:
    """The files of the books that differ from a commit, or are new."""
    shared = ("--no-ext-diff", "--no-renames", "--name-only", "--relative", "-z")
    out = git.run("diff", *shared, commit, "--", *_WATCHED)
    out += git.run("ls-files", "--others", "--exclude-standard", "-z", "--", *_WATCHED)
    return sorted({os.fsdecode(path) for path in out.split(b"\0") if path})


def _tree(git: Git, commit: str) -> GitTree:
    return GitTree(git, commit, git.line("rev-parse", f"{commit}:{git.prefix}".rstrip("/")))


def _text(tree: Tree, path: str) -> bytes | None:
    try:
        return tree.read(path)
    except (FileNotFoundError, DataError):
        return None


def _allowed(workspace: Workspace, tree: GitTree) -> str:
    """What the desk's notes since then say was changed with a reason."""
    known = {one.id for one in _notes(workspace, _text(tree, DESK.path))}
    notes = _notes(workspace, _text(workspace.tree, DESK.path))
    texts = [(one.get("subject"), one.get("summary")) for one in notes if one.id not in known]
    return "\n".join(f"{subject}\n{summary}" for subject, summary in texts)


def _notes(workspace: Workspace, data: bytes | None) -> list[Item]:
    if data is None:
        return []
    held = workspace.open(DESK.path, data).record.items(INTERACTION.key)
    return [one for one in held if str(one.get("subject") or "").startswith(NOTE)]
