"""vCards and the records of customers: nothing of either side is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from crm_cli.features.exporting import export, export_folder
from crm_cli.features.exporting.folder import Folder
from crm_cli.features.importing.cards import plan_cards, read_address_book
from crm_cli.features.importing.entry_import import EntryImport
from crm_cli.model.errors import UsageError
from crm_cli.workspace import Workspace
from tests.conftest import Crm

Opened = Callable[..., Workspace]
CARDS = Path(__file__).parents[1] / "cards"
PROGRAMS = sorted(path.stem for path in CARDS.glob("*.vcf"))


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return tmp_path / "contacts"


def out(workspace: Opened, book: Path, *terms: str, force: bool = False) -> tuple[int, ...]:
    """Written, unchanged, removed, left alone."""
    done: Folder = export_folder(workspace(), "customers", book, terms, force=force)
    return done.written, done.unchanged, done.removed, len(done.kept)


def back(workspace: Opened, path: Path) -> EntryImport:
    opened = workspace()
    made = plan_cards(opened, read_address_book(opened, path))
    if made.change.steps and not made.rejected:
        opened.write(made.change)
    return made


def counts(made: EntryImport) -> tuple[int, int, int, int]:
    """New, changed, unchanged, rejected."""
    of: Counter[str] = made.counts.get("customers", Counter())
    return of["new"], of["changed"], of["unchanged"], len(made.rejected)


def edit(book: Path, id: str, *pairs: tuple[str, str]) -> Path:
    path = book / f"{id}@lan-doo.crm.vcf"
    text = path.read_bytes().decode()
    for old, new in pairs:
        assert old in text, text
        text = text.replace(old, new)
    path.write_bytes(text.encode())
    return path


def record(shop: Path, id: str) -> str:
    return (shop / "customers" / f"{id}.yaml").read_text(encoding="utf-8")


def change(shop: Path, id: str, old: str, new: str) -> None:
    path = shop / "customers" / f"{id}.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize("program", PROGRAMS)
def test_what_programs_write_is_imported_once(
    workspace: Opened, program: str, tmp_path: Path
) -> None:
    first = counts(back(workspace, CARDS / f"{program}.vcf"))
    assert first[0] >= 1 and first[1:] == (0, 0, 0)
    again = back(workspace, CARDS / f"{program}.vcf")
    assert not again.change.steps
    assert counts(again)[:2] == (0, 0)
    for form in ("vcf", "vcf-4.0", "vcf-2.1"):
        target = tmp_path / f"{form}.vcf"
        opened = workspace()
        pieces = export(opened, "customers", format=form).pieces
        target.write_bytes("".join(map(str, pieces)).encode())
        assert not back(workspace, target).change.steps


def test_groups_are_tags(workspace: Opened, shop: Path) -> None:
    back(workspace, CARDS / "macos.vcf")
    assert "Dobavitelji" in record(shop, "nika-hribar")
    assert "Dobavitelji" in record(shop, "hotel-breza")
    assert "id: hotel-breza" in record(shop, "nika-hribar")


def test_the_uid_and_lines_of_others_are_kept_and_written_back(
    workspace: Opened, shop: Path, book: Path
) -> None:
    book.mkdir()
    path = book / "tina.vcf"
    path.write_bytes((CARDS / "iphone.vcf").read_bytes())
    assert counts(back(workspace, book)) == (2, 0, 0, 0)
    assert "card_uid: 7D3B2A10-1111-4A4A-9B9B-ABCDEF012345" in record(shop, "dr-tina-marija-zupan")
    assert out(workspace, book)[3] == 0
    text = path.read_text(encoding="utf-8").replace("\n ", "")
    for line in ("UID:7D3B2A10-1111", "X-IMAGETYPE:PHOTO", "PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQ"):
        assert line in text
    assert "N:Zupan;Tina;Marija;dr.;" in text
    assert not back(workspace, book).change.steps
    assert out(workspace, book)[0] == 0


def test_a_file_for_each_and_the_same_again_writes_nothing(workspace: Opened, book: Path) -> None:
    assert out(workspace, book) == (3, 0, 0, 0)
    assert out(workspace, book) == (0, 3, 0, 0)
    assert counts(back(workspace, book)) == (0, 0, 3, 0)
    assert out(workspace, book, "kind:person") == (0, 1, 2, 0)


def test_what_a_telephone_changes_comes_back(workspace: Opened, shop: Path, book: Path) -> None:
    out(workspace, book)
    edit(
        book,
        "maja-kos",
        ("TEL:+386 41 222 333", "TEL;TYPE=CELL:+38641222333\r\nTEL;TYPE=WORK:+386 1 111 22 33"),
        ("FN:Maja Kos", "FN:Maja Kos Novak"),
        ("END:VCARD", "NOTE:Rada pride\r\nBDAY:1984-04-15\r\nEND:VCARD"),
    )
    assert counts(back(workspace, book)) == (0, 1, 2, 0)
    text = record(shop, "maja-kos")
    assert text.startswith("# Met at the fair.\nname: Maja Kos Novak\n")
    assert 'value: "+386 41 222 333"\n    label: mobile' in text  # spelt as it was
    assert 'value: "+386 1 111 22 33"\n    label: work' in text
    assert "notes: Rada pride" in text and "birth_date: 1984-04-15" in text
    assert "maja@kos.example" in text and "- vip" in text and "purchases:" in text
    assert not back(workspace, book).change.steps
    assert out(workspace, book)[0] == 1
    assert counts(back(workspace, book)) == (0, 0, 3, 0)


def test_a_number_that_is_replaced_and_one_that_is_removed(
    workspace: Opened, shop: Path, book: Path
) -> None:
    change(
        shop,
        "maja-kos",
        '  - value: "+386 41 222 333"\n',
        '  - value: "+386 41 222 333"\n    label: mobile\n'
        '  - value: "+386 1 111 22 33"\n    label: work\n    service: whatsapp\n',
    )
    out(workspace, book)
    edit(book, "maja-kos", ("TYPE=WORK:+386 1 111 22 33", "TYPE=WORK:+386 1 999 88 77"))
    assert counts(back(workspace, book)) == (0, 1, 2, 0)
    text = record(shop, "maja-kos")
    assert 'value: "+386 1 999 88 77"\n    label: work\n    service: whatsapp' in text
    assert "111 22 33" not in text
    out(workspace, book)
    edit(book, "maja-kos", ("TEL;TYPE=WORK:+386 1 999 88 77\r\n", ""))
    assert counts(back(workspace, book)) == (0, 1, 2, 0)
    assert "999 88 77" not in record(shop, "maja-kos")
    assert "41 222 333" in record(shop, "maja-kos")


def test_what_a_telephone_does_not_know_stays(workspace: Opened, shop: Path, book: Path) -> None:
    change(shop, "maja-kos", "kind: person\n", "kind: person\nvcard: [X-COLOR:red]\nnotes: Kava\n")
    out(workspace, book)
    before = record(shop, "maja-kos")
    edit(
        book,
        "maja-kos",
        ("EMAIL:maja@kos.example\r\n", ""),
        ("CATEGORIES:vip\r\n", ""),
        ("X-COLOR:red\r\n", ""),
        ("NOTE:Kava\r\n", ""),
    )
    made = back(workspace, book)
    assert counts(made) == (0, 0, 3, 0)
    assert {note.split()[1] for note in made.notes} == {"notes", "emails", "tags"}
    assert record(shop, "maja-kos") == before
    assert out(workspace, book)[0] == 1  # and is written back
    assert "X-COLOR:red" in (book / "maja-kos@lan-doo.crm.vcf").read_text(encoding="utf-8")


def test_both_sides_are_put_together(workspace: Opened, shop: Path, book: Path) -> None:
    out(workspace, book)
    edit(book, "maja-kos", ("END:VCARD", "TEL;TYPE=HOME:05 123 45 67\r\nEND:VCARD"))
    change(shop, "maja-kos", "name: Maja Kos\n", "name: Maja Kos Novak\n")
    assert counts(back(workspace, book)) == (0, 1, 2, 0)
    text = record(shop, "maja-kos")
    assert "05 123 45 67" in text and "name: Maja Kos Novak" in text


def test_the_same_field_on_both_sides_is_rejected(
    workspace: Opened, shop: Path, book: Path
) -> None:
    out(workspace, book)
    edit(book, "maja-kos", ("FN:Maja Kos", "FN:Maja Novak"))
    change(shop, "maja-kos", "name: Maja Kos\n", "name: Maja Zajc\n")
    made = back(workspace, book)
    assert counts(made) == (0, 0, 2, 1)
    assert "name is Maja Zajc here and Maja Novak there" in made.rejected[0].reason


def test_an_export_overwrites_nothing_that_was_not_imported(
    workspace: Opened, shop: Path, book: Path
) -> None:
    out(workspace, book)
    path = edit(book, "maja-kos", ("FN:Maja Kos", "FN:Maja Novak"))
    change(shop, "maja-kos", "maja@kos.example", "maja@novak.example")
    assert out(workspace, book) == (0, 2, 0, 1)
    assert "Maja Novak" in path.read_text(encoding="utf-8")
    (shop / "customers" / "maja-kos.yaml").unlink()
    assert out(workspace, book) == (0, 2, 0, 1)
    made = back(workspace, book)
    assert "no longer here" in made.rejected[0].reason
    assert out(workspace, book, force=True) == (0, 2, 1, 0)


def test_who_is_deleted_here_does_not_come_back(workspace: Opened, shop: Path, book: Path) -> None:
    book.mkdir()
    (book / "tina.vcf").write_bytes((CARDS / "iphone.vcf").read_bytes())
    back(workspace, book)
    out(workspace, book)
    (shop / "customers" / "dr-tina-marija-zupan.yaml").unlink()
    assert counts(back(workspace, book))[:2] == (0, 0)
    assert out(workspace, book)[2] == 1
    assert not (book / "tina.vcf").exists()


def test_an_organization_that_changes(workspace: Opened, shop: Path, book: Path) -> None:
    change(shop, "maja-kos", "kind: person\n", "kind: person\norganizations: [hotel-breg]\n")
    out(workspace, book)
    edit(book, "maja-kos", ("ORG:Hotel Breg", "ORG:Hotel Breg;Nabava\r\nTITLE:Vodja"))
    assert counts(back(workspace, book)) == (0, 1, 2, 0)
    text = record(shop, "maja-kos")
    assert "title: Vodja" in text and "unit: Nabava" in text and "hotel-breg" in text
    out(workspace, book)
    edit(book, "maja-kos", ("ORG:Hotel Breg;Nabava", "ORG:Jan Vidmar s.p."))
    back(workspace, book)
    assert "hotel-breg" not in record(shop, "maja-kos")
    assert record(shop, "jan-vidmar-sp")


def test_a_card_of_somebody_who_is_here_adds_to_them(
    workspace: Opened, shop: Path, tmp_path: Path
) -> None:
    path = tmp_path / "x.vcf"
    path.write_text(
        "BEGIN:VCARD\nVERSION:3.0\nUID:a-1\nFN:Maja Kos\nN:Kos;Maja;;;\n"
        "EMAIL:MAJA@kos.example\nEMAIL:maja@two.example\nEND:VCARD\n"
        "BEGIN:VCARD\nVERSION:3.0\nUID:b-2\nFN:Maja Kos\nEMAIL:maja@kos.example\n"
        "TEL:05 111 22 33\nEND:VCARD\n"
    )
    assert counts(back(workspace, path)) == (0, 1, 0, 0)
    text = record(shop, "maja-kos")
    assert "card_uid: a-1" in text and "maja@two.example" in text and "05 111 22 33" in text
    assert not back(workspace, path).change.steps


def test_bad_cards_are_told_with_file_and_line(workspace: Opened, book: Path) -> None:
    book.mkdir()
    (book / "a.vcf").write_text("BEGIN:VCARD\nVERSION:3.0\nFN:A\nno colon\nEND:VCARD\n")
    (book / "b.vcf").write_text("BEGIN:VCARD\nVERSION:3.0\nFN:Bine\nEND:VCARD\n")
    (book / "c.vcf").write_text("name;phone\n")
    (book / "d.vcf").symlink_to("/etc/passwd")
    made = back(workspace, book)
    assert counts(made) == (1, 0, 0, 3)
    assert [(Path(one.file).name, one.line) for one in made.rejected] == [
        ("a.vcf", 4),
        ("c.vcf", 1),
        ("d.vcf", 1),
    ]
    assert out(workspace, book)[0] == 3


def test_the_forgotten_have_no_card(workspace: Opened, shop: Path, book: Path) -> None:
    out(workspace, book)
    change(shop, "jan-vidmar", "phone:", "forgotten: 2026-11-01\nphone:")
    assert out(workspace, book) == (0, 2, 1, 0)
    text = "".join(export(workspace(), "customers", format="vcf").pieces)
    assert "Jan Vidmar" not in text and "Maja Kos" in text


def test_the_folder_cannot_lie_among_the_records(workspace: Opened, shop: Path) -> None:
    with pytest.raises(UsageError, match="where records lie"):
        out(workspace, shop / "customers")


def two(tmp_path: Path, named: str, version: str = "4.0") -> Path:
    """A file of two people, the first of whom names the second."""
    path = tmp_path / "two.vcf"
    path.write_text(
        f"BEGIN:VCARD\nVERSION:{version}\nFN:Ben Brod\nUID:urn:uuid:2\nEMAIL:ben@x.example\n"
        f"{named}\nEND:VCARD\nBEGIN:VCARD\nVERSION:{version}\nFN:Ada Als\nUID:urn:uuid:1\n"
        "EMAIL:ada@x.example\nEND:VCARD\n"
    )
    return path


@pytest.mark.parametrize(
    ("named", "version"),
    [
        ("RELATED;TYPE=friend:urn:uuid:1", "4.0"),
        ("RELATED;TYPE=friend;VALUE=text:Ada Als", "4.0"),
        ("item1.X-ABRELATEDNAMES:Ada Als\nitem1.X-ABLabel:friend", "3.0"),
    ],
)
def test_somebody_of_the_same_file_is_related(
    shop: Path, workspace: Opened, tmp_path: Path, named: str, version: str, crm: Crm
) -> None:
    path = two(tmp_path, named, version)
    assert counts(back(workspace, path)) == (2, 0, 0, 0)
    text = (shop / "customers/ben-brod.yaml").read_text()
    assert "relations:\n  - to: ada-als\n    kind: friend" in text
    assert "vcard" not in text
    assert counts(back(workspace, path)) == (0, 0, 2, 0)
    card = crm("export", "customers", "id:ben-brod", "--format", "vcf-4.0").out
    assert card.count("RELATED") == 1


def test_a_line_that_became_a_relation_is_written_once(
    shop: Path, workspace: Opened, tmp_path: Path, crm: Crm
) -> None:
    """Somebody who comes later: the kept line is not written beside the relation."""
    path = two(tmp_path, "RELATED;TYPE=friend:urn:uuid:1")
    first, _, second = path.read_text().partition("END:VCARD\n")
    for text in (f"{first}END:VCARD\n", second, path.read_text()):
        path.write_text(text)
        back(workspace, path)
    assert "to: ada-als" in (shop / "customers/ben-brod.yaml").read_text()
    card = crm("export", "customers", "id:ben-brod", "--format", "vcf-4.0").out
    assert card.count("RELATED") == 1
    assert counts(back(workspace, path)) == (0, 0, 2, 0)


def test_a_relation_to_a_card_that_is_rejected_is_kept(
    shop: Path, workspace: Opened, tmp_path: Path
) -> None:
    path = two(tmp_path, "RELATED;TYPE=friend:urn:uuid:1")
    path.write_text(path.read_text().replace("ada@x.example", "maja@kos.example"))
    made = plan_cards(workspace(), read_address_book(workspace(), path))
    assert len(made.rejected) == 1
    workspace().write(made.change)
    text = (shop / "customers/ben-brod.yaml").read_text()
    assert "- RELATED;TYPE=friend:urn:uuid:1" in text
    assert "relations" not in text
