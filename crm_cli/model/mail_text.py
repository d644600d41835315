"""What somebody says in a mail: its text without quotes, signature and what went before.

Free of language: what is asked is how lines look, not which words they have.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

LINES, LETTERS = 12, 1000
"""So much of a text its beginning is, as it is noted."""
MOST = 200_000
"""So many characters of a text are looked at."""

_QUOTED = re.compile(r"\s{0,3}(?:>|[^\W\d_]{1,3}>)")
_ADDRESS = re.compile(r"[^\s@<>]{1,64}@[^\s@<>]{1,255}")
# A year, a time of day, or a date in numbers; \d are the digits of every script.
_DATE = re.compile(
    r"(?<!\d)(?:(?:\d\d)?\d\d[-./年]\s?\d\d?[-./月]|\d{4}(?!\d)|\d\d?[:.]\d\d(?!\d))"
)
_COLON = (":", "：")
_RULE = re.compile(r"\s*(?:[-_*=—─]{5,}|[-_*=—─]{2,}\s?\S.{0,80}\S\s?[-_*=—─]{2,})\s*")
_LONGEST_RULE = 200
"""So many characters a rule has at most: the expression takes time by the square of them."""
_HEADER = re.compile(r"[\s*]{0,6}[^\W\d_][^\n:：]{0,30}?\s?\*?[:：]\*?(?:\s|$)")
_MARK = "-- "
"""The line above a signature (RFC 3676, 4.3); many programs lose its blank."""
_ATTRIBUTION, _HEADERS, _SAME = 4, 3, 20
_BLANKS = re.compile(r"[^\S\n]+")


def spoken(text: str, before: str = "") -> str:
    """The text without quoted lines and the lines that introduce them, header blocks of forwarded
    or answered mails with what follows them, the signature, and the end that stands in `before`,
    the text of the mail that it answers. May be empty."""
    lines = _lines(text)
    lines = lines[: _header_block(lines)]
    lines = _without_quotes(lines)
    lines = lines[: _signature(lines)]
    if before:
        lines = lines[: _known(lines, {_bare(line) for line in _lines(before)})]
    return _joined(lines)


def beginning(text: str) -> str:
    """The first lines of a text, with a mark where it goes on."""
    lines = text.split("\n")
    short = "\n".join(lines[:LINES])
    if len(short) > LETTERS:
        cut = short[:LETTERS]
        short = cut[: max(cut.rfind(" "), cut.rfind("\n"), LETTERS // 2)]
    return short if short == text else f"{short.rstrip()} …"


def _lines(text: str) -> list[str]:
    return [line if line == _MARK else line.rstrip() for line in text[:MOST].split("\n")]


def _joined(lines: Sequence[str]) -> str:
    """Lines as a text, with at most one empty line between two others."""
    text = "\n".join(_BLANKS.sub(" ", line).rstrip() for line in lines)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _bare(line: str) -> str:
    """What two spellings of a line have in common: no marks of quoting, no blanks."""
    return "".join(line.lstrip("> |").split())


def _without_quotes(lines: Sequence[str]) -> list[str]:
    kept: list[str] = []
    quoting = False
    for line in lines:
        if _QUOTED.match(line):
            if not quoting:
                del kept[_attribution(kept) :]
            quoting = True
            continue
        # An empty line within a quote belongs to it as well as to nothing.
        quoting = quoting and not line
        kept.append(line)
    return kept


def _attribution(kept: Sequence[str]) -> int:
    """Where the lines begin that introduce a quote, such as `On …, Ana <ana@…> wrote:`.

    They end in a colon and hold an address or a date; the paragraph, at most four lines.
    """
    end = len(kept)
    while end and not kept[end - 1]:
        end -= 1
    if not end or not kept[end - 1].rstrip("*_ ").endswith(_COLON):
        return len(kept)
    for start in range(end - 1, max(-1, end - 1 - _ATTRIBUTION), -1):
        if not kept[start]:
            break
        said = " ".join(kept[start:end])
        if _ADDRESS.search(said) or _DATE.search(said):
            while start and _goes_on(kept[start - 1]) and end - start < _ATTRIBUTION:
                start -= 1
            return start
    return len(kept)


def _goes_on(line: str) -> bool:
    """Whether an attribution may have begun on the line above: there is its date."""
    return bool(_DATE.search(line)) and not line.endswith((".", "!", "?", "。", "…"))


def _header_block(lines: Sequence[str]) -> int:
    """Where another mail's headers begin: three lines `Word: …` or more, of which one has an
    address or two and one a date, after an empty line or a rule; all beneath is that mail.

    A mail that begins with such lines has nothing of its own: it is forwarded, or a form."""
    start = 0
    while start < len(lines):
        end = start
        while end < len(lines) and _HEADER.match(lines[end]):
            end += 1
        if end - start >= _HEADERS and _is_header(lines[start:end]):
            place = _above(lines, start)
            return place if any(lines[:place]) else len(lines)
        start = max(end, start + 1)
    return len(lines)


def _is_header(block: Sequence[str]) -> bool:
    dated = [place for place, line in enumerate(block) if _DATE.search(line)]
    named = [place for place, line in enumerate(block) if _ADDRESS.search(line)]
    return bool(dated and (named or len(block) > _HEADERS)) and dated != named


def _above(lines: Sequence[str], start: int) -> int:
    """Where the rule above a header block begins, or the block itself."""
    place = start
    while place and not lines[place - 1]:
        place -= 1
    if not place or len(lines[place - 1]) > _LONGEST_RULE:
        return start
    return place - 1 if _RULE.fullmatch(lines[place - 1]) else start


def _signature(lines: Sequence[str]) -> int:
    """Where the signature begins that has something above it."""
    marks = [place for place, line in enumerate(lines) if line == _MARK and any(lines[:place])]
    bare = [place for place, line in enumerate(lines) if line == "--" and any(lines[:place])]
    return marks[0] if marks else bare[-1] if bare else len(lines)


def _known(lines: Sequence[str], before: Collection[str]) -> int:
    """Where the end begins that stands in the mail before: two lines of it, or a long one."""
    start = end = len(lines)
    same = letters = 0
    for place in range(end - 1, -1, -1):
        bare = _bare(lines[place])
        if not bare:
            continue
        if bare not in before:
            break
        start, same, letters = place, same + 1, letters + len(bare)
    if same < 2 and letters < _SAME:
        return end
    return _attribution(lines[:start])
