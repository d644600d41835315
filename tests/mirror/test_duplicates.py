"""The same person in two books of a mirror: told, and never made one."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from crm_cli.index.postgres.address import read_address
from crm_cli.index.postgres.connection import connect
from crm_cli.query.likeness import profiles
from crm_cli.query.mirror import Mirror
from tests.conftest import Crm


def test_customers_of_several_books_are_told_from_each_other(
    mirror: str, crm: Crm, shop: Path
) -> None:
    """An id, a number and what `not_same` says are those of a book."""
    assert crm("mirror", "push", mirror, "--book", "bled").code == 0
    (shop / "customers/hotel-breg.yaml").unlink()
    (shop / "customers/aa.yaml").write_text("name: Maja Kos\nnot_same: [jan-vidmar]\n", "utf-8")
    assert crm("mirror", "push", mirror, "--book", "koper").code == 0
    address = read_address(mirror)
    with closing(connect(address, {}, only_read=True)) as connection:
        found = profiles(Mirror(connection, address, ("bled", "koper")))
        assert [one.named for one in found] == [
            "koper/aa", "bled/hotel-breg", "bled/jan-vidmar", "koper/jan-vidmar",
            "bled/maja-kos", "koper/maja-kos",
        ]  # fmt: skip
        by = {one.named: one for one in found}
        assert by["bled/maja-kos"].emails == by["koper/maja-kos"].emails == ("maja@kos.example",)
        assert by["bled/hotel-breg"].emails == ("info@breg.example",)
        assert by["koper/aa"].emails == ()
        assert by["koper/aa"].tells_apart(by["koper/jan-vidmar"])
        assert not by["koper/aa"].tells_apart(by["bled/jan-vidmar"])
        assert not by["bled/maja-kos"].tells_apart(by["koper/maja-kos"])
        alone = profiles(Mirror(connection, address, ("bled", "koper"), "koper"))
        assert [one.named for one in alone] == ["aa", "jan-vidmar", "maja-kos"]


def test_duplicates_on_a_mirror_are_told_over_all_books(mirror: str, crm: Crm) -> None:
    for book in ("bled", "koper"):
        assert crm("mirror", "push", mirror, "--book", book).code == 0
    told = crm("--on", mirror, "duplicates", "-o", "ids")
    assert told.code == 0
    assert sorted(told.lines) == ["bled/hotel-breg", "bled/jan-vidmar", "bled/maja-kos"]
    some = crm("--on", mirror, "duplicates", "maja", "-o", "csv")
    assert [line.split(",")[1:4:2] for line in some.lines[1:]] == [
        ["bled/maja-kos", "koper/maja-kos"]
    ]
    assert crm("--on", mirror, "duplicates", "book:koper", "-o", "ids").lines == []


def test_terms_choose_customers_by_their_book_as_well(mirror: str, crm: Crm, shop: Path) -> None:
    """A customer of another book with the same id is somebody else."""
    for book, name in (("bled", "Vera Hribar"), ("koper", "Rok Zupan")):
        for id in ("aa", "bb"):
            (shop / f"customers/{id}.yaml").write_text(
                f"name: {name}\nemails: [office@{book}.example]\ntags: [{book}]\n", "utf-8"
            )
        assert crm("mirror", "push", mirror, "--book", book).code == 0
    found = crm("--on", mirror, "duplicates", "+koper", "-o", "csv", "--cols", "id,other")
    assert found.lines[1:] == ["koper/aa,koper/bb"]
