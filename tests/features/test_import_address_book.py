"""An address book comes from ten other programs: nobody is overwritten, and nobody doubled."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from crm_cli.features import importing
from crm_cli.features.importing import Import
from crm_cli.model.business import Business
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.ids import new_customer_id
from crm_cli.model.names import name_words
from crm_cli.model.phones import e164
from crm_cli.workspace import Workspace, new_record, open_workspace
from tests.features.address_book import SHAPES, Person, Shape, address_book
from tests.shares import Share

ALL = 5000
FEW = 150


class Directory:
    """A data directory of its own for each case."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir()
        (root / "crm.yaml").write_text("currency: EUR\ncountry: SI\ntime_zone: Europe/Ljubljana\n")
        (root / "customers").mkdir()

    def opened(self) -> Workspace:
        environ = {"CRM_CACHE_DIR": f"{self.root}.cache", "CRM_TODAY": "2026-11-20"}
        return open_workspace(directory=self.root, environ=environ)

    def add(self, book: list[Person]) -> dict[str, Person]:
        """Write people as the program does, and tell their ids."""
        taken: dict[str, Person] = {}
        business = Business(country="SI")
        for one in book:
            id = new_customer_id(one.name, "", taken, lambda count: b"\0" * count)
            taken[id] = one
            values: dict[str, Any] = {
                "name": one.name,
                "given_name": one.given,
                "family_name": one.family,
                "notes": f"Number {one.number}",
            }
            if one.email:
                values["emails"] = [{"value": one.email}]
            phones = [{"value": text} for text in (one.mobile, one.home) if text]
            values |= {"phones": phones}
            values["addresses"] = [
                {"street": one.street, "city": one.city, "postcode": one.postcode}
            ]
            (self.root / "customers" / f"{id}.yaml").write_bytes(
                new_record(CUSTOMER, values, business)
            )
        return taken

    def bring_in(self, shape: Shape, book: list[Person]) -> Import:
        """Import the book as the program of a shape writes it."""
        workspace = self.opened()
        data = shape.text(book).encode()
        drafts = importing.read_file(workspace, "customers", data, path="contacts.csv")
        plan = importing.plan_import(workspace, drafts)
        assert plan.rejected == ()
        if plan.change.steps:
            workspace.write(plan.change)
        workspace.close()
        return plan

    def people(self) -> dict[str, tuple[frozenset[str], set[str], set[str | None]]]:
        """The words of the name, e-mails and phones of everybody, without organizations."""
        workspace = self.opened()
        found = {}
        for id in workspace.customer_ids():
            record = workspace.record(id)
            if record.values.get("kind") != "organization":
                emails = {text.casefold() for text in record.texts("emails")}
                phones = {e164(text, "SI") for text in record.texts("phones")}
                words = name_words(str(record.values["name"])) - {"dr"}
                found[id] = (words, emails, phones)
        workspace.close()
        return found


def expected(
    one: Person, shape: Shape | None
) -> tuple[frozenset[str], frozenset[str], frozenset[str | None]]:
    """What is known of somebody from a file of a shape; of None all."""
    phones = [one.mobile, one.home] if shape is None else shape.phones(one)
    emails = {one.email} if one.email and (shape is None or shape.emails) else set()
    numbers = frozenset(e164(text, "SI") for text in phones if text)
    return name_words(one.name), frozenset(emails), numbers


def sorted_people(people: Any) -> list[Any]:
    return sorted(
        (sorted(words), sorted(emails), sorted(phones)) for words, emails, phones in people
    )


@pytest.fixture
def book(share: Share) -> list[Person]:
    return address_book(ALL if share.turn is None else FEW)


def test_into_an_empty_directory(tmp_path: Path, share: Share, book: list[Person]) -> None:
    for shape in share.of(SHAPES, 5):
        directory = Directory(tmp_path / shape.name)
        directory.bring_in(shape, book)
        wanted = [expected(one, shape) for one in book if shape.has(one)]
        assert sorted_people(directory.people().values()) == sorted_people(wanted)
        again = directory.bring_in(shape, book)
        assert (again.new, again.changed) == (0, 0)


def test_into_one_with_half_of_them(tmp_path: Path, share: Share, book: list[Person]) -> None:
    for shape in share.of(SHAPES, 5):
        directory = Directory(tmp_path / shape.name)
        half = directory.add(book[::2])
        directory.bring_in(shape, book)
        after = directory.people()
        wanted = [expected(one, None) for one in book[::2]]
        wanted += [expected(one, shape) for one in book[1::2] if shape.has(one)]
        assert sorted_people(after.values()) == sorted_people(wanted)
        workspace = directory.opened()
        for id, one in half.items():
            record = workspace.record(id)
            assert record.values["name"] in (one.name, f"Dr. {one.name}")
            assert record.values["given_name"] == one.given
            assert record.values["notes"] == f"Number {one.number}"
            assert record.items("addresses")[0].values["street"] == one.street
        workspace.close()
        again = directory.bring_in(shape, book)
        assert (again.new, again.changed) == (0, 0)
