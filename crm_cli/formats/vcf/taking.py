"""What the lines of a vCard say, by their name, as values of our fields."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from crm_cli.formats.vcf.cards import ID, LINE, bare
from crm_cli.formats.vcf.days import read_day
from crm_cli.formats.vcf.lines import Property
from crm_cli.formats.vcf.pictures import picture_of
from crm_cli.formats.vcf.reader import LONGEST, Reader
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import Unreadable
from crm_cli.model.people import RELATION_KINDS
from crm_cli.model.places import DOCUMENTS

Taker = Callable[[Reader, Property], bool]
"""Puts what a line says into the draft, and tells whether it could."""

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


def _typed(reader: Reader, key: str, text: str) -> Any:
    """A text as the value of a field; raises Unreadable."""
    type = CUSTOMER.by_key[key].type
    value = type.read(text, reader.book.business)
    if type.doubts and type.doubt(value, reader.book.business):
        raise Unreadable(f"{text} is no {key}")
    return value


def _simple(key: str) -> Taker:
    """A line that is one field."""

    def take(reader: Reader, line: Property) -> bool:
        try:
            value = _typed(reader, key, line.text)
        except Unreadable:
            return False
        reader.draft.put(key, value)
        return bool(reader.draft.values.get(key) == value)

    return take


def _gender(reader: Reader, line: Property) -> bool:
    sex, *said = line.parts
    word = next((one for one in said if one), "") or _GENDERS.get(sex.upper(), sex)
    reader.draft.put("gender", word)
    return True


_GENDERS = {"F": "female", "M": "male", "O": "other", "N": "none", "U": "unknown"}


def _birth(reader: Reader, line: Property) -> bool:
    day = read_day(line)
    reader.draft.put("birth_date", day)
    return day is not None and reader.draft.values.get("birth_date") == day


def _anniversary(reader: Reader, line: Property) -> bool:
    day = read_day(line)
    if day is None:
        return False
    reader.draft.add("anniversaries", {"kind": _ANNIVERSARIES[line.name], "date": day})
    return True


def _apple_day(reader: Reader, line: Property) -> bool:
    day, label = read_day(line), reader.label(line)
    if day is None:
        return False
    known = {"anniversary": "wedding", "wedding": "wedding", "death": "death"}
    kind = known.get(label)
    item = {"kind": kind} if kind else {"kind": "custom", **({"label": label} if label else {})}
    reader.draft.add("anniversaries", {**item, "date": day})
    return True


def _email(reader: Reader, line: Property) -> bool:
    return _reached(reader, line, "emails", re.sub(r"(?i)\Amailto:", "", line.text))


def _phone(reader: Reader, line: Property) -> bool:
    return _reached(reader, line, "phones", re.sub(r"(?i)\Atel:", "", line.text))


def _reached(reader: Reader, line: Property, key: str, text: str) -> bool:
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


def _url(reader: Reader, line: Property) -> bool:
    item = reader.item(line, line.text)
    if item.get("label") == "homepage":
        del item["label"]
    reader.draft.add("urls", item)
    return True


def _chat(reader: Reader, line: Property) -> bool:
    service = line.param("X-SERVICE-TYPE").lower()
    scheme, sign, name = line.text.partition(":")
    if not (sign and name and re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*", scheme)):
        return False
    reader.draft.add("social", reader.item(line, name, service=service or scheme.lower()))
    return True


def _profile(reader: Reader, line: Property) -> bool:
    service = next((one for one in line.types if one not in ("HOME", "WORK", "PREF")), "").lower()
    if not service:
        return False
    reader.draft.add("social", {"value": line.text, "service": service})
    return True


def _service(reader: Reader, line: Property) -> bool:
    reader.draft.add("social", reader.item(line, line.text, service=_SERVICES[line.name]))
    return True


def _address(reader: Reader, line: Property) -> bool:
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


def _organization(reader: Reader, line: Property) -> bool:
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


def _role(reader: Reader, text: str) -> str:
    """A role that is a word for one here; empty for others, whose line is kept."""
    from crm_cli.model.people import ORGANIZATION

    try:
        return str(ORGANIZATION.by_key["role"].type.read(text, reader.book.business))
    except Unreadable:
        return ""


def _tags(reader: Reader, line: Property) -> bool:
    for text in line.texts:
        reader.draft.add("tags", {"value": " ".join(text.split())})
    return True


def _related(reader: Reader, line: Property) -> bool:
    label = reader.label(line)
    kind = label if line.name in ("RELATED", "X-ABRELATEDNAMES") else "spouse"
    id = line.param(ID) if line.param(ID) in reader.book.names else reader.book.find(line.text)
    if kind not in RELATION_KINDS:
        return False
    if id is None:
        if line.text not in reader.book.there and bare(line.text) not in reader.book.there:
            return False
        other = {"to": line.text, "kind": kind, LINE: line.plain}
        reader.draft.add("relations", other)
        return True
    reader.draft.add("relations", {"to": id, "kind": kind})
    return True


def _photo(reader: Reader, line: Property) -> bool:
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
    if not (is_web or is_path) or len(text) > LONGEST:
        return False
    reader.draft.put("photo", text)
    return bool(reader.draft.values.get("photo") == text)


TAKERS: dict[str, Taker] = {
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
"""What takes the lines of each name."""
