"""Files before and after: lines with a sign and a colour, what differs within a line in bold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher, unified_diff

from rich.console import Group
from rich.text import Text

from crm_cli.render.changes import lines_of
from crm_cli.render.screen import Screen
from crm_cli.render.terminal.console import drawn, framed, text

_ALIKE = 0.4
"""Lines that are less alike are not compared letter by letter."""


def diff_lines(
    path: str, before: str | None, after: str | None, screen: Screen, *, context: int = 2
) -> Iterator[str]:
    """A frame with the lines that differ and some around them; None is a file that is not there.

    Nothing where both are equal.
    """
    if before == after:
        return
    old, new = lines_of(before), lines_of(after)
    body = list(unified_diff(old, new, n=context, lineterm=""))[2:]
    title = text(path, "strong")
    if before is None:
        title.append(" (new)", style="added")
    if after is None:
        title.append(" (removed)", style="removed")
    yield from drawn(framed(Group(*_painted(body)), title), screen)


def _painted(body: Sequence[str]) -> Iterator[Text]:
    place = 0
    while place < len(body):
        line = body[place]
        if line.startswith("@@"):
            if place:
                yield text("~", "muted")
            place += 1
            continue
        if not line.startswith("-"):
            yield text(_line(line), "added" if line.startswith("+") else "")
            place += 1
            continue
        removed = _run(body, place, "-")
        added = _run(body, place + len(removed), "+")
        yield from _pairs(removed, added)
        place += len(removed) + len(added)


def _run(body: Sequence[str], start: int, sign: str) -> list[str]:
    end = start
    while end < len(body) and body[end].startswith(sign):
        end += 1
    return list(body[start:end])


def _pairs(removed: Sequence[str], added: Sequence[str]) -> Iterator[Text]:
    """Lines that went and lines that came; where a line came for a line, what differs in bold."""
    olds = [text(_line(line), "removed") for line in removed]
    news = [text(_line(line), "added") for line in added]
    for old, new in zip(olds, news, strict=False):
        matcher = SequenceMatcher(None, old.plain[1:], new.plain[1:], autojunk=False)
        if matcher.ratio() < _ALIKE:
            continue
        for what, start, end, begin, stop in matcher.get_opcodes():
            if what != "equal":
                old.stylize("bold underline", start + 1, end + 1)
                new.stylize("bold underline", begin + 1, stop + 1)
    yield from olds
    yield from news


def _line(line: str) -> str:
    """A line with its sign; a CR at its end is shown, since it is a byte that differs."""
    return f"{line[:1]} {line[1:]}".replace("\r", "\\r")
