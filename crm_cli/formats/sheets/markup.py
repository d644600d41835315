"""XML of workbooks, read as it streams by. Definitions of a document type are refused: no
workbook has one, and entities are how XML is made to explode or to read other files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from xml.parsers import expat

from crm_cli.model.errors import DataError

Attributes = dict[str, str]
Start = Callable[[str, Attributes], None]
End = Callable[[str], None]
Text = Callable[[str], None]

_LONGEST = 4 << 20
"""Bytes of one tag at most: the parser starts over at its beginning with each piece of it."""


def stream(
    chunks: Iterable[bytes],
    what: str,
    *,
    start: Start,
    end: End | None = None,
    text: Text | None = None,
) -> Iterator[None]:
    """Parse pieces of XML, calling the handlers; stops after each piece.

    Names are `NAMESPACE LOCAL`, or `LOCAL` where there is no namespace. `what` names the part.
    Raises DataError for what is not well-formed, or not allowed here.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.buffer_size = 1 << 16
    parser.StartElementHandler = start
    if end is not None:
        parser.EndElementHandler = end
    if text is not None:
        parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _refuse
    given = 0
    try:
        for chunk in chunks:
            given += len(chunk)
            parser.Parse(chunk, False)
            if given - parser.CurrentByteIndex > _LONGEST:
                raise DataError(f"{what} has a tag of more than 4 MiB")
            yield
        parser.Parse(b"", True)
        yield
    except expat.ExpatError as error:
        raise DataError(
            f"{what} is damaged: {expat.ErrorString(error.code)}, line {error.lineno}",
            "open the workbook in the spreadsheet program and save it anew",
        ) from None


def parse(
    chunks: Iterable[bytes],
    what: str,
    *,
    start: Start,
    end: End | None = None,
    text: Text | None = None,
) -> None:
    """As `stream`, all of it."""
    for _ in stream(chunks, what, start=start, end=end, text=text):
        pass


class Locals:
    """The local parts of names, each worked out once."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def __call__(self, name: str) -> str:
        found = self._known.get(name)
        if found is None:
            found = self._known[name] = name.rpartition(" ")[2]
        return found


def _refuse(*_: object) -> None:
    raise DataError(
        "the workbook defines a document type, which no spreadsheet program does",
        "open it in the spreadsheet program and save it anew",
    )
