"""What PostgreSQL alone does: its regular expressions, its folding, several books at once."""

from __future__ import annotations

import re
import shlex
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_cli.index.database import open_index
from crm_cli.index.matching import Pattern
from crm_cli.index.postgres.dialect import PostgreSQL
from crm_cli.index.postgres.patterns import translated
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import DataError, StorageError, UsageError
from crm_cli.model.kind import Kind
from crm_cli.model.kinds import KINDS
from crm_cli.model.text import fold
from crm_cli.query.ast import EVERYTHING, Node
from crm_cli.query.columns import valid_columns
from crm_cli.query.database import Database
from crm_cli.query.group import GroupQuery, group
from crm_cli.query.lexer import quoted
from crm_cli.query.select import Query, compile_query, total
from crm_cli.query.terms import parse_terms
from crm_cli.store.tree import Folder
from tests.postgres import Server
from tests.shares import examples

from .conftest import Shop
from .mirrored import Mirrors
from .test_meaning import MEANINGS

PATTERNS = (
    "nov", "^ana", "ak$", "a.b", "(?s)a.b", "(?m)^b$", r"\bnov\b", r"\Bov", r"[^\W\d_]{3,}",
    r"[\W_]+x", r"[^a-c\d]x", "(a|b|)+c", "a{2,3}?b", "x*", "(?<!a)b", "(?=č)Č", r"a\.b\|c",
    "[]^-]", r"\d+ ?€", "Š", "(?i:NOV)AK", "(a+)(b+)?", r"a\Z", "^$", r"[\t\n]", "'%s", r"\\",
)  # fmt: skip
TEXTS = (
    "", "Ana Novak", "ana\nb", "a\nb", "a\n", "aab", "xb", "ab", "č", "Č x", "a.b|c", "]", "^", "-",
    "12 €", "šuštar", "NOVAK\n", "_x", " x", "1x", "dx", "a'%s", "a\\b", "a\tb", "ανα", "b",
)  # fmt: skip


@pytest.fixture(scope="session", autouse=True)
def engine() -> None:
    """PostgreSQL alone is asked here."""


@pytest.fixture(scope="module")
def mirrors(postgres: Server, shop: Shop) -> Any:
    """A mirror with the shop as two books."""
    with closing(Mirrors(postgres)) as made:
        made.push(shop.index, "a")
        yield made


@pytest.fixture(scope="module")
def twice(mirrors: Mirrors, shop: Shop) -> Shop:
    """The shop as two books, both of which are asked."""
    made = Shop(shop.index)
    made.database = mirrors.filled(shop.index, ("a", "b"))
    return made


@pytest.mark.parametrize("pattern", PATTERNS)
def test_expressions_find_what_those_of_python_find(mirrors: Mirrors, pattern: str) -> None:
    dialect = PostgreSQL()
    of_text, of_lines = dialect.matches("t", "%(p)s"), dialect.matches_line("t", "%(p)s")
    asked = mirrors.reader.execute(
        f"SELECT t, {of_text}, {of_lines} FROM unnest(%(t)s::text[]) AS x (t)",
        {"t": list(TEXTS), "p": translated(pattern)},
    )
    for text, found, in_lines in asked.fetchall():
        assert found == (re.search(pattern, text, re.I) is not None), text
        assert in_lines == (re.search(pattern, text, re.I | re.M) is not None), text


@pytest.mark.parametrize("pattern", [r"(a)\1", "(?a:\\w)", "a{300}", "(?>a)", "a++", "(?-i:a)"])
def test_what_postgresql_has_not_is_refused(pattern: str) -> None:
    with pytest.raises(UsageError, match="PostgreSQL has not"):
        translated(pattern)


@examples(20, soak=500)
@given(texts=st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))))
def test_texts_are_folded_as_in_the_index(mirrors: Mirrors, texts: list[str]) -> None:
    rows = mirrors.reader.execute("SELECT t, crm_fold(t) FROM unnest(%s::text[]) AS x (t)", [texts])
    for text, found in rows.fetchall():
        assert found == fold(text).strip(), text


OF_ONE = "one book|one directory"


@pytest.mark.turns(3)
@pytest.mark.parametrize(("terms", "wanted"), MEANINGS, ids=[terms for terms, _ in MEANINGS])
def test_two_books_answer_for_themselves(twice: Shop, terms: str, wanted: list[str]) -> None:
    """Each has what it has alone; ids, numbers and references of the other are not its own."""
    try:
        args = [terms] if '"' in terms else shlex.split(terms)
        found = twice.ask(*args, cols="book,id").rows
    except UsageError as error:
        assert re.search(OF_ONE, str(error)), error
        return
    for book in ("a", "b"):
        assert [id for of, id in found if of == book] == wanted
    assert len(found) == 2 * len(wanted)


def test_a_term_chooses_a_book(twice: Shop, shop: Shop) -> None:
    everybody = shop.ids()
    assert twice.ids("book:a") == twice.ids("book:B") == twice.ids(where="book = a") == everybody
    assert twice.ids("book:c") == twice.ids("not:book:a,b") == []
    assert twice.values("book", "ana", sort="book-") == ["b", "a"]
    indexed = Shop(shop.index)
    indexed.database = Database(shop.connection)
    with pytest.raises(UsageError, match="no field 'book'"):
        indexed.ids("book:a")


@pytest.mark.parametrize("base", ["customer", "purchase", "line", "task", "payment", "case"])
def test_sums_of_two_books_are_twice_those_of_one(twice: Shop, shop: Shop, base: str) -> None:
    kind = shop.scope(base).base
    once = total(shop.database, Query(kind), shop.scope(base))
    both = total(twice.database, Query(kind), twice.scope(base))[1:]
    names = list(kind.columns)
    adding = [place for place, one in enumerate(once) if one is not None and names[place] != "date"]
    for place in adding:
        if not isinstance(once[place], str):
            assert both[place] in (once[place] * 2, once[place]), names[place]


@pytest.mark.parametrize(
    ("base", "by", "figures"),
    [
        ("customer", "country", "count,sum:spend"),
        ("purchase", "kind", "count,sum:net,customers"),
        ("line", "product", "orders,sum:net,units"),
        ("customer", "tag", "count"),
        ("purchase", "date.month", "count,share:net"),
    ],
)
def test_groups_of_two_books(twice: Shop, shop: Shop, base: str, by: str, figures: str) -> None:
    def asked(one: Shop) -> list[tuple[Any, ...]]:
        scope = one.scope(base)
        query = GroupQuery(scope.base, (by,), figures.split(","))
        return group(one.database, query, scope).rows

    once, both = asked(shop), asked(twice)
    assert [row[0] for row in once] == [row[0] for row in both]
    for one, two in zip(once, both, strict=True):
        for figure, mine, ours in zip(figures.split(","), one[1:], two[1:], strict=True):
            assert ours == (mine if figure.startswith("share") or mine is None else 2 * mine)


def test_customers_of_two_books_are_no_group_by_their_id(twice: Shop) -> None:
    scope = twice.scope("purchase")
    with pytest.raises(UsageError, match="in several books"):
        group(twice.database, GroupQuery(scope.base, ("customer",)), scope)
    rows = group(twice.database, GroupQuery(scope.base, ("book", "customer")), scope).rows
    assert len(rows) == 2 * len({row[1] for row in rows})


def test_amounts_of_two_currencies_are_refused(mirrors: Mirrors, twice: Shop) -> None:
    mixed = Shop(twice.index)
    mixed.database = mirrors.of(("a", "b"), mixed=True)
    rows = mixed.ask(cols=None).rows
    assert len(rows) == 12
    for asked in (
        lambda: mixed.ids("spend:5.."),
        lambda: mixed.ask(cols="id,spend"),
        lambda: mixed.ids(where="sum(purchases.net) > 1"),
        lambda: mixed.ids(sort="spend"),
    ):
        with pytest.raises(UsageError, match="base currencies"):
            asked()


def test_a_connection_that_is_lost_is_said_to_be(postgres: Server, shop: Shop) -> None:
    """As where the server is stopped, or an administrator ends the session."""
    with closing(Mirrors(postgres)) as made:
        database = made.filled(shop.index)
        pid = made.reader.info.backend_pid
        import psycopg

        with psycopg.connect(postgres.url(), autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s)", [pid])
        with pytest.raises(StorageError, match="was lost"):
            database.rows("SELECT 1 FROM customer")


def test_a_sum_beyond_64_bits_is_refused(twice: Shop) -> None:
    dialect = twice.database.dialect
    sql = f"SELECT {dialect.whole('1e30')}"
    with pytest.raises(DataError, match="64 bits"):
        twice.database.every(sql)


def test_an_expression_that_takes_too_long_is_stopped(
    twice: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm_cli.query.mirror._PATTERN_SECONDS", 0.2)
    with pytest.raises(UsageError, match="takes too long"):
        twice.database.every("SELECT pg_sleep(20), %(p)s", {"p": Pattern("a", "")})


HOSTILE = (
    "O'Neil", "100% wool", "%s %(p1)s", "back\\slash", 'a "quoted" one', "😀 smile", "שלום עולם",
    "dollar $1 $$", "semi;colon --x", "e\u0301cole", "{brace}", "?:x", "İstanbul", "Straße",
    "x'); --",
)  # fmt: skip


@pytest.fixture(scope="module")
def hostile(mirrors: Mirrors, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Customers with such names and notes, asked in both databases."""
    root = tmp_path_factory.mktemp("hostile")
    Path(root, "customers").mkdir()
    Path(root, "crm.yaml").write_text("currency: EUR\n")
    for number, text in enumerate(HOSTILE):
        kept = quoted_yaml(text)
        said = f"name: {kept}\nnotes: {kept}\ncustom: {{key: {kept}}}\n"
        Path(root, "customers", f"c{number:02}.yaml").write_text(said, encoding="utf-8")
    with open_index(Folder(root), None) as index:
        one, other = Shop(index), Shop(index)
        other.database = mirrors.filled(index)
        yield one, other


def quoted_yaml(text: str) -> str:
    """A text as YAML has it in single quotes."""
    return "'" + text.replace("'", "''") + "'"


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_texts(hostile: tuple[Shop, Shop], text: str) -> None:
    one, other = hostile
    own = f"c{HOSTILE.index(text):02}"
    value = quoted(text)
    for term in ("name:", "name.is:", "name.has:", "name.starts:", "name.ends:", "key:", "notes:"):
        found = other.ids(term + value)
        assert found == one.ids(term + value), term
        assert own in found or term in ("key:", "notes:", "name:"), term
    assert other.ids(f"name.re:{re.escape(text)}") == one.ids(f"name.re:{re.escape(text)}")
    rows = [shop.ask(cols="id,name,notes,key", sort="name").rows for shop in hostile]
    assert rows[0] == rows[1]


LISTED = Path(__file__).parents[2] / "docs/scale.md"
STANDARD = frozenset(
    ("in", "exists", "and", "or", "not", "when", "then", "else", "case", "select", "from", "on",
     "count", "sum", "min", "max", "avg", "coalesce", "nullif", "cast", "round", "extract", "any",
     "greatest", "by", "as", "where", "value", "lateral", "group", "distinct", "join", "over",
     "offset")
)  # fmt: skip


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_queries_keep_to_the_list_of_functions(shop: Shop, kind: Kind) -> None:
    listed = {*re.findall(r"`(\w+)`", LISTED.read_text("utf-8").partition("SQL of queries")[2])}
    scope = shop.scope(kind.name)
    node: Node = EVERYTHING
    if kind is CUSTOMER:
        node = parse_terms(["name.re:a", "tag.re:b", "name.has:č/", "čaj"], scope)
    compiled = 0
    for dialect in (PostgreSQL(), PostgreSQL(several=True)):
        for name in valid_columns(kind, scope.extra_keys):
            try:
                made = compile_query(Query(kind, node, (name,), name), scope, dialect).sql
            except UsageError:
                continue
            compiled += 1
            bare = re.sub(r"'(?:[^']|'')*'|\"[^\"]*\"|%\(\w+\)s", "x", made)
            used = {word.lower() for word in re.findall(r"\b([A-Za-z_]\w*)\s*\(", bare)}
            assert used - STANDARD - {word.lower() for word in listed} == set(), made
    assert compiled > 1
