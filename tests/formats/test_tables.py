"""Every format of tables says the same, safely, and can be read back."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from crm_cli.cli.outputs import OUTPUTS
from crm_cli.formats.tables import CSV, IDS, JSON, PATHS, TABLES, Holds, TableFormat
from crm_cli.model.cells import machine_text
from crm_cli.model.plain import plain
from crm_cli.model.rows import ByColumn, Column, Rows
from crm_cli.model.text import unguard_parts, visible

BY_NAME = {one.name: one for one in TABLES}
JSONL, MARKDOWN, TSV, YAML_ = (BY_NAME[name] for name in ("jsonl", "markdown", "tsv", "yaml"))
TEXTS = st.text(
    st.characters(exclude_categories=["Cs"])
    | st.sampled_from(list("=+-@'\"\t\r\n\\;,:#|<`*_\uff1d\uff0d\x1b\u202e"))
)

COLUMNS = (
    Column("id"),
    Column("name"),
    Column("spend", "money"),
    Column("currency"),
    Column("last_purchase", "date"),
    Column("tags", "texts"),
)
ROWS = Rows(
    COLUMNS,
    [
        ("maja", "Maja Kos", Decimal("1265793.2"), "EUR", date(2026, 3, 9), ["vip", "coast"]),
        ("bor", "Bor Žagar", None, None, None, []),
    ],
)


def text(rows: Rows, form: TableFormat, *, header: bool = True, ascii_only: bool = False) -> str:
    return "".join(form.write(rows, header=header, ascii_only=ascii_only))


def one(value: Any, kind: str = "text") -> Rows:
    return Rows([Column("it", kind)], [(value,)])


def test_json_is_an_array_with_decimal_strings_iso_dates_and_nulls() -> None:
    assert json.loads(text(ROWS, JSON)) == [
        {
            "id": "maja",
            "name": "Maja Kos",
            "spend": "1265793.2",
            "currency": "EUR",
            "last_purchase": "2026-03-09",
            "tags": ["vip", "coast"],
        },
        {
            "id": "bor",
            "name": "Bor Žagar",
            "spend": None,
            "currency": None,
            "last_purchase": None,
            "tags": [],
        },
    ]


def test_json_lines_are_the_same_objects() -> None:
    lines = text(ROWS, JSONL).splitlines()
    assert [json.loads(line) for line in lines] == json.loads(text(ROWS, JSON))


def test_nothing_in_every_format() -> None:
    nothing = Rows(COLUMNS, [])
    assert text(nothing, JSON) == "[]\n"
    assert text(nothing, YAML_) == "[]\n"
    assert text(nothing, JSONL) == ""
    assert text(nothing, IDS) == ""
    assert text(nothing, CSV) == "id,name,spend,currency,last_purchase,tags\n"
    assert text(nothing, TSV, header=False) == ""


def test_csv() -> None:
    assert text(ROWS, CSV) == (
        "id,name,spend,currency,last_purchase,tags\n"
        'maja,Maja Kos,1265793.2,EUR,2026-03-09,"vip; coast"\n'
        "bor,Bor Žagar,,,,\n"
    )


@pytest.mark.parametrize(
    ("value", "kind", "cell"),
    [
        ("=1+2", "text", '"\'=1+2"'),
        ("@sum", "text", '"\'@sum"'),
        ("\uff1d1+2", "text", '"\'\uff1d1+2"'),
        ("Ana;=1+2", "text", '"Ana;\'=1+2"'),
        ("Ana;Bor", "text", '"Ana;Bor"'),
        ("a\tb", "text", '"a\tb"'),
        ("a\rb", "text", '"a\rb"'),
        (" a", "text", '" a"'),
        ("a\u00a0", "text", '"a\u00a0"'),
        ("Ana", "text", "Ana"),
        (Decimal("-12.50"), "money", "-12.50"),
        ("-12.50", "money", "-12.50"),
        ("+386 40 123 456", "phone", "+386 40 123 456"),
        ("+386 40 123 456", "text", '"\'+386 40 123 456"'),
        ("=cmd()", "phone", '"\'=cmd()"'),
        (["+386 1 2", "+386 1 3"], "phone", '"+386 1 2; +386 1 3"'),
        (["+386 1 2", "=x"], "phone", '"\'+386 1 2; =x"'),
        (True, "boolean", "true"),
    ],
)
def test_csv_guards_what_a_spreadsheet_would_run(value: Any, kind: str, cell: str) -> None:
    assert text(one(value, kind), CSV, header=False) == f"{cell}\n"


def test_tsv_guards_nothing_and_escapes_its_separators() -> None:
    assert text(one("=a\tb\nc\\d"), TSV, header=False) == "=a\\tb\\nc\\\\d\n"


# Every registered format, by loop

VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": TEXTS,
    "phone": TEXTS | st.sampled_from(["+386 40 123 456", "040 123 456"]),
    "list of texts": st.lists(TEXTS, max_size=3),
    "yes or no": st.booleans(),
    "integer": st.integers(-(10**12), 10**12),
    "money": st.decimals(-(10**9), 10**9, allow_nan=False, places=2),
    "percent": st.decimals(-1, 1, allow_nan=False, places=4),
    "date": st.dates(),
    "date or time": st.datetimes(timezones=st.just(UTC)),
    "free": st.dictionaries(TEXTS, TEXTS | st.integers(-9, 9), max_size=2),
}
KEYS = tuple(VALUES)


@st.composite
def tables(draw: st.DrawFn) -> Rows:
    """Rows of columns of any types, in any order, with values missing, in either form."""
    types = draw(st.lists(st.sampled_from(KEYS), min_size=1, max_size=4))
    keys = draw(st.lists(TEXTS, min_size=len(types), max_size=len(types), unique=True))
    row = st.tuples(*(st.none() | VALUES[type] for type in types))
    rows: Any = draw(st.lists(row, max_size=4))
    if rows and draw(st.booleans()):
        rows = ByColumn(list(zip(*rows, strict=True)))
    return Rows([Column(key, type) for key, type in zip(keys, types, strict=True)], rows)


def lines_of(rows: Rows) -> list[list[str]]:
    """The header and the rows, each cell as its text."""
    return [rows.keys, *([machine_text(value) for value in row] for row in rows.rows)]


def read_csv(written: str) -> list[list[str]]:
    read = csv.reader(io.StringIO(written, newline=""))
    return [[unguard_parts(cell) for cell in row] for row in read]


def read_tsv(written: str) -> list[list[str]]:
    assert written.endswith("\n")
    unescape = {"t": "\t", "n": "\n", "r": "\r", "\\": "\\"}

    def plain_text(cell: str) -> str:
        out, characters = "", iter(cell)
        for char in characters:
            out += unescape[next(characters)] if char == "\\" else char
        return out

    return [[plain_text(cell) for cell in line.split("\t")] for line in written[:-1].split("\n")]


READERS: dict[str, Any] = {
    "csv": read_csv,
    "tsv": read_tsv,
    "json": json.loads,
    "jsonl": lambda written: [json.loads(line) for line in written.split("\n")[:-1]],
    "yaml": lambda written: YAML(typ="safe", pure=True).load(written),
}


@pytest.mark.parametrize(
    "form", [one for one in TABLES if not one.binary], ids=lambda one: one.name
)
@settings(max_examples=120)
@given(tables(), st.booleans())
def test_each_format_reads_back(form: TableFormat, rows: Rows, header: bool) -> None:
    """With the standard library's readers, and ruamel.yaml's."""
    if form.holds is Holds.NAMES:
        rows = rows.but(ids=[str(at) for at in range(len(rows.rows))], paths=["a"])
        assert text(rows, form).splitlines() == list((rows.ids, rows.paths)[form is PATHS] or ())
        return
    written = text(rows, form, header=header)
    assert written == "" or written.endswith("\n")
    if form.name not in READERS:
        assert len(written.splitlines()) == len(rows.rows) + (2 if header else 0)
        assert visible(written, multiline=True) == written
        return
    if form.holds is Holds.ROWS:
        wanted: Any = lines_of(rows)[0 if header else 1 :]
        if not wanted:
            assert written == ""
            return
    else:
        wanted = [plain(record) for record in rows.records()]
    assert READERS[form.name](written) == wanted


@pytest.mark.parametrize("form", TABLES, ids=lambda one: one.name)
def test_each_format_is_declared_whole(form: TableFormat) -> None:
    assert OUTPUTS[form.name] is form
    assert form.doc.endswith(".")
    assert all(suffix[0] == "." and suffix == suffix.lower() for suffix in form.suffixes)
    assert bool(form.column) == (form.holds is Holds.NAMES)
    assert bool(form.suffixes) != bool(form.column)


def test_no_two_formats_share_an_ending() -> None:
    endings = [suffix for one in TABLES for suffix in one.suffixes]
    assert len(endings) == len(set(endings))


# CSV where another sign parts the cells

FORMULA = re.compile("[\t\r\n]*[=+\\-@\uff1d\uff0b\uff0d\uff20]")
NO_FORMULA = re.compile(r'\n?[+-][0-9][0-9 ()./-]*("?,".*)?', re.DOTALL)
"""A number or a phone alone, or with a quote after it, which ends what a formula can be."""
PARTS = st.lists(
    st.sampled_from(
        ["=1+1", "+1", "-1", "@x", "\uff1d1", "a", "'", '"', ";", "\t", "\r", "\n", ",", " "]
    ),
    max_size=8,
).map("".join)


@pytest.mark.parametrize("delimiter", [";", "\t"])
@settings(max_examples=300)
@given(st.lists(st.tuples(PARTS, PARTS, st.integers(-9, 9)), min_size=1, max_size=3), st.booleans())
def test_csv_split_elsewhere_shows_no_formula(
    delimiter: str, rows: list[tuple[str, str, int]], turned: bool
) -> None:
    """A locale whose list separator is `;` or a tab, which other readers may do as well."""
    kinds = ["text", "text", "integer"]
    if turned:
        rows, kinds = [(n, b, a) for a, b, n in rows], kinds[::-1]  # type: ignore[misc]
    keys = ("a", rows[0][1], "c")  # A heading may come from the records too: of a pivot.
    columns = [Column(key, kind) for key, kind in zip(keys, kinds, strict=True)]
    written = text(Rows(columns, rows), CSV)
    for line in csv.reader(io.StringIO(written, newline=""), delimiter=delimiter):
        for cell in line:
            assert not FORMULA.match(cell) or NO_FORMULA.fullmatch(cell), (cell, written)


def test_csv_quotes_what_follows_a_sign_in_the_first_column() -> None:
    """Split at `;` both are one cell, which must not be a formula."""
    columns = [Column("phone", "phone"), Column("name"), Column("net", "money")]
    rows = Rows(columns, [("+1", "5*cmd|'/c calc'!A0", 1), ("1", "5*x", 2), ("+2 ", "x", 3)])
    assert text(rows, CSV, header=False) == (
        '"+1","5*cmd|\'/c calc\'!A0",1\n1,5*x,2\n"+2 ","x",3\n'
    )


# Markdown


def test_markdown_is_a_table_with_numbers_to_the_right() -> None:
    total = ("total", None, Decimal("1265793.2"), None, None, None)
    assert text(ROWS.but(total=total), MARKDOWN) == (
        "| id | name | spend | currency | last_purchase | tags |\n"
        "| --- | --- | ---: | --- | --- | --- |\n"
        "| maja | Maja Kos | 1265793.2 | EUR | 2026-03-09 | vip; coast |\n"
        "| bor | Bor Žagar |  |  |  |  |\n"
        "| **total** |  | **1265793.2** |  |  |  |\n"
    )
    assert text(ROWS, MARKDOWN, header=False).count("\n") == 2


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("a|b", r"a\|b"),
        ("one\ntwo\r\nthree", "one<br>two<br>three"),
        ("<b>x</b>", r"\<b>x\</b>"),
        ("![x](http://e.example)", r"!\[x](http://e.example)"),
        ("last_purchase _soon_", r"last_purchase \_soon\_"),
        ("*`~\\", r"\*\`\~\\"),
        ("&lt; B&B", r"\&lt; B&B"),
        ("\x1b[2J", r"\\x1b\[2J"),
        (True, "true"),
    ],
)
def test_markdown_obeys_nothing_in_a_cell(value: Any, cell: str) -> None:
    assert text(one(value), MARKDOWN, header=False) == f"| {cell} |\n"


@settings(max_examples=60)
@given(st.text(), st.booleans())
def test_json_is_lossless_and_shows_no_control_character(value: str, unicode: bool) -> None:
    written = text(one(value), JSON, ascii_only=not unicode)
    body = written.replace("\n", "")
    assert visible(body) == body
    assert unicode or written.isascii()
    assert json.loads(written) == [{"it": value}]


@settings(max_examples=60)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-9, 9) | TEXTS,
        lambda held: st.lists(held, max_size=3) | st.dictionaries(TEXTS, held, max_size=3),
        max_leaves=8,
    )
)
def test_yaml_reads_back(value: Any) -> None:
    written = "".join(YAML_.write_record({"it": value}))
    assert YAML(typ="safe", pure=True).load(written) == {"it": value}


def test_yaml_of_rows_is_a_list() -> None:
    assert text(ROWS, YAML_) == (
        "- id: maja\n"
        "  name: Maja Kos\n"
        '  spend: "1265793.2"\n'
        "  currency: EUR\n"
        '  last_purchase: "2026-03-09"\n'
        "  tags:\n"
        "    - vip\n"
        "    - coast\n"
        "- id: bor\n"
        "  name: Bor Žagar\n"
        "  spend: null\n"
        "  currency: null\n"
        "  last_purchase: null\n"
        "  tags: []\n"
    )


def test_ids_and_paths() -> None:
    assert text(ROWS, IDS) == "maja\nbor\n"
    with_paths = ROWS.but(paths=["customers/maja.yaml", "customers/bor.yaml"])
    assert text(with_paths, PATHS) == "customers/maja.yaml\ncustomers/bor.yaml\n"
    with pytest.raises(KeyError, match="path"):
        text(ROWS, PATHS)


def test_a_record_is_an_object() -> None:
    record = {"id": "maja", "derived": {"spend": Decimal("12.50")}, "custom": {}}
    assert json.loads("".join(JSON.write_record(record))) == {
        "id": "maja",
        "derived": {"spend": "12.50"},
        "custom": {},
    }
    assert "".join(CSV.write_record(record)) == (
        'id,derived,custom\nmaja,"{""spend"": ""12.50""}",{}\n'
    )


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Decimal("1E+3"), '"1000"'),
        (Decimal("-0.00"), '"0.00"'),
        (datetime(2026, 11, 3, 9, 30, tzinfo=UTC), '"2026-11-03T09:30Z"'),
        (12, "12"),
        (False, "false"),
        (("a", "b"), '["a", "b"]'),
    ],
)
def test_values_in_json(value: Any, shown: str) -> None:
    written = text(one(value), JSONL)
    assert written.replace("+00:00", "Z") == f'{{"it": {shown}}}\n'
