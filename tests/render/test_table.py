"""Tables: aligned by what is seen, whole for pipes, cut for terminals only."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_cli.model.rows import Column, Few, Rows
from crm_cli.model.text import visible
from crm_cli.model.width import columns_of, fitted, wrapped
from crm_cli.render.output import rows_lines
from crm_cli.render.screen import Screen
from crm_cli.render.table import table_lines
from crm_cli.render.terminal_table import terminal_lines

PIPE = Screen()


def fitted_table(rows: list[tuple[Any, ...]], screen: Screen, **options: Any) -> str:
    columns = [Column("name"), Column("city"), Column("spend", "money")][: len(rows[0])]
    return "".join(terminal_lines(Rows(columns, rows, **options), screen))


def table(rows: list[tuple[Any, ...]], screen: Screen = PIPE, **options: Any) -> str:
    labels = ["name", "city", "spend"][: len(rows[0])]
    types = ["text", "text", "money"][: len(rows[0])]
    return "".join(table_lines(labels, types, rows, screen, **options))


def test_columns_are_aligned_and_numbers_stand_right() -> None:
    assert table([("Maja Kos", "Koper", Decimal("1200")), ("Bor", None, Decimal("9.5"))]) == (
        "name      city   spend\nMaja Kos  Koper  1,200\nBor                9.5\n"
    )


def test_wide_and_combining_characters_are_measured_as_seen() -> None:
    assert table([("王小明", "a"), ("Z\u030cagar", "b"), ("x", "c")]) == (
        "name    city\n王小明  a\nZ\u030cagar   b\nx       c\n"
    )


def test_a_pipe_gets_long_cells_whole_and_a_terminal_cuts_them() -> None:
    long = "a" * 200
    assert long in table([(long, "Koper")])
    ranked = {"ranked": ["name", "city"]}
    lines = fitted_table([(long, "Koper")], Screen(width=40), **ranked).splitlines()
    assert max(map(len, lines)) <= 40
    assert "…" in lines[1]
    assert lines[1].endswith("Koper")
    assert "~" in fitted_table([(long, "Koper")], Screen(width=40, unicode=False), **ranked)


def test_control_characters_never_come_out() -> None:
    shown = table([("evil\x1b[2J\u202e", "a\nb")])
    assert "\x1b" not in shown
    assert "\\x1b[2J\\u202e" in shown
    assert shown.count("\n") == 2


def test_colour_is_only_added() -> None:
    rows: list[tuple[Any, ...]] = [("Maja", "Koper")]
    painted = table(rows, Screen(color=True), tones=["alert"])
    assert "\x1b[31mMaja" in painted
    assert table(rows) == painted.replace("\x1b[1m", "").replace("\x1b[31m", "").replace(
        "\x1b[0m", ""
    )


def test_a_total_stands_below_a_rule_and_a_header_can_be_left_out() -> None:
    rows: list[tuple[Any, ...]] = [("Maja", "Koper", Decimal(5))]
    assert table(rows, total=("", "", Decimal(5)), header=False) == (
        "Maja  Koper  5\n────  ─────  ─\n             5\n"
    )


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.text(max_size=30), st.text(max_size=60)), min_size=1, max_size=5),
    st.integers(20, 90),
)
def test_a_terminal_never_gets_a_line_too_long(rows: list[tuple[str, str]], width: int) -> None:
    shown = "".join(fitted_table(rows, Screen(width=width)))
    lines = shown.split("\n")[:-1]
    assert len(lines) > len(rows)
    assert all(columns_of(line) <= width for line in lines)
    assert all(visible(line) == line for line in lines)


@settings(max_examples=60)
@given(st.text(), st.integers(1, 40))
def test_fitting_and_wrapping_keep_to_the_width(text: str, width: int) -> None:
    shown = visible(text)
    assert columns_of(fitted(shown, width)) <= width
    if width > 1:
        assert all(columns_of(line) <= width for line in wrapped(shown, width))
    assert "".join(wrapped(shown, width)).replace(" ", "") == shown.replace(" ", "")


def test_rates_are_percent_and_marked_where_of_few() -> None:
    columns = [Column("source"), Column("conversion", "rate"), Column("share", "share")]
    rows = [("fair", Few("0.3333"), Decimal("0.1235")), (None, None, Decimal("-0.0005"))]
    lines = list(rows_lines(Rows(columns, rows, notes=["* of fewer than 5"]), PIPE))
    assert [line.split() for line in lines] == [
        ["source", "conversion", "share"],
        ["fair", "33.3%*", "12.4%"],
        ["-0.1%"],
        ["*", "of", "fewer", "than", "5"],
    ]


@pytest.mark.parametrize("unicode", [True, False])
def test_bars_and_sparklines_stand_beside_the_figures(unicode: bool) -> None:
    columns = [Column("net", "money"), Column("", "bar"), Column("trend", "series")]
    rows = [
        (Decimal(10), Decimal(1), [0, 1, 2, None, 4]),
        (Decimal(-5), Decimal("-0.5"), []),
        (None, None, None),
    ]
    screen = PIPE._replace(unicode=unicode)
    first, second, third = list(rows_lines(Rows(columns, rows), screen, header=False))
    assert first.split() == (["10", "██████████", "▁▃▅", "█"] if unicode else
                             ["10", "##########", "_,-", "#"])  # fmt: skip
    assert second.split() == ["-5", "-----"]
    assert third == "\n"


def test_what_gives_way_is_what_matters_least() -> None:
    columns = [
        Column("id"), Column("name"), Column("note", "text"), Column("net", "money"),
        Column("currency"), Column("days_overdue", "integer"), Column("owner"),
    ]  # fmt: skip
    rows = Rows(
        columns,
        [
            ("t-abcdef1", "Gostilna Pri mostu", "a" * 40, Decimal("20.9"), "EUR", 3, "petra"),
            ("t-abcdef2", "Ana", "b", Decimal("1299"), "GBP", 0, "petra"),
        ],
        ranked=["id", "name", "net", "currency", "days_overdue", "note", "owner"],
        unique={"t-abcdef1": 9, "t-abcdef2": 9},
    )
    wide = list(rows_lines(rows, Screen(width=120)))
    assert wide[0].split() == ["id", "name", "note", "net", "currency", "days", "overdue", "owner"]
    assert "   20.90  EUR" in wide[1]
    assert "1,299.00  GBP" in wide[2]
    short = rows.but(unique={"t-abcdef1": 5, "t-abcdef2": 6})
    narrow = "".join(rows_lines(short, Screen(width=64)))
    assert "t-abc  " in narrow
    assert "Gostilna Pri mostu" in narrow
    assert "€20.90" in narrow
    assert "overdue" in narrow
    assert "owner" not in narrow.splitlines()[0]
    assert "not shown: owner (--cols, -o csv)" in narrow


def test_cells_that_begin_alike_lose_their_middle() -> None:
    rows = Rows(
        [Column("name"), Column("text")],
        [("a", "Follow up: the terrace in spring"), ("b", "Follow up: the terrace in autumn")],
        ranked=["name", "text"],
    )
    cells = [line.split(None, 1)[1] for line in rows_lines(rows, Screen(width=26))][1:]
    assert cells[0] != cells[1]
    assert cells[0].startswith("Follow")
    assert cells[0].rstrip().endswith("spring")


def test_lists_without_a_rank_lose_nothing() -> None:
    rows = Rows([Column("name"), Column("doc")], [("sales", "Sum purchases up: " * 6)])
    lines = list(rows_lines(rows, Screen(width=40)))
    assert " ".join("".join(lines[1:]).split()).count("Sum purchases up:") == 6
    assert max(len(line) for line in lines) <= 41
    assert "…" not in "".join(lines)


AMOUNTS = Rows(
    [Column("customer", "reference"), Column("name"), Column("phone", "phone"),
     *(Column(key, "money") for key in ("total", "not_due", "d1_30", "on_account"))],
    [
        ("bar-aurora", "Bar Aurora", "+39 040 000 5501", Decimal(5), Decimal(0), Decimal(0), None),
        ("hotel-jadran", "Hotel Jadran", "040", Decimal(7), Decimal(7), Decimal(0), Decimal(2)),
    ],
    total=("total", None, None, Decimal(12), Decimal(7), Decimal(0), Decimal(2)),
)  # fmt: skip


def test_what_says_nothing_is_left_out_first_and_told() -> None:
    text = "".join(rows_lines(AMOUNTS, Screen(width=64)))
    assert "nothing in: 1-30 days" in text
    assert text.count("account") == 1
    assert "1-30 days" in "".join(rows_lines(AMOUNTS, Screen(width=120)))


def test_an_id_beside_its_name_is_left_out_before_a_figure() -> None:
    text = "".join(rows_lines(AMOUNTS, Screen(width=58)))
    assert "not shown: customer" in text
    assert "Hotel Jadran" in text
    assert "+39 040 000 5501" in text
    assert "12.00" in text


@pytest.mark.parametrize("count", [3, 900])
def test_a_row_without_a_name_shows_its_id_where_ids_have_no_room(count: int) -> None:
    columns = [Column("product", "reference"), Column("name"), Column("net", "money")]
    rows = [*((f"beans-{n}", "House blend, beans", Decimal(9)) for n in range(count)),
            ("(none)", None, Decimal(1))]  # fmt: skip
    found = Rows(columns, rows, total=("total", None, Decimal(10)), ranked=["net", "name"])
    narrow = "".join(terminal_lines(found, Screen(width=32))).splitlines()
    assert not any(line.startswith("beans-0") for line in narrow)
    assert [line.split()[0] for line in narrow if line.split()[0] in ("(none)", "total")] == [
        "(none)", "total"
    ]  # fmt: skip
    wide = "".join(terminal_lines(found, Screen(width=80)))
    assert wide.count("total") == wide.count("(none)") == 1


def test_of_many_rows_it_is_not_said_that_a_column_has_nothing() -> None:
    rows = [("a" * 30, None, "b" * 20)] * 600 + [("a" * 30, "late", "b" * 20)]
    many = Rows([Column("name"), Column("note"), Column("text")], rows, ranked=["name", "text"])
    text = "".join(rows_lines(many, Screen(width=46)))
    assert "nothing in" not in text


def test_a_date_before_a_name_is_no_id_and_no_word_is_broken() -> None:
    rows = [("2026-12-10", "Beans for three bars, season 2027", "negotiation", "rotting")]
    columns = [Column("closes", "partial date"), Column("name"), Column("stage", "stage")]
    columns += [Column("marks")]
    text = "".join(terminal_lines(Rows(columns, rows), Screen(width=58), header=False))
    for word in ("2026-12-10", "negotiation", "rotting", "season"):
        assert word in text


def test_without_headings_columns_are_as_wide_as_their_cells() -> None:
    rows = Rows([Column("a long heading"), Column("b")], [("x", "y")])
    assert list(terminal_lines(rows, Screen(width=40), header=False)) == ["x  y\n"]


def test_choices_are_broken_between_them() -> None:
    assert wrapped("open|in_progress|done", 14, after="|") == ["open|", "in_progress|", "done"]
    assert wrapped("abcdefgh", 3, after="|") == ["abc", "def", "gh"]


def test_the_names_of_what_is_left_out_are_whole() -> None:
    columns = [Column("name"), *(Column(f"column_number_{n}") for n in range(9))]
    rows = Rows(columns, [["x" * 12] * 10], ranked=[column.key for column in columns])
    *_, last = rows_lines(rows, Screen(width=60))
    assert re.search(r"not shown: (column number \d, )*column number \d and \d more", last)
    assert last.endswith(" (--cols, -o csv)\n")


def test_the_lines_of_a_text_stand_in_one() -> None:
    shown = table([("Dear Ana,\n\nyour order\r\nis here\x1b",)])
    assert shown == "name\nDear Ana, your order is here\\x1b\n"


def test_a_terminal_says_what_numbers_are_counted_in() -> None:
    rows = Rows([Column("name"), Column("silent", "integer", unit="days")], [("Bor", 16)])
    assert next(terminal_lines(rows, Screen(width=40))) == "name  silent (days)\n"
    assert next(rows_lines(rows, PIPE)).split() == ["name", "silent"]


def test_an_address_is_cut_after_others_are_left_out() -> None:
    columns = [Column("customer"), Column("to", "e-mail"), Column("subject"), Column("by")]
    rows = Rows(columns, [("acme-coworking", "hello@acme.example", "The harvest is here", "petra")],
                ranked=("customer", "to", "subject", "by"))  # fmt: skip
    text = "".join(terminal_lines(rows, Screen(width=54)))
    assert "hello@acme.example" in text and "not shown: by" in text
