"""Setup of a clone: the merge driver, and a pre-commit check.

Both stand in the clone's own configuration, which git does not copy, so that cloning
somebody's records never runs a program.
"""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from crm_cli.model.errors import Refused, StorageError
from crm_cli.model.places import PLACES, SETTINGS, Shape
from crm_cli.model.text import one_line
from crm_cli.store import files, outside
from crm_cli.store.commits import commit_paths, forget, note
from crm_cli.store.git import COMMITTING, Git
from crm_cli.store.objects import in_head
from crm_cli.store.repository import find_repository
from crm_cli.store.trust import trust

ATTRIBUTES = "*.yaml -text merge=crm\n"
"""Line ends stay as they are, and records are merged by what they say."""

_MARK = "# crm: the records of a commit are checked first."


def program() -> str:
    """How this program is called by a shell, wherever it is installed. Raises Refused."""
    return f"{shlex.quote(one_line(sys.executable, 'the path of Python'))} -P -m crm_cli"


def driver() -> str:
    """What git is to call with base, ours, theirs and the file's path."""
    return f"{program()} merge-driver %O %A %B %P"


def make(root: Path, environ: Mapping[str, str]) -> Git:
    """Make a repository in a folder, and trust it. Raises StorageError, Refused."""
    real = os.path.realpath(root)
    git = Git(real, environ)
    named = git.text("config", "--get", "init.defaultBranch")
    git.run("init", "--quiet", *(() if named else ("--initial-branch=main",)))
    trust(root, environ)
    return Git(real, environ, find_repository(real))


def is_unfinished(git: Git) -> bool:
    """Whether a folder's own repository has not even the settings."""
    return not git.prefix and not in_head(git, [SETTINGS.path])


def install(git: Git) -> list[str]:
    """Set driver and hook up; a line for each thing that was left as it was.

    Raises GitFailed, OSError; Refused where a path has a line break.
    """
    written = _hook(one_line(git.prefix, "the path of the data directory"))
    found = git.run("rev-parse", "--git-path", "hooks/pre-commit").removesuffix(b"\n")
    hook = os.path.join(git.root, one_line(os.fsdecode(found), "the path of git's hooks"))
    git.run("config", "merge.crm.driver", driver())
    git.run("config", "merge.crm.name", "records, merged by what they say")
    # Else git moves a new message of the outbox to those that were sent, if all others were.
    git.run("config", "merge.directoryRenames", "false")
    before = files.read_if_any(hook)
    if before is not None and _MARK.encode() not in before:
        return [f"{hook} is your own and stays; to check records in it, call: crm check"]
    outside.make_folder(os.path.dirname(hook))
    outside.write_bytes(hook, os.fsencode(written), mode=0o755)
    return []


def announce(root: Path, subject: str, paths: Sequence[str]) -> None:
    """Note what the first commit is to hold, before there is a repository."""
    note(os.path.realpath(root), subject, [".gitattributes", ".gitignore", *sorted(paths)])


def commit_all(git: Git, subject: str) -> None:
    """One commit of all that git does not ignore, or a note to do so. Raises StorageError."""
    listed = git.run("ls-files", "-z", "--others", "--modified", "--exclude-standard")
    known = [
        path
        for path in map(os.fsdecode, listed.split(b"\0"))
        if path and not files.TEMPORARY.fullmatch(os.path.basename(path))
    ]
    try:
        if known:
            commit_paths(git, subject, known, known)
        forget(git.root)
    except StorageError:
        note(git.root, subject, known)
        raise


def begin(root: Path, environ: Mapping[str, str], subject: str) -> str:
    """A repository for a new directory, with its first commit; a line where that failed."""
    try:
        git = make(root, environ)
        install(git)
        commit_all(git, subject)
    except (StorageError, Refused) as error:
        return f"saved, not committed: {error.message}"
    except OSError as error:
        return f"saved, not committed: {files.reason(error)}"
    return ""


def _hook(prefix: str) -> str:
    checked = (shlex.quote(one.pattern) for one in PLACES if one.shape is not Shape.TEXTS)
    return f"""\
#!/bin/sh
{_MARK}
[ -n "${COMMITTING}" ] && exit 0
# Named, so that no folder below is taken for a repository.
GIT_DIR=$(git rev-parse --absolute-git-dir) && GIT_WORK_TREE=$(pwd) || exit 1
export GIT_DIR GIT_WORK_TREE
case "$GIT_INDEX_FILE" in "" | /*) ;; *) export GIT_INDEX_FILE="$(pwd)/$GIT_INDEX_FILE" ;; esac
staged=$(mktemp -d) && trap 'rm -rf "$staged"' EXIT || exit 1
cd "./"{shlex.quote(prefix)} || exit 1
git diff --cached --name-only -z --relative --no-renames --diff-filter=ACDM -- \\
    {" ".join(checked)} > "$staged/names" || exit 1
[ -s "$staged/names" ] || exit 0
# What is staged is checked, whatever the files say by now.
git checkout-index --all --quiet --prefix="$staged/files/" || exit 1
cd "$staged/files/"{shlex.quote(prefix)} || exit 1
CRM_CACHE_DIR="$staged/cache" xargs -0 -r {program()} -C . check --gone < "$staged/names"
"""
