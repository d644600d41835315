"""`crm import bank` and `crm bank`: booked with reasons, kept, and never twice."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Crm
from tests.formats.test_bank_files import camt, details, entry

CSV = """\
Buchungstag;Name Zahlungsbeteiligter;IBAN Zahlungsbeteiligter;Verwendungszweck;Betrag;Waehrung
18.11.2026;Maja Kos;DE12;Rechnung 2026-0007;95,20;EUR
19.11.2026;Somebody;DE13;Danke;12,00;EUR
19.11.2026;Landlord;DE14;Miete;-900,00;EUR
"""


@pytest.fixture
def statement(tmp_path: Path) -> Path:
    path = tmp_path / "statement.xml"
    path.write_bytes(camt(
        entry("95.20", details(name="MAJA KOS", text="2026-0007"), ref="R1"),
        entry("12.00", details(name="Somebody", text="thanks", iban="DE2"), ref="R2"),
        entry("900.00", details(name="Landlord", party="Cdtr", iban="DE3"), mark="DBIT", ref="R3"),
    ))  # fmt: skip
    return path


def kept(crm: Crm) -> list[tuple[str, str]]:
    rows = json.loads(crm("bank", "list", "--sort", "amount-", "--json").out)
    return [(row["amount"], row["status"]) for row in rows]


def test_what_is_certain_is_booked_and_the_rest_is_kept(
    crm: Crm, shop: Path, statement: Path
) -> None:
    asked = crm("import", "bank", statement)
    assert asked.code == 2, "without a terminal it wants --yes"
    assert "2026-0007, the amount fits" in asked.err
    assert not (shop / "bank").exists()
    dry = crm("import", "bank", statement, "--dry-run")
    assert dry.code == 0 and not (shop / "bank").exists()
    assert crm("import", "bank", statement, "--yes").code == 0
    assert kept(crm) == [("95.20", "booked"), ("12.00", "open"), ("-900.00", "ignored")]
    assert json.loads(crm("balance", "maja-kos", "--json").out)["balance"] == "0.00"
    text = (shop / "customers/maja-kos.yaml").read_text()
    assert 'external_id: "R1"' in text and "source_system: bank" in text
    assert crm("check").code == 0
    again = crm("import", "bank", statement, "--yes")
    assert again.code == 0 and "3 here already" in again.err and "nothing changed" in again.err
    assert crm("undo", "--yes").code == 0
    assert json.loads(crm("balance", "maja-kos", "--json").out)["balance"] == "95.20"
    assert kept(crm) == []


def test_a_payment_is_not_booked_again_where_its_line_has_gone(
    crm: Crm, shop: Path, statement: Path
) -> None:
    assert crm("import", "bank", statement, "--yes").code == 0
    for file in (shop / "bank").iterdir():
        file.unlink()
    again = crm("import", "bank", statement, "--yes")
    assert "1 here already" in again.err
    assert len(json.loads(crm("payment", "list", "maja-kos", "--json").out)) == 2


def test_statements_may_overlap(crm: Crm, tmp_path: Path, statement: Path) -> None:
    assert crm("import", "bank", statement, "--yes").code == 0
    longer = tmp_path / "longer.xml"
    more = entry("3", details(name="Nobody"), ref="R4", day="<Dt>2026-12-01</Dt>")
    longer.write_bytes(statement.read_bytes().replace(b"</Stmt>", more.encode() + b"</Stmt>"))
    run = crm("import", "bank", longer, "--yes")
    assert "3 here already" in run.err and len(kept(crm)) == 4
    names = {Path(one).name for one in crm("bank", "list", "-o", "paths").lines}
    assert names == {
        "si56020100012345678-2026-11.yaml", "si56020100012345678-2026-12.yaml",
    }  # fmt: skip


ENTRY = entry("40", details(name="KOS, Maja", text="del  2026-\u200b0007", iban=""), ref="R1")
ROW = "Date,Name,Text,Amount\n2026-11-18,Maja Kos,DEL 2026-0007,40.00\n"


@pytest.mark.parametrize("order", [("a.csv", "b.xml"), ("b.xml", "a.csv")])
def test_a_line_in_two_formats_is_one(crm: Crm, tmp_path: Path, order: tuple[str, str]) -> None:
    (tmp_path / "a.csv").write_text(ROW)
    (tmp_path / "b.xml").write_bytes(camt(ENTRY))
    assert crm("import", "bank", tmp_path / order[0], "--yes").code == 0
    run = crm("import", "bank", tmp_path / order[1], "--yes")
    assert run.code == 0 and "1 line, 1 here already" in run.err, run.err
    assert "payer and text in another file: b-" in run.err
    assert json.loads(crm("balance", "maja-kos", "--json").out)["balance"] == "55.20"
    assert kept(crm) == [("40.00", "booked")]


def test_two_equal_lines_of_a_file_stay_two(crm: Crm, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(ROW)
    (tmp_path / "b.xml").write_bytes(camt(ENTRY, ENTRY.replace("R1", "R2")))
    assert crm("import", "bank", tmp_path / "a.csv", "--yes").code == 0
    for here in (1, 2):
        run = crm("import", "bank", tmp_path / "b.xml", "--yes")
        assert f"2 lines, {here} here already" in run.err, run.err
        assert kept(crm) == [("40.00", "booked"), ("40.00", "booked")]


@pytest.mark.parametrize(
    ("name", "text", "account"),
    [
        ("Maja", "DEL 2026-0007", ""), ("", "DEL 2026-0007", ""), ("Maja Kos", "PRENOS", ""),
        ("Maja Kos", "", "SI56020100012345678"),
    ],
)  # fmt: skip
def test_what_may_be_here_already_stays_open(
    crm: Crm, tmp_path: Path, name: str, text: str, account: str
) -> None:
    (tmp_path / "a.csv").write_text(
        f"Date,Name,Text,Amount,Own account\n2026-11-18,{name},{text},40.00,{account}\n"
    )
    (tmp_path / "b.xml").write_bytes(camt(ENTRY))
    assert crm("import", "bank", tmp_path / "b.xml", "--yes").code == 0
    run = crm("import", "bank", tmp_path / "a.csv", "--yes")
    assert run.code == 0 and "open, looks like b-" in run.err, run.err
    assert sorted(kept(crm)) == [("40.00", "booked"), ("40.00", "open")]
    assert "nothing changed" in crm("bank", "match", "--yes").err, "a doubt is not forgotten"
    (line,) = json.loads(crm("bank", "open", "--json").out)
    assert line["reason"].startswith("looks like b-") and line["candidates"][0].startswith("b-")
    assert crm("bank", "book", line["id"], "2026-0007").code == 0
    assert "1 here already" in crm("import", "bank", tmp_path / "a.csv", "--yes").err


@pytest.mark.parametrize("row", [
    "2026-11-19,Maja Kos,DEL 2026-0007,40.00,", "2026-11-18,Bor Kos,DEL 2026-0007,40.00,",
    "2026-11-18,Maja Kos,DEL 2026-0007,40.01,", "2026-11-18,Maja Kos,DEL 2026-0007,40.00,SI56OTHER",
    "2026-11-18,,PRENOS,40.00,",
])  # fmt: skip
def test_what_is_not_alike_is_another_line(crm: Crm, tmp_path: Path, row: str) -> None:
    (tmp_path / "a.csv").write_text(f"Date,Name,Text,Amount,Own account\n{row}\n")
    (tmp_path / "b.xml").write_bytes(camt(ENTRY))
    assert crm("import", "bank", tmp_path / "b.xml", "--yes").code == 0
    run = crm("import", "bank", tmp_path / "a.csv", "--yes")
    assert run.code == 0 and "0 here already" in run.err and "looks like" not in run.err, run.err


def test_two_references_of_one_account_are_two_lines(crm: Crm, tmp_path: Path) -> None:
    (tmp_path / "b.xml").write_bytes(camt(ENTRY))
    other = ENTRY.replace("R1", "R2")
    (tmp_path / "c.xml").write_bytes(camt(other.replace("0007", "0042")))
    (tmp_path / "d.xml").write_bytes(camt(other.replace("R2", "R3")))
    assert crm("import", "bank", tmp_path / "b.xml", "--yes").code == 0
    assert "looks like" not in crm("import", "bank", tmp_path / "c.xml", "--yes").err
    assert "open, looks like b-" in crm("import", "bank", tmp_path / "d.xml", "--yes").err


def test_tables_by_their_headings(crm: Crm, tmp_path: Path) -> None:
    path = tmp_path / "bank.csv"
    path.write_text(CSV, encoding="utf-8")
    run = crm("import", "bank", path, "--yes")
    assert run.code == 0, run.err
    assert kept(crm) == [("95.20", "booked"), ("12.00", "open"), ("-900.00", "ignored")]
    assert "3 here already" in crm("import", "bank", path, "--yes").err
    path.write_text("Datum,What\n2026-11-01,5\n")
    run = crm("import", "bank", path)
    assert run.code == 4 and "no column says" in run.err
    path.write_text("Datum;Soll;Haben;Text\n01.11.2026;;7,00;a\n02.11.2026;3,00;;b\n")
    assert crm("import", "bank", path, "--yes").code == 0
    assert {("7.00", "open"), ("-3.00", "ignored")} < {*kept(crm)}


def test_slovenian_columns_of_debits_and_credits(crm: Crm, tmp_path: Path) -> None:
    path = tmp_path / "nlb.csv"
    path.write_text("Datum;Znesek v breme;Znesek v dobro;Namen\n1.11.2026;;7,00;a\n"
                    "2.11.2026;3,00;0,00;b\n")  # fmt: skip
    run = crm("import", "bank", path, "--yes")
    assert run.code == 0, run.err
    assert kept(crm) == [("7.00", "open"), ("-3.00", "ignored")]


@pytest.mark.parametrize(("columns", "rows"), [
    ("Sum: amount", ("95,20", "-3,00")),
    ("Sum: {key: amount, scale: -1}", ("-95,20", "3,00")),
    ("In: credit, Out: debit", ("95,20;", ";3,00")),
])  # fmt: skip
def test_a_map_says_what_headings_do_not(
    crm: Crm, tmp_path: Path, columns: str, rows: tuple[str, str]
) -> None:
    table, map = tmp_path / "s.csv", tmp_path / "m.yaml"
    heads = ";".join(part.split(":")[0] for part in columns.split(", ") if "scale" not in part)
    table.write_text(f"Booked;Who;What;{heads}\n18.11.2026;Maja Kos;2026-0007;{rows[0]}\n"
                     f"19.11.2026;Bank;Fee;{rows[1]}\n")  # fmt: skip
    map.write_text(f"columns: {{Booked: date, Who: name, What: text, {columns}}}\n")
    assert crm("import", "bank", table, "--yes").code in (2, 4), "no heading is known"
    run = crm("import", "bank", table, "--map", map, "--yes")
    assert run.code == 0 and "by number 2026-0007, the amount fits" in run.err, run.err
    assert [status for _, status in kept(crm)] == ["booked", "ignored"]
    map.write_text("columns: {Booked: date, Who: nme}\n")
    run = crm("import", "bank", table, "--map", map, "--yes")
    assert run.code == 4 and "nme is no field of a bank_line" in run.err


def test_open_lines_are_booked_by_hand(crm: Crm, shop: Path, statement: Path) -> None:
    assert crm("bank", "open", "--json").out == "[]\n"
    assert crm("import", "bank", statement, "--yes").code == 0
    (line,) = json.loads(crm("bank", "open", "--json").out)
    assert line["reason"].startswith("no number")
    assert crm("purchase", "add", "hotel-breg", "--amount", "10", "--kind", "invoice",
               "--number", "X-9").code == 0  # fmt: skip
    run = crm("bank", "book", line["id"], "X-9")
    assert run.code == 0, run.err
    (paid,) = json.loads(crm("payment", "list", "hotel-breg", "--json").out)
    assert (paid["amount"], paid["for"]) == ("12.00", "X-9")
    assert crm("bank", "open", "--json").out == "[]\n"
    twice = crm("bank", "book", line["id"], "hotel-breg")
    assert twice.code == 6 and "booked already" in twice.err
    assert crm("undo").code == 0
    assert crm("bank", "book", line["id"], "hotel-breg").code == 0
    assert crm("undo").code == 0
    assert crm("bank", "ignore", line["id"]).code == 0
    assert crm("bank", "open", "--json").out == "[]\n"
    assert crm("bank", "ignore", line["id"], "--reopen").code == 0
    assert crm("bank", "book", "b-zzzz", "hotel-breg").code == 3
    assert crm("bank", "book", line["id"], "nobody").code == 3


def test_open_lines_are_matched_again(crm: Crm, statement: Path) -> None:
    assert crm("import", "bank", statement, "--yes").code == 0
    assert "nothing changed" in crm("bank", "match", "--yes").err
    assert crm("add", "Somebody Else").code == 0
    assert crm("set", "somebody-else", "legal_name=Somebody").code == 0
    assert crm("purchase", "add", "somebody-else", "--amount", "12", "--kind", "invoice").code == 0
    run = crm("bank", "match", "--yes")
    assert run.code == 0 and "name and amount" in run.err
    assert kept(crm)[1] == ("12.00", "booked")


def test_a_returned_debit_is_taken_back(crm: Crm, tmp_path: Path, shop: Path) -> None:
    path = tmp_path / "back.xml"
    path.write_bytes(camt(entry(
        "100.00", details(name="Maja Kos", text="2026-0007"), mark="DBIT", ref="R7",
        more="<RvslInd>true</RvslInd>",
    )))  # fmt: skip
    run = crm("import", "bank", path, "--yes")
    assert run.code == 0 and "returned: payment of 2026-11-15" in run.err, run.err
    text = (shop / "customers/maja-kos.yaml").read_text()
    assert "bounced:\n      at: 2026-11-18" in text
    assert json.loads(crm("balance", "maja-kos", "--json").out)["balance"] == "195.20"


def test_a_payment_that_was_written_down_is_not_booked_again(
    crm: Crm, shop: Path, statement: Path
) -> None:
    assert crm("payment", "add", "2026-0007", "--date", "2026-11-17").code == 0
    run = crm("import", "bank", statement, "--yes")
    assert "recorded on 2026-11-17" in run.err
    assert len(json.loads(crm("payment", "list", "maja-kos", "--json").out)) == 2
    assert 'external_id: "R1"' in (shop / "customers/maja-kos.yaml").read_text()


def test_charges_are_within_the_tolerance(crm: Crm, tmp_path: Path) -> None:
    path = tmp_path / "less.xml"
    path.write_bytes(camt(entry("93.20", details(text="2026-0007"), ref="R8")))
    assert crm("config", "set", "bank.tolerance=2").code == 0
    assert "2.00 less: charges" in crm("import", "bank", path, "--yes").err
    rows = json.loads(crm("payment", "list", "maja-kos", "--sort", "amount-", "--json").out)
    assert [(row["amount"], row["method"]) for row in rows][1:] == [
        ("93.20", "credit_transfer"), ("2.00", "write_off"),
    ]  # fmt: skip
    assert json.loads(crm("purchase", "list", "number:2026-0007", "--json").out)[0][
        "payment_status"] == "written_off"  # fmt: skip


def test_closed_books_are_closed_to_the_bank_too(
    crm: Crm, shop: Path, statement: Path
) -> None:
    assert crm("config", "set", "closed_until=2026-11-30").code == 0
    run = crm("import", "bank", statement, "--yes")
    assert run.code == 0 and "the books are closed until 2026-11-30" in run.err
    assert kept(crm) == [("95.20", "open"), ("12.00", "open"), ("-900.00", "ignored")]
    assert "closed until 2026-11-30" in crm("bank", "open", "-o", "csv").out
    assert crm("undo").code == 0
    run = crm("import", "bank", statement, "--yes", "--force-closed", "Found late")
    assert run.code == 0 and kept(crm)[0] == ("95.20", "booked")


def test_hostile_files_change_nothing(crm: Crm, shop: Path, tmp_path: Path) -> None:
    path = tmp_path / "bomb.xml"
    path.write_text('<!DOCTYPE a [<!ENTITY b "c">]><Document>&b;</Document>')
    run = crm("import", "bank", path, "--yes")
    assert run.code == 4 and "document type" in run.err
    path.write_bytes(camt(entry("12", details(
        name="&#27;[31mEvil&#x202e;", text="=cmd() ]{a: b} # &amp; * !!x"), ref="': - |"
    )))  # fmt: skip
    run = crm("import", "bank", path, "--yes")
    assert run.code in (0, 4), run
    assert "\x1b" not in run.err + run.out
    assert crm("check").code == 0
    for words in (("import", "bank"), ("import", "bank", tmp_path / "none.xml"),
                  ("import", "bank", path, "--who", "maja-kos")):  # fmt: skip
        assert crm(*words).code == 2


def test_nothing_is_booked_where_a_record_cannot_be_read(
    crm: Crm, shop: Path, statement: Path
) -> None:
    """Whose invoice a line pays, and whether it is here already, may stand there."""
    (shop / "customers/broken.yaml").write_text("name: [\n")
    run = crm("import", "bank", statement, "--yes")
    assert run.code == 4 and "customers/broken.yaml has errors" in run.err
    assert not (shop / "bank").exists()
    (shop / "customers/broken.yaml").unlink()
    assert crm("import", "bank", statement, "--yes").code == 0
    (file,) = (shop / "bank").iterdir()
    file.write_text(file.read_text().replace("lines:", "lines: ["))
    assert crm("import", "bank", statement, "--yes").code == 4
    assert crm("bank", "match", "--yes").code == 4


def test_a_transfer_for_two_is_two_payments_of_a_payer_written_without_umlauts(
    crm: Crm, tmp_path: Path
) -> None:
    for name in ("Michael Ost", "Sabine Ost", "Bäckerei Maier GmbH"):
        assert crm("add", name).code == 0
    for who, amount in (("michael-ost", 60), ("sabine-ost", 60), ("backerei-maier-gmbh", 200)):
        assert crm("invoice", "add", who, "--text", "Fee", "--amount", amount).code == 0
    path = tmp_path / "s.csv"
    path.write_text(
        "Booking date,Name,Text,Amount\n"
        "2026-11-18,Michael Ost,2026-0008 2026-0009,120.00\n"
        "2026-11-18,Baeckerei Maier GmbH,Foerderung,200.00\n"
    )
    done = crm("import", "bank", path, "--yes")
    assert done.code == 0 and "backerei-maier-gmbh, by name and amount" in done.err
    assert "imported 2 lines: booked 3 payments of 3 customers" in done.out, done


def test_what_is_over_of_a_payment_is_told_and_its_invoice_stays_paid(crm: Crm) -> None:
    assert crm("payment", "add", "2026-0007", "140").code == 0
    found = crm("report", "audit", "-o", "csv").out
    assert "pays no invoice" not in found and "EUR of payment y-" in found
    (line,) = [one for one in found.splitlines() if "pays nothing" in one]
    assert "for=NUMBER" not in line and "crm payment add maja-kos 44.80 --refund" in line, line


def test_a_line_of_closed_books_is_booked_on_a_later_day(
    crm: Crm, shop: Path, statement: Path, tmp_path: Path
) -> None:
    """It stays open beside the others, and is booked where somebody says on which day."""
    assert crm("config", "set", "closed_until=2026-11-18").code == 0
    path = tmp_path / "late.csv"
    path.write_text(
        "Booking date,Name,Text,Amount\n"
        "2026-11-18,Maja Kos,Invoice 2026-0007,95.20\n2026-11-19,Maja Kos,Maja Kos thanks,5\n"
    )
    run = crm("import", "bank", path, "--yes")
    assert run.code == 0 and "the books are closed until 2026-11-18" in run.err, run.err
    rows = json.loads(crm("bank", "open", "--json").out)
    assert [row["amount"] for row in rows if row["date"] == "2026-11-18"] == ["95.20"]
    line = next(row["id"] for row in rows if row["date"] == "2026-11-18")
    assert crm("bank", "match", "--yes").code == 0
    assert crm("bank", "book", line, "maja-kos").code == 6
    for day in ("2026-11-17", "2026-11-21"):  # before it came, and after today
        assert crm("bank", "book", line, "2026-0007", "--date", day).code == 2
    run = crm("bank", "book", line, "2026-0007", "--date", "2026-11-19")
    assert run.code == 0, run.err
    (paid,) = json.loads(crm("payment", "list", "amount:95.20", "--json").out)
    assert paid["date"] == "2026-11-19"
    assert line in crm("bank", "list", "is:booked", "-o", "ids").out
