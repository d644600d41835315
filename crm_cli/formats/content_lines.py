"""Content lines of iCalendar and vCard: folding, escaping, quoted-printable, charsets.

RFC 5545 and RFC 6350 share them (section 3.1 and 3.3.11 there, 3.2 and 3.4 here), and so do
their forerunners vCalendar 1.0 and vCard 2.1, which write values as bytes: `=C5=BD`.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import NamedTuple

from crm_cli.formats.decoding import decode

LONGEST_LINE = 1_000_000
"""Characters of a line, after unfolding. No text that a person wrote is longer."""
QUOTED_PRINTABLE = re.compile(r";(?:ENCODING=)?QUOTED-PRINTABLE", re.IGNORECASE)
_FRAME = re.compile(r"(?:BEGIN|END):", re.IGNORECASE)
# What RFC 5545 allows in no text, and what some programs take for the end of a line.
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_CHARSETS = re.compile(
    r"ascii|utf-8|utf-16(-[bl]e)?|iso8859-\d+|cp\d+|koi8-[rtu]|mac-\w+|shift_jis\w*|euc_\w+|"
    r"gb2312|gbk|gb18030|big5\w*|iso2022_\w+"
)
"""Python's names of the charsets that a line may name. Some codecs are slow, or no charsets."""
_FOLD = re.compile(rb"([\xc2-\xf4][\x80-\xbf]{0,2})(\r\n|\n|\r)([ \t])([\x80-\xbf]+)")


class Refused(NamedTuple):
    """An entry or a card that cannot be taken: its line, why, and its text as it stood."""

    line: int
    reason: str
    source: str
    file: str = ""


def joined_characters(data: bytes) -> bytes:
    """The bytes with characters whole that a program folded, counting bytes.

    The numbers of the lines stay as they are (RFC 5545, section 3.1).
    """
    return _FOLD.sub(rb"\1\4\2\3", data)


def text_of(data: bytes, encoding: str = "") -> str:
    """The text of a file's bytes; raises UsageError and DataError as `decode` does."""
    return decode(joined_characters(data), encoding).text


def unfolded(text: str) -> Iterator[tuple[int, str]]:
    """(number, line) with continuations joined; lines end at CR LF, LF or CR, and nowhere else.

    A soft break of quoted-printable stays in the line as `=` and a line feed. What begins or
    ends a component continues no line, so that a broken value does not swallow the next.
    """
    parts: list[str] = []
    begin = 1
    quoted = False
    for number, line in enumerate(re.split("\r\n|\n|\r", text), 1):
        if (
            parts
            and parts[-1].endswith("=")
            and quoted
            and not _FRAME.match(line)
        ):
            parts.append(f"\n{line}")
            continue
        if line[:1] in (" ", "\t") and parts:
            parts.append(line[1:])
            continue
        if parts:
            yield begin, "".join(parts)
        parts, begin = [line], number
        quoted = QUOTED_PRINTABLE.search(line.partition(":")[0]) is not None
    if parts:
        yield begin, "".join(parts)


def folded(line: str) -> str:
    """A line in pieces of 75 bytes at most, each with its CR LF; no character is parted."""
    if line.isascii() and len(line) <= 75:
        return f"{line}\r\n"
    pieces: list[str] = []
    start = size = 0
    for place, char in enumerate(line):
        width = len(char.encode("utf-8", "surrogatepass"))
        if size + width > 75:
            pieces.append(line[start:place])
            start, size = place, 1  # the blank that begins the piece
        size += width
    return "\r\n ".join([*pieces, line[start:]]) + "\r\n"


def from_quoted_printable(value: str, charset: str = "") -> str:
    """The text that quoted-printable stands for; raises ValueError for a charset that is not its
    own, or that there is not."""
    from quopri import decodestring

    data = decodestring(value.encode("utf-8", "surrogatepass"))
    try:
        return data.decode(known_charset(charset or "utf-8"))
    except UnicodeDecodeError as error:
        raise ValueError(str(error)) from error


def known_charset(name: str) -> str:
    """Python's name of a charset; raises ValueError for one that there is not."""
    try:
        found = codecs.lookup(name).name
    except (LookupError, ValueError) as error:
        raise ValueError(f"there is no charset {name}") from error
    if not _CHARSETS.fullmatch(found):
        raise ValueError(f"{name} is no charset of texts")
    return found


def clean(text: str) -> str:
    """A text without control characters, which are made visible."""
    text = re.sub("\r\n?", "\n", text)
    if text.isprintable():
        return text
    from crm_cli.model.text import visible

    return _UNFIT.sub(lambda match: visible(match[0]), text)


def escaped(text: str) -> str:
    """TEXT of RFC 5545, section 3.3.11, and of RFC 6350, section 3.4."""
    # The library's own loses a backslash before an N: C:\News would have a line feed.
    return re.sub(r"([\\;,])", r"\\\1", clean(text)).replace("\n", r"\n")


def unescaped(text: str) -> str:
    """The text that a value means; what is escaped without need is meant as it stands."""
    return re.sub(r"\\(.)", lambda match: "\n" if match[1] in "nN" else match[1], text)


def parted(text: str) -> list[str]:
    """The texts of a value that are parted by commas."""
    return [unescaped(part) for part in re.findall(r"(?:\\.|[^,\\])+", text)]


def components(text: str, sign: str = ";") -> list[str]:
    """The parts of a structured value, still escaped; empty ones among them."""
    return re.findall(rf"(?:\A|{sign})((?:\\.|[^{sign}\\]|\\\Z)*)", text, re.DOTALL)
