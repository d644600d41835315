"""Backups: reading all files of a data directory, and putting them back into an empty folder."""

from __future__ import annotations

import os
import shutil
import stat
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from crm_cli.model.errors import DataError, UsageError
from crm_cli.model.places import SETTINGS
from crm_cli.store import files, outside
from crm_cli.store.clone import fetched, fresh
from crm_cli.store.lookalikes import folded, is_repository
from crm_cli.store.tar import members

HISTORY = "history.bundle"
"""The file of a backup that has git's history; no folder's own file may have this name."""
_LEFT_OUT = (".git", ".crm")


def read_all(root: str, notes: list[str]) -> Iterator[tuple[str, bytes]]:
    """(path, bytes) of every file, but those of git's and ours, links and temporary ones."""
    size = 0
    for folder, below, names in os.walk(root, onerror=_unreadable):
        below[:] = [
            name
            for name in below
            if folded(name) not in _LEFT_OUT and not os.path.islink(os.path.join(folder, name))
        ]
        for name in names:
            place = os.path.join(folder, name)
            path = os.path.relpath(place, root).replace(os.sep, "/")
            if files.TEMPORARY.fullmatch(name) or folded(name) in _LEFT_OUT:
                continue
            with files.telling(f"read {path}", "nothing was written"):
                if not stat.S_ISREG(files.calls.lstat(place).st_mode):
                    notes.append(f"{path} is no file, and is left out")
                    continue
                data = files.read(place, follow=False)
            size += len(data)
            if size > outside.LARGEST:
                raise UsageError("the directory has more than 1 GiB", "copy it with other tools")
            if path == HISTORY:
                raise UsageError(f"{path} has the name of the history", "rename it first")
            yield path, data


def _unreadable(error: OSError) -> None:
    raise DataError(f"{error.filename} cannot be read: {files.reason(error)}; nothing was written")


def restore(source: Path, folder: Path, environ: Mapping[str, str]) -> tuple[int, bool]:
    """Put a backup into a folder that is empty or not there; nothing of it is run or trusted.
    Gives the number of files, and whether there was a history.

    Raises UsageError where something is in the way, DataError for what is no backup; then
    nothing is left.
    """
    count, bundle = 0, b""
    names: defaultdict[str, set[str]] = defaultdict(set)
    with fresh(folder) as made, files.telling(f"restore {source}", "nothing was written"):
        for path, data in _opened(source):
            if path == HISTORY:
                bundle = data
                continue
            _refuse(path, names)
            place = os.path.join(made, *path.split("/"))
            outside.make_folder(os.path.dirname(place))
            files.write_new(place, data, durable=False)
            count += 1
        if not os.path.isfile(os.path.join(made, SETTINGS.path)):
            raise DataError(f"{source} holds no {SETTINGS.path}, so it is no backup of crm's")
        if bundle:
            _put_back(bundle, made, environ)
    return count, bool(bundle)


def _opened(source: Path) -> Iterator[tuple[str, bytes]]:
    try:
        with source.open("rb") as stream:
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                raise UsageError(f"{source} is no file", "name the backup")
            yield from members(stream)
    except FileNotFoundError:
        raise UsageError(f"there is no file {source}", "name the backup") from None


def _refuse(path: str, names: defaultdict[str, set[str]]) -> None:
    """Raise DataError for files by which git would take a folder for a repository."""
    folder = ""
    for part in path.split("/"):
        name = folded(part)
        names[folder].add(name)
        if name in _LEFT_OUT or name == "git~1" or is_repository(names[folder]):
            raise DataError(f"{path!r} would be a part of a repository, and no backup has such")
        folder += f"{part}/"


def _put_back(bundle: bytes, made: str, environ: Mapping[str, str]) -> None:
    """Give the restored files their history, without touching any of them. Raises GitFailed."""
    # git looks for NAME.git before NAME, so the one must not be called like the other.
    place, history = files.temporary_beside(made), files.temporary_beside(made)
    files.write_new(place, bundle)
    try:
        git = fetched(place, history, environ)
        git.run("fetch", "--quiet", "--update-head-ok", "origin", "refs/heads/*:refs/heads/*")
        git.run("remote", "remove", "origin")
        git.run("read-tree", "HEAD")
        os.replace(os.path.join(history, ".git"), os.path.join(made, ".git"))
    finally:
        files.remove_quietly(place)
        shutil.rmtree(history, ignore_errors=True)
