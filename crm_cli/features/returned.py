"""Records of those who were forgotten that are there again: a merge, a backup or an editor can
bring them back, past all commands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import CrmError, Problem, Severity
from crm_cli.model.places import kind_of
from crm_cli.query.lookups import customers
from crm_cli.store.commits import name_of
from crm_cli.workspace import Workspace


def returned(workspace: Workspace, paths: Iterable[str] | None = None) -> Iterator[Problem]:
    """Those of some customers' files, or of all, that have the id of somebody forgotten."""
    try:
        digests = workspace.forgotten
    except CrmError:
        return  # It is a problem of its own.
    if not digests.held:
        return
    if paths is None:
        paths = [path for _, path in customers(workspace.database)]
    for path in paths:
        if kind_of(path) is not CUSTOMER or not digests.has("id", name_of(path)):
            continue
        if workspace.tree.exists(path):
            id = name_of(path)
            yield Problem(
                path, 0, 0, "forgotten-again", f"{id} is the id of somebody who was forgotten",
                f"crm forget {id}; for somebody else crm rename gives another id",
                Severity.WARNING,
            )  # fmt: skip
