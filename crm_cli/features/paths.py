"""Which files a command covers, where WHO and paths may name them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from crm_cli.model.errors import NotFound
from crm_cli.model.kinds import HOMES
from crm_cli.model.places import place_of
from crm_cli.query.lookups import files
from crm_cli.workspace import Workspace


def path_named(workspace: Workspace, word: str) -> str:
    """The path, relative, that a word means: a file, a folder, or a customer's (WHO).

    A path counts from the directory, and, as others than people write it, from where the
    command is run. Raises NotFound for a word that is none of these.
    """
    for one in _paths(workspace, word):
        if one and (workspace.tree.exists(one) or (workspace.root / one).is_dir()):
            return one
    try:
        return workspace.path_of(workspace.who(word))
    except NotFound as error:
        raise NotFound(f"{word} is neither a customer nor a file of the directory") from error


def file_named(workspace: Workspace, word: str) -> str:
    """The path, relative, of the file of the data that a word means, there or not any more;
    empty for a word that is no such path."""
    return next((one for one in _paths(workspace, word) if place_of(one) is not None), "")


def _paths(workspace: Workspace, word: str) -> tuple[str, str]:
    """A word as a path from the directory, and from where the command is run."""
    path = word.replace("\\", "/").removeprefix("./").rstrip("/")
    return path.removeprefix(f"{workspace.root}/"), _from_here(workspace, word)


def _from_here(workspace: Workspace, word: str) -> str:
    """A path within the directory, given from the folder where we are; empty if it is none."""
    root, named = workspace.root.resolve(), Path(word).absolute()
    # The folder's links are followed, not the file's own.
    path = named.parent.resolve() / named.name
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else ""


def within(path: str, wanted: str) -> bool:
    """Whether a file is the one wanted, or lies in the folder wanted."""
    return path == wanted or path.startswith(f"{wanted}/") or not wanted or wanted == "."


def record_paths(workspace: Workspace, words: Sequence[str]) -> Iterable[str]:
    """The paths of the files of records and entries, all or those that `words` (WHO, path)
    name; customers come first."""
    there = files(workspace.database)
    paths = [
        path
        for home in HOMES.values()
        for path in there
        if path.startswith(home.path) and place_of(path) is home
    ]
    if not words:
        return paths
    wanted = [path_named(workspace, word) for word in words]
    return [path for path in paths if any(within(path, one) for one in wanted)]
