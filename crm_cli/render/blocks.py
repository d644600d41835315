"""The blocks of a page of help: paragraphs, and examples with what they do.

Pages are Markdown of a simple kind, which reads well as it stands: a paragraph is lines at the
margin; a line indented by two blanks is an example, and two blanks or more within it part it
from what it does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_APART = re.compile(r"(?<=\S) {2,}(?=\S)")


class Block(NamedTuple):
    """A paragraph as one line, or rows of (example, what it does)."""

    text: str = ""
    rows: Sequence[tuple[str, str]] = ()


def blocks(page: str) -> Iterator[Block]:
    """The blocks of a page, in their order."""
    paragraph: list[str] = []
    rows: list[tuple[str, str]] = []
    for line in [*page.splitlines(), ""]:
        indented = line.startswith("  ")
        if rows and not indented:
            yield Block(rows=tuple(rows))
            rows = []
        if paragraph and (indented or not line.strip()):
            yield Block(" ".join(paragraph))
            paragraph = []
        if indented:
            _add(line, rows)
        elif line.strip():
            paragraph.append(line.strip())


def _add(line: str, rows: list[tuple[str, str]]) -> None:
    """A line of an example; what begins far to the right continues what the one before does."""
    depth = len(line) - len(line.lstrip())
    if rows and rows[-1][1] and depth > 8:
        words, about = rows[-1]
        rows[-1] = (words, f"{about} {line.strip()}")
        return
    parts = _APART.split(line[2:], maxsplit=1)
    if len(parts) == 2 and not line[2:].startswith(" "):
        rows.append((parts[0], parts[1].strip()))
    else:
        rows.append((line[2:].rstrip(), ""))
