"""Whom an invoice is billed to stays as it was when it got its number."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Crm

PATH = "customers/ana-novak.yaml"
RECORD = """\
name: Ana Novak
legal_name: Ana Novak s.p.
tax_id: "SI12345678"
addresses:
  - {street: Domača pot 2, city: Koper, postcode: "6000", country: SI}
  - {label: billing, street: Slovenska cesta 1, city: Ljubljana, postcode: "1000", country: SI}
"""
BILLED = {
    "name": "Ana Novak s.p.", "street": "Slovenska cesta 1", "city": "Ljubljana",
    "postcode": "1000", "country": "SI", "tax_id": "SI12345678",
}  # fmt: skip


@pytest.fixture
def ana(shop: Path) -> Path:
    (shop / PATH).write_text(RECORD)
    return shop


def add(crm: Crm, noun: str, *words: str) -> Any:
    run = crm(noun, "add", "ana-novak", "--line", "linen-sheet:2", *words)
    assert run.code == 0, run.err
    return rows(crm)[-1]


def rows(crm: Crm) -> Any:
    return json.loads(crm("show", "ana-novak", "--json").out)["purchases"]


def test_an_invoice_says_whom_it_is_billed_to_once_it_has_a_number(ana: Path, crm: Crm) -> None:
    assert add(crm, "invoice")["bill_to"] == BILLED
    assert "bill_to" not in add(crm, "order")
    assert "bill_to" not in add(crm, "purchase")
    draft = add(crm, "invoice", "--draft")
    assert "bill_to" not in draft
    assert crm("set", "ana-novak", "legal_name=Ana d.o.o.").code == 0
    assert crm("purchase", "post", draft["id"]).code == 0
    first, *_, posted = rows(crm)
    assert first["bill_to"] == BILLED
    assert posted["bill_to"] == {**BILLED, "name": "Ana d.o.o."}
    assert crm("undo").code == 0
    assert "bill_to" not in rows(crm)[-1]
    assert crm("check").code == 0


def test_a_credit_note_is_billed_to_whom_its_invoice_was(ana: Path, crm: Crm) -> None:
    number = add(crm, "invoice")["number"]
    assert crm("set", "ana-novak", "legal_name=Ana d.o.o.", "tax_id=").code == 0
    assert crm("invoice", "correct", number).code == 0
    _, note, draft = rows(crm)
    assert (note["kind"], note["bill_to"]) == ("credit_note", BILLED)
    assert "bill_to" not in draft
    assert crm("purchase", "post", draft["id"]).code == 0
    assert rows(crm)[-1]["bill_to"]["name"] == "Ana d.o.o."


def test_what_is_known_is_what_is_written(shop: Path, crm: Crm) -> None:
    (shop / PATH).write_text("name: Ana Novak\n")
    assert add(crm, "invoice")["bill_to"] == {"name": "Ana Novak"}
    given = add(crm, "invoice", "bill_to.name=Novak and Sons")
    assert given["bill_to"] == {"name": "Novak and Sons"}


def test_an_invoice_that_moves_is_billed_to_whom_it_goes(ana: Path, crm: Crm) -> None:
    number = add(crm, "invoice")["number"]
    note = add(crm, "purchase", "--kind", "credit_note", f"corrects={number}")["id"]
    assert crm("add", "Jan Kos", "street=Ulica 2", "city=Kranj").code == 0
    run = crm("move", number, note, "jan-kos")
    assert run.code == 0, run.err
    assert f"{number} is billed to Jan Kos, Ulica 2, Kranj now" in run.err
    moved = json.loads(crm("show", "jan-kos", "--json").out)["purchases"]
    billed = {"name": "Jan Kos", "street": "Ulica 2", "city": "Kranj"}
    assert [one["bill_to"] for one in moved] == [billed, billed]
    assert "Slovenska" not in (ana / "customers/jan-kos.yaml").read_text()
    assert crm("check").code == 0
    assert crm("undo").code == 0
    assert rows(crm)[0]["bill_to"] == BILLED


def test_an_invoice_that_is_split_off_is_billed_to_the_new_customer(ana: Path, crm: Crm) -> None:
    number = add(crm, "invoice")["number"]
    run = crm("split", "ana-novak", "Jan Kos", number)
    assert (run.code, f"{number} is billed to Jan Kos now" in run.err) == (0, True), run.err
    (moved,) = json.loads(crm("show", "jan-kos", "--json").out)["purchases"]
    assert moved["bill_to"] == {"name": "Jan Kos"}


def test_an_invoice_that_was_sent_stays_with_whom_it_was_sent_to(ana: Path, crm: Crm) -> None:
    number = add(crm, "invoice")["number"]
    assert crm("invoice", "sent", number, "--force").code == 0
    assert crm("add", "Jan Kos").code == 0
    for words in (("move", number, "jan-kos"), ("split", "ana-novak", "Jan Mlakar", number)):
        run = crm(*words)
        assert (run.code, f"invoice {number} was sent to Ana Novak on" in run.err) == (6, True)
        assert f"crm invoice correct {number} credits it" in run.err
    assert crm("invoice", "correct", number).code == 0
    draft = rows(crm)[-1]
    assert "documents" not in draft
    assert crm("set", draft["id"], "corrects=").code == 0
    assert crm("move", draft["id"], "jan-kos").code == 0
    assert crm("purchase", "post", draft["id"]).code == 0
    assert crm("check").out == ""


@pytest.mark.parametrize("basis", ["date", "paid"])
def test_tax_is_by_what_the_invoice_says(ana: Path, crm: Crm, basis: str) -> None:
    """A statement of a past quarter, made again, is the one that was filed."""
    assert crm("invoice", "add", "ana-novak", "-l", "A:1:100", "--tax", "22").code == 0
    assert crm("payment", "add", "ana-novak", "122").code == 0
    asked = ("report", "tax", "not:maja-kos", "--basis", basis, "-o", "csv", "--by")
    before = crm(*asked, "customer").out, crm(*asked, "country,rate").out
    assert "ana-novak,SI12345678,100.00" in before[0] and "SI,22," in before[1]
    words = ("legal_name=Novak GmbH", "tax_id=DE123456789", "addresses.2.country=DE")
    assert crm("set", "ana-novak", "addresses.1.country=DE", *words).code == 0
    assert (crm(*asked, "customer").out, crm(*asked, "country,rate").out) == before
    # What is billed from now on is under the new one, in a row of its own; a sale has nobody
    # that it is billed to.
    assert crm("invoice", "add", "ana-novak", "-l", "B:1:50", "--tax", "0").code == 0
    assert crm("purchase", "add", "ana-novak", "-l", "C:1:7", "--tax", "0").code == 0
    assert crm("payment", "add", "ana-novak", "50").code == 0
    rows = json.loads(crm(*asked[:-3], "-o", "json", "--by", "customer").out)
    assert [(one["customer"], one["tax_id"], one["net"]) for one in rows] == [
        ("ana-novak", "DE123456789", "57.00"), ("ana-novak", "SI12345678", "100.00"),
    ]  # fmt: skip
    rows = json.loads(crm(*asked[:-3], "-o", "json", "--by", "country").out)
    assert [(one["country"], one["net"]) for one in rows] == [("DE", "57.00"), ("SI", "100.00")]
    # One that had no tax id has none, whatever it got since.
    assert crm("add", "Jan Kos").code == 0
    assert crm("invoice", "add", "jan-kos", "-l", "D:1:9", "--tax", "0").code == 0
    assert crm("set", "jan-kos", "tax_id=SI87654321").code == 0
    assert "SI87654321" not in crm(*asked, "customer").out
