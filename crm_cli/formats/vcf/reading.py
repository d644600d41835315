"""Reading vCards: their lines as values of our fields, and those that stay as they are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from crm_cli.formats.content_lines import Refused, escaped
from crm_cli.formats.vcf.cards import ID, KIND, STATE, Book, Card, Draft
from crm_cli.formats.vcf.days import read_day
from crm_cli.formats.vcf.lines import Lines, Property, cards_of
from crm_cli.formats.vcf.marks import read_marks
from crm_cli.formats.vcf.pictures import Picture, picture_of
from crm_cli.formats.vcf.types import is_preferred, label_of, own_label
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import Unreadable
from crm_cli.model.people import RELATION_KINDS
from crm_cli.model.places import DOCUMENTS

_LONGEST_KEPT, _MOST_KEPT = 2_000, 100
"""Of lines that are nobody's here: longer or more of them stay in their file."""
_OURS = {
    "VERSION", "PRODID", "REV", "UID", "BEGIN", "END", "FN", "N", "KIND",
    "X-ABSHOWAS", STATE, KIND,
}  # fmt: skip
"""Lines that are written anew each time, or are read elsewhere."""
_SERVICES = {
    "X-SKYPE": "skype", "X-SKYPE-USERNAME": "skype", "X-JABBER": "xmpp", "X-ICQ": "icq",
    "X-AIM": "aim", "X-MSN": "msn", "X-YAHOO": "ymsgr", "X-GOOGLE-TALK": "google talk",
    "X-TWITTER": "twitter",
}  # fmt: skip
_ANNIVERSARIES = {
    "ANNIVERSARY": "wedding",
    "X-ANNIVERSARY": "wedding",
    "X-EVOLUTION-ANNIVERSARY": "wedding",
    "X-KADDRESSBOOK-X-ANNIVERSARY": "wedding",
    "DEATHDATE": "death",
}
_SPOUSES = {"X-SPOUSE", "X-EVOLUTION-SPOUSE", "X-KADDRESSBOOK-X-SPOUSESNAME"}


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
    reader = _Reader(lines, book)
    reader.read()
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


class _Reader:
    """One card while it is read."""

    def __init__(self, card: Lines, book: Book) -> None:
        self.lines = card.lines
        self.book = book
        self.draft = Draft()
        self.only_there: list[Property] = []
        self.picture: Picture | None = None
        self._kept: list[str] = []
        self._labels = {
            one.group.upper(): one for one in card.lines if one.group and one.name == "X-ABLABEL"
        }

    def first(self, name: str) -> Property | None:
        """The first line of a name that says something."""
        return next((one for one in self.lines if one.name == name and one.text), None)

    def label(self, line: Property) -> str:
        """What a line of Apple's calls the line of the same group, else what its types do."""
        own = self._labels.get(line.group.upper()) if line.group else None
        said = own_label(own.text) if own is not None else ""
        return said or line.param("X-CUSTOM") or label_of(line.types)

    def item(self, line: Property, value: str, **more: str) -> dict[str, str]:
        """An item of a list of addresses or numbers."""
        label = self.label(line)
        return {"value": value, **({"label": label} if label else {}), **more}

    def read(self) -> None:
        """All lines into the draft, in the order of preference; what is not taken is kept."""
        self._read_names()
        taken: set[int] = set()
        for line in sorted(self.lines, key=lambda one: is_preferred(one.types, one.param("PREF"))):
            take = _TAKERS.get(line.name)
            if not line.raw.strip(" ;") or line.name in _OURS or (take and take(self, line)):
                taken.add(line.number)
        link: dict[str, str] = next(iter(self.draft.values.get("organizations", ())), {})
        groups = {line.group.upper() for line in self.lines if line.number in taken}
        for line in self.lines:
            titled = line.name in ("TITLE", "ROLE") and line.text == link.get(line.name.lower())
            labels = line.name == "X-ABLABEL" and line.group.upper() in groups
            if line.number not in taken and not titled and not labels:
                self._keep(line)
        if self._kept:
            self.draft.values["vcard"] = self._kept

    def _keep(self, line: Property) -> None:
        """Keep a line that nothing was taken of, unless it is too large for a record."""
        plain = line.plain
        large = line.is_binary or line.name == "AGENT" or len(plain) > _LONGEST_KEPT
        if large or len(self._kept) >= _MOST_KEPT:
            self.only_there.append(line)
        elif plain not in self._kept:
            self._kept.append(plain)

    def _read_names(self) -> None:
        """Names: FN, else those of N, the organization, or an address."""
        shown = self.first("FN")
        parts = self.first("N")
        org = self.first("ORG")
        name = shown.text if shown is not None else ""
        if parts is not None:
            family, given, *more = [*parts.parts, "", ""]
            if not name:
                name = " ".join(part for part in (*more[1:2], given, *more[:1], family) if part)
            if not (family == name and not given):  # some write the whole name as family name
                self.draft.put("given_name", given)
                self.draft.put("family_name", family)
        if not name and org is not None:
            name = next((part for part in org.parts if part), "")
        for other in ("NICKNAME", "EMAIL", "TEL"):
            line = self.first(other)
            if not name and line is not None:
                name = line.text
        self.draft.put("name", " ".join(name.split()))
        if parts is not None and any(parts.parts[2:]):
            # Middle names and titles, which no field has, without what fields have.
            extra = ";".join(escaped(part) for part in [*parts.parts, "", ""][2:5])
            self._kept.append(f"N:;;{extra}")


def _kind(reader: _Reader) -> str:
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


# What takes the lines of each name. Each tells whether it could.

Taker = Callable[[_Reader, Property], bool]


def _typed(reader: _Reader, key: str, text: str) -> Any:
    """A text as the value of a field; raises Unreadable."""
    type = CUSTOMER.by_key[key].type
    value = type.read(text, reader.book.business)
    if type.doubts and type.doubt(value, reader.book.business):
        raise Unreadable(f"{text} is no {key}")
    return value


def _simple(key: str) -> Taker:
    """A line that is one field."""

    def take(reader: _Reader, line: Property) -> bool:
        try:
            value = _typed(reader, key, line.text)
        except Unreadable:
            return False
        reader.draft.put(key, value)
        return bool(reader.draft.values.get(key) == value)

    return take


def _gender(reader: _Reader, line: Property) -> bool:
    sex, *said = line.parts
    word = next((one for one in said if one), "") or _GENDERS.get(sex.upper(), sex)
    reader.draft.put("gender", word)
    return True


_GENDERS = {"F": "female", "M": "male", "O": "other", "N": "none", "U": "unknown"}


def _birth(reader: _Reader, line: Property) -> bool:
    day = read_day(line)
    reader.draft.put("birth_date", day)
    return day is not None and reader.draft.values.get("birth_date") == day


def _anniversary(reader: _Reader, line: Property) -> bool:
    day = read_day(line)
    if day is None:
        return False
    reader.draft.add("anniversaries", {"kind": _ANNIVERSARIES[line.name], "date": day})
    return True


def _apple_day(reader: _Reader, line: Property) -> bool:
    day, label = read_day(line), reader.label(line)
    if day is None:
        return False
    known = {"anniversary": "wedding", "wedding": "wedding", "death": "death"}
    kind = known.get(label)
    item = {"kind": kind} if kind else {"kind": "custom", **({"label": label} if label else {})}
    reader.draft.add("anniversaries", {**item, "date": day})
    return True


def _email(reader: _Reader, line: Property) -> bool:
    return _reached(reader, line, "emails", re.sub(r"(?i)\Amailto:", "", line.text))


def _phone(reader: _Reader, line: Property) -> bool:
    return _reached(reader, line, "phones", re.sub(r"(?i)\Atel:", "", line.text))


def _reached(reader: _Reader, line: Property, key: str, text: str) -> bool:
    from crm_cli.model.contacts import EMAIL, PHONE

    type = (EMAIL if key == "emails" else PHONE).by_key["value"].type
    try:
        value = type.read(text, reader.book.business)
    except Unreadable:
        return False
    if not value:
        return False
    held = reader.draft.values.get(key, ())
    if not any(one["value"] == value for one in held):
        reader.draft.add(key, reader.item(line, value))
    return True


def _url(reader: _Reader, line: Property) -> bool:
    item = reader.item(line, line.text)
    if item.get("label") == "homepage":
        del item["label"]
    reader.draft.add("urls", item)
    return True


def _chat(reader: _Reader, line: Property) -> bool:
    service = line.param("X-SERVICE-TYPE").lower()
    scheme, sign, name = line.text.partition(":")
    if not (sign and name and re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*", scheme)):
        return False
    reader.draft.add("social", reader.item(line, name, service=service or scheme.lower()))
    return True


def _profile(reader: _Reader, line: Property) -> bool:
    service = next((one for one in line.types if one not in ("HOME", "WORK", "PREF")), "").lower()
    if not service:
        return False
    reader.draft.add("social", {"value": line.text, "service": service})
    return True


def _service(reader: _Reader, line: Property) -> bool:
    reader.draft.add("social", reader.item(line, line.text, service=_SERVICES[line.name]))
    return True


def _address(reader: _Reader, line: Property) -> bool:
    parts = [*line.parts, *[""] * 7][:7]
    box, extended, street, city, region, postcode, country = parts
    item: dict[str, Any] = {}
    if label := reader.label(line):
        item["label"] = label
    item["street"] = "\n".join(part for part in (box, extended, street) if part)
    item |= {"city": city, "region": region, "postcode": postcode}
    if country:
        from crm_cli.model.address import ADDRESS

        try:
            item["country"] = ADDRESS.by_key["country"].type.read(country, reader.book.business)
        except Unreadable:
            return False
    reader.draft.add("addresses", {key: one for key, one in item.items() if one})
    return True


def _organization(reader: _Reader, line: Property) -> bool:
    name, *units = line.parts
    if not name:
        return False
    values = reader.draft.values
    if name == values.get("name") and not values.get("given_name"):
        return not any(units)  # the card is about the organization itself
    if values.get("organizations"):
        return False  # a telephone knows one
    link = {"id": name, "unit": "; ".join(unit for unit in units if unit)}
    for key in ("TITLE", "ROLE"):
        other = next((one.text for one in reader.lines if one.name == key), "")
        link[key.lower()] = _role(reader, other) if key == "ROLE" and other else other
    values["organizations"] = [{key: text for key, text in link.items() if text}]
    return True


def _role(reader: _Reader, text: str) -> str:
    """A role that is a word for one here; empty for others, whose line is kept."""
    from crm_cli.model.people import ORGANIZATION

    try:
        return str(ORGANIZATION.by_key["role"].type.read(text, reader.book.business))
    except Unreadable:
        return ""


def _tags(reader: _Reader, line: Property) -> bool:
    for text in line.texts:
        reader.draft.add("tags", {"value": " ".join(text.split())})
    return True


def _related(reader: _Reader, line: Property) -> bool:
    label = reader.label(line)
    kind = label if line.name in ("RELATED", "X-ABRELATEDNAMES") else "spouse"
    id = line.param(ID) if line.param(ID) in reader.book.names else reader.book.find(line.text)
    if kind not in RELATION_KINDS or id is None:
        return False
    reader.draft.add("relations", {"to": id, "kind": kind})
    return True


def _photo(reader: _Reader, line: Property) -> bool:
    """A picture, or the address of one, which is never opened; nor is it one of ours, that would
    then be sent to others."""
    if line.is_binary:
        found = None if "photo" in reader.draft.values else picture_of(line)
        if found is not None:
            reader.picture = found
            reader.draft.put("photo", found.path)
        return found is not None
    text = line.raw.strip()
    is_web = re.match(r"(?i)https?://", text) is not None
    is_path = line.param("VALUE").lower() == "uri" and re.fullmatch(
        rf"(?!/|(?i:{DOCUMENTS.path}))(?!.*(?:\A|/)\.)[^:\\]+", text
    )
    if not (is_web or is_path) or len(text) > _LONGEST_KEPT:
        return False
    reader.draft.put("photo", text)
    return bool(reader.draft.values.get("photo") == text)


_TAKERS: dict[str, Taker] = {
    "NICKNAME": _simple("nickname"),
    "NOTE": _simple("notes"),
    "LANG": _simple("language"),
    "TZ": _simple("time_zone"),
    "GENDER": _gender,
    "BDAY": _birth,
    **dict.fromkeys(_ANNIVERSARIES, _anniversary),
    "X-ABDATE": _apple_day,
    "EMAIL": _email,
    "TEL": _phone,
    "URL": _url,
    "IMPP": _chat,
    "X-SOCIALPROFILE": _profile,
    **dict.fromkeys(_SERVICES, _service),
    "ADR": _address,
    "ORG": _organization,
    "CATEGORIES": _tags,
    "RELATED": _related,
    "X-ABRELATEDNAMES": _related,
    **dict.fromkeys(_SPOUSES, _related),
    "PHOTO": _photo,
}
