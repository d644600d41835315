"""Text that is piped into a command: what was said, or the title of an item."""

from __future__ import annotations

import codecs
import sys
from collections.abc import Callable, Sequence

from crm_cli.cli.streams import Streams
from crm_cli.model.errors import UsageError

_MARK = "\ufeff"
"""The byte-order mark that other programs put before a text."""
_CONVERTED = "iconv -f CP1250 -t UTF-8 converts it"


def lines_of_stdin() -> list[str]:
    """The lines of stdin, without byte-order mark; raises UsageError for one that is not UTF-8."""
    raw = getattr(sys.stdin, "buffer", None)
    data = raw.read() if raw is not None else sys.stdin.read().encode("utf-8", "surrogateescape")
    lines = []
    for number, line in enumerate(data.removeprefix(codecs.BOM_UTF8).splitlines(), 1):
        try:
            lines.append(line.decode("utf-8"))
        except UnicodeDecodeError:
            shown = line.decode("utf-8", "backslashreplace")
            raise UsageError(
                f"line {number} of stdin is not UTF-8: {shown}", _CONVERTED
            ) from None
    return lines


def text_of_stdin() -> str:
    """All of stdin; raises UsageError where it is not UTF-8."""
    return readable(sys.stdin.read)


def title_of(session: Streams, words: Sequence[str]) -> str:
    """The title that words are, or that stdin holds where they are `-`.

    Raises UsageError for an empty one, and for several lines.
    """
    if list(words) != ["-"]:
        return " ".join(words)
    session.begun = True
    lines = [line for line in text_of_stdin().splitlines() if line.strip()]
    if len(lines) != 1:
        raise UsageError(
            f"- reads the title from stdin, which has {len(lines) or 'no'} lines",
            "write the title, or pipe one line",
        )
    return lines[0].strip()


def readable(read: Callable[[], str]) -> str:
    """The text that is read; raises UsageError where it is in another encoding than UTF-8."""
    try:
        text = read()
        text.encode("utf-8")
    except UnicodeError:
        raise UsageError("the text is not UTF-8", _CONVERTED) from None
    return text.removeprefix(_MARK)
