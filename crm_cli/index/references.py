"""Dangling references: found in the tables, located in their files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from crm_cli.index.naming import path_sql
from crm_cli.index.plan import FieldColumns, plan_of
from crm_cli.index.reading import item_of, read, root_of
from crm_cli.index.settings import PATH as SETTINGS_PATH
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import Problem, Severity
from crm_cli.model.fieldtypes import Texts, User
from crm_cli.model.ids import is_customer_id
from crm_cli.model.inherited import passes_on
from crm_cli.model.kind import Kind
from crm_cli.model.kinds import ENTRIES, HOLDERS, HOMES, KINDS
from crm_cli.model.node import Mapping as Mapped
from crm_cli.model.node import Node, Sequence
from crm_cli.model.places import kind_of
from crm_cli.model.product import PRODUCT
from crm_cli.model.reading import Reader
from crm_cli.model.references import named_kind, own_holder
from crm_cli.model.text import did_you_mean
from crm_cli.model.written import value_node

if TYPE_CHECKING:
    import sqlite3

    from crm_cli.model.business import Business
    from crm_cli.model.item import Item
    from crm_cli.store.tree import Tree

_SUGGESTED = 50
"""Nearest ids are looked for so many wrong ones at most; more are one mistake many times."""


class _Link(NamedTuple):
    """A field of a kind's items that names records of another, or users where `to` is None.

    `holder` is the kind of the record that has to hold both, see `own_holder`.
    """

    kind: Kind
    field: FieldColumns
    to: Kind | None
    holder: Kind | None

    @property
    def called(self) -> str:
        """What it names, in a word."""
        return self.to.name if self.to is not None else User.to


Missing = dict[tuple[str, str], set[str]]
"""(kind, path of the field) → the values there that name nobody."""


def dangling(connection: sqlite3.Connection, tree: Tree, business: Business) -> list[Problem]:
    """A problem for each reference to a record, entry or item that is not there, and a warning
    for each user whom crm.yaml does not name: they may have left.

    Where nothing of a kind is kept, nothing of it is missed: products without products.yaml,
    users where crm.yaml names none. Nor is what a kind has that is not declared yet.
    """
    users = business.users
    missing: dict[str, Missing] = {}
    links = list(_links(connection, users=bool(users)))
    for link in links:
        for path, value in _unmatched(connection, link, users):
            by_field = missing.setdefault(path, {})
            by_field.setdefault((link.kind.name, link.field.path), set()).add(value)
    problems: list[Problem] = []
    hints = _Hints(connection, users)
    for path in sorted(missing):
        for item in items_in(tree, path, business):
            problems += _placed(path, item, missing[path], links, hints)
    problems += _priced(connection, tree, business, hints)
    problems += _in_settings(connection, tree, business, hints)
    return sorted(problems)


def _priced(
    connection: sqlite3.Connection, tree: Tree, business: Business, hints: _Hints
) -> Iterator[Problem]:
    """A problem for each price of a customer's own that is of a product which is not there."""
    if PRODUCT in _unkept(connection):
        return
    known = {row[0] for row in connection.execute('SELECT "id" FROM "product"')}
    sql = (
        'SELECT DISTINCT c."path" FROM "extra" e JOIN "customer" c ON c."pk" = e."item"'
        " WHERE e.\"kind\" = 'customer' AND e.\"key\" LIKE 'prices.%' ORDER BY 1"
    )
    for path in [row[0] for row in connection.execute(sql)]:
        for item in items_in(tree, path, business):
            prices = item.values.get("prices") if item.kind is CUSTOMER else None
            node = value_node(item, "prices")
            if not isinstance(prices, dict) or not isinstance(node, Mapped):
                continue
            for name, _ in node.entries:
                if name.text not in known:
                    yield Problem(
                        path,
                        name.line,
                        name.column,
                        "reference-to-nobody",
                        f"prices: there is no product {name.text}",
                        hints.near(PRODUCT, name.text),
                    )


def _in_settings(
    connection: sqlite3.Connection, tree: Tree, business: Business, hints: _Hints
) -> Iterator[Problem]:
    """A problem for each setting that names a record or an entry which is not there."""
    for item in items_in(tree, SETTINGS_PATH, business):
        for field in item.kind.fields:
            value, to = item.values.get(field.key), named_kind(field.type)
            if not isinstance(value, str) or to is None:
                continue
            known = f'SELECT 1 FROM "{to.name}" WHERE "id" = ?'
            node = value_node(item, field.key)
            if node is not None and not connection.execute(known, (value,)).fetchone():
                yield Problem(
                    SETTINGS_PATH,
                    node.line,
                    node.column,
                    "reference-to-nobody",
                    f"{field.key}: there is no {to.name} {value}",
                    hints.near(to, value),
                )


def _unkept(connection: sqlite3.Connection) -> Iterator[Kind]:
    """The kinds, other than customers, of which the directory has no file."""
    for kind, place in HOMES.items():
        what, value = ("kind", kind.name) if place.is_folder else ("path", place.path)
        sql = f'SELECT 1 FROM "file" WHERE "{what}" = ? LIMIT 1'
        if kind is not CUSTOMER and not connection.execute(sql, (value,)).fetchone():
            yield kind


def _links(connection: sqlite3.Connection, *, users: bool) -> Iterator[_Link]:
    """The fields whose values can be looked up."""
    unkept = set(_unkept(connection))
    for kind in KINDS:
        for field in plan_of(kind).references():
            to = named_kind(field.type)
            if to not in unkept if to is not None else users and isinstance(field.type, User):
                yield _Link(kind, field, to, own_holder(field.type, kind))


def _unmatched(
    connection: sqlite3.Connection, link: _Link, users: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """(path, value) of each value that names nobody."""
    table, column = link.kind.name, link.field.value
    owner = _owner(link)
    known = _named(link, f't."{column}"', owner, users)
    rows = connection.execute(
        f'SELECT DISTINCT {path_sql(link.kind)}, {owner or "NULL"}, t."{column}" FROM "{table}" t'
        f" WHERE t.\"{column}\" <> '' AND NOT {known}",
        tuple(users) if link.to is None else (),
    )
    several = isinstance(link.field.type, Texts)
    one = f"SELECT {_named(link, ':value', owner and ':owner', users)}"
    for found, record, value in rows:
        parts = value.split("\n") if several else [value]
        for part in parts:
            asked = {"value": part, "owner": record}
            if len(parts) < 2 or not connection.execute(one, asked).fetchone()[0]:
                yield found, part


def _owner(link: _Link) -> str:
    """SQL for the number of the record in which what is named has to stand, as the row does;
    empty where it may stand anywhere."""
    if link.holder is None:
        return ""
    return 't."pk"' if link.holder is link.kind else f't."{link.holder.name}"'


def _named(link: _Link, value: str, owner: str, users: Mapping[str, str]) -> str:
    """SQL for whether there is what a value names; see `_owner`."""
    if link.to is None:
        return f"{value} IN ({', '.join('?' * len(users))})"
    named = f'r."id" = {value}'
    if link.to is CUSTOMER:
        # A record that was merged into another one is found by its id, still.
        former = "char(10) || r.\"formerly\" || char(10)"
        alias = f'r."formerly" IS NOT NULL AND instr({former}, char(10) || {value} || char(10)) > 0'
        return (
            f'(EXISTS (SELECT 1 FROM "customer" r WHERE {named})'
            f' OR EXISTS (SELECT 1 FROM "customer" r WHERE {alias}))'
        )
    if link.to.named_by:
        named = f'({named} OR r."{link.to.named_by}" = {value})'
    if link.holder is not None:
        # A customer's payments and notes are about that customer's own purchases.
        own = f'r."{link.holder.name}" = {owner}'
        if len(HOLDERS[link.kind]) > 1:
            own = f"({owner} IS NULL OR {own})"
        named = f"{own} AND {named}"
    return f'EXISTS (SELECT 1 FROM "{link.to.name}" r WHERE {named})'


class _Hints:
    """What was probably meant, among the ids that there are."""

    def __init__(self, connection: sqlite3.Connection, users: Mapping[str, str]) -> None:
        self._connection = connection
        self._users = users
        self._made: dict[tuple[str, str], str] = {}

    def hint(self, link: _Link, value: str) -> str:
        """`did you mean …?`, or what to do otherwise."""
        key = (link.called, value)
        if key not in self._made:
            near = self._near(link, value) if len(self._made) < _SUGGESTED else ""
            self._made[key] = near or f"correct it, or add the {link.called}"
        return self._made[key]

    def near(self, kind: Kind, value: str) -> str:
        """`did you mean …?` among the ids of a kind, or what to do otherwise."""
        rows = self._connection.execute(f'SELECT "id" FROM "{kind.name}"')
        near = did_you_mean(value, [row[0] for row in rows])
        return near or f"correct it, or add the {kind.name}"

    def _near(self, link: _Link, value: str) -> str:
        to = link.to
        if to is None:
            return self._user(value)
        if link.holder is not None and (owner := self._owner(to, link.holder, value)):
            return f"it is a {to.name} of {owner}"
        column = to.named_by if to.named_by and not value.startswith(f"{to.letter}-") else "id"
        rows = self._connection.execute(
            f'SELECT DISTINCT "{column}" FROM "{to.name}" WHERE substr("{column}", 1, 1) = ?'
            f' AND length("{column}") BETWEEN ? AND ?',
            (value[:1].lower(), len(value) - 3, len(value) + 3),
        )
        return did_you_mean(value, [row[0] for row in rows])

    def _user(self, value: str) -> str:
        for user, email in self._users.items():
            if value == email:
                return f"did you mean {user}?"
        near = did_you_mean(value, self._users)
        if near or not is_customer_id(value.lower()):
            return near
        return f"crm config set users.{value}.name=… adds them to crm.yaml"

    def _owner(self, kind: Kind, holder: Kind, value: str) -> str:
        """Another record that has an item which is named so, or an empty text."""
        by = f' OR i."{kind.named_by}" = ?1' if kind.named_by else ""
        row = self._connection.execute(
            f'SELECT h."id" FROM "{kind.name}" i JOIN "{holder.name}" h'
            f' ON h."pk" = i."{holder.name}" WHERE i."id" = ?1{by}',
            (value,),
        ).fetchone()
        return str(row[0]) if row is not None else ""


def items_in(tree: Tree, path: str, business: Business) -> Iterator[Item]:
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
        values = missing.get((link.kind.name, link.field.path))
        if values is None or link.kind is not item.kind:
            continue
        if link.to is None and not passes_on(item):
            continue  # Who did something in the past may have left.
        *groups, key = link.field.path.split(".")
        owner: Item | None = item
        for group in groups:
            owner = owner.values.get(group) if owner is not None else None
        if owner is None:
            continue
        value = owner.values.get(key)
        for number, text in enumerate(value if isinstance(value, list) else [value]):
            if text not in values:
                continue
            node = _node(owner, key, number)
            yield Problem(
                path,
                node.line if node is not None else 0,
                node.column if node is not None else 0,
                "unknown-user" if link.to is None else "reference-to-nobody",
                f"{key}: there is no {link.called} {text}",
                hints.hint(link, text),
                Severity.WARNING if link.to is None else Severity.ERROR,
            )


def _node(item: Item, key: str, number: int) -> Node | None:
    node = value_node(item, key) or item.node
    if isinstance(node, Sequence) and number < len(node.items):
        return node.items[number]
    return node
