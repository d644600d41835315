"""Full-text search in the records, with the place of each match."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import UsageError
from crm_cli.model.item import Item
from crm_cli.model.kinds import single_paths
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.node import Mapping, Node, Scalar
from crm_cli.model.node import Sequence as Listed
from crm_cli.model.text import fold, tokens
from crm_cli.workspace import Workspace

_AROUND = 30


class Hit(NamedTuple):
    """A customer with the words, and where the first of them stands: a path like `tasks.title`."""

    id: str
    name: str
    where: str
    text: str


def search(workspace: Workspace, words: Sequence[str], *, limit: int | None = None) -> list[Hit]:
    """The customers whose records have all words, those with them in the name first, and the
    desk if it has them."""
    wanted = [token for word in words for token in tokens(word)]
    if not wanted:
        raise UsageError("what to search for?", "crm search renewal offer")
    answer = workspace.select(CUSTOMER, [_literal(token) for token in wanted], cols=("id", "name"))
    rows = sorted(
        answer.rows,
        key=lambda row: (not _starts(str(row[1] or ""), wanted), str(row[1] or ""), str(row[0])),
    )
    found = [(str(row[0]), str(row[1] or "")) for row in rows]
    found += _of_single_records(workspace, wanted)
    shown = found[: limit if limit is not None else len(found)]
    return [_hit(workspace, id, name, wanted) for id, name in shown]


def _of_single_records(workspace: Workspace, wanted: Sequence[str]) -> list[tuple[str, str]]:
    """(path, name) of each record that is there once, such as the desk, and has all words."""
    found = []
    for path in sorted(single_paths()):
        if not workspace.tree.exists(path):
            continue
        record = workspace.record(path)
        have = [word for _, text in _texts(record) for word in tokens(text)]
        if all(any(word.startswith(token) for word in have) for token in wanted):
            found.append((path, record.title))
    return found


def _literal(token: str) -> str:
    return f'"{token}"'


def _starts(text: str, wanted: Sequence[str]) -> bool:
    have = tokens(text)
    return all(any(word.startswith(token) for word in have) for token in wanted)


def _hit(workspace: Workspace, id: str, name: str, wanted: Sequence[str]) -> Hit:
    record = workspace.record(id)
    if _starts(name, wanted):
        return Hit(id, name, "name", name)
    for where, text in _texts(record):
        have = tokens(text)
        if any(word.startswith(token) for word in have for token in wanted):
            return Hit(id, name, where, _around(text, wanted))
    return Hit(id, name, "", "")


def _texts(record: Item) -> Iterator[tuple[str, str]]:
    if isinstance(record.node, Mapping):
        yield from _walk(record.node, "")


def _walk(node: Node, where: str) -> Iterator[tuple[str, str]]:
    """(path of keys, text) of every scalar below; files are never deep."""
    if isinstance(node, Scalar):
        yield where, node.text
    elif isinstance(node, Listed):
        for item in node.items:
            yield from _walk(item, where)
    else:
        for key, value in node.entries:
            yield from _walk(value, f"{where}.{key.text}" if where else key.text)


def _around(text: str, wanted: Sequence[str]) -> str:
    """A piece of a text around the first of the words."""
    flat = " ".join(text.split())
    folded = fold(flat)
    places = [folded.find(token) for token in wanted if token in folded]
    at = min(places) if places and len(folded) == len(flat) else 0
    start, end = max(0, at - _AROUND), at + 2 * _AROUND
    return f"{'…' if start else ''}{flat[start:end]}{'…' if end < len(flat) else ''}"
