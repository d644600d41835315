"""Customers who move: the old address ends, the new one begins, each answers in its time."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from crm_cli.model.address import holds
from crm_cli.model.business import Business
from crm_cli.model.contacts import PHONE
from crm_cli.model.customer import CUSTOMER
from crm_cli.workspace import Workspace
from tests.conftest import Crm

LATER = "2027-01-01"
HOME = """\
addresses:
  - {label: home, street: Domača pot 2, city: Koper, postcode: "6000", country: SI}
"""


@pytest.fixture
def home(shop: Path) -> Path:
    (shop / "customers/ana-novak.yaml").write_text(f"name: Ana Novak\n{HOME}")
    (shop / "customers/luka-novak.yaml").write_text(f"name: Luka Novak\n{HOME}")
    (shop / "customers/eva-novak.yaml").write_text(f"name: Eva Novak\n{HOME}")
    return shop


def move(crm: Crm, *words: str) -> None:
    run = crm("address", "move", *words, "--yes")
    assert run.code == 0, run.err


def addresses(crm: Crm, id: str) -> Any:
    return json.loads(crm("show", id, "--json").out)["addresses"]


def ids(crm: Crm, *words: str) -> list[str]:
    return crm("list", *words, "-o", "ids").lines


def test_the_old_address_ends_the_day_before_and_the_new_one_keeps_label_and_country(
    home: Path, crm: Crm
) -> None:
    before = (home / "customers/ana-novak.yaml").read_bytes()
    move(crm, "ana-novak", "street=Trg 1", "city=Piran", "--from", LATER)
    old, new = addresses(crm, "ana-novak")
    assert old == {
        "label": "home", "street": "Domača pot 2", "city": "Koper", "postcode": "6000",
        "country": "SI", "end": "2026-12-31",
    }  # fmt: skip
    assert new == {
        "label": "home", "street": "Trg 1", "city": "Piran", "country": "SI", "start": LATER,
    }  # fmt: skip
    assert crm("check").code == 0
    assert crm("undo").code == 0
    assert (home / "customers/ana-novak.yaml").read_bytes() == before


def test_a_household_moves_together_and_who_stays_is_named(home: Path, crm: Crm) -> None:
    run = crm("address", "move", "ana-novak", "luka-novak", "city=Piran", "--yes")
    assert run.code == 0
    assert "the address stays that of eva-novak" in run.err
    assert ids(crm, "city:Piran") == ["ana-novak", "luka-novak"]
    assert crm("undo").code == 0
    assert ids(crm, "city:Piran") == []


def test_of_a_household_in_two_countries_is_said_what_holds_for_both(home: Path, crm: Crm) -> None:
    luka = home / "customers/luka-novak.yaml"
    luka.write_text(luka.read_text().replace("country: SI", "country: HR"))
    run = crm("address", "move", "ana-novak", "luka-novak", "city=Piran", "--yes")
    assert run.out.startswith("2 customers: Piran from 2026-11-20 on"), run.out
    assert [addresses(crm, id)[1]["country"] for id in ("ana-novak", "luka-novak")] == ["SI", "HR"]


def _listed(crm: Crm, day: str) -> str:
    run = crm("list", "name:Ana", "--cols", "city", "-o", "tsv", "--no-header", "--today", day)
    return run.out.strip()


def _found(crm: Crm, day: str) -> str:
    towns = [town for town in ("Koper", "Piran")
             if "ana-novak" in ids(crm, f"city:{town}", "--today", day)]  # fmt: skip
    return " ".join(towns)


def _grouped(crm: Crm, day: str) -> str:
    run = crm("list", "name:Ana", "--group-by", "city", "-o", "json", "--today", day)
    return " ".join(row["city"] for row in json.loads(run.out))


def _card(crm: Crm, day: str) -> str:
    run = crm("export", "customers", "name:Ana", "--format", "vcf", "--today", day)
    (line,) = [one for one in run.out.splitlines() if one.startswith("ADR")]
    return line.partition(":")[2].split(";")[3]


def _sheet(crm: Crm, day: str) -> str:
    run = crm("export", "customers", "name:Ana", "--today", day)
    return next(csv.DictReader(io.StringIO(run.out)))["city"]


def _sql(crm: Crm, day: str) -> str:
    words = "SELECT city FROM customers WHERE id = 'ana-novak'"
    return crm("sql", words, "-o", "tsv", "--no-header", "--today", day).out.strip()


def _billed(crm: Crm, day: str) -> str:
    run = crm("invoice", "add", "ana-novak", "--line", "linen-sheet:1", "--dry-run",
              "--today", day, "--date", day)  # fmt: skip
    assert run.code == 0, run.err
    (line,) = [one for one in run.out.splitlines() if "city:" in one and one.startswith("+")]
    return line.rpartition(": ")[2]


def _mailed(crm: Crm, day: str) -> str:
    crm("segment", "save", "all-of-them", "name:Ana")
    run = crm("segment", "export", "all-of-them", "--for", "service/letter", "--today", day)
    assert run.code == 0, run.err
    return next(csv.DictReader(io.StringIO(run.out)))["city"]


@pytest.mark.parametrize(
    "answer", [_listed, _found, _grouped, _card, _sheet, _sql, _billed, _mailed]
)
def test_the_address_of_the_day_answers(
    home: Path, crm: Crm, answer: Callable[[Crm, str], str]
) -> None:
    move(crm, "ana-novak", "street=Trg 1", "city=Piran", "--from", LATER)
    days = ("2026-12-31", LATER, "2026-11-20")
    assert [answer(crm, day) for day in days] == ["Koper", "Piran", "Koper"]


def test_all_addresses_can_be_asked_for(home: Path, crm: Crm) -> None:
    move(crm, "ana-novak", "city=Piran", "--from", "2026-11-01")
    assert ids(crm, "name:Ana", "city:Koper") == []
    assert ids(crm, "name:Ana", "city:Koper", "--all") == ["ana-novak"]
    assert ids(crm, "name:Ana", "address/city:Koper") == ["ana-novak"]
    assert ids(crm, "name:Ana", "address/is:past") == ["ana-novak"]
    listed = json.loads(crm("address", "list", "is:past", "--json").out)
    assert [(one["customer"], one["city"]) for one in listed] == [("ana-novak", "Koper")]


def test_an_invoice_stays_at_the_address_of_its_date(
    home: Path, crm: Crm, workspace: Callable[[], Workspace]
) -> None:
    """One that was sent without `bill_to`, as by hand, too: its date says which address it was."""
    from crm_cli.features.documents.gathering import of_purchase

    path = home / "customers/ana-novak.yaml"
    path.write_text(
        path.read_text() + "purchases:\n  - {id: p-2m8ct4z, kind: invoice, number: A-1, "
        "date: 2026-11-02, amount: 10, text: Sheet}\n"
    )
    assert crm("invoice", "add", "ana-novak", "--line", "linen-sheet:1").code == 0
    written = json.loads(crm("show", "ana-novak", "--json").out)["purchases"]
    move(crm, "ana-novak", "street=Trg 1", "city=Piran")
    after = json.loads(crm("show", "ana-novak", "--json").out)["purchases"]
    assert after == written
    assert "bill_to" not in after[0]
    assert after[1]["bill_to"]["city"] == "Koper"
    opened = workspace()
    for purchase in opened.record("ana-novak").items("purchases"):
        assert of_purchase(opened, purchase).buyer.city == "Koper"


def test_a_field_of_the_address_is_that_of_the_present_one(home: Path, crm: Crm) -> None:
    move(crm, "ana-novak", "city=Piran", "--from", "2026-11-01")
    assert crm("set", "ana-novak", "city=Izola").code == 0
    assert [one["city"] for one in addresses(crm, "ana-novak")] == ["Koper", "Izola"]
    assert crm("set", "ana-novak", "city=").code == 0
    assert [one.get("city") for one in addresses(crm, "ana-novak")] == ["Koper", None]


def test_an_exported_sheet_comes_back_with_what_was_edited(
    home: Path, crm: Crm, tmp_path: Path
) -> None:
    move(crm, "ana-novak", "city=Piran", "--from", "2026-11-01")
    before = addresses(crm, "ana-novak")
    sheet = tmp_path / "all.csv"
    sheet.write_text(crm("export", "customers", "name:Ana").out)
    run = crm("import", "customers", str(sheet), "--yes")
    assert (run.code, addresses(crm, "ana-novak")) == (0, before)
    sheet.write_text(sheet.read_text().replace("Piran", "Izola"))
    assert crm("import", "customers", str(sheet), "--yes").code == 0
    assert addresses(crm, "ana-novak") == [before[0], {**before[1], "city": "Izola"}]


def test_an_address_in_the_record_itself_comes_into_the_list(shop: Path, crm: Crm) -> None:
    path = shop / "customers/jan-vidmar.yaml"
    path.write_text("name: Jan Vidmar\nstreet: Pot 1\ncity: Bled # at his mother's\nphone: 1\n")
    move(crm, "jan-vidmar", "city=Kranj")
    old, new = addresses(crm, "jan-vidmar")
    assert old == {"street": "Pot 1", "city": "Bled", "end": "2026-11-19"}
    assert new == {"city": "Kranj", "start": "2026-11-20"}
    assert crm("check").code == 0
    assert crm("undo").code == 0
    assert crm("set", "jan-vidmar", "addresses.1.label=home").code == 0
    assert addresses(crm, "jan-vidmar") == [{"label": "home", "street": "Pot 1", "city": "Bled"}]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["ana-novak"], 2, "where do they move to?"),
        (["ana-novak", "ctiy=Bled"], 2, "did you mean city?"),
        (["ana-novak", "end=2027-01-01"], 2, "end is no part of an address"),
        (["ana-novak", "city+=Bled"], 2, "city+= is no part of an address"),
        (["ana-novak", "city=Bled", "--label", "office"], 2, "has no address labelled office"),
        (["ana-novak", "street=Domača pot 2", "city=Koper", "postcode=6000"], 2, "already"),
        (["nobody-here", "city=Bled"], 3, "nobody-here"),
        (["ana-novak", "city=Bled", "--from", "soonish"], 2, "soonish"),
        (["ana-novak", "country=Atlantis", "city=Bled"], 6, "--force"),
    ],
)
def test_what_cannot_be_is_refused(
    home: Path, crm: Crm, words: list[str], code: int, said: str
) -> None:
    before = (home / "customers/ana-novak.yaml").read_bytes()
    run = crm("address", "move", *words)
    assert (run.code, said in run.err) == (code, True), run.err
    assert (home / "customers/ana-novak.yaml").read_bytes() == before


def test_of_several_addresses_the_one_with_the_label_is_given_up(home: Path, crm: Crm) -> None:
    path = home / "customers/ana-novak.yaml"
    path.write_text(path.read_text() + "  - {label: office, city: Kranj}\n")
    run = crm("address", "move", "ana-novak", "city=Bled")
    assert run.code == 3
    assert "office: Kranj" in run.err
    move(crm, "ana-novak", "city=Bled", "--label", "office", "--from", LATER)
    assert [one.get("end") for one in addresses(crm, "ana-novak")] == [None, "2026-12-31", None]
    again = crm("address", "move", "ana-novak", "city=Ptuj", "--label", "office")
    assert again.code == 2
    assert f"has an address from {LATER} on already" in again.err


def test_the_new_address_takes_the_place_of_the_old_one_among_several(
    home: Path, crm: Crm
) -> None:
    path = home / "customers/ana-novak.yaml"
    path.write_text(path.read_text() + "  - {label: delivery, city: Kranj}\n")
    move(crm, "ana-novak", "city=Bled", "--label", "home", "--from", "2026-11-01")
    assert [one["city"] for one in addresses(crm, "ana-novak")] == ["Koper", "Bled", "Kranj"]
    for answer in (_listed, _card, _sheet, _sql, _billed):
        assert answer(crm, "2026-11-20") == "Bled"
    assert crm("set", "ana-novak", "city=Izola").code == 0
    assert [one["city"] for one in addresses(crm, "ana-novak")] == ["Koper", "Izola", "Kranj"]


def test_what_answers_in_the_index_is_what_answers_in_the_record() -> None:
    from crm_cli.model.item import Item

    kind = next(kind for field, kind in CUSTOMER.lists if field.key == "addresses")
    for start, end in ((None, None), (date(2026, 5, 1), None), (None, date(2026, 5, 1))):
        for today in (date(2026, 4, 30), date(2026, 5, 1), date(2026, 5, 2)):
            item = Item(kind)
            item.values = {key: day for key, day in (("start", start), ("end", end)) if day}
            assert kind.derive is not None
            kind.derive(item, Business()._replace(today=today))
            assert item.answers is holds(item, today)
    assert Item(PHONE).answers
