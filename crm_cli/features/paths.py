"""Which files a command covers, where WHO and paths may name them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import NotFound
from crm_cli.model.ids import is_item_id
from crm_cli.model.kinds import BY_LETTER, BY_NAME, HOMES
from crm_cli.model.places import DESK, is_desk, place_of
from crm_cli.query.lexer import quoted
from crm_cli.query.lookups import files
from crm_cli.workspace import Workspace

_MOST = 500


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


def desk_meant(workspace: Workspace, word: str) -> str:
    """The path of the desk where a word means it, and no customer has that id; else empty."""
    return DESK.path if is_desk(word) and not workspace.has(word, CUSTOMER) else ""


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


def files_of(workspace: Workspace, ids: Sequence[str | None]) -> list[str]:
    """The absolute path of the file of each record or item; empty where there is none, and of
    more ids than a screen shows."""
    wanted = [id for id in dict.fromkeys(ids) if id is not None]
    if len(wanted) > _MOST:
        return [""] * len(ids)
    by_kind: dict[str, list[str]] = {}
    for id in wanted:
        kind = BY_LETTER.get(id[0]) if is_item_id(id) else CUSTOMER
        by_kind.setdefault((kind or CUSTOMER).name, []).append(id)
    found: dict[str, str] = {}
    for name, held in by_kind.items():
        terms = [f"id.is:{','.join(map(quoted, held))}"]
        answer = workspace.select(BY_NAME[name], terms, cols=["id", "path"], everything=True)
        found |= {str(id): str(workspace.root / path) for id, path in answer.rows if path}
    return [found.get(id or "", "") for id in ids]
