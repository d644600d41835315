"""Clones: fetched without a file, looked at, and only then checked out.

Nothing that came along runs: no hooks of a template or of the user's settings, no helper
protocols, no submodules. Git's own filters run as they are configured on this computer, and
only for files that were looked at.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from crm_cli.model.errors import Refused, StorageError, UsageError
from crm_cli.model.places import SETTINGS
from crm_cli.store import files, outside
from crm_cli.store.arriving import everything
from crm_cli.store.git import Git
from crm_cli.store.incoming import examine_whole
from crm_cli.store.repository import find_repository

SECONDS = 3600.0
"""How long fetching a whole history may take."""

_PROTOCOLS = {"GIT_ALLOW_PROTOCOL": "file:git:http:https:ssh"}
_QUIET = ("-c", f"core.hooksPath={os.devnull}", "-c", "submodule.recurse=false")


def clone(url: str, folder: Path, environ: Mapping[str, str]) -> Path:
    """Clone into a folder that is empty or not there; the data directory in it.

    Raises UsageError for an address that cannot be one or a folder that is in the way, Refused
    where there are no records or files that are not data, GitFailed. Then nothing is left.
    """
    if url.startswith("-") or "::" in url.partition("/")[0] or not url.isprintable():
        raise UsageError(f"{url!r} is no address of a repository", "https://…, ssh://… or a path")
    with fresh(folder) as made:
        git = fetched(url, made, environ)
        commit = git.text("rev-parse", "--verify", "--quiet", "HEAD") or _only_branch(git)
        examine_whole(git, commit)
        within = _records(git, commit)
        git.run(*_QUIET, "checkout", "--quiet", "--force", seconds=SECONDS)
    return folder / within


def _only_branch(git: Git) -> str:
    """Where the other's HEAD names no branch that is there, as of a bare repository that was made
    before the first push: the commit of the only one, which is HEAD's from now on."""
    listed = git.run("for-each-ref", "--format=%(refname:lstrip=3)", "refs/remotes/origin")
    names = [name for name in listed.decode("utf-8", "replace").split() if name != "HEAD"]
    if not names:
        raise Refused("the repository has no commits", "send some first: crm sync, in the other")
    if names[1:]:
        raise Refused(
            f"the repository's HEAD names no branch; there are {', '.join(names)}",
            f"in it: git symbolic-ref HEAD refs/heads/{names[0]}",
        )
    (name,) = names
    git.run("symbolic-ref", "HEAD", f"refs/heads/{name}")
    git.run("update-ref", f"refs/heads/{name}", f"refs/remotes/origin/{name}")
    git.run("config", f"branch.{name}.remote", "origin")
    git.run("config", f"branch.{name}.merge", f"refs/heads/{name}")
    return git.line("rev-parse", "HEAD")


def fetched(url: str, place: str, environ: Mapping[str, str]) -> Git:
    """A repository with all of another one's commits and none of its files. GitFailed."""
    above = Git(os.path.dirname(place), environ)
    above.run(
        *_QUIET, "clone", "--quiet", "--no-checkout", "--no-local", "--template=",
        "--no-recurse-submodules", "--", url, place,
        network=True, seconds=SECONDS, extra=_PROTOCOLS,
    )  # fmt: skip
    return Git(place, environ, find_repository(place))


def _records(git: Git, commit: str) -> str:
    """The folder of the data directory within a commit; raises Refused where there is no one."""
    found = sorted(
        (one.path.rpartition("/")[0] for one in everything(git, commit)
         if one.path.rpartition("/")[2] == SETTINGS.path),
        key=lambda path: (path.count("/") + bool(path), path),
    )  # fmt: skip
    if not found:
        raise Refused(f"it holds no {SETTINGS.path}, so it is no data directory", "crm init")
    if found[0] and len(found) > 1:
        raise Refused(
            f"it holds several data directories: {', '.join(found[:5])}",
            "git clone it, and run crm git setup in one of them",
        )
    return found[0]


@contextmanager
def fresh(folder: Path) -> Iterator[str]:
    """A private folder beside, which takes the place of `folder` if all went well.

    Raises UsageError where something is there, StorageError.
    """
    real = os.path.realpath(folder)
    with files.telling(f"look into {folder}", "nothing was written"):
        if os.path.lexists(real) and (not os.path.isdir(real) or os.listdir(real)):
            raise UsageError(f"{folder} is there and is not empty", "name a new folder")
        if not os.path.isdir(os.path.dirname(real)):
            raise UsageError(f"there is no folder {os.path.dirname(real)}", "make it first")
        outside.sweep_folders(real)
        made = files.temporary_beside(real)
        files.calls.mkdir(made, 0o700)
    try:
        yield made
        try:
            # What git wrote is on the disk before it has its name, or a power cut leaves it empty.
            os.sync()
            files.calls.replace(made, real)
            files.sync_folder(os.path.dirname(real))
        except OSError as error:
            raise StorageError(f"cannot make {folder}: {files.reason(error)}") from error
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
