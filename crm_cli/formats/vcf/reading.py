"""Reading vCards: their lines as values of our fields, and those that stay as they are."""

from __future__ import annotations

from collections.abc import Iterator

from crm_cli.formats.content_lines import Refused, escaped
from crm_cli.formats.vcf.cards import KIND, STATE, Book, Card
from crm_cli.formats.vcf.lines import Lines, cards_of
from crm_cli.formats.vcf.marks import read_marks
from crm_cli.formats.vcf.reader import Reader
from crm_cli.formats.vcf.taking import TAKERS
from crm_cli.formats.vcf.types import is_preferred
from crm_cli.model.errors import Unreadable

_OURS = {
    "VERSION", "PRODID", "REV", "UID", "BEGIN", "END", "FN", "N", "KIND",
    "X-ABSHOWAS", STATE, KIND,
}  # fmt: skip
"""Lines that are written anew each time, or are read elsewhere."""


def read_cards(text: str, book: Book, *, file: str = "") -> Iterator[Card | Refused]:
    """The cards of a text, and those that cannot be read.

    Raises DataError where the text is no vCard at all.
    """
    for lines in cards_of(text):
        source = "\r\n".join(lines.source) + "\r\n"
        if lines.fault is not None:
            yield Refused(lines.fault[0], lines.fault[1], source, file)
            continue
        try:
            card = card_of(lines, book, file=file, source=source)
        except Unreadable as error:
            yield Refused(lines.number, error.message, source, file)
            continue
        if card.values.get("name") or card.is_group:
            yield card
        else:
            yield Refused(lines.number, "there is no name, number or address", source, file)


def card_of(lines: Lines, book: Book, *, file: str = "", source: str = "") -> Card:
    """What the lines of one card say."""
    reader = Reader(lines, book)
    _read(reader)
    values, uid, kind = reader.draft.values, reader.first("UID"), _kind(reader)
    is_group = kind == "group"
    if kind in ("person", "organization"):
        values["kind"] = kind
    state = reader.first(STATE)
    return Card(
        lines.number,
        uid.text if uid is not None else "",
        values,
        read_marks(state.text) if state is not None else {},
        source,
        is_group,
        tuple(one.text for one in lines.lines if one.name in _MEMBERS) if is_group else (),
        tuple(one.plain for one in reader.only_there),
        tuple(dict.fromkeys(one.name for one in reader.only_there)),
        file,
        reader.picture,
    )


_MEMBERS = ("MEMBER", "X-ADDRESSBOOKSERVER-MEMBER")


def _read(reader: Reader) -> None:
    """All lines into the draft, in the order of preference; what is not taken is kept."""
    _read_names(reader)
    taken: set[int] = set()
    for line in sorted(reader.lines, key=lambda one: is_preferred(one.types, one.param("PREF"))):
        take = TAKERS.get(line.name)
        if not line.raw.strip(" ;") or line.name in _OURS or (take and take(reader, line)):
            taken.add(line.number)
    link: dict[str, str] = next(iter(reader.draft.values.get("organizations", ())), {})
    groups = {line.group.upper() for line in reader.lines if line.number in taken}
    for line in reader.lines:
        titled = line.name in ("TITLE", "ROLE") and line.text == link.get(line.name.lower())
        labels = line.name == "X-ABLABEL" and line.group.upper() in groups
        if line.number not in taken and not titled and not labels:
            reader.keep(line)
    if reader.kept:
        reader.draft.values["vcard"] = reader.kept


def _read_names(reader: Reader) -> None:
    """Names: FN, else those of N, the organization, or an address."""
    shown = reader.first("FN")
    parts = reader.first("N")
    org = reader.first("ORG")
    name = shown.text if shown is not None else ""
    if parts is not None:
        family, given, *more = [*parts.parts, "", ""]
        if not name:
            name = " ".join(part for part in (*more[1:2], given, *more[:1], family) if part)
        if not (family == name and not given):  # some write the whole name as family name
            reader.draft.put("given_name", given)
            reader.draft.put("family_name", family)
    if not name and org is not None:
        name = next((part for part in org.parts if part), "")
    for other in ("NICKNAME", "EMAIL", "TEL"):
        line = reader.first(other)
        if not name and line is not None:
            name = line.text
    reader.draft.put("name", " ".join(name.split()))
    if parts is not None and any(parts.parts[2:]):
        # Middle names and titles, which no field has, without what fields have.
        extra = ";".join(escaped(part) for part in [*parts.parts, "", ""][2:5])
        reader.kept.append(f"N:;;{extra}")


def _kind(reader: Reader) -> str:
    """What a card is about: person, organization, group, or empty where it does not say."""
    for name in (KIND, "KIND", "X-ADDRESSBOOKSERVER-KIND"):
        line = reader.first(name)
        word = line.text.lower() if line is not None else ""
        if word in ("group", "person", "organization"):
            return word
        if word in ("org", "individual"):
            return "organization" if word == "org" else "person"
    shown = reader.first("X-ABSHOWAS")
    if shown is not None and shown.text.upper() == "COMPANY":
        return "organization"
    return "person" if reader.draft.values.get("given_name") else ""
