"""A data directory's git repository: creating it, setting it up, trusting it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from crm_cli.model.errors import StorageError
from crm_cli.model.item import Item
from crm_cli.model.places import SETTINGS
from crm_cli.store import files, setup, told
from crm_cli.store.git import Git
from crm_cli.store.repository import find_repository
from crm_cli.store.signing import cannot_sign
from crm_cli.store.trust import distrust, trust
from crm_cli.workspace import Change, Edit, Rewrite, Workspace

UNCOMMITTED = (
    "commands are not committed by themselves here (crm config set git.autocommit=true has them "
    "committed)"
)


class Trusting(NamedTuple):
    """Whether anything changed, and the top of the repository if it is a folder above."""

    changed: bool
    above: str


class SetUp(NamedTuple):
    """What was set up, and lines about what was not."""

    root: Path
    made: bool
    notes: tuple[str, ...]


def set_trust(workspace: Workspace, *, trusted: bool) -> Trusting:
    """Trust a directory with the repository that it lies in, or no longer.

    Raises StorageError; Refused where the repository cannot be trusted.
    """
    change = trust if trusted else distrust
    changed = change(workspace.root, workspace.environ)
    found = find_repository(workspace.root)
    above = found is not None and found.worktree != os.path.realpath(workspace.root)
    return Trusting(changed, found.worktree if found and above else "")


def set_up(workspace: Workspace) -> SetUp:
    """Trust the directory, install driver and hook; make a repository where there is none.

    Raises GitFailed, StorageError, Refused.
    """
    root, environ = workspace.root, workspace.environ
    steps: list[Edit | Rewrite] = [
        Rewrite(".gitattributes", _with_line(setup.ATTRIBUTES)),
        Rewrite(".gitignore", _with_line(".crm/\n")),
    ]
    made = _is_to_be_made(workspace)
    if made:
        # Said before there is a repository, so that a run that was killed can be told by it
        # from a repository that somebody else has just made.
        steps.append(Edit(SETTINGS.path, lambda one: one.set(None, "git.autocommit", True)))
        workspace.write(Change("git setup", tuple(steps), "final"), keep=False)
    else:
        trust(root, environ)
    with _begun():
        if made:
            with workspace.alone():
                # Whatever stops this run, the next command commits them.
                entries = workspace.tree.entries(whole=True)
                setup.announce(root, "git setup", [entry[0] for entry in entries])
            git = setup.make(root, environ)
        else:
            git = workspace.git
        notes = _installed(git)
        if made:
            with workspace.alone():
                setup.commit_all(git, "git setup")
        else:
            workspace.write(Change("git setup", tuple(steps), "final"))
    notes += _uncommitted(workspace, git)
    return SetUp(root, made, tuple(notes))


def _uncommitted(workspace: Workspace, git: Git) -> list[str]:
    """Lines about what keeps commands from being committed."""
    if not workspace.business.autocommit:
        told.first(os.path.realpath(workspace.root), told.UNCOMMITTED)
        return [UNCOMMITTED]
    reason = cannot_sign(git)
    return [f"commands are not committed: they cannot be signed ({reason})"] if reason else []


def uncommitted_once(workspace: Workspace) -> str:
    """A line after the first change in a repository whose settings do not say what to commit.

    Empty where the settings say it, where there is no repository, and from the second time on.
    """
    if not workspace.written or workspace.business.autocommit:
        return ""
    git = workspace.file(SETTINGS.path).record.values.get("git")
    if isinstance(git, Item) and "autocommit" in git.values:
        return ""
    real = os.path.realpath(workspace.root)
    found = find_repository(real)
    return UNCOMMITTED if found is not None and told.first(real, told.UNCOMMITTED) else ""


@contextmanager
def _begun() -> Iterator[None]:
    """Let a failure within the block say that it is not the whole of it that failed."""
    try:
        yield
    except StorageError as error:
        said = error.message.partition("; nothing was ")[0]
        raise StorageError(
            f"{said}; git is set up in part", "run crm git setup again to finish"
        ) from error


def _is_to_be_made(workspace: Workspace) -> bool:
    """True if there is no repository, or one of the directory's own that was only begun."""
    real = os.path.realpath(workspace.root)
    found = find_repository(real)
    if found is None or not workspace.business.autocommit:
        return found is None
    return setup.is_unfinished(Git(real, workspace.environ, found))


def _installed(git: Git) -> list[str]:
    try:
        return setup.install(git)
    except OSError as error:
        raise StorageError(f"the hook cannot be written: {files.reason(error)}") from error


def _with_line(text: str) -> Callable[[bytes | None], bytes]:
    def update(data: bytes | None) -> bytes:
        lines = (data or b"").decode("utf-8", "surrogateescape").splitlines()
        missing = [line for line in text.splitlines() if line not in lines]
        glue = b"\n" if data and not data.endswith(b"\n") else b""
        added = "".join(f"{line}\n" for line in missing).encode()
        return (data or b"") + (glue + added if added else b"")

    return update
