"""Every format says the same, safely, and can be read back."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from crm_cli.model.text import unguard_cell, visible
from crm_cli.render.output import Column, Format, Rows, record_text, rows_text
from crm_cli.render.screen import Screen

PIPE = Screen()
TEXTS = st.text(
    st.characters(exclude_categories=["Cs"])
    | st.sampled_from(list("=+-@'\"\t\r\n\\;,:#\x1b\u202e"))
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


def text(rows: Rows, form: Format, screen: Screen = PIPE, *, header: bool = True) -> str:
    return "".join(rows_text(rows, form, screen, header=header))


def one(value: Any, kind: str = "text") -> Rows:
    return Rows([Column("it", kind)], [(value,)])


def test_json_is_an_array_with_decimal_strings_iso_dates_and_nulls() -> None:
    assert json.loads(text(ROWS, Format.JSON)) == [
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
    lines = text(ROWS, Format.JSONL).splitlines()
    assert [json.loads(line) for line in lines] == json.loads(text(ROWS, Format.JSON))


def test_nothing_in_every_format() -> None:
    nothing = Rows(COLUMNS, [])
    assert text(nothing, Format.JSON) == "[]\n"
    assert text(nothing, Format.YAML) == "[]\n"
    assert text(nothing, Format.JSONL) == ""
    assert text(nothing, Format.TABLE) == ""
    assert text(nothing, Format.IDS) == ""
    assert text(nothing, Format.CSV) == "id,name,spend,currency,last_purchase,tags\n"
    assert text(nothing, Format.TSV, header=False) == ""


def test_csv() -> None:
    assert text(ROWS, Format.CSV) == (
        "id,name,spend,currency,last_purchase,tags\n"
        "maja,Maja Kos,1265793.2,EUR,2026-03-09,vip; coast\n"
        "bor,Bor Žagar,,,,\n"
    )


@pytest.mark.parametrize(
    ("value", "kind", "cell"),
    [
        ("=1+2", "text", "'=1+2"),
        ("@sum", "text", "'@sum"),
        (Decimal("-12.50"), "money", "-12.50"),
        ("-12.50", "money", "-12.50"),
        ("+386 40 123 456", "phone", "+386 40 123 456"),
        ("+386 40 123 456", "text", "'+386 40 123 456"),
        ("=cmd()", "phone", "'=cmd()"),
        (["+386 1 2", "=x"], "phone", "'+386 1 2; =x"),
        (True, "boolean", "true"),
    ],
)
def test_csv_guards_what_a_spreadsheet_would_run(value: Any, kind: str, cell: str) -> None:
    assert text(one(value, kind), Format.CSV, header=False) == f"{cell}\n"


def test_tsv_guards_nothing_and_escapes_its_separators() -> None:
    assert text(one("=a\tb\nc\\d"), Format.TSV, header=False) == "=a\\tb\\nc\\\\d\n"


@settings(max_examples=60)
@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=4))
def test_csv_reads_back(pairs: list[tuple[str, str]]) -> None:
    written = text(Rows([Column("a"), Column("b")], pairs), Format.CSV, header=False)
    read = list(csv.reader(io.StringIO(written, newline="")))
    assert [tuple(unguard_cell(cell) for cell in row) for row in read] == pairs


@settings(max_examples=60)
@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=4))
def test_tsv_reads_back(pairs: list[tuple[str, str]]) -> None:
    written = text(Rows([Column("a"), Column("b")], pairs), Format.TSV, header=False)
    assert written.endswith("\n")
    read = [line.split("\t") for line in written[:-1].split("\n")]
    unescape = {"t": "\t", "n": "\n", "r": "\r", "\\": "\\"}

    def plain(cell: str) -> str:
        out, characters = "", iter(cell)
        for char in characters:
            out += unescape[next(characters)] if char == "\\" else char
        return out

    assert [tuple(map(plain, row)) for row in read] == pairs


@settings(max_examples=60)
@given(st.text(), st.booleans())
def test_json_is_lossless_and_shows_no_control_character(value: str, unicode: bool) -> None:
    written = text(one(value), Format.JSON, Screen(unicode=unicode))
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
    written = "".join(record_text({"it": value}, Format.YAML, PIPE))
    assert YAML(typ="safe", pure=True).load(written) == {"it": value}


def test_yaml_of_rows_is_a_list() -> None:
    assert text(ROWS, Format.YAML) == (
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
    assert text(ROWS, Format.IDS) == "maja\nbor\n"
    with_paths = ROWS._replace(paths=["customers/maja.yaml", "customers/bor.yaml"])
    assert text(with_paths, Format.PATHS) == "customers/maja.yaml\ncustomers/bor.yaml\n"
    with pytest.raises(KeyError, match="path"):
        text(ROWS, Format.PATHS)


def test_a_record_is_an_object() -> None:
    record = {"id": "maja", "derived": {"spend": Decimal("12.50")}, "custom": {}}
    assert json.loads("".join(record_text(record, Format.JSON, PIPE))) == {
        "id": "maja",
        "derived": {"spend": "12.50"},
        "custom": {},
    }
    assert "".join(record_text(record, Format.CSV, PIPE)) == (
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
    written = text(one(value), Format.JSONL)
    assert written.replace("+00:00", "Z") == f'{{"it": {shown}}}\n'
