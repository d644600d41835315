"""A small directory behind a real index, and short ways to ask it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from crm_cli.index.database import Index, open_index
from crm_cli.model.kinds import BY_NAME
from crm_cli.query.ast import And, Node
from crm_cli.query.database import Database
from crm_cli.query.expression import parse_expression
from crm_cli.query.lookups import all_converted
from crm_cli.query.scope import Scope
from crm_cli.query.segments import read_extra_keys, read_segments
from crm_cli.query.select import Answer, Query, select
from crm_cli.query.terms import parse_terms
from crm_cli.query.who import resolve
from crm_cli.store.tree import Folder
from tests.query import mirrored

TODAY = date(2026, 11, 18)
"""A Wednesday."""

FILES = {
    "crm.yaml": """
business: {name: Kava d.o.o.}
currency: EUR
country: SI
time_zone: Europe/Ljubljana
users: {petra: {name: Petra}, miha: {name: Miha}}
service:
  - {priority: urgent, respond: 4h, resolve: 1d}
  - {segment: coast, respond: 2d, resolve: 30d}
  - {priority: low, resolve: 20d}
  - {segment: best, respond: 1h}
  - {respond: 1d, resolve: 5d}
""",
    "rates.yaml": """
2026-01-01: {USD: 1.10}
""",
    "products.yaml": """
beans-1kg: {name: Beans, category: coffee, price: 18.50}
cup: {name: Cup, category: ware, price: 5, disabled: true}
""",
    "segments.yaml": """
lapsed: {query: "last-purchase.before:-180d"}
coast: {query: [city:Koper]}
friends: {kind: static, members: [zora, ana-novak]}
best: {query: +vip, where: "spend > 1000"}
loop: {query: "@round"}
round: {query: "not:@loop"}
broken: {query: "ctiy:Koper"}
nothing: {description: says nothing}
""",
    "customers/ana-novak.yaml": """
name: Ana Novak
kind: person
lifecycle_stage: customer
owner: petra
birth_date: 1984-11-20
vat_registered: true
loyalty: gold
custom: {shoe: 38, colour: Šipek}
notes: Likes dark roast
tags: vip, newsletter
emails:
  - ana@novak.example
  - value: racuni@acme.example
    label: billing
phone: 040 123 456
addresses:
  - {city: Ljubljana, street: Slovenska cesta 1, country: SI, postcode: "1000"}
credit: {limit: 1000, hold: false}
interactions:
  - 2026-11-10 10:30 call in: Asked about the renewal
  - at: 2026-06-01
    kind: note
    summary: A note only
tasks:
  - {title: Send the quote, due: 2026-11-17, priority: high}
purchases:
  - kind: invoice
    number: "2026-0042"
    date: 2026-11-10
    due_date: 2026-12-10
    lines: ["beans-1kg:20:18.50"]
  - {date: 2026-03-01, amount: 800, text: Machine}
""",
    "customers/bor-kos.yaml": """
name: Bor Kos
kind: person
owner: miha
birth_date: 1990-02
tags: [cold]
email: bor@acme.example
addresses: [{city: Maribor}, {city: Koper}]
interactions: ["2026-05-05 call out: Talked of beans and renewal"]
tasks:
  - {title: Call again, status: open, due: 2026-12-24}
  - {title: Old one, status: completed, due: 2026-11-01}
purchases:
  - {date: 2025-05-05, lines: ["cup:4:5", "beans-1kg:1:18.50"]}
""",
    "customers/sustar-caj.yaml": """
name: Šuštar Čaj d.o.o.
kind: organization
tags: [vip, cold, Čaj]
city: Ljubljana
url: https://caj.example/a/b
contacts: [{name: Mojca Kralj, emails: [mojca@caj.example]}]
interactions: ["2026-11-01 meeting: See https://caj.example/a/b again"]
tasks: [{title: Waiting, status: in_progress, due: 2026-11-18}]
purchases:
  - {kind: order, date: 2026-08-15, currency: USD, amount: 1100, text: Tea}
  - {kind: credit_note, date: 2026-09-01, amount: 100, text: Back}
  - {kind: sale, date: 2026-09-02, status: draft, amount: 5000, text: Draft}
""",
    "customers/georgi.yaml": """
name: Георги Иванов
kind: person
owner: petra
birth_date: --02-29
phone: "+359 88 123 4567"
city: New York
""",
    "customers/late.yaml": """
name: Late Ltd
kind: organization
owner: petra
birth_date: "1999"
city: Novo mesto, Center
purchases:
  - {kind: invoice, number: "2026-0007", date: 2026-09-01, due_date: 2026-10-01, amount: 500}
payments:
  - {date: 2026-09-15, amount: 200, for: "2026-0007"}
""",
    "customers/zora.yaml": """
name: Zora
""",
}

EVERYBODY = ["ana-novak", "bor-kos", "georgi", "late", "sustar-caj", "zora"]


class Shop:
    """The directory, asked in either spelling, of the database that `engine` says."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.connection = index.connection
        self._databases: dict[str, Database] = {}

    @property
    def database(self) -> Database:
        """The index's tables, or a mirror's that has been filled from them."""
        if mirrored.server is None:
            return self._databases.get("") or self._databases.setdefault(
                "", Database(self.connection)
            )
        found = self._databases.get(mirrored.server.name)
        if found is None:
            found = self._databases[mirrored.server.name] = mirrored.server.filled(self.index)
        return found

    @database.setter
    def database(self, database: Database) -> None:
        self._databases = {"": database}
        if mirrored.server is not None:
            self._databases[mirrored.server.name] = database

    def scope(self, base: str = "customer", user: str | None = "petra") -> Scope:
        return Scope(
            BY_NAME[base],
            TODAY,
            self.index.business,
            user,
            read_segments(self.database),
            read_extra_keys(self.database, self.index.business.own),
            lambda text: resolve(self.database, text, self.index.business),
            converted=lambda: all_converted(self.database),
        )

    def node(self, terms: Sequence[str], where: str = "", base: str = "customer") -> Node:
        scope = self.scope(base)
        parts = [parse_terms(terms, scope)] if terms else []
        if where:
            parts.append(parse_expression(where, scope))
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def ask(
        self,
        *terms: str,
        where: str = "",
        base: str = "customer",
        cols: str | None = None,
        sort: str = "",
        limit: int | None = None,
    ) -> Answer:
        scope = self.scope(base)
        columns = cols.split("|") if cols and "|" in cols else cols
        query = Query(scope.base, self.node(terms, where, base), columns, sort, limit)
        return select(self.database, query, scope)

    def ids(
        self, *terms: str, where: str = "", base: str = "customer", sort: str = ""
    ) -> list[Any]:
        return self.values("id", *terms, where=where, base=base, sort=sort)

    def values(
        self, column: str, *terms: str, where: str = "", base: str = "customer", sort: str = ""
    ) -> list[Any]:
        answer = self.ask(*terms, where=where, base=base, cols=column, sort=sort)
        return [row[0] for row in answer.rows]


@pytest.fixture(
    scope="session",
    autouse=True,
    params=["", pytest.param("postgresql", marks=pytest.mark.turns(6))],
)
def engine(request: pytest.FixtureRequest) -> Iterator[None]:
    """What answers: SQLite, and PostgreSQL, in which other directories lie beside."""
    if not request.param:
        yield
        return
    mirrored.server = mirrored.Mirrors(request.getfixturevalue("postgres"))
    yield
    mirrored.server.close()
    mirrored.server = None


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    root = tmp_path_factory.mktemp("shop")
    for name, text in FILES.items():
        path = Path(root, name)
        path.parent.mkdir(exist_ok=True)
        path.write_text(text.lstrip(), encoding="utf-8")
    with open_index(Folder(root), None, today=lambda business: TODAY) as index:
        errors = [problem for problem in index.problems() if problem.severity == "error"]
        assert not errors
        yield Shop(index)
