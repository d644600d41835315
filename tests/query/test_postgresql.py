"""What PostgreSQL alone does: its regular expressions, its folding, several books at once."""

from __future__ import annotations

import re
from contextlib import closing
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_cli.index.postgres.dialect import PostgreSQL
from crm_cli.index.postgres.patterns import translated
from crm_cli.model.errors import UsageError
from crm_cli.model.text import fold
from tests.postgres import Server
from tests.shares import examples

from .conftest import Shop
from .mirrored import Mirrors

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
