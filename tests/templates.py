"""What git repositories and indexes begin with, made once and copied to each test that needs it."""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from crm_cli.index import schema

CACHE = "cache"
"""The folder that is left alone: what is in it follows from the rest."""


_INDEXES: dict[int, sqlite3.Connection] = {}
"""Empty indexes, by the size of their pages."""


_REAL = schema.make, schema.finish


def copy_indexes() -> None:
    """Have each new index in this process begin as a copy of an empty one.

    Some 250 statements make it, which is most of the time of a small directory's first answer.
    """
    schema.make, schema.finish = _copy_index, _finished


@contextlib.contextmanager
def indexes_made_anew() -> Iterator[None]:
    """Within the block each index is made as the program makes it."""
    schema.make, schema.finish = _REAL
    try:
        yield
    finally:
        copy_indexes()


def _copy_index(connection: sqlite3.Connection) -> None:
    (size,) = connection.execute("PRAGMA page_size").fetchone()
    if size not in _INDEXES:
        # The interface makes its index in a thread of its own.
        first = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        _INDEXES[size] = first
        first.execute(f"PRAGMA page_size = {size}")
        make, finish = _REAL
        make(first)
        finish(first)
        first.execute("COMMIT")
    _INDEXES[size].backup(connection)
    connection.execute("BEGIN")


def _finished(connection: sqlite3.Connection) -> None:
    """The copy has its indexes already."""


class Template(NamedTuple):
    """What was made, to be copied."""

    files: Path
    made_in: Path
    noted: tuple[Path, ...]
    """The files that name the folder in which they were made."""
    indexes: tuple[Path, ...]


_TEMPLATES: dict[tuple[str, bytes], Template] = {}
"""By what made them, and what lay in the folder before."""


def made(folder: Path, make: Callable[[], object]) -> None:
    """Have in a folder what `make` makes of what lies there.

    It is run once for each state of the folder; then what it made is copied, times and modes
    included. Nothing may follow from it but the files in the folder.
    """
    key = (f"{make.__module__}.{make.__qualname__}", _state(folder))
    if key in _TEMPLATES:
        _copy(_TEMPLATES[key], folder)
        return
    make()
    files = Path(tempfile.mkdtemp(prefix="crm-template-"), "files")
    atexit.register(shutil.rmtree, files.parent, ignore_errors=True)
    shutil.copytree(folder, files, symlinks=True, ignore=_cache_of(folder))
    _TEMPLATES[key] = Template(
        files,
        folder,
        tuple(path for path in _texts(files) if bytes(folder) in (files / path).read_bytes()),
        tuple(path.relative_to(files) for path in files.rglob(".git/index")),
    )


def _state(folder: Path) -> bytes:
    """What tells folders apart of which something else is made."""
    hash = hashlib.sha256()
    for path in _texts(folder):
        data = (folder / path).read_bytes().replace(bytes(folder), b"")
        mode = (folder / path).stat().st_mode
        hash.update(b"%b %o %d\0%b" % (bytes(path), mode, len(data), data))
    return hash.digest()


def _texts(folder: Path) -> Iterator[Path]:
    """The files of a folder, without what git packs, whose names say what is in it."""
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        left_out = parts[0] == CACHE or "objects" in parts or path.name == "index"
        if path.is_file() and not left_out:
            yield Path(*parts)


def _copy(template: Template, folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir() and path.name != CACHE:
            shutil.rmtree(path)
        elif path.is_file():
            path.unlink()
    shutil.copytree(template.files, folder, symlinks=True, dirs_exist_ok=True)
    for name in template.noted:
        path, status = folder / name, (folder / name).stat()
        path.write_bytes(path.read_bytes().replace(bytes(template.made_in), bytes(folder)))
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    for name in template.indexes:
        # It knows the files by their inodes as well.
        top = (folder / name).parents[1]
        subprocess.run(["git", "update-index", "-q", "--refresh"], cwd=top, check=True)


def _cache_of(folder: Path) -> Callable[[str, list[str]], set[str]]:
    return lambda where, names: {CACHE} if Path(where) == folder else set()
