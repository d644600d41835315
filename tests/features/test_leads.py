"""Leads: qualified, made customers, given up; and due while nobody touches them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Crm

LEAD = """\
name: Ana Novak
lifecycle_stage: lead
source: trade_show
owner: marko
created: 2026-11-01
"""
PATH = "customers/ana-novak.yaml"


@pytest.fixture
def lead(shop: Path) -> Path:
    (shop / PATH).write_text(LEAD)
    return shop


def shown(crm: Crm, id: str) -> Any:
    return json.loads(crm("show", id, "--json").out)


def test_a_lead_is_qualified_and_why_is_noted(lead: Path, crm: Crm) -> None:
    assert crm("lead", "qualify", "ana-novak", "--reason", "Has a budget").code == 0
    found = shown(crm, "ana-novak")
    assert (found["lifecycle_stage"], found["lead_status"]) == ("qualified", "in_process")
    assert [one["summary"] for one in found["interactions"]] == ["Lead qualified: Has a budget"]


def test_a_lead_is_dropped_with_a_reason(lead: Path, crm: Crm) -> None:
    run = crm("lead", "drop", "ana-novak")
    assert (run.code, "--reason is missing" in run.err) == (2, True)
    assert crm("lead", "drop", "ana-novak", "--reason", "Moved away").code == 0
    assert shown(crm, "ana-novak")["lead_status"] == "dead"
    assert json.loads(crm("lead", "list", "--json").out) == []
    assert crm("lead", "drop", "ana-novak", "--reason", "Spring", "--recycle").code == 0
    assert shown(crm, "ana-novak")["lead_status"] == "recycled"


def test_several_are_asked_about(lead: Path, crm: Crm) -> None:
    (lead / "customers/bor-kos.yaml").write_text("name: Bor Kos\nlifecycle_stage: lead\n")
    words = ("lead", "qualify", "is:lead")
    assert crm(*words).code == 2
    assert crm(*words, "--yes").code == 0
    assert shown(crm, "bor-kos")["lifecycle_stage"] == "qualified"


def test_a_lead_becomes_a_customer_with_a_deal(lead: Path, crm: Crm) -> None:
    words = ("--deal", "Sheets", "--amount", "900", "--close", "2026-12-24")
    assert crm("--as", "petra", "lead", "convert", "ana-novak", *words).code == 0
    found = shown(crm, "ana-novak")
    assert (found["lifecycle_stage"], found["lead_status"], found["source"]) == (
        "customer",
        "converted",
        "trade_show",
    )
    (deal,) = found["deals"]
    assert (deal["name"], deal["amount"], deal["stage"]) == ("Sheets", "900", "prospecting")
    assert deal["stage_history"][0]["by"] == "petra"
    assert crm("undo").code == 0
    assert (lead / PATH).read_text() == LEAD


def test_an_organization_is_made_with_the_lead_as_its_contact(lead: Path, crm: Crm) -> None:
    words = ("--deal", "Sheets", "--organization", "Novak d.o.o.")
    assert crm("lead", "convert", "ana-novak", *words).code == 0
    found = shown(crm, "novak-doo")
    assert (found["kind"], found["source"], found["owner"]) == (
        "organization",
        "trade_show",
        "marko",
    )
    assert found["contacts"] == [{"id": "ana-novak", "role": "primary"}]
    assert [one["name"] for one in found["deals"]] == ["Sheets"]
    assert "deals" not in shown(crm, "ana-novak")
    assert crm("check").code == 0


@pytest.mark.parametrize("words", [(), ("Kava d.o.o.",), ("kava-doo",), ("KAVA D.O.O.",)])
@pytest.mark.parametrize("at", [False, True])
def test_an_organization_that_is_there_is_used(
    lead: Path, crm: Crm, words: tuple[str, ...], at: bool
) -> None:
    """By its id or name, or since the lead is there already; no second one is made."""
    assert crm("add", "Kava d.o.o.").code == 0
    if at:
        assert crm("link", "ana-novak", "kava-doo").code == 0
    named = ("--organization", *words) if words else ()
    run = crm("lead", "convert", "ana-novak", "--deal", "Sheets", *named)
    assert run.code == 0, run
    assert not (lead / "customers/kava-doo-2.yaml").exists()
    holder = "kava-doo" if at or words else "ana-novak"
    assert [one["name"] for one in shown(crm, holder)["deals"]] == ["Sheets"]
    if holder == "kava-doo":
        found = shown(crm, "kava-doo")
        assert [one["id"] for one in found["contacts"]] == ["ana-novak"]
        assert (found["lifecycle_stage"], found["source"], found["owner"]) == (
            "customer",
            "trade_show",
            "marko",
        )
        assert "deals" not in shown(crm, "ana-novak")
    assert crm("check").code == 0


def test_which_organization_is_asked(lead: Path, crm: Crm) -> None:
    for id in ("kava", "kava-2"):
        assert crm("add", "Kava d.o.o.", "--id", id).code == 0
    words = ("lead", "convert", "ana-novak", "--deal", "Sheets", "--organization")
    assert crm("set", "jan-vidmar", "kind=person").code == 0
    assert crm(*words, "jan-vidmar").code == 2
    run = crm(*words, "Kava d.o.o.")
    assert run.code == 6 and "kava, kava-2" in run.err, run
    assert crm("link", "ana-novak", "kava-2").code == 0
    assert crm(*words, "Kava d.o.o.").code == 0
    assert [one["name"] for one in shown(crm, "kava-2")["deals"]] == ["Sheets"]


def test_only_leads_are_converted(lead: Path, crm: Crm) -> None:
    assert crm("set", "ana-novak", "lifecycle_stage=customer").code == 0
    before = (lead / PATH).read_text()
    for words in ((), ("--deal", "Sheets")):
        run = crm("lead", "convert", "ana-novak", *words)
        assert (run.code, "only leads are converted" in run.err) == (6, True)
    assert (lead / PATH).read_text() == before
    (lead / "customers/bor-kos.yaml").write_text("name: Bor Kos\nlifecycle_stage: lead\n")
    assert crm("lead", "convert", "ana-novak", "bor-kos", "--yes").code == 0
    assert (lead / PATH).read_text() == before
    assert shown(crm, "bor-kos")["lead_status"] == "converted"


@pytest.mark.parametrize(
    "words",
    [("--amount", "5"), ("--deal", " "), ("--organization", " "), ("--deal", "X", "--close", "x")],
)
def test_what_cannot_be_converted(lead: Path, crm: Crm, words: tuple[str, ...]) -> None:
    assert crm("lead", "convert", "ana-novak", *words).code == 2
    assert (lead / PATH).read_text() == LEAD


def test_a_lead_that_nobody_touches_is_due(lead: Path, crm: Crm) -> None:
    due = ("due", "--kind", "lead", "--json")
    assert json.loads(crm(*due).out) == []
    assert crm("config", "set", "lead_touch=14 days").code == 0
    (row,) = json.loads(crm(*due).out)
    assert (row["when"], row["who"], row["owner"]) == ("2026-11-15", "ana-novak", "marko")
    assert json.loads(crm(*due, "--owner", "petra").out) == []
    # An attempt touches the lead as well; and one who was given up is left alone.
    assert crm("log", "ana-novak", "Rang", "--kind", "call", "--outcome", "no_answer").code == 0
    assert json.loads(crm(*due).out) == []
    assert json.loads(crm(*due, "--within", "14d").out)[0]["when"] == "2026-12-04"
    assert crm("lead", "drop", "ana-novak", "--reason", "No answer").code == 0
    assert json.loads(crm(*due, "--within", "14d").out) == []


FORM = [
    {"name": "Eva Hren", "email": "eva@hren.example", "tags": ["fair", "web"], "newsletter": True},
    {"name": "Jan Zorc", "phone": "041 700 800", "address": {"city": "Celje"}, "postcode": "03000"},
]


@pytest.mark.parametrize(
    ("name", "options"), [("form.jsonl", ()), ("form.json", ("--format", "jsonl"))]
)
def test_leads_come_as_json_lines(
    shop: Path, crm: Crm, name: str, options: tuple[str, ...]
) -> None:
    """A web form's log; the same file again changes nothing."""
    path = shop.parent / name
    path.write_text("".join(f"{json.dumps(row)}\n\n" for row in FORM))
    for _ in range(2):
        run = crm("import", "customers", str(path), *options, "--yes")
        assert run.code == 0, run.err
    eva = shown(crm, "eva-hren")
    assert (eva["tags"], eva["emails"]) == (["fair", "web"], ["eva@hren.example"])
    assert shown(crm, "jan-zorc")["addresses"][0]["postcode"] == "03000"
    assert "nothing changed" in run.err
    assert "newsletter" in run.err


def test_a_map_of_constants_alone_makes_leads(shop: Path, crm: Crm) -> None:
    path, map = shop.parent / "form.jsonl", shop.parent / "form.yaml"
    path.write_text(
        '{"name": "Eva Hren", "source": "web_site"}\n'
        '{"name": "Jan Zorc", "lifecycle_stage": "qualified"}\n'
    )
    map.write_text("constants: {lifecycle_stage: lead}\n")
    run = crm("import", "customers", str(path), "--map", str(map), "--yes")
    assert run.code == 0, run.err
    assert shown(crm, "eva-hren")["lifecycle_stage"] == "lead"
    assert shown(crm, "jan-zorc")["lifecycle_stage"] == "qualified"
    assert shown(crm, "eva-hren")["source"] == "web_site"
    map.write_text("{}\n")
    assert crm("import", "customers", str(path), "--map", str(map)).code == 4


def test_a_line_that_is_no_object_is_rejected_with_its_number(shop: Path, crm: Crm) -> None:
    path = shop.parent / "form.jsonl"
    path.write_text('{"name": "Eva Hren"}\n[1]\n{"name":\n')
    run = crm("import", "customers", str(path), "--yes")
    assert run.code == 4
    assert "form.jsonl:2:1: it is no JSON object" in run.err
    assert "form.jsonl:3:1: it is not JSON" in run.err
    assert not (shop / "customers/eva-hren.yaml").exists()


def test_deals_find_their_customers_by_a_company(shop: Path, crm: Crm) -> None:
    path = shop.parent / "deals.csv"
    path.write_text("Name,Company,Stage\nRooms,Hotel Breg,Proposal\n")
    run = crm("import", "deals", str(path), "--yes")
    assert run.code == 0, run.err
    assert "Rooms" in crm("deal", "list", "customer:hotel-breg").out


def test_deals_are_imported_by_label_and_by_a_map(shop: Path, crm: Crm) -> None:
    """Foreign stages are mapped; who has no customer goes to the one that --who names."""
    path, map = shop.parent / "deals.csv", shop.parent / "deals.yaml"
    path.write_text(
        "Title,Phase,Worth,Customer\nRooms,Engaging,900,hotel-breg\nFlat,Negotiation,50,\n"
    )
    map.write_text(
        "columns:\n  Title: name\n  Phase: {key: stage, values: {Engaging: qualification}}\n"
        "  Worth: amount\n  Customer: customer\n"
    )
    run = crm("import", "deals", str(path), "--map", str(map), "--yes")
    assert run.code == 4
    assert "deals.csv:3:1: there is no customer" in run.err
    words = ("--map", str(map), "--who", "maja-kos", "--yes")
    assert crm("import", "deals", str(path), *words).code == 0
    listed = ("--cols", "customer,name,stage,value", "--sort", "customer", "--json")
    rows = json.loads(crm("deal", "list", *listed).out)
    assert [tuple(row.values()) for row in rows] == [
        ("hotel-breg", "Rooms", "qualification", "900.00"),
        ("maja-kos", "Flat", "negotiation", "50.00"),
    ]
    map.write_text(map.read_text().replace("qualification", "engaged"))
    run = crm("import", "deals", str(path), *words)
    assert run.code == 4
    assert "'engaged' is none of the stages in crm.yaml" in run.err


def test_deals_go_out_and_come_in_again(shop: Path, crm: Crm) -> None:
    assert crm("deal", "add", "maja-kos", "Curtains", "--line", "linen-sheet:3").code == 0
    assert crm("deal", "win", "maja-kos").code == 0
    file = shop.parent / "deals.csv"
    assert crm("export", "deals", "--to", str(file)).code == 0
    run = crm("import", "deals", str(file), "--yes")
    assert (run.code, "nothing changed" in run.err) == (0, True)




def test_customers_are_no_leads(lead: Path, crm: Crm) -> None:
    """Who has bought, or is a customer by the stage, is refused by name, and left out of many."""
    for verb, more in (("qualify", ()), ("drop", ("--reason", "x"))):
        run = crm("lead", verb, "maja-kos", *more)
        assert (run.code, "has bought already, and is no lead" in run.err) == (6, True)
    run = crm("lead", "qualify", "ana-novak", "maja-kos", "--yes")
    assert run.code == 0 and "Maja Kos (maja-kos) has bought already" in run.err
    assert shown(crm, "ana-novak")["lifecycle_stage"] == "qualified"
    assert crm("set", "ana-novak", "stage=customer").code == 0
    run = crm("lead", "qualify", "ana-novak")
    assert (run.code, "is a customer: only leads are qualified" in run.err) == (6, True)
