"""What taking commands back does, in words."""

from __future__ import annotations

from collections.abc import Iterator

from crm_cli.model.differences import compare, whole
from crm_cli.model.errors import CrmError
from crm_cli.model.item import Item
from crm_cli.model.places import kind_of
from crm_cli.workspace import Diff, Workspace


def words(workspace: Workspace, diffs: tuple[Diff, ...]) -> list[str]:
    """What a change does, field by field, each with its record."""
    return [f"{name}: {text}" for diff in diffs for name, text in _words(workspace, diff)]


def _words(workspace: Workspace, diff: Diff) -> Iterator[tuple[str, str]]:
    name = diff.path.rsplit("/", 1)[-1].removesuffix(".yaml")
    if kind_of(diff.path) is None:
        change = whole(diff.path, came=diff.before is None, went=diff.after is None)
        yield diff.path, change.text
        return
    try:
        before, after = (
            _records(workspace, diff, diff.before),
            _records(workspace, diff, diff.after),
        )
    except CrmError:
        yield name, "the file changes"
        return
    for key in {**before, **after}:
        for one in compare(before.get(key), after.get(key)):
            yield (key or name), one.text


def _records(workspace: Workspace, diff: Diff, data: bytes | None) -> dict[str, Item]:
    if data is None:
        return {}
    document = workspace.open(diff.path, data)
    return document.records if document.mapped else {"": document.record}
