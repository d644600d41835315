"""Kinds that have whatever a declaration can have, in a program of their own.

The kinds are known from the first import on, so this puts its own among them before anything
else is loaded: run as a module, it makes a directory, asks it, and prints what it found, or is
the command line (`crm ARGUMENTS`).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from crm_cli.model import customer
from crm_cli.model.business import Business
from crm_cli.model.fieldtypes import (
    Boolean,
    Choice,
    Code,
    Country,
    Currency,
    Date,
    Duration,
    Every,
    Free,
    Integer,
    Moment,
    Money,
    Number,
    Partial,
    Percent,
    Price,
    Reference,
    Text,
    Texts,
    User,
    Word,
)
from crm_cli.model.item import Item
from crm_cli.model.kind import Derived, Field, GroupOf, Kind, ListOf

EVERY_TYPE = (
    Field("text", Text()),
    Field("code", Code()),
    Field("word", Word()),
    Field("user", User()),
    Field("choice", Choice(("a", "b")), default="a"),
    Field("country", Country()),
    Field("customer_named", Reference("customer")),
    Field("purchase", Reference("purchase")),
    Field("segment", Reference("segment")),
    Field("case", Reference("case", required=False)),
    Field("texts", Texts()),
    Field("products", Texts("product")),
    Field("whole", Integer()),
    Field("number", Number()),
    Field("percent", Percent()),
    Field("money", Money()),
    Field("price", Price()),
    Field("flag", Boolean()),
    Field("day", Date()),
    Field("moment", Moment()),
    Field("partial", Partial()),
    Field("duration", Duration()),
    Field("every", Every()),
    Field("free", Free()),
)

VALUES = """\
text: Some words
code: "0040"
word: one
user: petra
choice: b
country: SI
customer_named: ana
purchase: "2026-1"
segment: best
case: c-1234567
texts: [one, two]
products: [beans, cup]
whole: 3
number: 2.50
percent: 15%
money: 110 USD
price: 12.50 USD
flag: yes
day: 2026-01-02
moment: 2026-01-02T23:30+01:00
partial: --11-22
duration: 45min
every: 30 days
free: {a: {b: kept}}
custom: {a: kept}
"""


def _derive(item: Item, business: Business) -> None:
    item.derived["twice"] = 2 * item.values.get("money", Decimal(0))
    item.derived["half"] = Decimal("1.50")
    item.derived["since"] = date(2026, 1, 1)


DERIVED = (
    Derived("twice", Money(), "the amount twice"),
    Derived("half", Money(), "in the base currency", base=True),
    Derived("since", Moment(), "a day", searched=True),
)


def _kind(name: str, *more: Field, currency: bool = False, **given: Any) -> Kind:
    own = (Field("currency", Currency()),) if currency else ()
    return Kind(
        name=name,
        key=f"{name}s",
        doc=f"a {name}",
        fields=(*EVERY_TYPE, *own, *more),
        derived=DERIVED,
        derive=_derive,
        title="text",
        notes=False,
        live=lambda item: True,
        **given,
    )


INNERMOST = _kind("innermost")
INNER = _kind("inner", Field("innermost", GroupOf(INNERMOST)), currency=True)
GROUP = _kind("group", Field("inner", GroupOf(INNER)))
PART = _kind("part")
SECTION = _kind("section", Field("parts", ListOf(PART)))
SPECIMEN = _kind(
    "specimen",
    Field("group", GroupOf(GROUP)),
    Field("sections", ListOf(SECTION)),
    letter="s",
    when="moment",
    columns=("id", "text", "group.money"),
    summed=("money", "flag"),
)
"""A group with an amount and no currency, one with a currency in that, and one without in that."""
KINDS = (SPECIMEN, SECTION, PART)


def _indented(text: str, by: str = "  ") -> str:
    return "".join(f"{by}{line}\n" for line in text.splitlines())


_INNER = f"{VALUES}currency: CHF\ninnermost:\n{_indented(VALUES.replace(' USD', ' CHF'))}"
_GROUP = f"{VALUES}inner:\n{_indented(_INNER.replace(' USD', ' CHF'))}"
_SECTION = f"- {_indented(VALUES)[2:]}  parts:\n    - {_indented(VALUES, '      ')[6:]}"
_SPECIMEN = (
    f"- id: s-1234567\n{_indented(VALUES)}  group:\n{_indented(_GROUP, '    ')}"
    f"  sections:\n{_indented(_SECTION, '    ')}"
)

FILES = {
    "crm.yaml": "currency: EUR\ntime_zone: Europe/Ljubljana\nusers: {petra: {name: Petra}}\n",
    "rates.yaml": "2026-01-01: {USD: 1.10, CHF: 0.50}\n",
    "products.yaml": "beans: {name: Beans}\ncup: {name: Cup}\n",
    "segments.yaml": "best: {query: +vip}\n",
    "customers/ana.yaml": "name: Ana\n"
    "purchases: [{number: '2026-1', date: 2026-01-01, amount: 1}]\n"
    f"specimens:\n{_indented(_SPECIMEN)}",
}


WRONG = {
    " petra\n": " zoe\n",
    "_named: ana\n": "_named: anna\n",
    'purchase: "2026-1"\n': 'purchase: "2026-2"\n',
    " best\n": " rest\n",
    "[beans, cup]": "[beans, tea]",
}
"""What the files say, and what names nobody in its place."""


def paths(kind: Kind, before: str = "") -> Iterator[str]:
    """The paths of all fields and derived values of a kind, those of its groups as well."""
    for field in kind.fields:
        if isinstance(field.type, GroupOf):
            yield from paths(field.type.kind, f"{before}{field.key}.")
        elif not isinstance(field.type, ListOf):
            yield before + field.key
    for derived in kind.derived:
        yield before + derived.key


def main(root: Path) -> dict[str, Any]:
    """What the program makes of the specimen, and of one whose references name nobody."""
    from crm_cli.index.database import open_index
    from crm_cli.index.plan import plan_of
    from crm_cli.query.database import Database
    from crm_cli.query.scope import Scope
    from crm_cli.query.select import Query, select
    from crm_cli.query.views import statements, views
    from crm_cli.store.tree import Folder

    def problems(index: Any) -> list[tuple[int, str, str]]:
        return [(one.line, one.code, one.message) for one in (*index.problems(), *index.dangling())]

    write(root / "wrong", wrong=True)
    write(root / "right")
    index = open_index(Folder(root / "right"), None)
    index.connection.execute("PRAGMA query_only = OFF")
    for statement in statements():
        index.connection.execute(statement)
    found: dict[str, Any] = {
        "problems": problems(index),
        "wrong": problems(open_index(Folder(root / "wrong"), None)),
    }
    shown = {view.name: view for view in views()}
    for kind in KINDS:
        run = index.connection.execute
        plan = plan_of(kind)
        (row,) = run(f'SELECT * FROM "{kind.name}"').fetchall()
        scope = Scope(kind, date(2026, 11, 18), index.business)
        fields = list(paths(kind))
        answer = select(Database(index.connection), Query(kind, columns=fields), scope)
        view = shown[kind.key]
        found[kind.name] = {
            "plan": plan.names,
            "roles": {column.name: column.role for column in plan.columns},
            "table": [one[1] for one in run(f'PRAGMA table_info("{kind.name}")')],
            "cells": dict(zip(plan.names, row, strict=True)),
            "fields": dict(zip(fields, map(str, answer.rows[0]), strict=True)),
            "view": {
                column.name: cell
                for column, cell in zip(
                    view.columns, run(f'SELECT * FROM "{view.name}"').fetchone(), strict=True
                )
            },
            "view_sql": [column.sql for column in view.columns],
        }
    return found


def write(root: Path, *, wrong: bool = False) -> None:
    """Write the files of a directory."""
    for path, text in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        for right, other in WRONG.items() if wrong and path.startswith("customers/") else ():
            text = text.replace(right, other)
        (root / path).write_text(text, encoding="utf-8")


def add_kinds() -> None:
    """Make the specimen a kind of what customers have."""
    customer.CUSTOMER = customer.CUSTOMER.but(
        fields=(*customer.CUSTOMER.fields, Field("specimens", ListOf(SPECIMEN)))
    )


if __name__ == "__main__":
    add_kinds()
    if sys.argv[1] == "crm":
        from crm_cli.cli.hook import main as run

        sys.exit(run(sys.argv[2:]))
    sys.stdout.write(json.dumps(main(Path(sys.argv[1])), default=str))
