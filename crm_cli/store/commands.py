"""Commands of rules: which may be run, and what program they mean.

`rules.yaml` is shared, so that a command is run only if exactly its text was trusted on this
machine. A program in the data directory is never run, whoever named it: it can be changed by
whoever sends files. `.crm` is not shared; a command is run there.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
from collections.abc import Mapping
from pathlib import Path

from crm_cli.model.errors import DataError, Refused
from crm_cli.store.paths import inside
from crm_cli.store.trust import trusted_hooks

FOLDER = ".crm"


def digest(command: str) -> str:
    """What is trusted of a command."""
    return f"run:{hashlib.sha256(command.encode('utf-8', 'surrogatepass')).hexdigest()}"


def words_of(command: str) -> list[str]:
    """The words of a command, parted as a shell does; it is run without one. Raises DataError."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise DataError(f"a quote in '{command}' is not closed", "close it") from error
    if not words:
        raise DataError("run is empty", "run: notify-send")
    return words


def runnable(command: str, root: Path, environ: Mapping[str, str]) -> list[str]:
    """The words of a command, the first one the path of its program.

    Raises Refused where it is not trusted, or lies in the data directory; DataError where there
    is no such program, StorageError.
    """
    words = words_of(command)
    if digest(command) not in trusted_hooks(root, environ):
        raise Refused(f"'{command}' is not trusted on this machine", "crm trust --hooks")
    program = _program(words[0], root, environ)
    if not program:
        raise DataError(f"there is no program {words[0]}", "name one on the PATH")
    for word in (program, *words[1:]):
        place = os.path.join(root, FOLDER, word)
        if os.path.exists(place) and _is_shared(os.path.realpath(place), root):
            raise Refused(
                f"{word} lies in the data directory, and is not run",
                f"whoever sends files could change it: put it into {FOLDER}, or elsewhere",
            )
    return [program, *words[1:]]


def _program(name: str, root: Path, environ: Mapping[str, str]) -> str:
    """The path of a program; relative entries of the PATH are not looked in."""
    if os.sep in name:
        path = os.path.join(root, FOLDER, name)
        return path if os.path.isfile(path) and os.access(path, os.X_OK) else ""
    folders = [one for one in environ.get("PATH", "").split(os.pathsep) if os.path.isabs(one)]
    return shutil.which(name, path=os.pathsep.join(folders)) or ""


def _is_shared(place: str, root: Path) -> bool:
    real = os.path.realpath(root)
    return inside(real, place) and not inside(os.path.join(real, FOLDER), place)
