"""Cards, problems, changes, charts, progress, messages."""

from __future__ import annotations

import io
from decimal import Decimal

from crm_cli.model.card import Card, Fact, Section
from crm_cli.model.errors import Ambiguous, NotFound, Problem, Severity
from crm_cli.model.rows import Chart, Column, Rows
from crm_cli.render.card import card_lines
from crm_cli.render.changes import FieldChange, diff_lines, field_lines
from crm_cli.render.chart import Point, bar_lines, chart_lines, line_lines
from crm_cli.render.messages import candidate_lines, refusal_lines
from crm_cli.render.problems import problem_lines, problem_object
from crm_cli.render.progress import Progress
from crm_cli.render.screen import Screen, screen_of

PIPE = Screen()


def test_a_card_shows_what_there_is() -> None:
    card = Card(
        "Maja Kos",
        "maja-kos · person",
        [
            Section(
                "",
                [
                    Fact("phone", "+386 40 123 456", "mobile"),
                    Fact("city", None),
                    Fact("spend", Decimal("1200.00"), "EUR"),
                ],
            ),
            Section("Empty", [Fact("x", None)], Rows([Column("a")], [])),
            Section("Tasks", table=Rows([Column("id"), Column("title")], [("t-1", "Call\x1b")])),
            Section("Notes", text="Likes\nespresso."),
        ],
    )
    assert "".join(card_lines(card, PIPE)) == (
        "Maja Kos\n"
        "maja-kos · person\n"
        "\n"
        "phone  +386 40 123 456  mobile\n"
        "spend  1,200.00  EUR\n"
        "\n"
        "Tasks\n"
        "  t-1  Call\\x1b\n"
        "\n"
        "Notes\n"
        "  Likes\n"
        "  espresso.\n"
    )


def test_a_cards_long_text_is_wrapped_below_its_value() -> None:
    card = Card("M", sections=[Section("", [Fact("notes", "word " * 30)])])
    lines = "".join(card_lines(card, PIPE)).splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[3].startswith("       word")


def test_problems_are_sorted_counted_and_said_once() -> None:
    problems = [Problem(f"b{n:02}.yaml", n, 1, "bad-date", "not a date") for n in range(25)]
    warning = Problem("a.yaml", 1, 1, "odd-key", "odd", "rename it", Severity.WARNING)
    lines = list(problem_lines([*problems, warning, problems[3]], PIPE))
    assert len(lines) == 21
    assert lines[0] == "b00.yaml: not a date\n"
    assert lines[1] == "b01.yaml:1:1: not a date\n"
    assert lines[-1] == "… and 6 more: crm check\n"
    every = list(problem_lines([*problems, warning], PIPE, limit=None))
    assert every[0] == "a.yaml:1:1: warning: odd (rename it)\n"
    assert problem_object(warning)["severity"] == "warning"


def test_a_problems_texts_are_made_visible() -> None:
    (line,) = problem_lines([Problem("a\n.yaml", 1, 1, "x", "bad \x1b[2J")], PIPE)
    assert line == "a\\n.yaml:1:1: bad \\x1b[2J\n"


def test_changes() -> None:
    changes = [
        FieldChange("city", "Koper", "Piran"),
        FieldChange("phone", "1", None),
        FieldChange("tags", ["a"], ["a", "b"]),
        FieldChange("same", 1, 1),
    ]
    assert "".join(field_lines(changes, PIPE)) == (
        "  city: Koper → Piran\n  phone: 1 → (none)\n  tags: a → a, b\n"
    )
    diff = "".join(diff_lines("customers/maja.yaml", "name: Maja\r\n", "name: Maja\n", PIPE))
    assert diff == (
        "--- customers/maja.yaml\n+++ customers/maja.yaml\n@@ -1 +1 @@\n"
        "-name: Maja\\r\n+name: Maja\n"
    )
    assert "(no line feed at the end)" in "".join(diff_lines("a", "x\n", "x", PIPE))
    assert "+++ (removed)" in "".join(diff_lines("a", "x\n", None, PIPE))
    assert list(diff_lines("a", "x", "x", PIPE)) == []


def test_bars_are_to_one_scale() -> None:
    lines = list(
        bar_lines(
            [("vip", Decimal(100)), ("new", Decimal(50)), ("none", None), ("back", -10)], PIPE
        )
    )
    drawn = [line.count("█") for line in lines]
    assert drawn[0] > 0
    assert drawn[1] == drawn[0] // 2
    assert drawn[2] == 0
    assert "-10  --" in lines[3]
    assert max(map(len, lines)) <= 81
    plain = "".join(bar_lines([("a", 1)], Screen(unicode=False)))
    assert plain.isascii()
    assert list(bar_lines([], PIPE)) == []


def test_rows_are_drawn_by_their_chart() -> None:
    columns = [Column("id"), Column("name"), Column("net", "money")]
    bars = Chart(value="net", labels=("name", "id"), unit="EUR")
    rows = Rows(columns, [("ana", "Ana", Decimal(4)), ("bor", None, Decimal(2))], chart=bars)
    drawn = [line.split() for line in chart_lines(rows, PIPE)]
    assert [line[:3] for line in drawn] == [["Ana", "4", "EUR"], ["bor", "2", "EUR"]]
    line = rows.but(chart=Chart(value="net", labels=("id",), kind="line"))
    assert list(chart_lines(line, PIPE)) == list(line_lines([("ana", 4), ("bor", 2)], PIPE))
    assert list(chart_lines(rows.but(rows=[]), PIPE)) == []
    assert list(chart_lines(line.but(rows=[]), PIPE)) == []


def test_a_line_follows_the_values() -> None:
    points: list[Point] = [("2026-01", 0), ("2026-02", Decimal(8)), ("2026-03", None)]
    points.append(("2026-04", Decimal(4)))
    assert "".join(line_lines(points, PIPE, unit="EUR")) == (
        "8 EUR ┤      ╭─────\n"
        + "      │      │\n" * 3
        + "      │      │           ──────\n"
        + "      │      │\n" * 3
        + "0 EUR ┤──────╯\n"
        + "       2026-01          2026-04\n"
    )
    assert "".join(line_lines(points, Screen(unicode=False))).isascii()
    many: list[Point] = [(f"day {day}\x1b[2J", day % 7) for day in range(1000)]
    lines = list(line_lines(many, Screen(width=40)))
    assert max(map(len, lines)) <= 41
    assert "\x1b" not in "".join(lines)
    flat = list(line_lines([("a", 5)], PIPE))
    assert [line for line in flat if "5" in line] == ["5 ┤──────\n"]
    assert list(line_lines([("a", None)], PIPE)) == []


def test_refusals_say_what_and_what_next() -> None:
    error = NotFound("nobody is called \x07maja", "crm list shows everyone")
    assert "".join(refusal_lines(error, PIPE)) == (
        "crm: nobody is called \\x07maja\n  crm list shows everyone\n"
    )
    ambiguous = Ambiguous("two", candidates=(("maja-kos", "Maja Kos"), ("maja", "Maja Zupan")))
    assert list(refusal_lines(ambiguous, PIPE))[1:] == [
        "  maja-kos  Maja Kos\n",
        "  maja      Maja Zupan\n",
    ]
    many = [(f"c{number}", "") for number in range(30)]
    assert list(candidate_lines(many, numbered=True))[-1] == "  … and 10 more\n"


def test_progress_is_silent_for_short_work_and_off_a_terminal() -> None:
    stream = io.StringIO()
    with Progress("Reading", 10, stream) as progress:
        progress.advance(10)
    assert stream.getvalue() == ""
    with Progress("Reading", 0, None) as progress:
        progress.advance()


def test_colour_follows_the_conventions() -> None:
    stream = io.StringIO()
    assert screen_of(stream, environ={}).width is None
    assert not screen_of(stream, environ={}).color
    assert screen_of(stream, color="always", environ={"NO_COLOR": "1"}).color

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    assert screen_of(terminal, environ={"COLUMNS": "99"}).width == 99
    assert screen_of(terminal, environ={"TERM": "xterm"}).color
    assert not screen_of(terminal, environ={"TERM": "dumb"}).color
    assert not screen_of(terminal, environ={"NO_COLOR": "1"}).color
    assert screen_of(terminal, environ={"NO_COLOR": ""}).color
    assert not screen_of(terminal, color="never", environ={}).color
