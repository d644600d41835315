"""Which directories git may be run in: the user's list, kept outside of all of them.

A repository's configuration can name programs that git then runs, so that a folder
somebody handed over must not be taken for one's own.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from crm_cli.model.errors import StorageError
from crm_cli.store import files, outside
from crm_cli.store.discovery import user_config

NAME = "trusted"


def trusted_file(env: Mapping[str, str]) -> Path | None:
    """The list, one real path a line; None without a home directory."""
    config = user_config(env)
    return None if config is None else config.with_name(NAME)


def trusted(env: Mapping[str, str]) -> list[str]:
    """The directories on the list; none where there is no list. Raises StorageError."""
    path = trusted_file(env)
    if path is None:
        return []
    with files.telling(f"read {path}", ""):
        data = files.read_if_any(str(path)) or b""
    return [os.fsdecode(line) for line in data.split(b"\n") if line]


def is_trusted(root: str | Path, env: Mapping[str, str]) -> bool:
    """Whether a directory is on the list. Raises StorageError."""
    return os.path.realpath(root) in trusted(env)


def trust(root: str | Path, env: Mapping[str, str]) -> bool:
    """Put a directory on the list; False where it was. Raises StorageError."""
    real = os.path.realpath(root)
    before = trusted(env)
    if real in before:
        return False
    _write([*before, real], env)
    return True


def distrust(root: str | Path, env: Mapping[str, str]) -> bool:
    """Take a directory off the list; False where it was not on it. Raises StorageError."""
    real = os.path.realpath(root)
    before = trusted(env)
    if real not in before:
        return False
    _write([one for one in before if one != real], env)
    return True


def _write(roots: list[str], env: Mapping[str, str]) -> None:
    path = trusted_file(env)
    if path is None:
        raise StorageError(
            "there is no home directory to keep the list of trusted directories in",
            "set HOME or XDG_CONFIG_HOME",
        )
    if any("\n" in root for root in roots):
        raise StorageError("a path with a line break cannot be on the list of trusted directories")
    with files.telling(f"write {path}"):
        outside.make_folder(path.parent)
    outside.write_bytes(path, b"".join(os.fsencode(root) + b"\n" for root in roots))
