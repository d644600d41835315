"""What rich draws for a terminal: every shape within its width, and nothing from data but text."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_cli.model.card import Card, Fact, Section
from crm_cli.model.errors import Problem, Severity
from crm_cli.model.popup import Popup, PopupLine
from crm_cli.model.rows import Chart, Column, Rows
from crm_cli.model.text import visible
from crm_cli.model.width import columns_of
from crm_cli.render import shapes
from crm_cli.render.progress import Progress
from crm_cli.render.screen import Screen

TODAY = date(2026, 11, 20)
HOSTILE = "evil\x1b[2J\u202e [bold red]x[/] :smile: [link=https://x.example]y[/link]\x07"


class Entry(NamedTuple):
    when: Any
    until: Any
    kind: str
    name: str | None
    what: str
    id: str | None


class Deal(NamedTuple):
    id: str
    name: str
    customer: str
    value: Decimal | None
    currency: str
    age: int | None
    marks: tuple[str, ...]


class Stage(NamedTuple):
    label: str
    status: str
    deals: int
    amount: Decimal
    weighted: Decimal
    cards: tuple[Deal, ...]


class Pipeline(NamedTuple):
    label: str
    columns: tuple[Stage, ...]
    currency: str


def a_card(text: str, screen: Screen) -> Iterator[str]:
    table = Rows([Column("due", "date"), Column("title"), Column("id")], [(TODAY, text, "t-1")])
    sections = [
        Section(facts=[Fact("e-mail", f"{text}@x.example", type="e-mail"), Fact(text, text)]),
        Section("At a glance", [Fact("balance", "5.00 EUR", f"{text} overdue")], leading=True),
        Section(text, table=table),
        Section("People", [Fact("friend", text, text)], tree=True),
        Section("Notes", text=f"# {text}\n\n- {text}\n- [a link](https://evil.example) {text}\n"),
    ]
    return shapes.card(Card(text, f"ana · {text} · +vip", sections, "/srv/ana.yaml"), screen)


def an_agenda(text: str, screen: Screen) -> Iterator[str]:
    entries = [
        ("overdue", Entry(date(2026, 11, 2), None, "call", text, text, "t-abcdef1")),
        ("Fri 2026-11-20, today", Entry(datetime(2026, 11, 20, 9), None, "x", text, text, None)),
        ("Fri 2026-11-20, today", Entry(datetime(2026, 11, 20, 9), None, "free", None, "", None)),
    ]
    marks = {"t-abcdef1": "urgent"}
    return shapes.agenda(entries, screen, today=TODAY, unique={"t-abcdef1": 5}, marks=marks)


def a_popup(text: str, screen: Screen) -> Iterator[str]:
    lines = [
        PopupLine("reach", f"+386 40 123 456 · {text}", types=("phone", "e-mail")),
        PopupLine("mind", text, "alert"),
        PopupLine("mind", f"{text}, 5.00 overdue", "alert"),
        *[PopupLine("bought", f"2026-11-04  {text}  overdue  {text}") for _ in range(8)],
    ]
    return shapes.popup(Popup(text, f"ana · {text} · +vip", tuple(lines)), screen)


def a_timeline(text: str, screen: Screen) -> Iterator[str]:
    columns = [Column("when", "moment"), Column("kind"), Column("who"), Column("what")]
    rows = [(TODAY, text, text, text), (datetime(2026, 11, 19, 9), "call", text, text)]
    return shapes.entries(Rows(columns, rows), screen, today=TODAY)


def a_board(text: str, screen: Screen) -> Iterator[str]:
    deal = Deal("d-1", text, text, Decimal("5"), "EUR", 3, ("rotting", "no next step"))
    stages = (
        Stage(text, "open", 3, Decimal("5"), Decimal("2"), (deal, deal)),
        Stage("Empty", "on_hold", 0, Decimal(0), Decimal(0), ()),
        Stage("Won", "won", 1, Decimal("1e6"), Decimal("1e6"), (deal,)),
        Stage("More", "open", 1, Decimal("1"), Decimal("1"), (deal,)),
    )
    return shapes.boards([Pipeline(text, stages, "EUR"), Pipeline("b", (), "EUR")], screen)


def a_chart(text: str, screen: Screen) -> Iterator[str]:
    chart = Chart(value="net", labels=("name",), unit="EUR")
    rows = [(text, Decimal("10")), ("b", Decimal("-4")), ("c", None)]
    return shapes.chart(Rows([Column("name"), Column("net", "money")], rows, chart=chart), screen)


def a_checkup(text: str, screen: Screen) -> Iterator[str]:
    checks = [("git", "warn", text, "crm git setup"), ("lock", "fail", text, ""),
              ("index", "ok", "26", "")]  # fmt: skip
    return shapes.checkup(checks, screen)


def problems(text: str, screen: Screen) -> Iterator[str]:
    found = [
        Problem(f"{text}.yaml", 3, 5, "bad-date", text, text),
        Problem(f"{text}.yaml", 9, 1, "odd", text, severity=Severity.WARNING),
        Problem("b.yaml", 1, 1, "x", "wrong"),
    ]
    return shapes.problems(found, screen)


def a_diff(text: str, screen: Screen) -> Iterator[str]:
    before, after = f"a: {text}\nb: 1\r\n", f"a: {text}!\nb: 1\nc: {text}\n"
    return shapes.diffs([(text, before, after), ("new.yaml", None, "a: 1\n")], screen)


def a_page(text: str, screen: Screen) -> Iterator[str]:
    return shapes.page(f"{text}\n\n  crm list {text}   what it does\n\nMore:\n", screen)


def a_question(text: str, screen: Screen) -> Iterator[str]:
    return iter(shapes.question(text, "[y/N]", screen).splitlines(keepends=True))


def a_choice(text: str, screen: Screen) -> Iterator[str]:
    return shapes.candidates([("ana", text), ("bor", text)] * 15, screen)


def a_progress(text: str, screen: Screen) -> Iterator[str]:
    from crm_cli.render.terminal.progress import progress_line

    return iter((progress_line(text, 3200, 10000, 2.5, screen),))


SHAPES = [
    a_card, an_agenda, a_popup, a_timeline, a_board, a_chart, a_checkup, problems, a_diff, a_page,
    a_question, a_choice, a_progress,
]  # fmt: skip
each = pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: str(shape.__name__))

Shape = Callable[[str, Screen], Iterator[str]]


def bare(text: str) -> str:
    """Without the colours and links that the program itself makes."""
    text = re.sub(r"\x1b\]8;[^;\x1b]*;[!-~]*\x1b\\", "", text)
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


@each
@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("color", [True, False])
def test_every_shape_keeps_to_the_width(shape: Shape, width: int, color: bool) -> None:
    screen = Screen(width=width, height=24, color=color, links=color)
    lines = bare("".join(shape("Kava in čaj d.o.o., roasters since 1998", screen))).split("\n")
    assert max(map(columns_of, lines)) <= width
    assert any("Kava" in line for line in lines)


@each
def test_no_text_of_a_record_is_more_than_text(shape: Shape) -> None:
    screen = Screen(width=120, height=24, color=True, links=True)
    shown = "".join(shape(HOSTILE, screen))
    assert not re.search(r"https?://[^ ]*\x1b\\", shown), "a link that a record made"
    plain = bare(shown)
    assert visible(plain, multiline=True) == plain, "a control character"
    flat = re.sub(r"[\s│]", "", plain)
    if shape is not a_progress:  # Its label is ours, and cut to the line.
        assert "[boldred]" in flat, "markup was read"
    assert "😄" not in plain


@each
def test_without_colour_there_is_no_escape(shape: Shape) -> None:
    assert "\x1b" not in "".join(shape("Kava", Screen(width=80, height=24)))


@each
def test_colour_only_adds(shape: Shape) -> None:
    plain = "".join(shape("Kava overdue", Screen(width=80, height=24)))
    colored = bare("".join(shape("Kava overdue", Screen(width=80, height=24, color=True))))
    if shape is not a_progress:  # Its bar is of colours, or of signs.
        assert [line.rstrip() for line in colored.split("\n")] == [
            line.rstrip() for line in plain.split("\n")
        ]


@each
def test_without_unicode_all_is_ascii(shape: Shape) -> None:
    screen = Screen(width=80, height=24, color=True, unicode=False)
    assert "".join(shape("Kava", screen)).isascii()


@settings(max_examples=25)
@given(
    st.text(alphabet=st.characters(exclude_categories=["Cs", "Cn", "Co"]), max_size=60),
    st.integers(30, 130),
)
def test_any_text_is_drawn_without_control_characters(text: str, width: int) -> None:
    screen = Screen(width=width, height=24, color=True)
    for shape in SHAPES:
        plain = bare("".join(shape(text, screen)))
        assert visible(plain, multiline=True) == plain


def test_a_tree_shows_people_below_what_they_belong_to() -> None:
    lines = list(a_card("Kava", Screen(width=80)))
    at = next(place for place, line in enumerate(lines) if line.startswith("└── "))
    assert lines[at - 1] == "Kava\n"
    assert lines[at] == "└── Kava  friend  Kava\n"


def test_what_matters_comes_first_on_a_card() -> None:
    shown = "".join(a_card("Kava", Screen(width=80)))
    assert shown.index("At a glance") < shown.index("e-mail") < shown.index("t-1")
    beside = next(line for line in a_card("Kava", Screen(width=120)) if "e-mail" in line)
    assert beside.startswith("e-mail")


def test_notes_are_markdown_and_links_in_them_are_only_shown() -> None:
    shown = "".join(a_card("Kava", Screen(width=80, color=True, links=True)))
    assert "https://evil.example" in bare(shown)
    assert "]8;" not in shown[shown.index("Notes") :]
    assert " • Kava" in bare(shown)


def test_notes_keep_their_lines() -> None:
    card = Card("A", sections=[Section("Notes", text="Mon *8-16*\nTue *8-12*\n")])
    lines = [line.strip() for line in shapes.card(card, Screen(width=80))]
    assert lines[-2:] == ["Mon 8-16", "Tue 8-12"]


def test_addresses_are_links_where_the_terminal_knows_them() -> None:
    facts = [
        Fact("e-mail", "ana@novak.example", type="e-mail"),
        Fact("phone", "+386 40 123 456", type="phone"),
        Fact("e-mail", 'ana@novak.example?subject="\x1b', type="e-mail"),
        Fact("phone", "javascript:alert(1)", type="phone"),
    ]
    card = Card("Ana", "ana", [Section(facts=facts)], "/srv/my crm/ana.yaml")
    shown = "".join(shapes.card(card, Screen(width=80, color=True, links=True)))
    assert re.findall(r"\x1b\]8;[^;]*;([^\x1b]+)\x1b", shown) == [
        "file:///srv/my%20crm/ana.yaml", "mailto:ana@novak.example", "tel:+38640123456",
    ]  # fmt: skip
    assert "]8;" not in "".join(shapes.card(card, Screen(width=80, color=True)))


def test_a_diff_shows_what_differs_within_a_line() -> None:
    screen = Screen(width=80, color=True)
    files = [("a.yaml", "city: Koper\n", "city: Kopar\n")]
    shown = "".join(shapes.diffs(files, screen))
    assert re.search(r"\x1b\[1;4;31me\x1b", shown)
    assert re.search(r"\x1b\[1;4;32ma\x1b", shown)


def test_long_work_shows_how_fast_it_is_and_how_long_still() -> None:
    (line,) = a_progress("Reading records", Screen(width=80))
    bar = "[#######                 ]"
    assert line == f"Reading records  {bar}  3,200 of 10,000  0:05 left"
    (line,) = a_progress("Reading records", Screen(width=90))
    assert line == f"Reading records  {bar}  3,200 of 10,000  1,280/s  0:05 left"


def test_progress_is_taken_away_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crm_cli.render.progress.PATIENCE", 0.0)
    stream = io.StringIO()
    with Progress("Reading", 10, stream, Screen(width=60)) as progress:
        progress.advance(3)
    shown = stream.getvalue()
    assert "3 of 10" in shown
    assert shown.endswith("\r" + " " * 59 + "\r")
    assert "\n" not in shown
    assert "\x1b[?25l" not in shown


LONG = "Beans for three bars, season 2027, and a machine for each of the three as in years before"


def popped(lines: int, screen: Screen) -> list[str]:
    popup = Popup("Ana", "ana · +vip", tuple(PopupLine("talk", LONG) for _ in range(lines)))
    return list(shapes.popup(popup, screen))


def test_a_popup_is_wrapped_as_long_as_it_stays_on_the_screen() -> None:
    few = popped(5, Screen(width=80, height=24))
    assert len(few) == 12
    assert "…" not in "".join(few)
    many = popped(19, Screen(width=80, height=24))
    assert len(many) == 23, "as many lines as leave one for the prompt"
    assert "…" in many[-1]


def test_a_popup_marks_what_to_mind_and_links_what_can_be_called() -> None:
    lines = (
        PopupLine("reach", "+386 40 123 456 · Split", types=("phone",)),
        PopupLine("mind", "high credit risk", "alert"),
    )
    popup = Popup("Ana", "ana · customer", lines)
    plain = list(shapes.popup(popup, Screen(width=80, height=24)))
    assert plain[-1] == "mind   ! high credit risk\n"
    linked = "".join(shapes.popup(popup, Screen(width=80, height=24, color=True, links=True)))
    assert re.findall(r"\x1b\]8;[^;]*;([^\x1b]+)\x1b", linked) == ["tel:+38640123456"]


def test_a_popup_in_a_pipe_is_as_it_was() -> None:
    popup = Popup("Ana", "ana · customer", (PopupLine("mind", LONG, "alert"),))
    assert list(shapes.popup(popup, Screen())) == [
        "Ana\n", "ana · customer\n",
        "mind  Beans for three bars, season 2027, and a machine for each of the three as…\n",
    ]  # fmt: skip


def test_overdue_of_the_agenda_has_its_time_and_what_is_urgent_its_mark() -> None:
    late = Entry(datetime(2026, 11, 2, 12), None, "todo", "Luka", "Keep a place", "t-1")
    shown = "".join(
        shapes.agenda(
            [("overdue", late)], Screen(width=80), today=TODAY, unique={}, marks={"t-1": "urgent"}
        )
    )
    assert "urgent · Luka · 12:00 Keep a place" in shown


def test_what_is_computed_is_said_once_on_a_card() -> None:
    facts = [Fact("kind", "invoice"), Fact("net", Decimal(5), "computed", type="money"),
             Fact("counts", "yes", "computed")]  # fmt: skip
    shown = "".join(shapes.card(Card("A-1", "p-1", [Section(facts=facts)]), Screen(width=80)))
    assert shown.lower().count("computed") == 1
    assert "5.00" in shown
    wide = list(shapes.card(Card("A-1", "p-1", [Section(facts=facts)]), Screen(width=120)))
    assert any(line.startswith("kind") and "Computed" in line for line in wide)


def test_the_timeline_of_one_customer_says_the_name_once() -> None:
    shown = list(a_timeline("Kava", Screen(width=80)))
    assert shown[0].startswith("Kava · 2 ──")
    columns = [Column("when", "moment"), Column("kind"), Column("who"), Column("what")]
    two = Rows(columns, [(TODAY, "call", "ana", "x"), (TODAY, "call", "bor", "x")])
    assert "ana  x" in "".join(shapes.entries(two, Screen(width=80), today=TODAY))
