"""A page of sections: what matters at the top, then each with its chart, table and definition."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path

from crm_cli.formats.html.charts import drawn
from crm_cli.formats.html.tables import table
from crm_cli.formats.html.text import attribute, text
from crm_cli.model.section import Fact, Section, Sheet

_STYLE = Path(__file__).parent / "style.css"
_ADVICE = 5
"""So many sentences at most say what to do first."""


def html_of(sheet: Sheet) -> str:
    """The page as HTML: the same bytes for the same sheet."""
    return "".join(_lines(sheet))


def _lines(sheet: Sheet) -> Iterator[str]:
    groups = list(dict.fromkeys(section.group for section in sheet.sections))
    yield from _head(f"{sheet.title}, {sheet.day}")
    yield f'<header><h1>{text(sheet.title)}</h1><p class="day">{text(sheet.day)}</p>'
    for line in sheet.about:
        yield f'<p class="about">{text(line)}</p>'
    yield "</header>\n<main>\n"
    yield from _advice(sheet)
    yield from _facts(sheet)
    if len(sheet.sections) > 1:
        yield from _contents(sheet, groups)
    for number, group in enumerate(groups, 1):
        yield f'<section aria-labelledby="g{number}"><h2 id="g{number}">{text(group)}</h2>\n'
        for section in sheet.sections:
            if section.group == group:
                yield from _section(section)
        yield "</section>\n"
    yield "</main>\n"
    if sheet.made:
        yield f"<footer><p>Made by <code>{text(sheet.made)}</code></p></footer>"
    yield "</body></html>\n"


def _head(title: str) -> Iterator[str]:
    style = _STYLE.read_text(encoding="utf-8")
    digest = b64encode(sha256(style.encode()).digest()).decode()
    yield '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">\n'
    yield '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
    yield f"style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'\">\n"
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    yield '<meta name="referrer" content="no-referrer"><meta name="robots" content="noindex">\n'
    yield '<meta name="color-scheme" content="light dark">\n'
    yield f"<title>{attribute(title)}</title>\n<style>{style}</style></head>\n<body>\n"


def _advice(sheet: Sheet) -> Iterator[str]:
    """What to do first: a link to its section, and the line that shows it."""
    found = [(one, section) for section in sheet.sections for one in section.advice]
    if not found:
        return
    yield '<section class="advice" aria-label="What to do first"><h2>What to do first</h2>\n<ul>'
    for one, section in found[:_ADVICE]:
        yield f'<li><a href="#{section.name}">{text(one.text)}</a>'
        if one.command:
            yield f' <code>{text(one.command)}</code>'
        yield "</li>\n"
    yield "</ul></section>\n"


def _facts(sheet: Sheet) -> Iterator[str]:
    facts: dict[Fact, Section] = {}
    for section in sheet.sections:
        for fact in section.facts:
            facts.setdefault(fact, section)
    if not facts:
        return
    yield '<dl class="facts">'
    for fact, section in facts.items():
        kind = ' class="alert"' if fact.alert else ""
        yield f'<div{kind}><dt><a href="#{section.name}">{text(fact.label)}</a></dt>'
        yield f"<dd>{text(fact.text)}</dd></div>"
    yield "</dl>\n"


def _contents(sheet: Sheet, groups: Sequence[str]) -> Iterator[str]:
    yield '<nav aria-label="Sections"><ul>'
    for group in groups:
        yield f"<li><b>{text(group)}</b> "
        links = [
            f'<a href="#{one.name}">{text(one.title)}</a>'
            for one in sheet.sections
            if one.group == group
        ]
        yield f"{' · '.join(links)}</li>"
    yield "</ul></nav>\n"


def _section(section: Section) -> Iterator[str]:
    if section.plot is None and not section.rows.rows and not section.notes:
        yield from _empty(section)
        return
    yield f'<article id="{section.name}"><h3>{text(section.title)}</h3>'
    if section.answers and section.answers != section.title:
        yield f'<p class="answers">{text(section.answers)}</p>'
    yield "\n"
    if section.plot is not None:
        yield drawn(section.plot, f"chart-{section.name}")
    if section.rows.rows:
        yield from table(section.rows, section.title, section.shaded)
    yield from _below(section)
    yield "</article>\n"


def _empty(section: Section) -> Iterator[str]:
    """One line of a report that has nothing to say."""
    said = text(section.rows.none or "nothing")
    yield f'<article id="{section.name}"><div class="empty"><h3>{text(section.title)}</h3>'
    yield f'<p class="none">{said}</p>'
    if section.command:
        yield f'<p class="made"><code>{text(section.command)}</code></p>'
    yield "</div></article>\n"


def _below(section: Section) -> Iterator[str]:
    if section.left:
        which = "earlier" if section.earlier else "more"
        yield f'<p class="note">and {section.left:,} {which}</p>\n'
    for note in section.notes:
        yield f'<p class="note">{text(note)}</p>\n'
    if section.command:
        yield f'<p class="made"><code>{text(section.command)}</code></p>\n'
    if section.formula or section.columns:
        yield "<details><summary>Definition</summary>"
        if section.formula:
            yield f"<p>{text(section.formula)}</p>"
        if section.columns:
            yield "<dl>"
            for one in section.columns:
                yield f"<div><dt>{text(one.heading)}</dt><dd>{text(one.doc)}</dd></div>"
            yield "</dl>"
        yield "</details>\n"
