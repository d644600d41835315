"""What SQLite spells its own way is spelled by the dialect alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_cli.index.dialect import Dialect
from crm_cli.index.sqlite import SQLite
from crm_cli.model.contacts import TAG
from crm_cli.model.errors import NotFound, UsageError
from crm_cli.model.kind import Kind
from crm_cli.model.kinds import BY_NAME, KINDS
from crm_cli.query import buying, lookups, who
from crm_cli.query.columns import valid_columns
from crm_cli.query.group import GroupQuery, group
from crm_cli.query.owners import states
from crm_cli.query.pivot import pivot
from crm_cli.query.reaching import reach
from crm_cli.query.segments import read_extra_keys, read_segments
from crm_cli.query.select import Query, count, select, total, uncounted
from crm_cli.query.views import views
from tests.query import mirrored
from tests.shares import Share, examples

from .conftest import TODAY, Shop
from .generated import DIRECTORIES, opened
from .marking import MARKED, Recording, faults, plain
from .naive import Condition
from .test_second_engine import CONDITIONS, compared, of


@pytest.fixture(scope="session", autouse=True)
def engine() -> None:
    """These tests are of what SQLite is asked."""


@pytest.fixture
def marked(shop: Shop) -> Shop:
    """The shop, asked in the marking dialect."""
    found = Shop(shop.index)
    found.database = Recording(shop.connection)
    return found


def statements(shop: Shop) -> list[str]:
    database = shop.database
    assert isinstance(database, Recording)
    return database.statements


def check(shop: Shop, least: int = 1) -> None:
    asked = statements(shop)
    assert len(asked) >= least
    assert [fault for sql in dict.fromkeys(asked) for fault in faults(sql)] == []


def test_each_method_says_what_postgresql_will_spell() -> None:
    assert {name for name in Dialect.__abstractmethods__ if name not in vars(SQLite)} == set()
    for name in Dialect.__abstractmethods__:
        said = " ".join((getattr(Dialect, name).__doc__ or "").split())
        assert "PostgreSQL" in said or "See `Dialect.each_line`" in said, name


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT c.id FROM customer c WHERE instr(c.name, 'x') > 0",
        "SELECT c.id FROM customer c WHERE c.name GLOB 'x*'",
        "SELECT c.id FROM customer c WHERE c.name REGEXP 'x'",
        "SELECT c.id FROM customer c WHERE c.name MATCH 'x'",
        "SELECT c.id FROM customer c WHERE c.rowid = c.pk",
        "SELECT IFNULL(c.name, '') FROM customer c",
        "SELECT strftime('%w', c.created) FROM customer c",
        "SELECT CAST(c.spend AS REAL) FROM customer c",
        "SELECT group_concat(c.id, char(10)) FROM customer c",
        "SELECT c.id FROM customer c ORDER BY c.name COLLATE NOCASE",
        "SELECT c.id FROM customer c WHERE c.id = :p1",
        "SELECT c.id FROM customer c WHERE c.id = ?",
        'SELECT c."id" FROM customer c',
        "SELECT crm_fold(c.name) FROM customer c",
        "SELECT c.id FROM customer c WHERE c.supplier",
        'SELECT c.id FROM customer c WHERE NOT c.⟦"supplier"⟧',
        "SELECT c.id FROM customer c WHERE 1",
        "SELECT c.id FROM customer c WHERE (c.id = 'x' AND 0)",
        "SELECT c.id FROM customer c WHERE COALESCE((c.id = 'x'), 0)",
        "SELECT c.id FROM customer c WHERE ⟦COALESCE((«¿c.supplier»), 0)⟧",
        "SELECT ⟦crm_median(«CAST(c.spend AS REAL)»)⟧ FROM customer c",
        "SELECT c.id FROM customer c ORDER BY +c.id",
    ],
)
def test_what_is_sqlites_alone_is_found(sql: str) -> None:
    assert list(faults(sql))


def test_what_is_standard_is_not() -> None:
    sql = (
        'SELECT c.id, COALESCE((SELECT SUM(p1.⟦"net"⟧) FROM ⟦"purchase"⟧ p1'
        " WHERE p1.customer = c.pk AND ⟦p1.counts⟧), 0) FROM customer c"
        ' WHERE ⟦COALESCE((«¿c.⟦"name"⟧ = ⟦:p1⟧»), 0)⟧ AND NOT ⟦1⟧ ORDER BY c.id LIMIT ⟦:p2⟧'
    )
    assert list(faults(sql)) == []


@examples(12, soak=200)
@given(customers=DIRECTORIES, conditions=st.lists(CONDITIONS, min_size=1, max_size=4))
def test_generated_queries(customers: list[dict[str, Any]], conditions: list[Condition]) -> None:
    """The same answers, and nothing that is SQLite's alone."""
    with opened(customers) as (shop, directory):
        shop.database = Recording(shop.connection)
        for condition in conditions:
            wanted = directory.met("customer", condition)
            assert shop.ids(where=condition.full()) == wanted
            if (term := condition.term()) is not None:
                assert shop.ids(term) == wanted
        check(shop)


@examples(12, soak=200)
@given(
    kind=st.sampled_from(("task", "purchase", "interaction", "line")),
    data=st.data(),
)
def test_generated_queries_for_items(shop: Shop, kind: str, data: st.DataObject) -> None:
    marked = Shop(shop.index)
    marked.database = Recording(shop.connection)
    upper = st.sampled_from(("city", "tag", "owner", "spend", "name"))
    for condition in data.draw(
        st.lists(
            of(kind) | upper.flatmap(lambda field: compared("customer", field, upper=True)),
            min_size=1,
            max_size=3,
        )
    ):
        marked.ask(str(condition.term()), base=kind, cols="customer")
        marked.ask(where=f"not ({condition.full()})", base=kind, cols="customer")
    check(marked)


@pytest.mark.turns(2)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_columns_states_and_values(marked: Shop, kind: Kind, share: Share) -> None:
    """Everything that a kind declares, shown, sorted by, summed up and asked for."""
    scope = marked.scope(kind.name)
    plainly = Shop(marked.index).database
    # A mirror takes much longer for each of these small questions.
    parts = 1 if mirrored.server is None else 4
    for name in share.of(list(valid_columns(kind, scope.extra_keys)), parts):
        query = Query(kind, columns=(name,))
        try:
            wanted = select(plainly, query, scope).rows
        except UsageError:
            continue
        assert select(marked.database, query, scope).rows == wanted
        total(marked.database, query, scope)
        total(marked.database, query, scope._replace(everything=True))
        for sort in (name, f"-{name}"):
            select(marked.database, query._replace(sort=sort, limit=3), scope)
        for presence in (f"has:{name}", f"no:{name}"):
            try:
                node = marked.node((presence,), base=kind.name)
            except UsageError:
                continue
            assert count(marked.database, Query(kind, node), scope) >= 0
    for state in states(kind):
        for term in (f"is:{state}", f"not:is:{state}"):
            node = marked.node((term,), base=kind.name)
            query = Query(kind, node)
            assert count(marked.database, query, scope) == count(plainly, query, scope)
    check(marked)


TERMS = [
    ("+vip", "city:Ljubljana"),
    ("novak",),
    ("+386 40 123 456",),
    ("+38640",),
    ("email.ends:@acme.example", "email.starts:bor"),
    ("name.re:^ana", "name.has:nov", "name.is:'Ana Novak'"),
    ("birthday:next-7d",),
    ("birthday:1984", "birthday.before:2000", "birthday.after:1980"),
    ("birthday:--11-01..--01-15",),
    ("last-contact.before:-90d",),
    ("next-due.by:2026-11-18T10:00",),
    ("spend@12m:1000..", "average-order@12m:10.."),
    ("orders@90d:0",),
    ("purchase/net:100USD", "line/price:18.50EUR", "line/quantity.over:1.5"),
    ("has:custom", "custom.colour:šipek", "shoe:38"),
    ("@lapsed", "@friends", "not:@best"),
    ("is:overdue", "not:is:owing"),
    ("task.all/status:open", "deal:x", "vat_registered:yes"),
    ("text.has:renewal",),
    ("id.is:" + ",".join(f"c{number}" for number in range(150)),),
    ("owner:" + ",".join(f"u{number}" for number in range(250)),),
]


@pytest.mark.parametrize("terms", TERMS, ids=lambda terms: terms[0][:30])
def test_terms(marked: Shop, terms: tuple[str, ...]) -> None:
    for term in terms:
        try:
            node = marked.node((term,))
        except UsageError:
            assert term == "deal:x"
            continue
        scope = marked.scope()
        asked = [select(one, Query(scope.base, node, ("id",)), scope).rows for one in (
            marked.database, Shop(marked.index).database
        )]  # fmt: skip
        assert asked[0] == asked[1], term
    check(marked)


@pytest.mark.parametrize(
    ("base", "terms"),
    [
        ("task", ("call", "+vip", "customer:ana-novak", "depends_on:t-1", "is:overdue")),
        ("task", ("depends_on.re:t", "depends_on.is:t-1", "depends_on.starts:t", "due:today")),
        ("interaction", ("renewal", "at:2026-11-10T10:30", "at.before:2026-11-10T10:30")),
        ("line", ("product:cup", "date:2026", "is:posted", "city:Koper", "loyalty:gold")),
        ("purchase", ("payment_status:overdue", "net.over:5", "has:payment_status")),
        ("product", ("is:active", "price:5", "beans")),
        ("segment", ("query.has:vip", "query.ends:x", "members:zora")),
    ],
)
def test_terms_for_items(marked: Shop, base: str, terms: tuple[str, ...]) -> None:
    for term in terms:
        node = marked.node((term,), base=base)
        count(marked.database, Query(BY_NAME[base], node), marked.scope(base))
    check(marked, len(terms))


@pytest.mark.parametrize(
    "where",
    [
        "sum(purchases.net where date >= today - 12m) > 1000 and (city = Ljubljana or tag = vip)",
        "any(tasks, status = open and due <= today) and not any(purchases, net < 5)",
        "last(purchases.date) < today - 90d or first(interactions.at) is none",
        "avg(purchases.net) > 5 or avg(lines.quantity) > 1 or max(purchases.date) >= 2026",
        "count(interactions during last-30d) > 1 and min(tasks.due) < today",
        "spend > balance and first-purchase < last-purchase and name ~ '^a'",
        "is(overdue) or has(email) or word(renewal) or @friends",
        "loyalty = gold or shoe is not none or name in (Ana, Bor)",
    ],
)
def test_expressions(marked: Shop, where: str) -> None:
    assert marked.ids(where=where) == Shop(marked.index).ids(where=where)
    check(marked)


@pytest.mark.parametrize(
    ("base", "by", "aggregates"),
    [
        ("customer", ("city", "owner"), ("count", "sum:spend", "median:spend", "share:spend")),
        ("customer", ("tag",), ("avg:orders", "max:last-purchase", "share")),
        ("customer", ("lifecycle_stage", "last-purchase.month"), ("min:balance",)),
        ("customer", ("purchases.date.weekday",), ("count",)),
        ("purchase", ("date.quarter", "kind"), ("sum:net", "avg:units")),
        ("purchase", ("date.weekday",), ("median:units",)),
        ("task", ("depends_on", "assignee"), ("count:due", "max:due")),
        ("line", ("product", "date.year"), ("sum:quantity", "median:net")),
        ("interaction", ("at", "customer.city"), ("count",)),
        ("purchase", (), ("count", "sum:net", "share:net")),
        ("purchase", ("owner",), ("orders", "spend", "average_order", "customers", "unconverted")),
        ("purchase", ("customer.city as town",), ("rate(where kind = sale)", "one:customer.name")),
        ("line", ("product.category as of", "product.name"), ("sum(units where units > 1)",)),
    ],
)
def test_groups(marked: Shop, base: str, by: tuple[str, ...], aggregates: tuple[str, ...]) -> None:
    scope = marked.scope(base)
    query = GroupQuery(scope.base, by, aggregates, limit=20)
    found = group(marked.database, query, scope)
    assert found[1:] == group(Shop(marked.index).database, query, scope)[1:]
    uncounted(marked.database, Query(scope.base), scope)
    if by:
        having = query._replace(having="count >= 1 and not count = 100", sort=f"-{_key(by[0])}")
        group(marked.database, having, scope)
    if len(by) == 2 and len(aggregates) == 1:
        pivot(marked.database, query._replace(by=by[:1], limit=None), by[1], scope)
    check(marked, 2)


def _key(name: str) -> str:
    return name.rpartition(" as ")[2].replace(".", "_").replace("-", "_")


@pytest.mark.parametrize("now", [None, datetime(2026, 11, 18, 9, 30, tzinfo=UTC)])
@pytest.mark.parametrize("temporary", [False, True])
def test_views(now: datetime | None, temporary: bool) -> None:
    """The documented views, in the index's file and for `crm sql`."""
    for view, marked in zip(views(now), views(now, MARKED), strict=True):
        sql = marked.ddl(temporary=temporary)
        assert list(faults(sql)) == [], view.name
        assert plain(sql) == view.ddl(temporary=temporary)


def test_what_is_looked_up(marked: Shop) -> None:
    database, business = marked.database, marked.index.business
    read_segments(database)
    read_extra_keys(database)
    plain = Shop(marked.index).database
    for text in ("ana-novak", "ana@novak.example", "+386 40 123 456", "Ana Novak", "nov", "ana n"):
        assert who.resolve(database, text, business) == "ana-novak"
    for text in ("novka", "+44 20 7946 0000"):
        with pytest.raises(NotFound):
            who.resolve(database, text, business, strict=True)
    with pytest.raises(NotFound):
        who.resolve_item(database, "t-zzz")
    assert who.called(database, "ana", 5) == who.called(plain, "ana", 5) != []
    assert who.holders(database, "emails", "ana@novak.example", business) == ["ana-novak"]
    task, purchase = BY_NAME["task"], BY_NAME["purchase"]
    ids = sorted(row[0] for row in marked.ask(base="task", cols="id").rows)
    assert lookups.beside(database, task, ids[1]) == (ids[0], ids[2])
    assert lookups.beside(database, task, ids[0])[0] is None
    assert lookups.exists(database, task, "id", ids[0])
    assert not lookups.exists(database, task, "id", "t-0")
    assert lookups.starting(database, purchase, "number", "2026-00") == ["2026-0042", "2026-0007"]
    assert len(lookups.starting(database, purchase, "number", "2026-00", 1)) == 1
    assert set(lookups.different(database, TAG, "value")) == {"vip", "newsletter", "cold", "Čaj"}
    assert lookups.paths(database, BY_NAME["customer"], "zora") == ["customers/zora.yaml"]
    assert lookups.id_at(database, BY_NAME["customer"], "customers/zora.yaml") == "zora"
    assert "products.yaml" in lookups.files(database)
    assert ("zora", "customers/zora.yaml") in lookups.customers(database)
    assert reach(database, "email") == {
        "ana-novak": ("ana@novak.example",),
        "bor-kos": ("bor@acme.example",),
    }
    assert set(reach(database, "letter")) <= {"ana-novak", "bor-kos", "zora"}
    assert reach(database, "visit") == {}
    assert [one[:3] for one in buying.last_bought(database, ["cup", "beans-1kg"])] == [
        ("ana-novak", "customers/ana-novak.yaml", "beans-1kg"),
        ("bor-kos", "customers/bor-kos.yaml", "beans-1kg"),
        ("bor-kos", "customers/bor-kos.yaml", "cup"),
    ]
    assert buying.expected(database, TODAY, TODAY + timedelta(days=400)) != []
    check(marked, 20)
