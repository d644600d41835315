"""What should be one customer's, and several have: e-mails, phones, tax ids, invoice numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from crm_cli.index.plan import plan_of
from crm_cli.index.references import items_in
from crm_cli.model.contacts import EMAIL, PHONE
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import Problem, Severity
from crm_cli.model.kind import Kind
from crm_cli.model.purchase import PURCHASE
from crm_cli.model.reading import value_node

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
    value: Callable[[Item], str | None]
    said: str
    hint: str
    severity: Severity = Severity.WARNING


_MERGE = "if it is one customer, move what they have into one record and remove the other"


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


def _email(item: Item) -> str | None:
    return str(item.values.get("value", "")).casefold() if _is_own(item) else None


def _phone(item: Item) -> str | None:
    return item.derived.get("e164") if _is_own(item) else None


def _is_own(item: Item) -> bool:
    return item.parent is not None and item.parent.kind is CUSTOMER


def _number(item: Item) -> str | None:
    unique = item.get("kind") in ("invoice", "credit_note")
    return f"{item.get('kind')} {item.values.get('number')}" if unique else None


_SINGLES = (
    _Single(
        EMAIL, "value", "same-email", _own("email", _words(EMAIL, "value")), _email,
        "{others} has this e-mail too", _MERGE,
    ),
    _Single(
        PHONE, "value", "same-phone", _own("phone", "e164"), _phone,
        "{others} has this phone too", _MERGE,
    ),
    _Single(
        CUSTOMER, "tax_id", "same-tax-id",
        'SELECT "path", "id", "tax_id" FROM "customer" WHERE "{0}" IN (SELECT "{0}"'
        ' FROM "customer" WHERE "tax_id" <> \'\' GROUP BY "{0}" HAVING count(*) > 1)'.format(
            _words(CUSTOMER, "tax_id")
        ),
        lambda item: str(item.values.get("tax_id", "")).casefold(),
        "{others} has this tax id too", _MERGE,
    ),
    _Single(
        PURCHASE, "number", "same-number",
        'SELECT c."path", c."id", p."number" FROM "purchase" p JOIN "customer" c'
        ' ON c."pk" = p."customer" WHERE p."kind" IN (\'invoice\', \'credit_note\')'
        ' AND p."number" IN (SELECT "number" FROM "purchase"'
        " WHERE \"kind\" IN ('invoice', 'credit_note') AND \"number\" <> ''"
        ' GROUP BY "kind", "number" HAVING count(*) > 1)',
        _number,
        "{others} has {value} too",
        "give the later one another number: crm set p-… number=next", Severity.ERROR,
    ),
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
                value = single.value(item) if item.kind is single.kind else None
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
        said = ", ".join(dict.fromkeys(others))
        message = single.said.format(others=said, value=value.replace("_", " "))
        found.append(
            Problem(
                path, node.line, node.column, single.code, message, single.hint, single.severity
            )
        )
    return found
