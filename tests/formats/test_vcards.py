"""vCards as programs write them, and as nobody should: read, written, and read again."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_cli.formats.content_lines import Refused, components, folded, unfolded
from crm_cli.formats.vcf.cards import Book, Card
from crm_cli.formats.vcf.lines import card_text as text_of
from crm_cli.formats.vcf.reading import read_cards
from crm_cli.formats.vcf.writing import VERSIONS, card_text
from crm_cli.model.business import Business
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.dates import PartialDate
from crm_cli.model.errors import CrmError, DataError
from crm_cli.store.change import new_record
from crm_cli.store.document import Document

CARDS = Path(__file__).parents[1] / "cards"
BUSINESS = Business(name="Lan d.o.o.", country="SI")
BOOK = Book(BUSINESS, {"miha": "Miha Zupan"}, {}, {"Miha Zupan": "miha"}.get)
PROGRAMS = sorted(path.stem for path in CARDS.glob("*.vcf"))


def cards(text: str | bytes, book: Book = BOOK) -> list[Card]:
    if isinstance(text, bytes):
        text = text_of(text)
    found = list(read_cards(text, book))
    assert not [one for one in found if isinstance(one, Refused)], found
    return [one for one in found if isinstance(one, Card)]


def of(program: str) -> list[Card]:
    return cards((CARDS / f"{program}.vcf").read_bytes())


def only(*lines: str, version: str = "3.0") -> dict[str, Any]:
    text = "\r\n".join(("BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", ""))
    (card,) = cards(text)
    return card.values


def record(values: dict[str, Any], uid: str = "") -> Any:
    kept = {**values, **({"card_uid": uid} if uid else {})}
    data = new_record(CUSTOMER, kept, BUSINESS)
    return Document("customers/somebody.yaml", data, CUSTOMER, BUSINESS).record


def again(card: Card, version: str) -> Card:
    """A card that became a record, written in a version and read again."""
    pictures = dict([card.picture] if card.picture is not None else [])
    book = BOOK._replace(picture=pictures.get)
    (found,) = cards(card_text(record(card.values, card.uid), book, version))
    return found


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("program", PROGRAMS)
def test_what_programs_write_comes_in_goes_out_and_comes_in_again(
    program: str, version: str
) -> None:
    people = [card for card in of(program) if not card.is_group]
    assert people
    for card in people:
        back = again(card, version)
        assert back.values == card.values
        assert back.uid == card.uid or not card.uid


def test_an_android() -> None:
    (card,) = of("android")
    said = card.values
    assert (said["name"], said["given_name"], said["family_name"]) == (
        "Marko Žagar",
        "Marko",
        "Žagar",
    )
    assert said["phones"] == [
        {"value": "040111222", "label": "mobile"},
        {"value": "01 234 56 78", "label": "work fax"},
        {"value": "05 991 12 34", "label": "Dom"},
    ]
    assert said["addresses"][0]["street"] == "Trubarjeva cesta 12"
    assert said["organizations"] == [
        {"id": "Mizarstvo Žagar", "unit": "Delavnica", "title": "Mojster"}
    ]
    assert said["notes"] == "Rad ima les,\nbuče in hrast = vse"
    assert said["birth_date"] == PartialDate(1979, 11, 2)
    assert said["vcard"] == [
        "X-ANDROID-CUSTOM:vnd.android.cursor.item/nickname;Mare;1;;;;;;;;;;;;;"
    ]
    assert card.picture is not None and card.picture[1].startswith(b"\xff\xd8\xff\xe0")
    assert card.picture[0] == said["photo"]
    assert not card.left_out


def test_an_iphone() -> None:
    (card,) = of("iphone")
    said = card.values
    assert said["emails"] == [
        {"value": "tina@zora.example", "label": "zora"},
        {"value": "tina.doma@mail.example", "label": "home"},
    ]
    assert said["birth_date"] == PartialDate(None, 4, 15)
    assert said["organizations"] == [
        {"id": "Pekarna Zora d.o.o.", "unit": "Prodaja; Jug", "title": "Vodja"}
    ]
    assert said["addresses"] == [
        {
            "label": "work",
            "street": "Glavna 3\nII. nadstropje",
            "city": "Koper",
            "postcode": "6000",
            "country": "SI",
        }
    ]
    assert said["anniversaries"] == [
        {"kind": "wedding", "date": PartialDate(2011, 6, 18)},
        {"kind": "custom", "label": "prva kava", "date": PartialDate(2019, 3, 1)},
    ]
    assert said["relations"] == [{"to": "miha", "kind": "spouse"}]
    assert said["social"][0] == {"value": "tina.zupan", "label": "home", "service": "skype"}
    assert said["notes"] == "Pije kavo, brez sladkorja.\nKliče ob 8; ne prej."
    assert "N:;;Marija;dr.;" in said["vcard"]


def test_an_outlook_of_windows() -> None:
    (card,) = of("outlook")
    said = card.values
    assert said["name"] == "Dr. Jörg Müller"
    assert said["notes"] == "Ruft an = gut\n\nMontags"
    assert said["addresses"][0]["city"] == "München"
    assert "X-MS-MANAGER:Eva Kern" in said["vcard"]


def test_a_lotus() -> None:
    (card,) = of("lotus")
    assert card.values["name"] == "María García"
    assert card.values["addresses"][0]["street"] == "Calle Mayor 1\n2º"
    assert card.values["organizations"] == [{"id": "Cafés García", "unit": "Compras; Sur"}]
    assert "ROLE:Compradora" in card.values["vcard"]  # no word for a role here


def test_an_evolution() -> None:
    (card,) = of("evolution")
    said = card.values
    assert [one["value"] for one in said["tags"]] == ["Kunden", "Wien, Umland"]
    assert said["addresses"][0]["street"] == "PO 7\nTür 3\nRing 1"
    assert said["phones"][1] == {"value": "+43 660 1234567", "label": "mobile"}
    assert said["anniversaries"] == [{"kind": "wedding", "date": PartialDate(2001, 9, 8)}]
    assert "X-EVOLUTION-SPOUSE:Paul Kern" in said["vcard"]  # nobody here is called so


def test_a_google() -> None:
    luca, bar = of("google")
    assert luca.values["photo"] == "https://lh3.example/photo.jpg"
    assert luca.values["urls"] == [
        {"value": "http://www.google.com/profiles/1", "label": "PROFILE"}
    ]
    assert luca.values["notes"] == "Clientedal 2019"
    assert bar.values["name"] == "Bar Stella"
    assert "organizations" not in bar.values


def test_a_mac_and_its_groups() -> None:
    hotel, nika, group = of("macos")
    assert hotel.values["kind"] == "organization"
    assert nika.values["kind"] == "person"
    assert group.is_group
    assert len(group.members) == 2


def test_version_4() -> None:
    (card,) = of("rfc6350")
    said = card.values
    assert [one["label"] for one in said["phones"]] == ["work", "mobile video"]
    assert said["phones"][0]["value"] == "+1-418-656-9254"
    assert said["birth_date"] == PartialDate(None, 2, 3)
    assert (said["gender"], said["language"]) == ("male", "fr")
    assert "LANG;PREF=2:en" in said["vcard"]
    assert "RELATED;TYPE=friend:urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6" in said["vcard"]


def test_partial_days() -> None:
    for text, day in {
        "19840415": PartialDate(1984, 4, 15),
        "--0415": PartialDate(None, 4, 15),
        "--04-15": PartialDate(None, 4, 15),
        "1984-04": PartialDate(1984, 4, None),
        "1984": PartialDate(1984, None, None),
        "1984-04-15T00:00:00Z": PartialDate(1984, 4, 15),
    }.items():
        said = only("FN:A", f"BDAY:{text}", version="4.0")
        assert said["birth_date"] == day
        for version in VERSIONS:
            (back,) = cards(card_text(record(said), BOOK, version))
            assert back.values["birth_date"] == day
    for text in ("---15", "1984-02-31", "circa 1800", "20260230"):
        assert only("FN:A", f"BDAY:{text}")["vcard"] == [f"BDAY:{text}"]


def test_types_that_are_repeated_quoted_or_bare_are_one() -> None:
    repeated = ("TYPE=WORK;TYPE=FAX", "type=FAX;type=WORK;type=pref")
    for head in (*repeated, 'TYPE="work,fax"', "TYPE=work,fax", "WORK;FAX"):
        assert only("FN:A", f"TEL;{head}:123456")["phones"] == [
            {"value": "123456", "label": "work fax"}
        ]


def test_a_bad_card_hides_no_other() -> None:
    good = "BEGIN:VCARD\nVERSION:3.0\nFN:{}\nEND:VCARD\n"
    text = (
        good.format("A")
        + "BEGIN:VCARD\nVERSION:3.0\nFN:Open\nNOTE;ENCODING=QUOTED-PRINTABLE:x=\n"
        + good.format("B")
        + "BEGIN:VCARD\nVERSION:3.0\nFN:Bad\nno colon\nEND:VCARD\n"
        + "BEGIN:VCARD\nVERSION:3.0\nNOTE:nobody\nEND:VCARD\n"
        + "BEGIN:VCARD\nVERSION:2.1\nFN:x\n"
        + "NOTE;CHARSET=punycode;ENCODING=QUOTED-PRINTABLE:a\nEND:VCARD\n"
        + good.format("C")
    )
    found = list(read_cards(text, BOOK))
    assert [one.values["name"] for one in found if isinstance(one, Card)] == ["A", "B", "C"]
    bad = [(one.line, one.reason) for one in found if isinstance(one, Refused)]
    assert [line for line, _ in bad] == [5, 16, 18, 25]
    assert "not ended" in bad[0][1] and "NAME:VALUE" in bad[1][1] and "charset" in bad[3][1]


def test_a_card_within_a_card_is_nobody() -> None:
    said = only("FN:A", "AGENT:", "BEGIN:VCARD", "VERSION:2.1", "FN:B", "END:VCARD", version="2.1")
    assert said["name"] == "A"


def test_what_is_no_card_is_refused() -> None:
    for text in ("", "name;phone\n", "BEGIN:VCALENDAR\nEND:VCALENDAR\n"):
        with pytest.raises(DataError, match="no vCard"):
            list(read_cards(text, BOOK))


def test_a_card_names_no_file_to_read(tmp_path: Path) -> None:
    for line in (
        "PHOTO;VALUE=uri:file:///etc/passwd",
        "PHOTO;VALUE=uri:/etc/passwd",
        "PHOTO;VALUE=uri:../../secret",
        "PHOTO;VALUE=uri:photos/../../secret",
        "PHOTO;VALUE=uri:.crm/undo",
        f"PHOTO;VALUE=uri:documents/photos/{'0' * 32}.jpg",
        "PHOTO;VALUE=uri:Documents/photos/x.jpg",
    ):
        said = only("FN:A", line)
        assert "photo" not in said and said["vcard"] == [line]
    assert only("FN:A", "PHOTO;VALUE=uri:photos/ana.jpg")["photo"] == "photos/ana.jpg"


@pytest.mark.parametrize(
    "data",
    [b"<svg onload='x'/>", b"\xff\xd8\xff" + b"x" * (1 << 20), b"", b"%PDF"],
    ids=["svg", "large", "empty", "pdf"],
)
def test_what_is_no_picture_stays_in_its_file(data: bytes) -> None:
    line = f"PHOTO;ENCODING=b;TYPE=JPEG:{b64encode(data).decode()}"
    (card,) = cards(f"BEGIN:VCARD\nFN:A\n{line}\nEND:VCARD\n")
    assert card.picture is None and "photo" not in card.values
    assert card.only_there == ((line,) if data else ())


def test_a_picture_whose_file_is_missing_is_not_written() -> None:
    made = record({"name": "A", "photo": f"documents/photos/{'0' * 32}.jpg"})
    assert "PHOTO" not in card_text(made, BOOK)
    other = BOOK._replace(picture=lambda path: b"name: somebody's record")
    assert "PHOTO" not in card_text(made, other)


def test_what_a_record_keeps_ends_no_card() -> None:
    evil = [
        "X-A:1\r\nEND:VCARD\r\nBEGIN:VCARD",
        "END:VCARD",
        "UID:other",
        "no colon",
        "BEGIN:VCARD",
    ]
    text = card_text(record({"name": "A\nEND:VCARD", "vcard": evil}), BOOK)
    (card,) = cards(text)
    assert card.uid == "somebody@lan-doo.crm"
    assert len(re.findall("(?m)^END:VCARD", text)) == 1


def test_a_picture_that_nobody_indented_is_one() -> None:
    (card,) = cards("BEGIN:VCARD\nFN:A\nPHOTO;ENCODING=b:AAAA\nBBBB\nCC==\nTITLE:x\nEND:VCARD\n")
    assert card.only_there == ("PHOTO;ENCODING=b:AAAABBBBCC==",)


def test_lists_are_bounded() -> None:
    text = f"BEGIN:VCARD\nFN:A\nCATEGORIES:{','.join(map(str, range(600)))}\nEND:VCARD\n"
    (bad,) = read_cards(text, BOOK)
    assert isinstance(bad, Refused) and "more than 500 tags" in bad.reason


def test_lines_are_bounded() -> None:
    (card,) = cards(
        "BEGIN:VCARD\nVERSION:3.0\nFN:A\n"
        + "".join(f"X-A{n}:{n}\n" for n in range(150))
        + f"X-LONG:{'x' * 5000}\nEND:VCARD\n"
    )
    assert len(card.values["vcard"]) == 100
    assert len(card.only_there) == 51
    text = "BEGIN:VCARD\nVERSION:3.0\nFN:A\n" + "X-A:1\n" * 3000 + "END:VCARD\n"
    (bad,) = read_cards(text, BOOK)
    assert isinstance(bad, Refused) and "lines" in bad.reason
    text = "BEGIN:VCARD\nVERSION:3.0\nFN:A\nX-A" + ";A=1" * 3000 + ":1\nEND:VCARD\n"
    (bad,) = read_cards(text, BOOK)
    assert isinstance(bad, Refused) and "parameters" in bad.reason


_ANY = st.characters(blacklist_categories=["Cs"], blacklist_characters="\r\n")
SIGNS = st.sampled_from('\n;,:\\="^')
TEXTS = st.text(st.characters(blacklist_categories=["Cs", "Cc"]) | SIGNS, max_size=60)


@settings(max_examples=60, deadline=timedelta(seconds=5))
@given(name=TEXTS, note=TEXTS, street=TEXTS, unit=TEXTS, label=TEXTS, tag=TEXTS)
@pytest.mark.parametrize("version", VERSIONS)
def test_any_texts_come_back(
    version: str, name: str, note: str, street: str, unit: str, label: str, tag: str
) -> None:
    values = {
        "name": f"A {' '.join(name.split())}".strip(),
        "given_name": "Ana",
        "notes": note.strip(),
        "addresses": [{"street": street.strip(), "city": "Koper"}],
        "phones": [{"value": "040 123 456", "label": f"x{' '.join(label.split())}"}],
        "tags": [{"value": f"t{' '.join(tag.split())}"}],
    }
    values = {key: value for key, value in values.items() if value}
    made = record(values)
    (first,) = cards(card_text(made, BOOK, version))
    assert first.values["name"] == made.get("name")
    assert first.values.get("notes", "") == (made.get("notes") or "")
    assert first.values["tags"][0]["value"] == made.texts("tags")[0]
    assert first.values["phones"][0]["label"] == made.items("phones")[0].get("label")
    assert first.values["addresses"][0].get("street") == (
        made.items("addresses")[0].get("street") or None
    )
    assert again(first, version).values == first.values


LINES = st.sampled_from([
    "BEGIN:VCARD", "END:VCARD", "VERSION:2.1", "FN:A", "N:;;", "AGENT:", "item1.TEL;TYPE=:1",
    "NOTE;ENCODING=QUOTED-PRINTABLE:a=", " folded", "\t", "PHOTO;ENCODING=b:AAAA", "AAAA",
    "a\"b;:c", ";;;:", ":", "BDAY:--", "ADR:" + ";" * 50, "TEL;X-CUSTOM(,):1", "X;A=\"",
    "CATEGORIES:\\",
])  # fmt: skip


@settings(max_examples=150, deadline=timedelta(seconds=5))
@given(st.lists(LINES | st.text(max_size=30), max_size=25))
def test_no_text_raises_what_is_no_refusal(lines: list[str]) -> None:
    try:
        found = list(read_cards("\n".join(["BEGIN:VCARD", *lines]), BOOK))
    except CrmError:
        return
    assert all(isinstance(one, Card | Refused) for one in found)


@given(st.text(_ANY, max_size=300))
def test_folding_comes_undone(text: str) -> None:
    line = f"X:{text}"
    made = folded(line)
    assert next(one for _, one in unfolded(made)) == line
    assert all(len(one.encode()) <= 75 for one in made.split("\r\n"))


def test_components_keep_what_is_escaped() -> None:
    assert components(r"a;b\;c;;\\;") == ["a", r"b\;c", "", r"\\", ""]
    assert components("") == [""]


# vobject, where it is right: it breaks soft breaks of quoted-printable and repeated types


def _oracle(text: str) -> Iterator[Any]:
    vobject = pytest.importorskip("vobject")
    yield from vobject.readComponents(text)


@pytest.mark.parametrize("program", ["iphone", "evolution", "google", "macos"])
def test_vobject_reads_the_same(program: str) -> None:
    text = (CARDS / f"{program}.vcf").read_text(encoding="utf-8")
    for card, other in zip(of(program), _oracle(text), strict=True):
        if card.is_group:
            continue
        assert card.values["name"] == other.fn.value
        emails = [one.value for one in getattr(other, "email_list", [])]
        assert sorted(one["value"] for one in card.values.get("emails", [])) == sorted(emails)
        phones = [one.value for one in getattr(other, "tel_list", [])]
        assert sorted(one["value"] for one in card.values.get("phones", [])) == sorted(phones)
        if hasattr(other, "note"):
            assert card.values["notes"] == other.note.value


@pytest.mark.parametrize("program", PROGRAMS)
def test_vobject_reads_what_is_written(program: str) -> None:
    for card in of(program):
        if card.is_group:
            continue
        made = record(card.values, card.uid)
        (other,) = _oracle(card_text(made, BOOK, "3.0"))
        other.validate()
        assert other.fn.value == card.values["name"]
        assert other.n.value.family in (card.values.get("family_name", ""), card.values["name"])
        if "notes" in card.values:
            assert other.note.value == card.values["notes"]
        for item, adr in zip(
            card.values.get("addresses", []), getattr(other, "adr_list", []), strict=True
        ):
            assert adr.value.city == item.get("city", "")


@pytest.mark.parametrize(
    ("value", "written"),
    [("F", "F"), (";female", "F"), ("M", "M"), ("O", "O"), (";genderfluid", ";genderfluid")],
)
def test_a_gender_comes_back_as_its_letter(value: str, written: str) -> None:
    text = f"BEGIN:VCARD\nVERSION:4.0\nFN:Ana\nGENDER:{value}\nEND:VCARD\n"
    (card,) = cards(text)
    text = card_text(record({"name": "Ana", "gender": card.values["gender"]}), BOOK, "4.0")
    assert f"\r\nGENDER:{written}\r\n" in text
    assert cards(text)[0].values["gender"] == card.values["gender"]
