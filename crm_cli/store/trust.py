"""Directories in which git may run: the user's list, stored outside of them.

A repository's configuration can name programs that git then runs, so a folder that somebody
handed over must not be taken for one's own. The list names the repository of each directory,
so that no other one takes its place later.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from crm_cli.model.errors import Refused, StorageError
from crm_cli.store import files, outside
from crm_cli.store.discovery import user_config
from crm_cli.store.paths import inside
from crm_cli.store.repository import Repository, find_repository

NAME = "trusted"

_GITDIR = b"\tgitdir "
_OWNERS = b"\towners "
_HOOK = b"\thook "


class Untrusted(Refused):
    """The directory is not on the list."""


class Trusted(NamedTuple):
    """A directory on the list: its real path, and its repository's git folder when it was
    trusted (empty: none, or an older version wrote the list).

    `owners` are the user ids of the owners that the repository had then beside the user, `hooks`
    the digests of the hooks that may be run.
    """

    root: str
    gitdir: str = ""
    owners: frozenset[int] = frozenset()
    hooks: frozenset[str] = frozenset()


def trusted_file(env: Mapping[str, str]) -> Path | None:
    """The list; None without a home directory.

    One real path a line. A line that begins with a tab is about the directory above it.
    """
    config = user_config(env)
    return None if config is None else config.with_name(NAME)


def trusted(env: Mapping[str, str]) -> list[Trusted]:
    """The directories on the list; none where there is no list. Raises StorageError."""
    path = trusted_file(env)
    if path is None:
        return []
    with files.telling(f"read {path}", ""):
        data = files.read_if_any(str(path)) or b""
    return list(_parsed(data.split(b"\n")))


def is_trusted(root: str | Path, env: Mapping[str, str]) -> bool:
    """Whether a directory is on the list. Raises StorageError."""
    return _entry(os.path.realpath(root), trusted(env)) is not None


def trusted_repository(root: str | Path, env: Mapping[str, str]) -> Repository | None:
    """The repository that a directory lies in, if git may be run there; None if in none.

    A directory that was trusted before its repository was noted, or had none then, gets the
    one that is found now, if it is the user's own. Raises Untrusted; Refused where the
    repository is another one, or somebody else's; StorageError.
    """
    found = find_repository(root)
    if found is None:
        return None
    entry = _entry(os.path.realpath(root), trusted(env))
    if entry is None:
        raise Untrusted(
            f"{root} is not trusted yet, so git is not run there",
            "crm git setup trusts it; do so only where you know who made it",
        )
    if entry.gitdir and entry.gitdir != found.gitdir:
        raise Refused(
            f"{root} was trusted with the repository {entry.gitdir}, and now lies in "
            f"{found.gitdir}, so git is not run there",
            "crm trust accepts the change; do so only where you know who made it",
        )
    _check(found)
    if found.strangers(env) - entry.owners:
        raise Refused(
            f"{found.gitdir} belongs to another user, so git is not run there",
            "crm trust accepts that; do so only where you know who made it",
        )
    if not entry.gitdir:
        # Where it cannot be noted it is found again the next time.
        with suppress(StorageError):
            _replace(entry._replace(gitdir=found.gitdir), env)
    return found


def knows_repository(found: Repository, env: Mapping[str, str]) -> bool:
    """Whether a directory on the list lies in a repository, or in a worktree linked to it.

    Raises StorageError.
    """
    return not found.tracked and any(
        Repository(one.gitdir, "", "").common == found.common
        if one.gitdir
        else inside(found.worktree, one.root)
        for one in trusted(env)
    )


def trusted_hooks(root: str | Path, env: Mapping[str, str]) -> frozenset[str]:
    """The digests of the hooks that may be run in a directory. Raises StorageError."""
    entry = _entry(os.path.realpath(root), trusted(env))
    return frozenset() if entry is None else entry.hooks


def trust(
    root: str | Path, env: Mapping[str, str], *, hooks: frozenset[str] | None = None
) -> bool:
    """Put a directory on the list, with its repository, and with `hooks` in place of those that
    it has there; False where it was there so.

    Raises StorageError; Refused where the git folder lies among the repository's files.
    """
    real = os.path.realpath(root)
    found = find_repository(real)
    known = _entry(real, trusted(env))
    if hooks is None:
        hooks = known.hooks if known is not None else frozenset()
    entry = Trusted(real, hooks=hooks)
    if found is not None:
        _check(found)
        entry = entry._replace(gitdir=found.gitdir, owners=found.strangers(env))
    if known == entry:
        return False
    _replace(entry, env)
    return True


def distrust(root: str | Path, env: Mapping[str, str]) -> bool:
    """Take a directory off the list; False where it was not on it. Raises StorageError."""
    real = os.path.realpath(root)
    before = trusted(env)
    if _entry(real, before) is None:
        return False
    _write([one for one in before if one.root != real], env)
    return True


def _entry(real: str, entries: Iterable[Trusted]) -> Trusted | None:
    return next((one for one in entries if one.root == real), None)


def _check(found: Repository) -> None:
    if found.tracked:
        raise Refused(
            f"{found.gitdir} lies among the files of its own repository, so git is not run there",
            "whoever sends files could change its settings; move it away (git init "
            "--separate-git-dir)",
        )


def _replace(entry: Trusted, env: Mapping[str, str]) -> None:
    others = [one for one in trusted(env) if one.root != entry.root]
    _write([*others, entry], env)


def _parsed(lines: Iterable[bytes]) -> Iterator[Trusted]:
    entry: Trusted | None = None
    for line in lines:
        if line.startswith(b"\t"):
            if entry is not None and line.startswith(_GITDIR):
                entry = entry._replace(gitdir=os.fsdecode(line.removeprefix(_GITDIR)))
            elif entry is not None and line.startswith(_OWNERS):
                ids = line.removeprefix(_OWNERS).split()
                entry = entry._replace(owners=frozenset(int(id) for id in ids if id.isdigit()))
            elif entry is not None and line.startswith(_HOOK):
                hook = line.removeprefix(_HOOK).decode("ascii", "replace")
                entry = entry._replace(hooks=entry.hooks | {hook})
        elif line:
            if entry is not None:
                yield entry
            entry = Trusted(os.fsdecode(line))
    if entry is not None:
        yield entry


def _lines(entry: Trusted) -> Iterator[bytes]:
    yield os.fsencode(entry.root)
    if entry.gitdir:
        yield _GITDIR + os.fsencode(entry.gitdir)
    if entry.owners:
        yield _OWNERS + b" ".join(b"%d" % id for id in sorted(entry.owners))
    for hook in sorted(entry.hooks):
        yield _HOOK + hook.encode()


def _write(entries: list[Trusted], env: Mapping[str, str]) -> None:
    path = trusted_file(env)
    if path is None:
        raise StorageError(
            "there is no home directory to keep the list of trusted directories in",
            "set HOME or XDG_CONFIG_HOME",
        )
    if any("\n" in one.root + one.gitdir for one in entries):
        raise StorageError("a path with a line break cannot be on the list of trusted directories")
    with files.telling(f"write {path}"):
        outside.make_folder(path.parent)
    data = b"".join(line + b"\n" for one in entries for line in _lines(one))
    outside.write_bytes(path, data)
