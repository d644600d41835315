"""Pictures of customers: from vCards into files, back into vCards, and away with their customer."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

import pytest

from tests.conftest import Crm

FIRST, SECOND = (b"\xff\xd8\xff\xe0" + bytes([number]) * 60 for number in (1, 2))


def card(folder: Path, data: bytes, *names: str) -> Path:
    """A file of cards with a picture each."""
    text = "".join(
        f"BEGIN:VCARD\r\nVERSION:3.0\r\nUID:{name}\r\nFN:{name}\r\n"
        f"PHOTO;ENCODING=b;TYPE=JPEG:{b64encode(data).decode()}\r\nEND:VCARD\r\n"
        for name in names
    )
    path = folder / "telephone.vcf"
    path.write_text(text)
    return path


def taken(crm: Crm, folder: Path, data: bytes, *names: str) -> None:
    run = crm("import", "customers", card(folder, data, *names), "--yes")
    assert run.code == 0, run.err


def pictures(shop: Path) -> list[bytes]:
    return sorted(path.read_bytes() for path in (shop / "documents/photos").glob("*"))


@pytest.mark.parametrize(
    ("format", "head"),
    [
        ("vcf", "PHOTO;ENCODING=b;TYPE=JPEG:"),
        ("vcf-4.0", "PHOTO:data:image/jpeg;base64,"),
        ("vcf-2.1", "PHOTO;JPEG;ENCODING=BASE64:"),
    ],
)
def test_a_picture_is_a_file_here_and_goes_out_again(
    crm: Crm, shop: Path, format: str, head: str
) -> None:
    taken(crm, shop.parent, FIRST, "Eva Hren")
    assert pictures(shop) == [FIRST]
    (path,) = (shop / "documents/photos").iterdir()
    record = (shop / "customers/eva-hren.yaml").read_text()
    assert f"photo: documents/photos/{path.name}\n" in record
    text = crm("export", "customers", "id:eva-hren", "--format", format).out
    assert head + b64encode(FIRST).decode() in text.replace("\r\n ", "").replace("\n ", "")
    out = shop.parent / "out.vcf"
    out.write_text(text)
    for again in (out, shop.parent / "telephone.vcf"):
        assert "nothing changed" in crm("import", "customers", again, "--yes").err
    assert crm("check").code == 0
    assert crm("undo", "--yes").code == 0
    assert pictures(shop) == []


def test_another_picture_takes_the_place_of_the_first(crm: Crm, shop: Path) -> None:
    taken(crm, shop.parent, FIRST, "Eva Hren", "Lana Hren")
    taken(crm, shop.parent, SECOND, "Eva Hren")
    assert pictures(shop) == [FIRST, SECOND]  # the first one is still Lana's
    taken(crm, shop.parent, SECOND, "Lana Hren")
    assert pictures(shop) == [SECOND]
    assert crm("undo", "--yes").code == 0
    assert pictures(shop) == [FIRST, SECOND]


def test_a_telephone_changes_a_picture_that_was_written_here(crm: Crm, shop: Path) -> None:
    taken(crm, shop.parent, FIRST, "Eva Hren")
    book = shop.parent / "book"
    assert crm("export", "customers", "id:eva-hren", "--vdir", book).code == 0
    (file,) = book.iterdir()
    text = file.read_text().replace("\n ", "")
    file.write_text(text.replace(b64encode(FIRST).decode(), b64encode(SECOND).decode()))
    run = crm("import", "customers", book, "--yes")
    assert (run.code, pictures(shop)) == (0, [SECOND]), run.err
    assert crm("export", "customers", "id:eva-hren", "--vdir", book).code == 0
    text = file.read_text().replace("\n ", "")
    assert b64encode(SECOND).decode() in text
    file.write_text("".join(line for line in text.splitlines(True) if not line.startswith("PHOTO")))
    run = crm("import", "customers", book, "--yes")
    assert (run.code, pictures(shop)) == (0, [SECOND])
    assert "photo is gone there and stays here" in run.err


def test_who_is_forgotten_takes_their_picture_along(crm: Crm, shop: Path) -> None:
    taken(crm, shop.parent, FIRST, "Eva Hren", "Lana Hren")
    run = crm("forget", "eva-hren", "--yes")
    assert (run.code, pictures(shop)) == (0, [FIRST]), run.err
    run = crm("forget", "lana-hren", "--yes")
    assert (run.code, pictures(shop)) == (0, []), run.err
    assert "pictures of them go, too: documents/photos/" in run.err


@pytest.mark.parametrize(("prefer", "left"), [("keep", FIRST), ("drop", SECOND)])
def test_of_two_who_are_merged_one_picture_stays(
    crm: Crm, shop: Path, prefer: str, left: bytes
) -> None:
    taken(crm, shop.parent, FIRST, "Eva Hren")
    taken(crm, shop.parent, SECOND, "Eva Zorko")
    run = crm("merge", "eva-hren", "eva-zorko", "--prefer", prefer, "--yes")
    assert (run.code, pictures(shop)) == (0, [left]), run.err
    assert crm("undo", "--yes").code == 0
    assert pictures(shop) == [FIRST, SECOND]


def test_who_is_removed_takes_their_picture_along(crm: Crm, shop: Path) -> None:
    taken(crm, shop.parent, FIRST, "Eva Hren", "Lana Hren")
    assert crm("rm", "eva-hren", "--yes").code == 0
    assert pictures(shop) == [FIRST]
    assert crm("rm", "lana-hren", "--yes").code == 0
    assert pictures(shop) == []
    assert crm("undo", "--yes").code == 0
    assert pictures(shop) == [FIRST]
