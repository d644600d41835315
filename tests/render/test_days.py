"""What is due and what happened: in mails one line each, on terminals of any width nothing lost."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_cli.model.rows import Column, Rows
from crm_cli.model.text import visible
from crm_cli.model.width import columns_of
from crm_cli.render import shapes
from crm_cli.render.screen import Screen

TODAY = date(2026, 11, 20)
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
DUE = Rows(
    COLUMNS,
    ROWS,
    groups=["overdue", "today"],
    marks=["high", ""],
    unique={"t-aaaaaa1": 5, "t-aaaaaa2": 9},
)


def entries(rows: Rows, screen: Screen, *, ages: bool = True) -> list[str]:
    return "".join(shapes.entries(rows, screen, today=TODAY, ages=ages)).splitlines()


def test_a_pipe_gets_one_line_each_of_80_columns() -> None:
    lines = entries(DUE, Screen())
    assert lines[0].split() == ["when", "kind", "name", "what", "id"]
    assert len(lines) == 3
    assert max(map(columns_of, lines)) <= 80


def test_a_pipe_gets_what_happened_whole() -> None:
    assert entries(DUE, Screen(), ages=False)[1] == (
        "2026-11-16        follow_up  gostilna-pri-mlinu  Gostilna Pri mlinu  "
        "Ask whether the terrace is open again  t-aaaaaa1  petra"
    )


def test_80_columns_lose_no_word_and_days_speak() -> None:
    rule = "─" * 80
    assert entries(DUE, Screen(width=80)) == [
        f"Overdue · 1 {rule}"[:80],
        "4 d late  follow_up  high · Gostilna Pri mlinu · Ask whether    petra  t-aaa",
        "                     the terrace is open again",
        "",
        f"Today, Friday 2026-11-20 · 1 {rule}"[:80],
        "14:30     todo       Maja Kos · Send the samples                marko  t-aaaaaa2",
    ]


def test_a_wide_one_has_the_day_and_a_column_of_names() -> None:
    lines = entries(DUE, Screen(width=120))
    assert lines[1].startswith("2026-11-16  4 d late  follow_up  Gostilna Pri mlinu  high · Ask")
    assert lines[4].startswith("2026-11-20  14:30     todo       Maja Kos            Send the")
    assert "t-aaa" in lines[1]
    assert "t-aaaaaa1" not in lines[1]


def test_what_happened_shows_a_day_once() -> None:
    rows = DUE.but(groups=None, marks=None, rows=[ROWS[1], ROWS[1], ROWS[0]])
    lines = [line for line in entries(rows, Screen(width=120), ages=False) if line.strip()]
    assert [line[:10].strip() for line in lines] == ["2026-11-20", "", "2026-11-16"]
    assert "14:30 Send the samples" in lines[1]


def test_a_narrow_one_spares_owner_and_kind() -> None:
    shown = "\n".join(entries(DUE, Screen(width=46)))
    assert "petra" not in shown
    assert "Gostilna" in shown
    assert max(map(columns_of, shown.split("\n"))) <= 46


def test_colour_is_only_added() -> None:
    plain = entries(DUE, Screen(width=80))
    colored = entries(DUE, Screen(width=80, color=True))
    assert [_bare(line) for line in colored] == plain
    assert "\x1b[1;31m4 d late" in colored[1]
    assert "\x1b" not in "".join(plain)


def _bare(line: str) -> str:
    import re

    return re.sub(r"\x1b\[[0-9;]*m", "", line).rstrip()


def test_a_long_text_ends_after_three_lines() -> None:
    rows = Rows(COLUMNS, [(*ROWS[0][:4], "word " * 80, *ROWS[0][5:])])
    lines = [line for line in entries(rows, Screen(width=80)) if line]
    assert len(lines) == 3
    assert "…" in lines[2]
    plain = [line for line in entries(rows, Screen(width=80, unicode=False)) if line]
    assert "~" in plain[2]
    assert "".join(plain).isascii()


@given(
    what=st.text(max_size=120),
    name=st.text(max_size=60),
    mark=st.sampled_from(("", "high")),
    width=st.integers(min_value=62, max_value=140),
    color=st.booleans(),
)
def test_no_line_is_wider_than_the_terminal(
    what: str, name: str, mark: str, width: int, color: bool
) -> None:
    row = (date(2026, 11, 16), "call", "maja-kos", name, what, "t-aaaaaa1", "petra")
    rows = Rows(COLUMNS, [row], groups=["today"], marks=[mark])
    lines = "".join(
        shapes.entries(rows, Screen(width=width, color=color), today=TODAY, ages=True)
    ).split("\n")
    assert max(columns_of(_bare(line)) for line in lines) <= width
    assert all(visible(_bare(line)) == _bare(line) for line in lines)


@pytest.mark.parametrize("width", [20, 30, 40, None])
def test_the_narrowest_and_rows_without_texts(width: int | None) -> None:
    screen = Screen(width=width, height=24)
    assert entries(DUE, screen)
    bare = Rows(COLUMNS, [(date(2026, 11, 16), "todo", "maja", None, None, None, None)])
    assert entries(bare, screen)
    assert entries(DUE.but(rows=[], groups=[]), screen) == []
