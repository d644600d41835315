"""Cards: a frame with the name, what there is to know at a glance, then facts, tables, notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import chain

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from crm_cli.model.card import Card, Fact, Section
from crm_cli.model.meanings import TONE_OF_COLUMN, TONE_OF_WORD
from crm_cli.render.links import file_uri, uri_of
from crm_cli.render.screen import Screen
from crm_cli.render.table import shown
from crm_cli.render.terminal.console import drawn, framed, subtitle, text
from crm_cli.render.terminal.markdown import markdown_lines
from crm_cli.render.terminal_table import AMOUNTS, at_least, terminal_lines

_ASIDE = 100
"""From this width on what there is at a glance stands beside the other facts."""
_INDENT = "  "
_WHOLE = "-o json"
"""What shows the columns that there is no room for."""
_LABEL = 20
_COMPUTED = "Computed"
"""The heading of what nobody wrote down, and, as a word, what marks it."""


def card_lines(card: Card, screen: Screen) -> Iterator[str]:
    """The card's lines, each with its line feed. Texts are wrapped, never cut."""
    held = list(_parted(section for section in card.sections if not section.empty))
    tops = [one for one in held if one.leading] + [one for one in held if not one.title][:1]
    if held and not held[0].title:
        tops += [one for one in held[1:2] if one.title == _COMPUTED]
    rest = [one for one in held if not any(one is top for top in tops)]
    parts: list[Iterator[str]] = [drawn(_head(card, screen), screen)]
    if (screen.width or 80) >= _ASIDE and len(tops) == 2:
        beside = Table.grid(expand=True, padding=(0, 2))
        beside.add_column(ratio=1)
        beside.add_column(ratio=1)
        first, second = sorted(tops, key=lambda one: bool(one.title))
        beside.add_row(_facts_of(first, screen), _facts_of(second, screen))
        parts += [iter(("\n",)), drawn(beside, screen)]
    else:
        parts += [_section(section, card, screen) for section in tops]
    parts += [_section(section, card, screen) for section in rest]
    return chain.from_iterable(parts)


def _parted(sections: Iterable[Section]) -> Iterator[Section]:
    """The sections, with what is computed under a heading that says so once."""
    for section in sections:
        computed = [fact for fact in section.facts if fact.note == _COMPUTED.lower()]
        if section.title or not computed:
            yield section
            continue
        yield section._replace(facts=[fact for fact in section.facts if fact not in computed])
        yield Section(_COMPUTED, facts=[fact._replace(note="") for fact in computed])


def _head(card: Card, screen: Screen) -> RenderableType:
    below = subtitle(card.subtitle, screen, file_uri(card.file) if screen.links else "")
    return framed(below, text(card.title.replace("\n", " "), "strong"))


def _section(section: Section, card: Card, screen: Screen) -> Iterator[str]:
    yield "\n"
    if section.tree:
        yield from drawn(_tree(section, card), screen)
        return
    indent = _INDENT if section.title else ""
    if section.facts and any(not fact.empty for fact in section.facts):
        yield from drawn(_facts_of(section, screen), screen)
    elif section.title:
        yield from drawn(text(section.title, "head"), screen)
    if section.table and section.table.rows:
        header = any(column.label for column in section.table.columns)
        yield from terminal_lines(
            section.table, screen, header=header, indent=indent, whole=_WHOLE
        )
    if section.text:
        for line in markdown_lines(section.text, screen, screen.drawn_width - len(indent)):
            yield (indent + line) if line.strip() else line


def _facts_of(section: Section, screen: Screen) -> RenderableType:
    """The heading and the facts of a section."""
    grid = Table.grid(padding=(0, 2))
    if section.title:
        grid.add_column(width=0)
    grid.add_column(style="muted", max_width=_LABEL, no_wrap=False)
    grid.add_column(overflow="fold")
    before = ""
    for fact in section.facts:
        if fact.empty:
            continue
        label = fact.label if fact.label != before else ""
        before = fact.label
        cells: Sequence[RenderableType] = [text(label), _value(fact, screen)]
        grid.add_row(*([""] if section.title else []), *cells)
    return Group(text(section.title, "head"), grid) if section.title else grid


def _value(fact: Fact, screen: Screen) -> Text:
    value = fact.value
    if isinstance(value, Decimal) and fact.type in AMOUNTS:
        value = at_least(value, None)
    said = value if isinstance(value, str) else shown(value, fact.type)
    link = uri_of(fact.type, said) if screen.links else ""
    made = text(said, fact.tone or _tone(fact), link)
    if fact.note:
        made.append("  ")
        made.append_text(_note(fact.note))
    return made


def _tone(fact: Fact) -> str:
    """The tone that a fact has by its label or its words: amounts that are nothing have none."""
    if isinstance(fact.value, list | tuple):
        return TONE_OF_COLUMN.get(fact.label, "")
    said = str(fact.value)
    if tone := TONE_OF_COLUMN.get(fact.label.replace(" ", "_"), ""):
        return tone if said.split(" ")[0].strip("0.,-") else ""
    return TONE_OF_WORD.get(said, "")


def _note(note: str) -> Text:
    """A note, muted but for what is overdue."""
    return text(note, "overdue" if "overdue" in note.split(" ") else "muted")


def _tree(section: Section, card: Card) -> RenderableType:
    """People below what they belong to: the name, then what they are."""
    tree = Tree(text(card.title, "strong"), guide_style="muted")
    for fact in section.facts:
        if not fact.empty:
            branch = text(str(fact.value))
            branch.append_text(text(f"  {fact.label}", "upcoming"))
            if fact.note:
                branch.append("  ")
                branch.append_text(_note(fact.note))
            tree.add(branch)
    return Group(text(section.title, "head"), tree)
