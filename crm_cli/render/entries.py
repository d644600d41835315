"""What is due and what happened, on a terminal: a line for each, texts broken, never cut short.

At the left how late it is, or the day; at the right whose it is, and the id. Drawn by our own
code, since there may be thousands.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from crm_cli.model.meanings import TONE_OF_WORD
from crm_cli.model.rows import Rows
from crm_cli.model.text import visible
from crm_cli.model.width import columns_of, fitted, padded, wrapped
from crm_cli.render.ages import age
from crm_cli.render.links import file_uri, linked
from crm_cli.render.screen import Screen
from crm_cli.render.table import begun

_GAP = 2
_BODY = 36
"""With less room for the text beside it, a name begins the text instead of a column."""
_LEAST = 24
_LINES = 3
"""A text has so many lines at most; the rest is cut off."""
_DATED = 100
"""From this width on the day stands beside how far it is."""
_OVERDUE, _TODAY = "overdue", "today"


class _Line(NamedTuple):
    """An entry as texts, made visible."""

    left: str
    tone: str
    kind: str
    name: str
    mark: str
    what: str
    owner: str
    id: str
    whole: str


class _Layout(NamedTuple):
    """The columns of each part of a line; 0 where it is left out."""

    left: int
    kind: int
    name: int
    body: int
    owner: int
    id: int


def entry_lines(rows: Rows, screen: Screen, *, today: date, ages: bool) -> Iterator[str]:
    """The lines of entries with `when`, `kind`, `what`, and some of `who`, `name`, `owner`, `id`.

    With `ages` the left says how far each day is, else which day it is. Headings are those of
    `rows.groups`.
    """
    lines = list(_lines(rows, screen, today, ages=ages))
    if not ages and (name := _only_name(lines)):
        # What is the same in every line is said once.
        yield _ruled(name, len(lines), "strong", screen)
        lines = [line._replace(name="") for line in lines]
    layout = _layout(lines, min(screen.width or 80, 160))
    above, first = "", True
    day = ""
    for number, line in enumerate(lines):
        heading = rows.groups[number] if rows.groups else ""
        if heading != above:
            count = sum(1 for one in rows.groups or () if one == heading)
            yield "" if first else "\n"
            yield _heading(heading, count, today, screen)
            above, day = heading, ""
        first = False
        shown = "" if not ages and line.left == day else line.left
        day = line.left
        yield from _drawn(line._replace(left=shown), layout, rows, number, screen)


def _only_name(lines: Sequence[_Line]) -> str:
    """The name that several lines have all in common; empty where there is none."""
    names = {line.name for line in lines}
    return lines[0].name if len(lines) > 1 and len(names) == 1 else ""


def _lines(rows: Rows, screen: Screen, today: date, *, ages: bool) -> Iterator[_Line]:
    keys = rows.keys
    dated = ages and (screen.width or 80) >= _DATED
    for number, values in enumerate(rows.rows):
        row = dict(zip(keys, values, strict=True))
        when = row["when"]
        left, tone, clock = _when(when, today, ages=ages)
        if dated and when is not None:
            left = f"{_day(when)}  {left}"
        what = _text(row.get("what"))
        business = _text(row.get("business"))
        whole = str(row.get("id") or "")
        length = (rows.unique or {}).get(whole, len(whole))
        name = _text(row["name"] if "name" in row else row.get("who"))
        yield _Line(
            left,
            tone,
            _text(row.get("kind")),
            f"{business}: {name}" if business else name,
            _text(rows.marks[number]) if rows.marks else "",
            f"{clock} {what}".strip(),
            _text(row.get("owner")),
            visible(whole[:length]),
            whole,
        )


def _when(when: Any, today: date, *, ages: bool) -> tuple[str, str, str]:
    """What stands at the left, its tone, and the time that goes before the text."""
    if when is None:
        return "", "", ""
    clock = f"{when:%H:%M}" if isinstance(when, datetime) else ""
    if not ages:
        return _day(when), "muted", clock
    day = when.date() if isinstance(when, datetime) else when
    tone = "overdue" if day < today else "today" if day == today else "upcoming"
    said = age(when, today)
    return said, tone, "" if said == clock else clock


def _day(when: date | datetime) -> str:
    return when.isoformat()[:10]


def _text(value: Any) -> str:
    return visible(" ".join(str(value).split())) if value is not None else ""


def _layout(lines: Sequence[_Line], width: int) -> _Layout:
    """What fits: whose it is goes first, then its kind; then the text gets less."""
    left, kind, name, owner, ids = (
        max((columns_of(getattr(line, part)) for line in lines), default=0)
        for part in ("left", "kind", "name", "owner", "id")
    )
    for spared in ("", "owner", "kind"):
        owner = 0 if spared == "owner" else owner
        kind = 0 if spared == "kind" else kind
        fixed = sum(size + _GAP for size in (left, kind, owner, ids) if size)
        body = width - fixed
        if body >= _LEAST:
            break
    body = max(body, _LEAST // 2)
    aside = body - name - _GAP >= _BODY
    return _Layout(
        left, kind, name if aside else 0, body - name - _GAP if aside else body, owner, ids
    )


def _heading(heading: str, count: int, today: date, screen: Screen) -> str:
    """A heading over the whole width; today's stands out."""
    said = visible(heading[:1].upper() + heading[1:])
    if heading == _TODAY:
        said += f", {today:%A} {today.isoformat()}"
    return _ruled(said, count, {_OVERDUE: "overdue", _TODAY: "today"}.get(heading, "head"), screen)


def _ruled(said: str, count: int, tone: str, screen: Screen) -> str:
    """A heading, how many lines it has, and a rule up to the end of the line."""
    said = f"{said} · {count}" if screen.unicode else f"{said} ({count})"
    room = screen.width or 80
    said = fitted(said, room, ellipsis="…" if screen.unicode else "~")
    rule = ("─" if screen.unicode else "-") * max(room - columns_of(said) - 1, 0)
    return f"{screen.paint(said, tone)} {screen.paint(rule, 'muted')}".rstrip() + "\n"


def _drawn(
    line: _Line, layout: _Layout, rows: Rows, number: int, screen: Screen
) -> Iterator[str]:
    gap = " " * _GAP
    lead = ""
    if layout.left:
        lead += screen.paint(padded(line.left, layout.left), line.tone) + gap
    if layout.kind:
        lead += screen.paint(padded(line.kind, layout.kind), "muted") + gap
    indent = sum(size + _GAP for size in (layout.left, layout.kind) if size)
    names = wrapped(line.name, layout.name) if layout.name else []
    texts = _body(line, layout, screen)
    for place in range(max(len(names), len(texts), 1)):
        cells = lead if place == 0 else " " * indent
        if layout.name:
            name = names[place] if place < len(names) else ""
            cells += screen.paint(padded(name, layout.name), "strong") + gap
        text, taken = texts[place] if place < len(texts) else ("", 0)
        cells += text
        if place == 0:
            cells += " " * max(layout.body - taken, 0) + _ends(line, layout, rows, number, screen)
        yield cells.rstrip() + "\n"


def _body(line: _Line, layout: _Layout, screen: Screen) -> list[tuple[str, int]]:
    """The lines of the text, painted, each with the columns that it takes."""
    # The dot stays with the word before it.
    dot = "\xa0· " if screen.unicode else "\xa0- "
    named = line.name if not layout.name else ""
    parts = [part for part in (line.mark, named, line.what) if part]
    lines = [
        line.replace("\xa0", " ").rstrip() for line in wrapped(dot.join(parts), layout.body)
    ]
    if len(lines) > _LINES:
        ellipsis = "…" if screen.unicode else "~"
        last = fitted(lines[_LINES - 1], layout.body - 1, ellipsis="") + ellipsis
        lines = [*lines[: _LINES - 1], last]
    if not screen.color:
        return [(text, columns_of(text)) for text in lines]
    found = []
    tones = [(line.mark, TONE_OF_WORD.get(line.mark, "warn")), (named, "strong")]
    for text in lines:
        painted, tones = _painted(text, tones, screen)
        found.append((painted, columns_of(text)))
    return found


def _painted(
    text: str, tones: Sequence[tuple[str, str]], screen: Screen
) -> tuple[str, list[tuple[str, str]]]:
    """A line with what it begins with in its tones, and what is left of that for the next."""
    drawn, rest, left = "", text, list(tones)
    while left and rest:
        held, tone = left[0]
        if not held:
            left.pop(0)
            continue
        if rest.startswith(held):
            drawn += screen.paint(held, tone)
            rest = rest[len(held) :]
            left.pop(0)
            for dot in (" · ", " - ", " ·", " -"):
                if rest.startswith(dot):
                    drawn, rest = drawn + dot, rest[len(dot) :]
                    break
            continue
        if held.startswith(rest):
            left[0] = (held[len(rest) :].lstrip(), tone)
            return drawn + screen.paint(rest, tone), left
        break
    return drawn + rest, left


def _ends(line: _Line, layout: _Layout, rows: Rows, number: int, screen: Screen) -> str:
    """Whose it is, and its id."""
    gap = " " * _GAP
    drawn = ""
    if layout.owner:
        blanks = " " * (layout.owner - columns_of(line.owner)) if line.id else ""
        drawn += gap + screen.paint(line.owner, "muted") + blanks
    if layout.id and line.id:
        file = rows.files[number] if screen.links and rows.files else ""
        id = screen.paint(begun(line.id, len(line.id)) if screen.color else line.id, "id")
        drawn += gap + linked(id, file_uri(file))
    return drawn
