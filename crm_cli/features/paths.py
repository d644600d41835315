"""Which files a command is about, where WHO and paths may name them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from crm_cli.model.errors import NotFound
from crm_cli.workspace import Workspace


def path_named(workspace: Workspace, word: str) -> str:
    """The path, relative, that a word means: a file, a folder, or a customer's (WHO).

    A path counts from the directory, and, as others than people write it, from where the
    command is run. Raises NotFound for a word that is none of these.
    """
    path = word.replace("\\", "/").removeprefix("./").rstrip("/")
    path = path.removeprefix(f"{workspace.root}/")
    for one in (path, _from_here(workspace, word)):
        if one and (workspace.tree.exists(one) or (workspace.root / one).is_dir()):
            return one
    try:
        return workspace.path_of(workspace.who(word))
    except NotFound as error:
        raise NotFound(f"{word} is neither a customer nor a file of the directory") from error


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
    """The paths of the customers' files, all or those that `words` (WHO, path) name."""
    rows = workspace.index.connection.execute('SELECT "path" FROM "customer" ORDER BY "path"')
    paths = [str(row[0]) for row in rows]
    if not words:
        return paths
    wanted = [path_named(workspace, word) for word in words]
    return [path for path in paths if any(within(path, one) for one in wanted)]
