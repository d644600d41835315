"""What is due and what happened, on terminals of any width."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_cli.model.rows import Column, Rows
from crm_cli.render.days import fitted, narrowed, with_times
from crm_cli.render.output import rows_lines
from crm_cli.render.screen import Screen
from crm_cli.render.width import columns_of

COLUMNS = [Column(key) for key in ("when", "kind", "who", "name", "what", "id", "owner")]
ROWS = [
    (
        date(2026, 11, 16),
        "follow_up",
        "gostilna-pri-mlinu",
        "Gostilna Pri mlinu",
        "Ask whether the terrace is open again",
        "t-aaaaaa1",
        "petra",
    ),
    (
        datetime(2026, 11, 20, 14, 30, tzinfo=timezone(timedelta(hours=1))),
        "todo",
        "maja-kos",
        "Maja Kos",
        "Send the samples",
        "t-aaaaaa2",
        "marko",
    ),
]
DUE = with_times(
    Rows(COLUMNS, ROWS, tones=["alert", ""], groups=["overdue", "today"], unique={"t-aaaaaa1": 5})
)


def table(rows: Rows, screen: Screen) -> list[str]:
    return "".join(rows_lines(narrowed(rows, screen), screen)).splitlines()


def test_a_pipe_gets_everything_in_one_line_each() -> None:
    assert table(DUE, Screen()) == [
        "when              kind       who                 name                what"
        "                                   id         owner",
        "2026-11-16        follow_up  gostilna-pri-mlinu  Gostilna Pri mlinu  "
        "Ask whether the terrace is open again  t-aaaaaa1  petra",
        "2026-11-20 14:30  todo       maja-kos            Maja Kos            "
        "Send the samples                       t-aaaaaa2  marko",
    ]


def test_a_terminal_gets_headings() -> None:
    lines = table(DUE, Screen(width=200))
    assert lines[1:3] == ["", "overdue"]
    assert lines[4:6] == ["", "today"]
    assert [line for line in lines if line and line not in ("overdue", "today")] == table(
        DUE, Screen()
    )


def test_80_columns_lose_no_word() -> None:
    assert table(DUE, Screen(width=80)) == [
        "when        kind       name          what                     id         owner",
        "",
        "overdue",
        "2026-11-16  follow_up  Gostilna Pri  Ask whether the terrace  t-aaaaaa1  petra",
        "                       mlinu         is open again",
        "",
        "today",
        "2026-11-20  todo       Maja Kos      14:30 Send the samples   t-aaaaaa2  marko",
    ]


def test_a_narrow_one_spares_owner_and_kind() -> None:
    lines = table(DUE, Screen(width=52))
    assert lines[0].split() == ["when", "name", "what", "id"]
    assert max(map(columns_of, lines)) <= 52


def test_colour_shows_how_much_of_an_id_is_enough() -> None:
    lines = table(DUE, Screen(width=200, color=True))
    assert "\x1b[1mt-aaa\x1b[22maaa1" in lines[3]
    assert "\x1b[1mt-aaa" not in lines[6]
    assert "\x1b" not in "".join(table(DUE, Screen(width=200)))


def test_a_long_text_ends_after_three_lines() -> None:
    rows = DUE.but(rows=[(*DUE.rows[0][:4], "word " * 80, *DUE.rows[0][5:])], groups=None)
    lines = table(rows, Screen(width=80))
    assert len(lines) == 4
    assert lines[3].rstrip().endswith("…")
    plain = table(rows, Screen(width=80, unicode=False))
    assert plain[3].rstrip().endswith("~")


@given(
    what=st.text(max_size=120),
    name=st.text(max_size=60),
    width=st.integers(min_value=62, max_value=140),
)
def test_no_line_is_wider_than_the_terminal(what: str, name: str, width: int) -> None:
    row = ("2026-11-16", "call", "maja-kos", name, what, "t-aaaaaa1", "petra")
    rows = Rows(COLUMNS, [row], groups=["today"], tones=[""])
    assert max(map(columns_of, table(rows, Screen(width=width)))) <= width


@pytest.mark.parametrize("width", [20, 30, 40])
def test_the_narrowest_are_cut(width: int) -> None:
    assert table(DUE, Screen(width=width))


@pytest.mark.parametrize("width", [1, 10, 20, 40, 80, None])
def test_nothing_and_rows_without_texts_fit_everywhere(width: int | None) -> None:
    screen = Screen(width=width, height=24, color=False, unicode=True)
    nothing = Rows(COLUMNS, [])
    assert list(rows_lines(fitted(with_times(nothing), screen), screen)) == []
    bare = with_times(Rows(COLUMNS, [(date(2026, 11, 16), "todo", "maja", None, None, None, None)]))
    assert any("20" in line for line in rows_lines(fitted(bare, screen), screen))
