"""References to nobody: found in the tables, placed by reading the files they stand in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from crm_cli.index.naming import path_sql
from crm_cli.index.reading import item_of, read, root_of
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import Problem, Severity
from crm_cli.model.fieldtypes import FieldType, Reference, Texts, User
from crm_cli.model.ids import is_customer_id
from crm_cli.model.kind import Kind
from crm_cli.model.kinds import ENTRIES, HOLDERS, HOMES, KINDS
from crm_cli.model.node import Node, Sequence
from crm_cli.model.places import kind_of
from crm_cli.model.reading import Reader, value_node
from crm_cli.model.text import did_you_mean

if TYPE_CHECKING:
    import sqlite3

    from crm_cli.model.business import Business
    from crm_cli.model.item import Item
    from crm_cli.store.tree import Tree

_TABLES = {kind.name: kind for kind in KINDS}
_USER = "user"
_SUGGESTED = 50
"""Nearest ids are looked for so many wrong ones at most; more are one mistake many times."""


class _Link(NamedTuple):
    """A field that refers to records: `column` of the table of `kind`."""

    kind: Kind
    column: str
    group: str
    key: str
    to: str


Missing = dict[tuple[str, str], set[str]]
"""(kind, column) → the values there that name nobody."""


def dangling(connection: sqlite3.Connection, tree: Tree, business: Business) -> list[Problem]:
    """A problem for each reference to a record, entry or item that is not there, and a warning
    for each user whom crm.yaml does not name: they may have left.

    Where nothing of a kind is kept, nothing of it is missed: products without products.yaml,
    users where crm.yaml names none.
    """
    users = business.users
    missing: dict[str, Missing] = {}
    unkept = set(_unkept(connection)) if users else {*_unkept(connection), _USER}
    links = [link for kind in KINDS for link in _links(kind) if link.to not in unkept]
    for link in links:
        for path, value in _unmatched(connection, link, users):
            by_place = missing.setdefault(path, {})
            by_place.setdefault((link.kind.name, link.column), set()).add(value)
    problems: list[Problem] = []
    hints = _Hints(connection, users)
    for path in sorted(missing):
        for item in _items(tree, path, business):
            problems += _placed(path, item, missing[path], links, hints)
    return sorted(problems)


def _unkept(connection: sqlite3.Connection) -> Iterator[str]:
    """The kinds, other than customers, of which the directory has no file."""
    for kind, place in HOMES.items():
        what, value = ("kind", kind.name) if place.is_folder else ("path", place.path)
        sql = f'SELECT 1 FROM "file" WHERE "{what}" = ? LIMIT 1'
        if kind is not CUSTOMER and not connection.execute(sql, (value,)).fetchone():
            yield kind.name


def _links(kind: Kind) -> Iterator[_Link]:
    groups = [("", kind), *((field.key, group) for field, group in kind.groups)]
    for group, part in groups:
        for field in part.fields:
            to = _target(field.type)
            if to in _TABLES or to == _USER:
                column = f"{group}_{field.key}" if group else field.key
                yield _Link(kind, column, group, field.key, to)


def _target(type: FieldType) -> str:
    if isinstance(type, Reference):
        return type.to if type.required else ""
    if isinstance(type, User):
        return _USER
    return type.to if isinstance(type, Texts) else ""


def _unmatched(
    connection: sqlite3.Connection, link: _Link, users: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """(path, value) of each value that names nobody."""
    table, column = link.kind.name, link.column
    rows = connection.execute(
        f'SELECT DISTINCT {path_sql(link.kind)}, t."{column}" FROM "{table}" t'
        f" WHERE t.\"{column}\" <> '' AND NOT {_exists(link, len(users))}",
        tuple(users) if link.to == _USER else (),
    )
    for found, value in rows:
        for part in [value] if link.to == _USER else value.split("\n"):
            if part == value or not _known(connection, link.to, part):
                yield found, part


def _exists(link: _Link, users: int) -> str:
    value = f't."{link.column}"'
    if link.to == _USER:
        return f"{value} IN ({', '.join('?' * users)})"
    if link.to == "purchase":
        # A customer's payments and notes are about that customer's own purchases.
        own = 'r."customer" = t."customer" AND ' if CUSTOMER in HOLDERS[link.kind] else ""
        return (
            f'EXISTS (SELECT 1 FROM "purchase" r WHERE {own}'
            f'(r."id" = {value} OR r."number" = {value}))'
        )
    return f'EXISTS (SELECT 1 FROM "{link.to}" r WHERE r."id" = {value})'


def _known(connection: sqlite3.Connection, to: str, id: str) -> bool:
    row = connection.execute(f'SELECT 1 FROM "{to}" WHERE "id" = ?', (id,)).fetchone()
    return row is not None


class _Hints:
    """What was probably meant, among the ids that there are."""

    def __init__(self, connection: sqlite3.Connection, users: Mapping[str, str]) -> None:
        self._connection = connection
        self._users = users
        self._made: dict[tuple[str, str], str] = {}

    def hint(self, to: str, value: str) -> str:
        """`did you mean …?`, or what to do otherwise."""
        key = (to, value)
        if key not in self._made:
            near = self._near(to, value) if len(self._made) < _SUGGESTED else ""
            self._made[key] = near or f"correct it, or add the {to}"
        return self._made[key]

    def _near(self, to: str, value: str) -> str:
        if to == _USER:
            for user, email in self._users.items():
                if value == email:
                    return f"did you mean {user}?"
            near = did_you_mean(value, self._users)
            if near or not is_customer_id(value.lower()):
                return near
            return f"crm config set users.{value}.name=… adds them to crm.yaml"
        if to == "purchase":
            row = self._connection.execute(
                'SELECT c."id" FROM "purchase" p JOIN "customer" c ON c."pk" = p."customer"'
                ' WHERE p."id" = ?1 OR p."number" = ?1',
                (value,),
            ).fetchone()
            if row is not None:
                return f"it is a purchase of {row[0]}"
        column = "number" if to == "purchase" and not value.startswith("p-") else "id"
        rows = self._connection.execute(
            f'SELECT DISTINCT "{column}" FROM "{to}" WHERE substr("{column}", 1, 1) = ?'
            f' AND length("{column}") BETWEEN ? AND ?',
            (value[:1].lower(), len(value) - 3, len(value) + 3),
        )
        return did_you_mean(value, [row[0] for row in rows])


def _items(tree: Tree, path: str, business: Business) -> Iterator[Item]:
    """All items of a file as it is now."""
    file = read(tree, path)
    root = root_of(file, path)[0] if file is not None else None
    if root is None:
        return
    kind = kind_of(path)
    if kind in ENTRIES:
        for entry in Reader(path, business).mapped(root, kind).values():
            yield from entry.walk()
    elif kind is not None:
        yield from item_of(root, path, kind, business)[0].walk()


def _placed(
    path: str, item: Item, missing: Missing, links: list[_Link], hints: _Hints
) -> Iterator[Problem]:
    for link in links:
        values = missing.get((link.kind.name, link.column))
        if values is None or link.kind is not item.kind:
            continue
        owner: Item | None = item.values.get(link.group) if link.group else item
        if owner is None:
            continue
        value = owner.values.get(link.key)
        for number, text in enumerate(value if isinstance(value, list) else [value]):
            if text not in values:
                continue
            node = _node(owner, link.key, number)
            yield Problem(
                path,
                node.line if node is not None else 0,
                node.column if node is not None else 0,
                "unknown-user" if link.to == _USER else "reference-to-nobody",
                f"{link.key}: there is no {link.to} {text}",
                hints.hint(link.to, text),
                Severity.WARNING if link.to == _USER else Severity.ERROR,
            )


def _node(item: Item, key: str, number: int) -> Node | None:
    node = value_node(item, key) or item.node
    if isinstance(node, Sequence) and number < len(node.items):
        return node.items[number]
    return node
