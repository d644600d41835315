"""The text of vCards as cards of lines, each with its place; broken cards are reported.

A card stands for itself: what is wrong with one hides no other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from crm_cli.formats.content_lines import (
    LONGEST_LINE,
    QUOTED_PRINTABLE,
    clean,
    components,
    from_quoted_printable,
    joined_characters,
    known_charset,
    text_of,
    unescaped,
    unfolded,
)
from crm_cli.formats.decoding import decode
from crm_cli.model.errors import DataError, UsageError

_MOST_LINES = 2_000
_MOST_PARAMETERS = 50
_DEEPEST = 4
_NAME = re.compile(r"[A-Za-z0-9_-]+")
_HEAD = re.compile(rb"(?m)^(?![ \t])[^\r\n:]*?;CHARSET=\"?([A-Za-z0-9_-]+)", re.IGNORECASE)
_BINARY = frozenset(("B", "BASE64"))
_ENCODINGS = _BINARY | {"QUOTED-PRINTABLE", "8BIT", "7BIT"}
_CUSTOM = re.compile(r"X-CUSTOM\((.*)\)", re.IGNORECASE)
"""How old Androids write a label of one's own: `X-CUSTOM(CHARSET=UTF-8,…,=44=6F=6D)`."""
_CARET = {"^n": "\n", "^'": '"', "^^": "^"}
"""RFC 6868."""


class Property(NamedTuple):
    """A line of a card: where it begins, its group and name in capitals, its parameters.

    `raw` is the value as it stands, but for soft breaks of quoted-printable. `old` tells that
    the card is of version 2.1, which escapes less.
    """

    number: int
    group: str
    name: str
    params: Mapping[str, tuple[str, ...]]
    raw: str
    old: bool = False

    @property
    def types(self) -> tuple[str, ...]:
        """What TYPE says, in capitals; in version 2.1 also words without it."""
        return tuple(one.upper() for one in self.params.get("TYPE", ()))

    def param(self, name: str) -> str:
        """The first value of a parameter, empty where there is none."""
        return next(iter(self.params.get(name, ())), "")

    @property
    def is_binary(self) -> bool:
        """Whether the value is bytes: a picture, a key."""
        return self.param("ENCODING").upper() in _BINARY or self.raw[:5].lower() == "data:"

    @property
    def text(self) -> str:
        """The whole value as one text."""
        return self._text(self.raw).strip()

    @property
    def parts(self) -> list[str]:
        """The texts of a structured value, which semicolons part."""
        return [self._text(part).strip() for part in components(self.raw)]

    @property
    def texts(self) -> list[str]:
        """The texts of a value that commas part."""
        found = [self._text(part).strip() for part in components(self.raw, ",")]
        return [one for one in found if one]

    @property
    def plain(self) -> str:
        """The line in one form, whatever version and encoding it had: to be kept."""
        value = self.raw
        if self._is_quoted:
            value = self._decoded(value)
        value = clean(value).replace("\n", r"\n")
        left_out = {"CHARSET"} | (set() if self.is_binary else {"ENCODING"})
        said = [(key, some) for key, some in self.params.items() if key not in left_out]
        head = "".join(f";{key}={','.join(map(_quoted, some))}" for key, some in said)
        return f"{f'{self.group}.' if self.group else ''}{self.name}{head}:{value}"

    @property
    def _is_quoted(self) -> bool:
        return self.param("ENCODING").upper() == "QUOTED-PRINTABLE"

    def _decoded(self, value: str) -> str:
        text = from_quoted_printable(value, self.param("CHARSET"))
        return re.sub("\r\n?", "\n", text)

    def _text(self, value: str) -> str:
        if self._is_quoted:
            value = self._decoded(value)
        if self.old:
            return re.sub(r"\\([;,:\\])", r"\1", value)
        return unescaped(value)


@dataclass(slots=True)
class Lines:
    """The lines of one card, its text as it stood, and what is wrong with it (line, why).

    `tail` are pieces of the last line's value.
    """

    number: int
    version: str = ""
    lines: list[Property] = field(default_factory=list)
    source: list[str] = field(default_factory=list)
    tail: list[str] = field(default_factory=list)
    fault: tuple[int, str] | None = None

    def join_tail(self) -> None:
        """Give the last line the pieces of its value that follow it."""
        if self.tail:
            last = self.lines[-1]
            self.lines[-1] = last._replace(raw="".join((last.raw, *self.tail)))
            self.tail.clear()


def card_text(data: bytes, encoding: str = "") -> str:
    """The text of a file of cards.

    A file that is no UTF-8 is read by the charsets that its lines name, as version 2.1 has it.
    Raises UsageError and DataError as `decode` does, Undecided where lines name none.
    """
    try:
        return text_of(data, encoding)
    except (UsageError, DataError):
        if encoding:
            raise
        charsets = {match[1].decode("ascii").lower() for match in _HEAD.finditer(data)}
        try:
            names = {known_charset(one) for one in charsets} - {"utf-8", "ascii"}
        except ValueError:
            raise UsageError("the lines name a charset that there is not") from None
        if len(names) != 1:
            raise
        return decode(joined_characters(data), names.pop()).text


def cards_of(text: str) -> Iterator[Lines]:
    """The cards of a text, in their order; a broken one has a `fault`.

    Raises DataError where the text has no cards at all.
    """
    card: Lines | None = None
    depth = 0
    found = False
    for number, line in unfolded(text):
        if not line.strip():
            continue
        word, _, rest = line.partition(":")
        word, rest = word.strip().upper(), rest.strip().upper()
        if card is None:
            if word == "BEGIN" and rest == "VCARD":
                card, depth, found = Lines(number, source=[line]), 0, True
            elif not found:
                raise DataError(f"line {number}: this is no vCard", "it begins with BEGIN:VCARD")
            continue
        if word == "BEGIN" and rest == "VCARD" and not _is_agent(card):
            card.fault = card.fault or (card.number, "the card is not ended")
            yield card
            card, depth = Lines(number, source=[line]), 0
            continue
        card.source.append(line)
        if word == "BEGIN":
            depth += 1
            if depth > _DEEPEST:
                card.fault = card.fault or (number, "it is nested too deeply")
        elif word == "END" and depth:
            depth -= 1
        elif word == "END":
            if rest != "VCARD":
                card.fault = card.fault or (number, f"the card ends as {rest[:40]}")
            card.join_tail()
            yield card
            card = None
        elif not depth:
            _read(card, number, line)
    if not found:
        raise DataError("this is no vCard", "it begins with BEGIN:VCARD")
    if card is not None:
        card.fault = card.fault or (card.number, "the card is not ended")
        yield card


def _is_agent(card: Lines) -> bool:
    """Whether a card within the card is to come, which is somebody's secretary."""
    last = card.lines[-1] if card.lines else None
    return last is not None and last.name == "AGENT" and not last.raw.strip()


def _read(card: Lines, number: int, line: str) -> None:
    """One line into a card."""
    if card.fault is not None:
        return
    try:
        if len(card.lines) >= _MOST_LINES:
            raise ValueError(f"the card has more than {_MOST_LINES:,} lines")
        if len(line) > LONGEST_LINE and not _is_picture(line):
            raise ValueError(f"it has more than {LONGEST_LINE:,} characters")
        if "\0" in line:
            raise ValueError("it holds a NUL character")
        if card.lines and card.lines[-1].is_binary and re.fullmatch(r"[A-Za-z0-9+/=]+", line):
            card.tail.append(line)  # base64 that nobody indented
            return
        card.join_tail()
        found = parsed(number, line, old=card.version == "2.1")
        if found.name == "VERSION" and not card.version:
            card.version = found.raw.strip()
        found.plain  # noqa: B018  raises for what cannot be decoded
        card.lines.append(found)
    except ValueError as error:
        shown = line if len(line) <= 40 else f"{line[:40]}…"
        card.fault = (number, f"the line '{shown}' cannot be read: {error}")


def _is_picture(line: str) -> bool:
    return line[:5].upper() in ("PHOTO", "LOGO;", "SOUND")


def parsed(number: int, line: str, *, old: bool = False) -> Property:
    """A content line in its parts; raises ValueError for what is none."""
    head, value = _halves(line)
    words = components(head)
    if QUOTED_PRINTABLE.search(head):
        value = value.replace("=\n", "")
    group, _, name = words[0].strip().rpartition(".")
    if not _NAME.fullmatch(name) or (group and not _NAME.fullmatch(group)):
        raise ValueError("no NAME:VALUE")
    if len(words) > _MOST_PARAMETERS:
        raise ValueError(f"it has more than {_MOST_PARAMETERS} parameters")
    params: dict[str, tuple[str, ...]] = {}
    for word in words[1:]:
        key, sign, said = word.partition("=")
        key = key.strip().upper()
        if own := _CUSTOM.fullmatch(word.strip()):
            key, sign, said = "X-CUSTOM", "=", f'"{_custom(own[1])}"'
        if not sign:
            key, said = ("ENCODING" if key in _ENCODINGS else "TYPE"), key
        elif not _NAME.fullmatch(key):
            raise ValueError(f"{key[:40]!r} is no name of a parameter")
        values = [_bare(one) for one in _listed(said, split_quoted=key == "TYPE")]
        params[key] = (*params.get(key, ()), *(one for one in values if one))
    params = {key: some for key, some in params.items() if some}
    return Property(number, group, name.upper(), params, value, old)


def _halves(line: str) -> tuple[str, str]:
    """What stands before and after the colon, which is not one within quotes.

    Semicolons within quotes are hidden from what parts the head.
    """
    quoted = False
    head: list[str] = []
    for place, char in enumerate(line):
        if char == '"':
            quoted = not quoted
        elif char == ":" and not quoted:
            return "".join(head), line[place + 1 :]
        head.append("\\;" if char == ";" and quoted else char)
    head_text, sign, value = line.partition(":")
    if not sign:
        raise ValueError("no NAME:VALUE")
    return head_text.replace('"', ""), value  # a quote that nobody closed


def _listed(text: str, *, split_quoted: bool) -> list[str]:
    """The values of a parameter; of TYPE also those that are quoted together: "work,fax"."""
    if split_quoted:
        return text.replace('"', "").split(",")
    return re.findall(r'(?:"[^"]*"|[^,"])+', text)


def _custom(text: str) -> str:
    """The label within X-CUSTOM(…), in quotes since a comma would part it."""
    *said, label = text.split(",")
    if any(one.upper() == "ENCODING=QUOTED-PRINTABLE" for one in said):
        charset = next((one[8:] for one in said if one.upper().startswith("CHARSET=")), "")
        label = from_quoted_printable(label, charset)
    return re.sub(r"[\",\x00-\x1f]", " ", label)


def _bare(text: str) -> str:
    text = text.strip().replace('"', "").replace("\\;", ";")
    return re.sub(r"\^[n'^]", lambda match: _CARET[match[0]], text)


def _quoted(text: str) -> str:
    """A parameter's value as it is written (RFC 6868)."""
    text = text.replace("^", "^^").replace("\n", "^n").replace('"', "^'")
    return f'"{text}"' if re.search(r"[,:;]", text) else text
