"""`crm pop`: who is calling, in any spelling, on one screen; and what it writes if asked to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crm_cli.model.width import columns_of
from tests.conftest import Crm, Run

FULL = """\
name: Ana Novak
kind: person
lifecycle_stage: customer
owner: petra
birth_date: 1984-11-22
phone: "+386 40 123 457"
notes: Speak slowly.
tags: [vip, newsletter]
organizations: [{id: hotel-breg, role: decision_maker}]
credit: {limit: 500, terms_days: 14, hold: true, risk: high}
interactions:
  - {at: 2026-11-03T10:30+01:00, kind: call, direction: inbound, summary: Asked for beans}
  - {at: 2026-11-04, kind: email, direction: outbound, subject: The offer}
  - {at: 2026-11-05, kind: meeting, summary: Tasted the blend}
  - {at: 2026-11-06, kind: visit, summary: Came by}
  - {at: 2026-11-07, kind: note, summary: No contact at all}
  - {at: 2026-11-08, kind: visit, status: not_held, summary: Nobody at home}
  - {at: 2026-12-07, kind: call, status: planned, summary: Still to come}
tasks:
  - {title: Send the samples, due: 2026-11-10, assignee: petra}
  - {title: Call back, due: 2026-11-25}
  - {title: Ask for the flat, due: 2026-11-26}
deals:
  - {name: Towels, stage: proposal, amount: 900, expected_close: 2026-12-15}
purchases:
  - {kind: invoice, number: "A-1", date: 2026-08-01, lines: [linen-sheet:10:80], disputed: Torn}
  - {kind: invoice, number: "A-2", date: 2026-09-01, lines: [linen-sheet:1:80],
     promised: 2026-11-30}
  - {date: 2026-10-01, lines: [mug:3:9]}
  - {date: 2026-11-01, lines: [mug:3:9]}
"""


@pytest.fixture
def ana(shop: Path) -> Path:
    """A customer about whom there is something to say of everything."""
    (shop / "customers" / "ana.yaml").write_text(FULL)
    (shop / "products.yaml").write_text(
        "linen-sheet: {name: Sheet, complements: [towel]}\nmug: {name: Mug, reorder_every: 10 days}"
        "\ntowel: {name: Towel}\n"
    )
    (shop / "profiles.yaml").write_text("home:\n  rules: [{query: kind:person}]\n")
    return shop


@pytest.mark.usefixtures("ana")
def test_all_that_matters_is_on_one_screen(crm: Crm) -> None:
    run = crm("pop", "ana")
    assert run.code == 0, run.err
    assert len(run.lines) <= 23 and max(map(columns_of, run.lines)) <= 80
    assert run.lines[0] == "Ana Novak · Hotel Breg (decision maker)"
    assert run.lines[1] == "ana · customer · owner petra · fit 100 home · +vip +newsletter"
    for words in (
        "reach   +386 40 123 457",
        "owes 880.00 EUR, all overdue · terms 14 days · limit 500.00 EUR",
        "934.00 EUR · 4 orders · last 2026-11-01, 19 days ago · next 2026-12-02",
        "mind    credit hold: deliver nothing on account",
        "        A-1 is disputed: Torn",
        "        A-1 is overdue since 2026-08-15: 800.00 EUR",
        "        over the credit limit by 380.00 EUR",
        "task (3)  2026-11-10  Send the samples  petra",
        "deal      Towels  proposal  900.00 EUR  close 2026-12-15",
        "next      2026-12-07  call  Still to come  petra",
        "talk      2026-11-06  visit  Came by",
        "          2026-11-05  meeting  Tasted the blend",
        "          2026-11-04  email out  The offer",
        "bought    2026-11-01  27.00 EUR  mug",
        "offer     Mug: last bought 2026-11-01, bought again every 10 days",
        "          Towel: goes with Sheet, which they have",
    ):
        assert " ".join(words.split()) in " ".join(run.out.split()), words
    assert "No contact at all" not in run.out and "Nobody at home" not in run.out


@pytest.mark.usefixtures("ana")
def test_programs_get_all_of_it(crm: Crm) -> None:
    found = json.loads(crm("pop", "ana", "--json").out)
    assert found["id"] == "ana" and found["fit"] == {"home": 100}
    assert found["people"] == [
        {"id": "hotel-breg", "role": "decision_maker", "title": None, "name": "Hotel Breg"}
    ]
    assert found["mind"] == [
        "credit hold: deliver nothing on account", "A-1 is disputed: Torn",
        "A-1 is overdue since 2026-08-15: 800.00 EUR", "over the credit limit by 380.00 EUR",
        "high credit risk", "A-2: promised to pay by 2026-11-30", "birthday within 7 days",
        "Speak slowly.",
    ]  # fmt: skip
    assert [one["title"] for one in found["tasks"]] == [
        "Send the samples", "Call back", "Ask for the flat",
    ]  # fmt: skip
    assert [one["product"] for one in found["offers"]] == ["mug", "towel"]
    assert found["cases"] == []
    assert crm("set", "ana", "anniversaries+={kind: death, date: 2026-11-18}").code == 0
    mind = json.loads(crm("pop", "ana", "--json").out)["mind"]
    assert mind == [one for one in found["mind"] if one != "birthday within 7 days"]
    org = json.loads(crm("pop", "hotel-breg", "--json").out)
    assert [one["id"] for one in org["people"]] == ["ana"], "a link holds from both sides"


@pytest.mark.usefixtures("ana")
@pytest.mark.parametrize(
    "text",
    ["+386 40 123 457", "00386 40/123-457", "040 123 457", "(040) 123457", "tel:+38640123457",
     "sip:+38640123457@pbx.example;user=phone", "Ana Novak", "ana nov"],
)  # fmt: skip
def test_any_spelling_finds_them(crm: Crm, text: str) -> None:
    run = crm("pop", text)
    assert (run.code, run.lines[:1]) == (0, ["Ana Novak · Hotel Breg (decision maker)"]), run


@pytest.mark.usefixtures("shop")
def test_an_unknown_caller_is_exit_3_and_several_are_listed(crm: Crm) -> None:
    run = crm("pop", "+386 40 999 888")
    assert (run.code, run.out) == (3, "")
    assert "--add starts a record" in run.err
    run = crm("pop", "ma")
    assert run.code in (0, 3)
    assert crm("add", "Maja Kosec").code == 0
    run = crm("pop", "maja k")
    assert run.code == 3 and "maja-kos " in run.err and "maja-kosec" in run.err


def test_add_starts_a_record_with_the_call(crm: Crm, shop: Path) -> None:
    words = ("pop", "040 999 888", "--add", "--name", "Eva Kos", "--log", "--json")
    assert crm(*words, "--dry-run").code == 0
    assert not (shop / "customers" / "eva-kos.yaml").exists()
    run = crm(*words)
    assert json.loads(run.out) == {"id": "eva-kos", "name": "Eva Kos", "added": True}
    text = (shop / "customers" / "eva-kos.yaml").read_text()
    assert '  - "040 999 888"' in text and "summary: Called from 040 999 888" in text
    assert "direction: inbound" in text
    assert crm("check").code == 0
    assert crm("pop", "+386 40 999 888").lines[0] == "Eva Kos"
    assert crm("undo").code == 0 and not (shop / "customers" / "eva-kos.yaml").exists()
    assert crm("pop", "eva@kos.example", "--add").code == 0
    assert crm("pop", "eva@kos.example").lines[0] == "eva@kos.example"
    assert crm("pop", "040 1", "--name", "X").code == 2


def test_log_notes_the_call_after_the_answer(crm: Crm, shop: Path) -> None:
    before = (shop / "customers" / "jan-vidmar.yaml").read_text()
    run = crm("pop", "040 123 456", "--log")
    assert run.code == 0 and run.lines[0] == "Jan Vidmar" and "noted call" in run.err
    after = (shop / "customers" / "jan-vidmar.yaml").read_text()
    assert {*before.splitlines()} < {*after.splitlines()}
    assert "summary: Called from 040 123 456" in after
    assert crm("undo").code == 0
    assert (shop / "customers" / "jan-vidmar.yaml").read_text() == before
    refused = crm("pop", "jan", "--log")
    assert refused.code == 3, "what writes takes no prefix where nobody can be asked"


@pytest.mark.usefixtures("shop")
def test_what_is_called_is_data(crm: Crm, tmp_path: Path) -> None:
    for text in ("$(touch x)", "`id`", "; rm -rf .", "'\"", "040\n999", "%s%n", "-1", "..", "+"):
        run = crm("pop", text)
        assert run.code in (2, 3) and "Traceback" not in run.err, (text, run)
    assert not (tmp_path / "x").exists()


@pytest.mark.usefixtures("shop")
def test_it_reads_a_line_of_stdin(crm: Crm) -> None:
    run = crm("pop", "-", stdin="tel:+38640123456\nrest\n")
    assert (run.code, run.lines[0]) == (0, "Jan Vidmar"), run


def test_a_profile_that_cannot_be_asked_does_not_silence_the_telephone(
    crm: Crm, shop: Path
) -> None:
    (shop / "profiles.yaml").write_text("home:\n  rules: [{query: cuntry:SI}]\n")
    run: Run = crm("pop", "jan-vidmar")
    assert run.code == 0 and run.lines[0] == "Jan Vidmar"
    assert "fit is left out" in run.err


def test_a_subscription_is_one_line(crm: Crm) -> None:
    words = ("purchase", "add", "maja-kos", "--line", "linen-sheet:1", "--every", "2 weeks")
    assert crm(*words, "--until", "2027-06-30").code == 0
    told = "renews  every 2 weeks, next 2026-12-04, until 2027-06-30  linen-sheet"
    assert told in " ".join(crm("pop", "maja-kos").out.split("\n"))
    (one,) = json.loads(crm("pop", "maja-kos", "--json").out)["subscriptions"]
    assert (one["every"], one["mrr"], one["currency"]) == ("2 weeks", "173.33", "EUR")


def test_lines_of_free_text_say_what_was_bought(crm: Crm, shop: Path) -> None:
    lines = ("--line", "Consulting days:2:500", "--line", "linen-sheet:1:70")
    assert crm("invoice", "add", "jan-vidmar", *lines).code == 0
    said = "linen-sheet, Consulting days"
    assert said in crm("pop", "jan-vidmar").out
    assert said in crm("timeline", "jan-vidmar").out
    assert said in crm("show", "jan-vidmar").out


def test_quotes_are_nothing_that_was_bought(shop: Path, crm: Crm) -> None:
    quote = "{kind: quote, number: Q-1, date: 2026-11-02, quote_status: declined, amount: 500}"
    (shop / "customers" / "k.yaml").write_text(f"name: K\npurchases:\n  - {quote}\n")
    run = crm("pop", "k")
    assert "has bought nothing yet" in run.out and "500.00" not in run.out
    assert json.loads(crm("pop", "k", "--json").out)["purchases"] == []


def test_who_calls_for_an_organization_shows_how_it_stands(shop: Path, crm: Crm) -> None:
    (shop / "customers" / "org.yaml").write_text(
        "name: Org GmbH\ncontacts: [{id: claire}, {id: gone, end: 2026-01-01}]\n"
        "credit: {hold: true}\n"
        "purchases: [{kind: invoice, number: R-1, date: 2026-09-01, due_date: 2026-10-01,"
        " amount: 500}]\ndeals:\n"
        "  - {name: Integration, stage: proposal, amount: 12000}\n"
        "  - {name: Old, stage: lost, amount: 70, closed_at: 2026-01-01}\n"
    )
    (shop / "customers" / "claire.yaml").write_text("name: Claire\n")
    (shop / "customers" / "gone.yaml").write_text("name: Gone\n")
    run = crm("pop", "claire")
    assert "at     Org GmbH: owes 500.00 EUR, all overdue · 1 open deal of 12,000.00 EUR" in run.out
    assert "       Org GmbH: credit hold: deliver nothing on account" in run.out
    (firm,) = json.loads(crm("pop", "claire", "--json").out)["organizations"]
    assert (firm["id"], firm["overdue"], firm["in_play"]) == ("org", "500.00", "12000.00")
    assert firm["mind"][1] == "R-1 is overdue since 2026-10-01: 500.00 EUR"
    assert "Org GmbH:" not in crm("pop", "gone").out
    assert json.loads(crm("pop", "org", "--json").out)["organizations"] == []


def test_who_calls_for_an_organization_hears_what_is_to_be_done_for_it(
    shop: Path, crm: Crm
) -> None:
    (shop / "crm.yaml").write_text(
        "time_zone: UTC\nservice: [{respond: 2h}]\nusers: {petra: {}}\n"
    )
    (shop / "customers" / "org.yaml").write_text(
        "name: Planina 14\nkind: organization\ncontacts: [{id: tone}]\n"
        "street: Lipova 3\ncity: Kranj\n"
        "cases:\n  - {subject: Pressure drops, kind: incident, opened: 2026-11-20T08:00Z}\n"
        "  - {subject: Noise, kind: incident, opened: 2026-11-01, status: closed}\n"
        "tasks: [{title: Send Cene, due: 2026-11-19}, {title: Order a pump, due: 2026-11-30}]\n"
        "interactions:\n  - {at: 2026-12-03T08:00Z, kind: visit, status: planned, owner: petra,"
        " summary: Maintenance}\n"
        "  - {at: 2026-11-18, kind: visit, status: planned, summary: Nobody noted it}\n"
    )
    (shop / "customers" / "tone.yaml").write_text("name: Tone\n")
    run = crm("pop", "tone")
    for line in (
        "Planina 14: case  by 2026-11-20 10:00, overdue  incident  Pressure drops",
        "Planina 14: next  2026-12-03 08:00  visit  Maintenance  petra",
        "Planina 14: task (1 of 2)  2026-11-19  Send Cene",
    ):
        assert line in run.out, (line, run.out)
    assert "Nobody noted it" not in run.out
    (firm,) = json.loads(crm("pop", "tone", "--json").out)["organizations"]
    assert [one["subject"] for one in firm["cases"]] == ["Pressure drops"]
    assert [one["title"] for one in firm["tasks"]] == ["Send Cene", "Order a pump"]
    assert [one["summary"] for one in firm["planned"]] == ["Maintenance"]
    own = crm("pop", "org")
    assert "Kranj, Lipova 3" in own.out
    assert "case   by 2026-11-20 10:00, overdue  incident  Pressure drops" in own.out
    (case,) = json.loads(crm("pop", "org", "--json").out)["cases"]
    assert case["due"] == "2026-11-20T10:00+00:00"
