"""The bodies of templates: paragraphs, `# headings`, `- lists`, `1. lists`, `**bold**`.

What a template prints of a record is text and no markup: the sandbox marks it (`sandbox.MARK`),
and the marks are taken out here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from crm_cli.formats.documents.page import Block, Prose, Run

PRINTED = "\ue000"
"""Stands before whatever a template prints, so that it begins no heading and no list."""
_BEGIN, _END = "\ue010", "\ue011"
_BLOCK = re.compile(f"{PRINTED}?{_BEGIN}([a-z]+){_END}")
_SIGNS = {"*": "\ue001", "\n": "\ue002"}
KEPT = str.maketrans({**_SIGNS, "\r": None})
"""What means something in markup, as it stands in what a template prints."""
_RESTORED = str.maketrans(
    {**{sign: char for char, sign in _SIGNS.items()}, PRINTED: None, _BEGIN: None, _END: None}
)
_HEADING = re.compile(r"#{1,3} +(.*)", re.DOTALL)
_BULLET = re.compile(r"[-*] +(.*)", re.DOTALL)
_NUMBER = re.compile(r"(\d{1,3}[.)]) +(.*)", re.DOTALL)
_ITEM = re.compile(r"(?:[-*]|\d{1,3}[.)]) ")


def placed(name: str) -> str:
    """What stands in a text for a block of that name."""
    return f"{_BEGIN}{name}{_END}"


def blocks(text: str, make: Callable[[str], Sequence[Block]]) -> Iterator[Block]:
    """The blocks of a text; `make` gives those that a place stands for."""
    for paragraph in re.split(r"\n[ \t]*\n", text):
        rest = paragraph.strip("\n")
        while (found := _BLOCK.search(rest)) is not None:
            yield from _prose(rest[: found.start()])
            yield from make(found[1])
            rest = rest[found.end() :]
        yield from _prose(rest)


def restored(text: str) -> str:
    """A text without the marks of what was printed."""
    return text.translate(_RESTORED)


def _prose(paragraph: str) -> Iterator[Prose]:
    if not restored(paragraph).strip():
        return
    held: list[str] = []
    for line in paragraph.strip().split("\n"):
        single = _HEADING.fullmatch(line) is not None
        if held and (single or _ITEM.match(line) or _HEADING.fullmatch(held[0])):
            yield _one("\n".join(held))
            held = []
        held.append(line.strip())
    yield _one("\n".join(held))


def _one(text: str) -> Prose:
    if (found := _HEADING.fullmatch(text)) is not None:
        return Prose("heading", tuple(_runs(found[1])))
    if (found := _BULLET.fullmatch(text)) is not None:
        return Prose("bullet", tuple(_runs(found[1])), "•")
    if (found := _NUMBER.fullmatch(text)) is not None:
        return Prose("number", tuple(_runs(found[2])), found[1])
    return Prose("paragraph", tuple(_runs(text)))


def _runs(text: str) -> Iterator[Run]:
    """Pieces that are bold, and those that are not; lines stay lines."""
    parts = text.split("**")
    if len(parts) % 2 == 0:
        parts = [text]
    for place, part in enumerate(parts):
        if part:
            yield restored(part), place % 2 == 1


def expanded(text: str, make: Callable[[str], str]) -> str:
    """A text with each place replaced by the text of its block."""
    return restored(_BLOCK.sub(lambda found: make(found[1]), text))
