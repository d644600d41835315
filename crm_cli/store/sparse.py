"""Sparse checkouts: files that git knows and, by its settings, has not put into the folder."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from crm_cli.model.errors import Problem, Refused, StorageError
from crm_cli.model.places import NAMES, place_of
from crm_cli.store.git import Git
from crm_cli.store.trust import trusted_repository

_CODE = "not-checked-out"
_CURE = "git sparse-checkout disable brings them"
_NAMED = 3


def left_out(root: Path, environ: Mapping[str, str]) -> list[Problem]:
    """A problem for each place of a data directory of which files are not checked out."""
    try:
        repository = trusted_repository(root, environ)
        missing = list(_missing(Git(os.path.realpath(root), environ, repository)))
    except (Refused, StorageError) as error:
        message = f"files may not be checked out (sparse checkout): {error.message}"
        return [Problem(NAMES[0], 0, 0, _CODE, message, error.hint)]
    places: dict[str, list[str]] = {}
    for path in sorted(missing):
        top, _, name = path.partition("/")
        places.setdefault(top, []).append(name or path)
    return [_problem(top, names) for top, names in places.items()]


def _missing(git: Git) -> Iterator[str]:
    for line in git.run("ls-files", "-t", "-z", ".").split(b"\0"):
        path = os.fsdecode(line[2:])
        if line[:1] in b"Ss" and place_of(path) and not os.path.lexists(f"{git.root}/{path}"):
            yield path


def _problem(top: str, names: list[str]) -> Problem:
    number = "1 file is" if len(names) == 1 else f"{len(names):,} files are"
    listed = ", ".join(names[:_NAMED]) + (" …" if len(names) > _NAMED else "")
    return Problem(
        top, 0, 0, _CODE, f"{number} not checked out (sparse checkout): {listed}", _CURE
    )  # fmt: skip
