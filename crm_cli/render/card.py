"""Drawing cards: a title, then sections of facts, small tables and text."""

from __future__ import annotations

from collections.abc import Iterator

from crm_cli.model.card import Card, Fact
from crm_cli.model.rows import Rows
from crm_cli.model.text import visible
from crm_cli.model.width import columns_of, padded, wrapped
from crm_cli.render.screen import Screen
from crm_cli.render.table import shown, table_lines


def card_lines(card: Card, screen: Screen) -> Iterator[str]:
    """The card's lines, each with its line feed. Texts are wrapped, never cut."""
    yield screen.paint(visible(card.title), "strong") + "\n"
    if card.subtitle:
        yield screen.paint(visible(card.subtitle), "muted") + "\n"
    held = [section for section in card.sections if not section.empty]
    width = max(
        (
            columns_of(visible(fact.label))
            for section in held
            for fact in section.facts
            if not fact.empty
        ),
        default=0,
    )
    for section in held:
        yield "\n"
        if section.title:
            yield screen.paint(visible(section.title), "head") + "\n"
        indent = "  " if section.title else ""
        for fact in section.facts:
            if not fact.empty:
                yield from _fact_lines(fact, width, indent, screen)
        if section.table and section.table.rows:
            yield from _table(section.table, indent, screen)
        if section.text:
            for line in wrapped(visible(section.text, multiline=True), screen.drawn_width - 4):
                yield (indent + line).rstrip(" ") + "\n"


def _fact_lines(fact: Fact, width: int, indent: str, screen: Screen) -> Iterator[str]:
    label = padded(visible(fact.label), width)
    value = fact.value
    text = (
        visible(value, multiline=True) if isinstance(value, str) else shown(value, fact.type)
    ).expandtabs(4)
    room = max(screen.drawn_width - len(indent) - width - 2, 20)
    for number, line in enumerate(wrapped(text, room)):
        lead = screen.paint(label, "muted") if number == 0 else " " * width
        body = screen.paint(line, fact.tone) if fact.tone else line
        note = ""
        if number == 0 and fact.note:
            note = "  " + screen.paint(visible(fact.note), "muted")
        yield f"{indent}{lead}  {body}{note}".rstrip(" ") + "\n"


def _table(rows: Rows, indent: str, screen: Screen) -> Iterator[str]:
    inner = screen
    if screen.width is not None:
        inner = screen._replace(width=screen.width - len(indent))
    lines = table_lines(
        [column.heading for column in rows.columns],
        [column.type for column in rows.columns],
        rows.rows,
        inner,
        header=any(column.label for column in rows.columns),
        tones=rows.tones,
        total=rows.total,
    )
    return (indent + line for line in lines)
