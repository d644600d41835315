"""Decoding foreign files: the encoding is given, marked, or asked for."""

from __future__ import annotations

import codecs
from typing import NamedTuple

from crm_cli.model.errors import DataError, UsageError

# The UTF-32 mark of little-endian files begins with that of UTF-16: it goes first.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WINDOWS = ("cp1250", "cp1252")
"""What spreadsheets in Europe write where they do not write UTF-8."""


class Undecided(UsageError):
    """Something that the file leaves open and that is not guessed.

    `setting` is the map's key, and the option's name, that says it; `choices` are
    (value, what the file then reads as).
    """

    def __init__(
        self,
        message: str,
        hint: str = "",
        *,
        setting: str = "",
        choices: tuple[tuple[str, str], ...] = (),
    ) -> None:
        super().__init__(message, hint)
        self.setting = setting
        self.choices = choices


class Decoded(NamedTuple):
    """A text, its encoding, and how that is known: said, marked, or found."""

    text: str
    encoding: str
    how: str


def decode(data: bytes, encoding: str = "") -> Decoded:
    """The text of `data`, in `encoding` where one is named.

    A byte-order mark decides; without one UTF-8 that reads is UTF-8. What is left is
    shown in the likely encodings: where they read the same that is the text, else
    `Undecided` is raised. Raises UsageError for an encoding that there is not, and
    DataError where the bytes are not of the one named.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            body = data[len(mark) :]
            return Decoded(_strict(body, name, "its byte-order mark says"), name, "marked")
    if encoding:
        return Decoded(_strict(data, _known(encoding), "was named"), encoding, "said")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        return _windows(data, error.start)
    if "\0" in text[:1000] and text[:1000].count("\0") * 3 > len(text[:1000]):
        order = "le" if text[1:2] == "\0" else "be"
        name = f"utf-16-{order}"
        raise Undecided(
            "the file looks like UTF-16 without a byte-order mark",
            f"if it is, pass --encoding {name}",
            setting="encoding",
            choices=((name, _strict(data[:80], name, "", errors="replace")),),
        )
    return Decoded(text, "utf-8", "found")


def _known(encoding: str) -> str:
    try:
        info = codecs.lookup(encoding)
    except (LookupError, ValueError):
        info = None
    if info is None or not getattr(info, "_is_text_encoding", True):
        raise UsageError(
            f"there is no encoding {encoding!r}", "known are utf-8, cp1250, cp1252, utf-16 …"
        )
    return encoding


def _strict(data: bytes, encoding: str, who: str, *, errors: str = "strict") -> str:
    try:
        return data.decode(encoding, errors)
    except UnicodeError as error:
        at = getattr(error, "start", 0)
        line = data.count(b"\n", 0, at) + 1
        raise DataError(
            f"the file is not {encoding}, as {who}: byte {at + 1}, in line {line}",
            "convert it to UTF-8, or name its encoding: --encoding cp1250",
        ) from error


def _windows(data: bytes, at: int) -> Decoded:
    readings: dict[str, str] = {}
    for name in _WINDOWS:
        try:
            readings[name] = data.decode(name)
        except UnicodeDecodeError:
            continue
    line = data.count(b"\n", 0, at) + 1
    if not readings:
        raise DataError(
            f"the file is not UTF-8, from byte {at + 1} in line {line} on",
            "name its encoding: --encoding NAME, or convert it: iconv -f NAME -t utf-8 FILE",
        )
    texts = list(readings.values())
    if all(text == texts[0] for text in texts):
        return Decoded(texts[0], next(iter(readings)), "found")
    choices = tuple((name, _sample(text, texts)) for name, text in readings.items())
    shown = ", ".join(f"{sample!r} in {name}" for name, sample in choices)
    raise Undecided(
        f"the file is not UTF-8 (line {line}); it reads {shown}",
        f"choose one: {' or '.join(f'--encoding {name}' for name, _ in choices)}"
        ", or another one",
        setting="encoding",
        choices=choices,
    )


def _sample(text: str, others: list[str]) -> str:
    """The words around the first place where the readings differ."""
    pairs = zip(*others, strict=True)
    at = next(place for place, chars in enumerate(pairs) if len(set(chars)) > 1)
    start = max(text.rfind("\n", 0, at) + 1, at - 12)
    end = text.find("\n", at)
    return text[start : min(end if end >= 0 else len(text), at + 12)].strip()
