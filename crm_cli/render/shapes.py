"""How each shape of an answer is drawn: the one place that chooses between a terminal and a pipe.

A pipe gets plain text, which programs and mails can rely on, and never loads rich. A terminal
gets what rich draws; of what may have thousands of rows, what our own code draws in its theme.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from crm_cli.model.rows import Rows
from crm_cli.model.text import visible
from crm_cli.render.screen import Screen

if TYPE_CHECKING:
    from crm_cli.model.card import Card
    from crm_cli.model.errors import Problem
    from crm_cli.model.popup import Popup
    from crm_cli.render.agenda import Entry
    from crm_cli.render.board import Board

_MANY = 400
"""More entries are drawn by our own code, in a tenth of the time."""


def card(card: Card, screen: Screen) -> Iterator[str]:
    """A record or an item as a whole."""
    if screen.terminal:
        from crm_cli.render.terminal.card import card_lines as drawn

        return drawn(card, screen)
    from crm_cli.render.card import card_lines

    return card_lines(card, screen)


def popup(popup: Popup, screen: Screen) -> Iterator[str]:
    """Who is calling, on one screen."""
    if screen.terminal:
        from crm_cli.render.terminal.popup import popup_lines as drawn

        return drawn(popup, screen)
    from crm_cli.render.popup import popup_lines

    return popup_lines(popup, screen)


def entries(
    rows: Rows, screen: Screen, *, today: date, ages: bool = False, header: bool = True
) -> Iterator[str]:
    """What is due, with the `ages` of its days, or what happened."""
    if screen.terminal:
        from crm_cli.render.entries import entry_lines

        return entry_lines(rows, screen, today=today, ages=ages)
    from crm_cli.render.days import for_mail, with_times
    from crm_cli.render.output import rows_lines

    rows = with_times(rows)
    return rows_lines(for_mail(rows, screen) if ages else rows, screen, header=header)


def agenda(
    entries: Sequence[tuple[str, Entry]],
    screen: Screen,
    *,
    today: date,
    unique: Mapping[str, int],
    marks: Mapping[str, str] | None = None,
) -> Iterator[str]:
    """Days with their entries, each entry with its heading.

    `unique` is what is enough of ids, `marks` has the priorities that are more than usual.
    """
    if screen.terminal and len(entries) <= _MANY:
        from crm_cli.render.terminal.agenda import agenda_lines as drawn

        return drawn(entries, screen, today=today, unique=unique, marks=marks or {})
    from crm_cli.render.agenda import agenda_lines

    return agenda_lines(entries, screen)


def boards(boards: Sequence[Board], screen: Screen) -> Iterator[str]:
    """Stages beside each other, each with what is in it."""
    if screen.terminal:
        from crm_cli.render.terminal.board import board_lines as drawn

        return drawn(boards, screen)
    from crm_cli.render.board import board_lines

    return board_lines(boards, screen)


def chart(rows: Rows, screen: Screen) -> Iterator[str]:
    """The chart of a report."""
    if screen.terminal:
        from crm_cli.render.terminal.chart import chart_lines as drawn

        return drawn(rows, screen)
    from crm_cli.render.chart import chart_lines

    return chart_lines(rows, screen)


def checkup(checks: Sequence[tuple[str, str, str, str]], screen: Screen) -> Iterator[str]:
    """The checks of the set-up: name, state, message, what to run."""
    if screen.terminal:
        from crm_cli.render.terminal.panels import checkup_lines as drawn

        return drawn(checks, screen)
    from crm_cli.render.checkup import checkup_lines

    return checkup_lines(checks, screen)


def problems(problems: Sequence[Problem], screen: Screen) -> Iterator[str]:
    """What is wrong in the records, file by file."""
    if screen.terminal and problems:
        from crm_cli.render.terminal.panels import problem_lines as drawn

        return drawn(problems, screen)
    from crm_cli.render.problems import problem_line

    return (problem_line(problem, screen) for problem in problems)


def sections(sections: Sequence[tuple[str, Sequence[str]]], screen: Screen) -> Iterator[str]:
    """A text in sections, each with its heading."""
    from crm_cli.render.sections import section_lines

    return section_lines(sections, screen)


def diffs(
    files: Sequence[tuple[str, str | None, str | None]], screen: Screen
) -> Iterator[str]:
    """Files, each with its path, before and after; None where it is not there."""
    if screen.terminal:
        from crm_cli.render.terminal.diff import diff_lines as drawn

        return (line for file in files for line in drawn(*file, screen))
    from crm_cli.render.changes import diff_lines

    return (line for file in files for line in diff_lines(*file, screen))


def question(asked: str, answers: str, screen: Screen) -> str:
    """A question and what may be answered, to be followed by the answer."""
    if screen.terminal:
        from crm_cli.render.terminal.prompt import question_text

        return question_text(asked, answers, screen)
    return visible(f"{asked} {answers}".rstrip()) + " "


def candidates(found: Sequence[tuple[str, str]], screen: Screen) -> Iterator[str]:
    """What one may be chosen of, by number."""
    if screen.terminal:
        from crm_cli.render.terminal.prompt import candidate_lines as drawn

        return drawn(found, screen)
    from crm_cli.render.messages import candidate_lines

    return candidate_lines(found, numbered=True)


def page(text: str, screen: Screen) -> Iterator[str]:
    """A page of help, in the Markdown of our own texts."""
    if screen.terminal:
        from crm_cli.render.terminal.page import page_lines

        return page_lines(text, screen)
    return iter((text,))
