"""Inspecting incoming files before a merge.

Files that git or this program would run, follow or take for their own are not data: a merge
that brings any is refused, with their names. git itself would merge most of them.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from crm_cli.model.errors import Refused
from crm_cli.model.places import NAMES
from crm_cli.store.arriving import LINK, Arriving, arriving, bases_of, everything
from crm_cli.store.git import Git
from crm_cli.store.lookalikes import PARTS, folded, is_repository
from crm_cli.store.programs import changed_filters, run_by_settings

_SETTINGS = frozenset((".gitattributes", ".gitignore", ".gitmodules", ".mailmap"))
_COMMAND = re.compile(rb"update\s*=\s*[\"']?\s*!", re.IGNORECASE)


_REMOVE = "shows who sent it; have it removed there"
_UNTRACK = f"{_REMOVE} (git rm -r --cached), and .crm/ put into .gitignore"
_ACCEPT = "shows it; to accept it: git merge"


class Finding(NamedTuple):
    """Files that must not be merged unseen, why, and what to do about it."""

    paths: tuple[str, ...]
    reason: str
    cure: str = _REMOVE


def examine(git: Git, commit: str, name: str) -> None:
    """Raise Refused where merging a commit would bring files that are not data.

    `name` is what the user calls the commit, such as `origin/main`. Raises GitFailed.
    """
    bases = bases_of(git, commit)
    files = arriving(git, commit, bases)
    finding = _first(git, files, bases[0] if bases else "", commit)
    if finding is not None:
        raise _refusal(finding, name)


def examine_whole(git: Git, commit: str) -> None:
    """Raise Refused where the files of a commit, none of which is checked out yet, hold such as
    are not data. Raises GitFailed.
    """
    finding = _first(git, everything(git, commit), "", commit)
    if finding is not None:
        raise Refused(
            f"it holds {_few(finding.paths)}: {finding.reason}; nothing was cloned",
            "have it removed there; who knows better clones it with git clone",
        )


def _first(git: Git, files: Sequence[Arriving], base: str, commit: str) -> Finding | None:
    for look in (_reserved, _repositories, _links, _submodules, _settings):
        finding = look(git, [one for one in files if not one.removed])
        if finding is not None:
            return finding
    found = changed_filters(git, files, base, commit)
    return Finding(*found, _ACCEPT) if found is not None else None


Look = Callable[[Git, Sequence[Arriving]], Finding | None]


def _refusal(finding: Finding, name: str) -> Refused:
    listed = _few(finding.paths)
    cure = f"{finding.cure} {name}" if finding.cure is _ACCEPT else finding.cure
    return Refused(
        f"{name} brings {listed}: {finding.reason}; nothing was merged",
        f"git log -p HEAD..{name} -- ':/{finding.paths[0]}' {cure}",
    )


def _few(paths: Sequence[str]) -> str:
    more = f" and {len(paths) - 3} more" if len(paths) > 3 else ""
    return ", ".join(paths[:3]) + more


def _reserved(git: Git, files: Sequence[Arriving]) -> Finding | None:
    own = f"{git.prefix}.crm"
    for one in files:
        parts = [folded(part) for part in one.path.split("/")]
        if ".git" in parts or "git~1" in parts:
            return Finding((one.path,), "git keeps that name for itself")
        head = "/".join(one.path.split("/")[: own.count("/") + 1])
        if folded(head) == folded(own):
            return Finding((one.path,), "crm keeps its own files there", _UNTRACK)
    return None


def _repositories(git: Git, files: Sequence[Arriving]) -> Finding | None:
    """Folders that git, run in the data directory or below, would take for a repository."""
    parts: dict[str, list[tuple[str, str]]] = {}
    for one in files:
        folder = ""
        for part in one.path.split("/"):
            if folded(part) in PARTS:
                parts.setdefault(folder, []).append((folded(part), one.path))
            folder += f"{part}/"
    for folder, found in parts.items():
        within = folder.startswith(git.prefix) or (folder and git.prefix.startswith(folder))
        if not within:
            continue
        names = {name for name, _ in found} | set(_listed(git, folder))
        if is_repository(names):
            return Finding(
                tuple(sorted({path for _, path in found})),
                "git would take the folder for a repository, and run its hooks",
            )
    return None


def _listed(git: Git, folder: str) -> Iterator[str]:
    """The names that stand in a folder of the repository already."""
    top = git.repository.worktree if git.repository else git.root
    try:
        yield from (folded(name) for name in os.listdir(os.path.join(top, folder)))
    except OSError:
        return


def _links(git: Git, files: Sequence[Arriving]) -> Finding | None:
    for one in files:
        if one.mode != LINK:
            continue
        if one.name in _SETTINGS:
            return Finding((one.path,), "it is a link, and git reads settings from that name")
        if not one.path.startswith(git.prefix):
            continue
        path = one.path.removeprefix(git.prefix)
        if folded(path.partition("/")[0]) not in NAMES:
            continue
        target = os.fsdecode(git.run("cat-file", "blob", one.id, network=True))
        leads = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
        if leads.startswith(("/", ".")) or "/." in leads:
            return Finding((one.path,), f"it is a link out of the records, to {target}")
    return None


def _submodules(git: Git, files: Sequence[Arriving]) -> Finding | None:
    for one in files:
        if one.name == ".gitmodules" and _COMMAND.search(
            git.run("cat-file", "blob", one.id, network=True)
        ):
            return Finding((one.path,), "it names a command for git to update submodules with")
    return None


def _settings(git: Git, files: Sequence[Arriving]) -> Finding | None:
    """Files that git's configuration in this clone has it run or read settings from."""
    if not files:
        return None
    for path, key in run_by_settings(git, [one.path for one in files]):
        return Finding((path,), f"git's setting {key} here has git run or obey it", _ACCEPT)
    return None
