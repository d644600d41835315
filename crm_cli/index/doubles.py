"""What should be one customer's, and several have: e-mails, phones, tax ids, purchase numbers."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from crm_cli.index.plan import plan_of
from crm_cli.index.references import items_in
from crm_cli.model.contacts import EMAIL, PHONE
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import Problem, Severity, Unreadable
from crm_cli.model.kind import Kind
from crm_cli.model.numbering import around
from crm_cli.model.purchase import PURCHASE
from crm_cli.model.written import value_node

if TYPE_CHECKING:
    import sqlite3

    from crm_cli.model.business import Business
    from crm_cli.model.item import Item
    from crm_cli.store.tree import Tree


class _Single(NamedTuple):
    """A value that one item has; `sql` answers (path, customer, value) of those that share one."""

    kind: Kind
    key: str
    code: str
    sql: str
    value: Callable[[Item, Business], str | None]
    said: str
    hint: str
    severity: Severity = Severity.WARNING


_NUMBERED = ("quote", "order", "invoice", "credit_note")
"""The kinds of purchases that have numbers of ours."""

_MERGE = "if it is one customer, crm merge makes one record of the two"


def _words(kind: Kind, key: str) -> str:
    """The column that has a text without case and signs."""
    return plan_of(kind).fields[key].words


def _own(table: str, column: str) -> str:
    """SQL for what is shared by customers themselves, not by contacts within them."""
    return (
        f'SELECT c."path", c."id", t."{column}" FROM "{table}" t JOIN "customer" c'
        f' ON c."pk" = t."customer" WHERE t."parent" IS NULL AND t."{column}" IN'
        f' (SELECT "{column}" FROM "{table}" WHERE "parent" IS NULL AND "{column}" <> \'\''
        f' GROUP BY "{column}" HAVING count(DISTINCT "customer") > 1)'
    )


def _email(item: Item, business: Business) -> str | None:
    return str(item.values.get("value", "")).casefold() if _is_own(item) else None


def _phone(item: Item, business: Business) -> str | None:
    return item.derived.get("e164") if _is_own(item) else None


def _is_own(item: Item) -> bool:
    return item.parent is not None and item.parent.kind is CUSTOMER


def _number(item: Item, business: Business) -> str | None:
    """What has to be the number of one purchase; that of an order only where it is one of ours,
    as `numbers.order` counts them, since others are the customers' own."""
    kind, number = item.get("kind"), item.values.get("number")
    if not number or kind not in _NUMBERED:
        return None
    if kind == "order" and not _is_ours(number, item, business):
        return None
    return f"{kind} {number}"


def _is_ours(number: str, order: Item, business: Business) -> bool:
    try:
        before, after, _ = around(business.numbers["order"], order.values.get("date") or date.max)
    except Unreadable:
        return False
    return bool(re.fullmatch(f"{re.escape(before)}[0-9]+{re.escape(after)}", number))


def _ids(kind: Kind) -> _Single:
    """Ids of items, which two records have where one is a copy of the other."""
    table = f'"{kind.name}"'
    return _Single(
        kind, "id", "same-id",
        f'SELECT c."path", c."id", t."id" FROM {table} t JOIN "customer" c ON c."pk" = t."customer"'
        f' WHERE t."id" IN (SELECT "id" FROM {table} GROUP BY "id"'
        ' HAVING count(DISTINCT "customer") > 1)',
        lambda item, business: item.id if item.written_id else None,
        f"{{others}} a {kind.name} {{value}} too",
        "if one record is a copy, crm merge makes one of the two; else take this line away, and "
        "crm fmt gives another id",
    )  # fmt: skip


_SINGLES = (
    _Single(
        EMAIL, "value", "same-email", _own("email", _words(EMAIL, "value")), _email,
        "{others} this e-mail too", _MERGE,
    ),
    _Single(
        PHONE, "value", "same-phone", _own("phone", "e164"), _phone,
        "{others} this phone too", _MERGE,
    ),
    _Single(
        CUSTOMER, "tax_id", "same-tax-id",
        'SELECT "path", "id", "tax_id" FROM "customer" WHERE "{0}" IN (SELECT "{0}"'
        ' FROM "customer" WHERE "tax_id" <> \'\' GROUP BY "{0}" HAVING count(*) > 1)'.format(
            _words(CUSTOMER, "tax_id")
        ),
        lambda item, business: str(item.values.get("tax_id", "")).casefold(),
        "{others} this tax id too", _MERGE,
    ),
    _Single(
        PURCHASE, "number", "same-number",
        'SELECT c."path", c."id", p."number" FROM "purchase" p JOIN "customer" c'
        f' ON c."pk" = p."customer" WHERE p."kind" IN {_NUMBERED}'
        ' AND p."number" IN (SELECT "number" FROM "purchase"'
        f' WHERE "kind" IN {_NUMBERED} AND "number" <> \'\''
        ' GROUP BY "kind", "number" HAVING count(*) > 1)',
        _number,
        "{others} {value} too",
        "give the later one another number: crm set p-… number=next", Severity.ERROR,
    ),
    *(_ids(kind) for _, kind in CUSTOMER.lists if kind.letter),
)  # fmt: skip


def doubles(connection: sqlite3.Connection, tree: Tree, business: Business) -> list[Problem]:
    """A problem at each value that should be one customer's and is another's as well.

    An e-mail or a phone of a customer's contacts may be that of another's record.
    """
    found: list[Problem] = []
    for single in _SINGLES:
        rows = connection.execute(single.sql).fetchall()
        holders: dict[str, list[tuple[str, str, Item]]] = {}
        for path in sorted({row[0] for row in rows}):
            for item in items_in(tree, path, business):
                value = single.value(item, business) if item.kind is single.kind else None
                if value:
                    holders.setdefault(value, []).append((path, item.owner.id, item))
        for value, those in holders.items():
            found += _told(single, value, those)
    return sorted(found)


def _told(single: _Single, value: str, those: list[tuple[str, str, Item]]) -> list[Problem]:
    found = []
    number = single.severity is Severity.ERROR
    for path, id, item in those:
        others = [other for _, other, one in those if one is not item and (number or other != id)]
        node = value_node(item, single.key) or item.node
        if not others or node is None:
            continue
        message = single.said.format(
            others=_who_has(list(dict.fromkeys(others))), value=value.replace("_", " ")
        )
        found.append(
            Problem(
                path, node.line, node.column, single.code, message, single.hint, single.severity
            )
        )
    return found


def _who_has(ids: list[str]) -> str:
    """`ana-novak has`, `ana-novak, iva and maja have`."""
    *most, last = ids
    return f"{', '.join(most)} and {last} have" if most else f"{last} has"
