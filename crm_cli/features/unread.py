"""What could not be read, or not as a whole: which ids, numbers and addresses may stand there.

A plan that is made of what could be read asks here whether that may be too little.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator
from typing import TYPE_CHECKING

from crm_cli.model.errors import CrmError, DataError, Severity, StorageError
from crm_cli.model.kind import Kind
from crm_cli.model.kinds import HOMES
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.places import is_kept, kind_of
from crm_cli.workspace import Workspace

if TYPE_CHECKING:
    from crm_cli.store.document import Document

_NEVER_OPENED = ("file-name",)
"""Codes of problems with files that are there and cannot be opened by the path that is shown."""
_LEFT_OUT = "not-checked-out"
"""The code of a folder that git left files out of: what writes is refused for that itself."""


class Unread(NamedTuple):
    """A file with errors, or a folder that could not be read.

    `text` is all that may stand in it; None where that is not known.
    """

    path: str
    text: str | None

    def may_name(self, id: str) -> bool:
        """Whether an id stands in it, or may."""
        return self.text is None or _names(self.text, id)


def unread(workspace: Workspace, among: Container[Kind] = HOMES) -> Iterator[Unread]:
    """The files with errors of `among`, kinds of records or entries, and any folder of data that
    could not be read."""
    for path, code in {
        one.path: one.code
        for one in workspace.problems
        if one.severity is Severity.ERROR and one.code != _LEFT_OUT
    }.items():
        if kind_of(path) in among or is_kept(f"{path}/"):
            try:
                yield Unread(path, workspace.tree.read(path).decode("utf-8"))
            except FileNotFoundError:
                if code in _NEVER_OPENED:
                    yield Unread(path, None)
            except (CrmError, UnicodeDecodeError):
                yield Unread(path, None)


def paths_of_all(workspace: Workspace, under: str = "") -> list[str]:
    """The paths of all files, or those `under` a folder (`outbox/`), in their order.

    Raises StorageError where a folder cannot be looked into: what lies there would be missed.
    """
    paths = sorted(entry[0] for entry in workspace.tree.entries())
    for problem in workspace.tree.problems:
        if problem.severity is Severity.ERROR and f"{problem.path}/".startswith(under):
            raise StorageError(f"{problem.path} {problem.message}", problem.hint)
    return [path for path in paths if path.startswith(under)]


def doubtful(workspace: Workspace, word: str, among: Container[Kind] = HOMES) -> list[str]:
    """The paths of `unread` that name a customer, or another id, or may: what refers to it there
    need not be known."""
    return [one.path for one in unread(workspace, among) if one.may_name(word)]


def all_naming(
    workspace: Workspace,
    word: str,
    found: Iterable[str],
    refer: Callable[[Document], None],
    *,
    among: Container[Kind] = HOMES,
    own: str = "",
    shown: str = "",
) -> list[str]:
    """The files but for `own` that name an id, of which some are `found`; `refer` replaces it in
    a document of `among`, kinds of records or entries.

    A file that could not be read when the index was brought up to date, and can be now, is one
    of them. Raises DataError where a file or a folder may name the id and that is not known.
    """
    known = [path for path in found if path != own]
    for path in doubtful(workspace, word, among):
        if path == own:
            continue
        if not _is_told(workspace, path, word, refer):
            raise DataError(
                f"{path} has errors and may refer to {shown or word}; nothing was changed",
                "correct it first; crm check shows what is wrong with it",
            )
        if path not in known:
            known.append(path)
    return known


def _is_told(
    workspace: Workspace, path: str, word: str, refer: Callable[[Document], None]
) -> bool:
    """Whether a file with errors names an id only where that was understood."""
    try:
        document = workspace.open(path, workspace.tree.read(path))
        refer(document)
    except (CrmError, FileNotFoundError):
        return False
    return not _names(document.text, word)


def _names(text: str, id: str) -> bool:
    return bool(re.search(rf"(?<![\w.-]){re.escape(id)}(?![\w.-])", text))
