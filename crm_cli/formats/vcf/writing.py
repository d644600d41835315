"""Writing customers as vCards of a version."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from crm_cli.formats.content_lines import clean, escaped, folded
from crm_cli.formats.flat import Exported
from crm_cli.formats.vcf.cards import ID, KIND, STATE, Book, Values
from crm_cli.formats.vcf.days import write_day
from crm_cli.formats.vcf.lines import Property, cards_of, parsed
from crm_cli.formats.vcf.marks import marks_of
from crm_cli.formats.vcf.pictures import picture_line
from crm_cli.formats.vcf.reading import card_of
from crm_cli.formats.vcf.types import apple_label, types_of
from crm_cli.model.item import Item
from crm_cli.model.pictures import is_picture, path_of

VERSIONS = ("3.0", "4.0", "2.1")
_MAKER = "-//crm//plain-text CRM//EN"
_CHATS = {"skype", "xmpp", "aim", "icq", "msn", "ymsgr", "sip", "sips", "irc", "matrix"}
_RELATED = {"spouse", "child", "parent"}
"""Relations that Apple has a word of its own for."""
_SEXES = {"female": "F", "male": "M", "other": "O", "none": "N", "unknown": "U"}
"""Words that GENDER has a letter for (RFC 6350, 6.2.7); others stand as text."""
_OWN = frozenset(("BEGIN", "END", "VERSION", "PRODID", "UID", "REV", "FN", STATE))


def card_lines(record: Item, book: Book, version: str, others: Sequence[str] = ()) -> list[str]:
    """The unfolded lines of a customer's card; `others` are lines that only its file holds."""
    writer = _Writer(record, book, version, others)
    writer.write()
    return writer.lines


def written_values(record: Item, book: Book) -> Values:
    """What is read of a customer's card again."""
    return _values_of(card_lines(record, book, "3.0"), book)


def card_text(record: Item, book: Book, version: str = "3.0", others: Sequence[str] = ()) -> str:
    """A customer's card, with the marks of what it says."""
    lines = card_lines(record, book, version, others)
    marks = marks_of(_values_of(lines, book), book.business)
    state = [f"{STATE}:{marks}"]
    return "".join(map(_ended, (*lines[:-1], *state, lines[-1])))


def cards_text(records: Iterable[Item], book: Book, version: str) -> Exported:
    """All customers as one file of cards; names what they have no place for."""
    left_out: Counter[str] = Counter()

    def pieces() -> Iterator[str]:
        for record in records:
            yield card_text(record, book, version)

    return Exported(pieces(), left_out)


def _values_of(lines: Sequence[str], book: Book) -> Values:
    text = "".join(map(_ended, lines))
    return next(card_of(card, book).values for card in cards_of(text))


def _ended(line: str) -> str:
    """A line as it stands in a file: folded, but for soft breaks, which it has already."""
    return f"{line}\r\n" if "=\r\n" in line else folded(line)


class _Writer:
    """One card while it is written."""

    def __init__(self, record: Item, book: Book, version: str, others: Sequence[str]) -> None:
        self.lines: list[str] = []
        self._record = record
        self._book = book
        self._version = version
        self._kept = [*_read(record.values.get("vcard") or ()), *_read(others)]
        self._groups = {one.group.upper() for one in self._kept}
        self._group = 0

    def write(self) -> None:
        """All lines, those that are kept last."""
        record, said = self._record, self._record.values
        self.lines += ["BEGIN:VCARD", f"VERSION:{self._version}", f"PRODID:{_MAKER}"]
        self._add("UID", self._book.uid_of(record))
        self._kind(str(said.get("kind") or ""))
        self._names()
        for name, key in (("NICKNAME", "nickname"), ("GENDER", "gender"), ("LANG", "language"),
                          ("TZ", "time_zone"), ("NOTE", "notes")):  # fmt: skip
            if said.get(key):
                value = self._escaped(str(said[key]))
                rival = any(one.name == name and one.param("PREF") for one in self._kept)
                text = _SEXES.get(str(said[key]), f";{value}") if name == "GENDER" else value
                self._add(name, text, {"PREF": "1" if rival else ""})
        self._organization()
        self._reached()
        self._days()
        self._relations()
        tags = [self._escaped(text) for text in record.texts("tags")]
        if self._version == "2.1":
            tags = [text.replace(",", r"\,") for text in tags]
        if tags:
            self._add("CATEGORIES", ",".join(tags))
        if photo := said.get("photo"):
            self._photo(str(photo))
        for line in self._kept:
            if line.name != "N" and not self._is_relation(line):
                self._put(line)
        self.lines.append("END:VCARD")

    def _photo(self, photo: str) -> None:
        """The address of a picture, or the picture itself where it is kept here."""
        if not is_picture(photo):
            self._add("PHOTO", clean(photo).replace("\n", ""), {"VALUE": "uri"})
            return
        data = self._book.picture(photo)
        if data is not None and path_of(data):
            self._add("PHOTO", *picture_line(data, self._version))

    def _kind(self, kind: str) -> None:
        if self._version == "4.0":
            if kind:
                self._add("KIND", "org" if kind == "organization" else "individual")
        elif kind == "organization":
            self._add("X-ABShowAs", "COMPANY")
        elif kind and not self._record.values.get("given_name"):
            self._add(KIND, kind)

    def _names(self) -> None:
        said = self._record.values
        name = str(said.get("name") or self._record.id)
        parts = [str(said.get(key) or "") for key in ("family_name", "given_name")]
        if not any(parts) and said.get("kind") != "organization":
            parts[0] = name  # every card has an N before version 4.0
        kept = next((one.parts for one in self._kept if one.name == "N"), [])
        more = [*kept[2:5], "", "", ""][:3]
        self._add("N", ";".join(self._escaped(part) for part in (*parts, *more)))
        self._add("FN", self._escaped(name))

    def _organization(self) -> None:
        links = [one for one in self._record.items("organizations") if not one.get("end")]
        if not links:
            if self._record.values.get("kind") == "organization" and not any(
                one.name == "ORG" for one in self._kept
            ):
                self._add("ORG", self._escaped(str(self._record.values.get("name") or "")))
            return
        said = links[0].values
        id = str(said.get("id") or "")
        units = [part for part in str(said.get("unit") or "").split("; ") if part]
        name = self._book.names.get(id, id)
        self._add("ORG", ";".join(self._escaped(part) for part in (name, *units)))
        for key in ("title", "role"):
            if said.get(key) and not any(one.name == key.upper() for one in self._kept):
                self._add(key.upper(), self._escaped(str(said[key])))

    def _reached(self) -> None:
        for name, key in (("TEL", "phones"), ("EMAIL", "emails"), ("URL", "urls")):
            for item in self._record.items(key):
                value = item.values.get("value")
                if value and not item.values.get("do_not_use"):
                    text = clean(str(value)).replace("\n", " ")
                    raw = text if key == "urls" else self._escaped(text)
                    self._labelled(name, raw, str(item.get("label") or ""))
        for item in self._record.items("social"):
            said = {key: str(text) for key, text in item.values.items() if text}
            if not said.get("value") or said.get("do_not_use"):
                continue
            service, value = said.get("service", ""), self._escaped(said["value"])
            if service in _CHATS:
                params = {"X-SERVICE-TYPE": service}
                self._labelled("IMPP", f"{service}:{value}", said.get("label", ""), params)
            else:
                self._add("X-SOCIALPROFILE", value, {"TYPE": service})
        for item in self._record.answering("addresses"):
            texts = [str(item.get(key) or "") for key in
                     ("street", "city", "region", "postcode", "country")]  # fmt: skip
            if any(texts):
                value = ";;" + ";".join(map(self._escaped, texts))
                self._labelled("ADR", value, str(item.get("label") or ""))

    def _days(self) -> None:
        four = self._version == "4.0"
        if (day := self._record.values.get("birth_date")) is not None:
            self._add("BDAY", write_day(day, basic=four))
        for item in self._record.items("anniversaries"):
            day, kind = item.values.get("date"), str(item.get("kind") or "")
            if day is None or item.get("calendar") == "persian" or kind == "birth":
                continue
            value = write_day(day, basic=four)
            label = str(item.get("label") or "")
            if four and kind in ("wedding", "death"):
                self._add("ANNIVERSARY" if kind == "wedding" else "DEATHDATE", value)
            else:
                apple = {"wedding": apple_label("anniversary"), "death": apple_label("death")}
                self._grouped("X-ABDATE", value, apple.get(kind, label))

    def _is_relation(self, line: Property) -> bool:
        """Whether a kept line names somebody who has become a relation since."""
        if line.name not in ("RELATED", "X-ABRELATEDNAMES"):
            return False
        ids = {item.get("to") for item in self._record.items("relations")}
        return bool(ids) and self._book.find(line.text) in ids

    def _relations(self) -> None:
        for item in self._record.items("relations"):
            id, kind = str(item.get("to") or ""), str(item.get("kind") or "")
            if id not in self._book.names or not kind:
                continue
            name = self._escaped(self._book.names[id])
            if self._version == "4.0":
                self._add("RELATED", name, {"TYPE": kind, "VALUE": "text", ID: id})
            else:
                label = apple_label(kind) if kind in _RELATED else kind
                self._grouped("X-ABRELATEDNAMES", name, label, {ID: id})

    def _labelled(
        self, name: str, value: str, label: str, params: dict[str, str] | None = None
    ) -> None:
        types = types_of(label) if label else []
        if types is None:
            self._grouped(name, value, label, params)
        elif types:
            word = ",".join(types)
            word = word.lower() if self._version == "4.0" else word
            self._add(name, value, {"TYPE": word, **(params or {})})
        else:
            self._add(name, value, params)

    def _grouped(
        self, name: str, value: str, label: str, params: dict[str, str] | None = None
    ) -> None:
        """A line with a label of its own in the same group."""
        self._group += 1
        while f"ITEM{self._group}" in self._groups:
            self._group += 1
        group = f"item{self._group}."
        self._add(group + name, value, params)
        if label:
            self._add(f"{group}X-ABLabel", self._escaped(label))

    def _put(self, line: Property) -> None:
        """A line that is kept."""
        head = line.plain[: len(line.plain) - len(line.raw) - 1]
        self._encoded(head, line.raw)

    def _add(self, name: str, value: str, params: dict[str, str] | None = None) -> None:
        said = {key: text for key, text in (params or {}).items() if text}
        if self._version == "2.1" and "TYPE" in said:
            name += "".join(f";{word}" for word in said.pop("TYPE").split(","))
        head = name + "".join(f";{key}={_safe(key, text)}" for key, text in said.items())
        self._encoded(head, value)

    def _encoded(self, head: str, value: str) -> None:
        """A line; in version 2.1 what is not ASCII, or has several lines, as bytes."""
        if self._version != "2.1" or (value.isascii() and "\n" not in value):
            self.lines.append(f"{head}:{value}")
            return
        self.lines.append(f"{head};CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:{_bytes(value)}")

    def _escaped(self, text: str) -> str:
        if self._version != "2.1":
            return escaped(text)
        return re.sub(r"([\\;])", r"\\\1", clean(text))


def _bytes(text: str) -> str:
    """Quoted-printable with soft breaks: bytes that are no letter or digit as `=3D`."""
    pieces: list[str] = []
    width = 60
    for byte in text.replace("\n", "\r\n").encode():
        char = chr(byte)
        piece = (
            char if (char.isalnum() and byte < 128) or char in " ;,.:\\-_/@+()" else f"={byte:02X}"
        )
        width += len(piece)
        if width > 74:
            pieces.append("=\r\n")
            width = len(piece)
        pieces.append(piece)
    return "".join(pieces)


def _safe(key: str, text: str) -> str:
    """A parameter's value; what cannot stand there as it is goes into quotes."""
    text = re.sub('[\x00-\x1f\x7f"^]', "", text)
    return f'"{text}"' if re.search(r"[:;]" if key == "TYPE" else r"[,:;]", text) else text


def _read(lines: Iterable[object]) -> Iterator[Property]:
    """Lines that are kept, as far as they are any, and nothing that is written anew."""
    for text in lines:
        try:
            found = parsed(0, clean(str(text)).replace("\n", r"\n"))
        except ValueError:
            continue
        if found.name not in _OWN:
            yield found
