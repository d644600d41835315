"""Tables: aligned by what is seen, whole for pipes, cut for terminals only."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_cli.model.rows import Column, Few, Rows
from crm_cli.model.text import visible
from crm_cli.render.output import rows_lines
from crm_cli.render.screen import Screen
from crm_cli.render.table import table_lines
from crm_cli.render.width import columns_of, fitted, wrapped

PIPE = Screen()


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
    lines = table([(long, "Koper")], Screen(width=40)).splitlines()
    assert max(map(len, lines)) <= 40
    assert "…" in lines[1]
    assert lines[1].endswith("Koper")
    assert "~" in table([(long, "Koper")], Screen(width=40, unicode=False))


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
    shown = "".join(table_lines(["a", "b"], ["", ""], rows, Screen(width=width)))
    lines = shown.split("\n")[:-1]
    assert len(lines) == len(rows) + 1
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
