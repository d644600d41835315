"""Forgetting: the books stay, the mentions go, and nothing brings anybody back."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path

import pytest

from tests.conftest import Crm
from tests.mails import mail

WHO = "maja-kos"
TRACES = ("maja", "Maja Kos", "maja@kos.example", "222 333", "222333")

MENTIONS = {
    "customers/kavarna-lan.yaml": """\
name: Kavarna Lan
kind: organization
referred_by: maja-kos
contacts:
  - {id: maja-kos, role: billing}
  - name: Maja Kos
    emails: [maja@kos.example]
  - Eva Hren
relations:
  - to: maja-kos
    kind: friend
interactions:
  - id: i-aaaaaa1
    at: 2026-11-02 10:00
    kind: meeting
    summary: With KOS, Maja; ring 041/222-333
    participants: [maja-kos, jan-vidmar]
  - id: i-aaaaaa2
    at: 2026-11-02 11:00
    kind: note
    summary: "Escaped: M\\u0061ja Kos"   # by Maja Kos
tasks:
  - id: t-aaaaaa1
    title: Pay Maja Kos
    depends_on: [t-9f3kx7d]
""",
    "segments.yaml": "friends:\n  query: +vip\nguests:\n  members: [maja-kos, jan-vidmar]\n",
    "desk.yaml": "tasks:\n  - id: t-bbbbbb1\n    title: Call +386 41 222 333\n",
    "templates/letter.txt": "Dear Maja Kos, as maja@kos.example wrote\n",
    "campaigns/fair.yaml": "name: Fair\nnotes: Maja Kos helps\n",
    "bank/si56-2026-11.yaml": """\
account: SI56
month: 2026-11
lines:
  - id: b-aaaaaa1
    date: 2026-11-15
    amount: 100.00
    name: KOS MAJA
    iban: SI56191000000123438
    text: Sheets for the flat
    status: booked
    payments: [y-7d1wz0e]
    external_id: "1"
  - id: b-aaaaaa2
    date: 2026-11-16
    amount: 5.00
    name: M KOS
    iban: SI56191000000123438
    status: open
    external_id: "2"
  - id: b-aaaaaa3
    date: 2026-11-17
    amount: 7.00
    name: Jan Vidmar
    status: open
    external_id: "3"
""",
}


@pytest.fixture(name="full")
def _full(shop: Path, crm: Crm) -> Path:
    """A shop in which others mention who is going to be forgotten."""
    for name, text in MENTIONS.items():
        path = shop / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert crm("check").code == 0, crm("check")
    return shop


def table(crm: Crm, *words: str) -> list[dict[str, str]]:
    run = crm(*words, "-o", "csv")
    assert run.code == 0, run
    return list(csv.DictReader(io.StringIO(run.out)))


def nameless(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    return [{key: text for key, text in row.items() if key != "customer"} for row in rows]


def traces_in(root: Path) -> list[str]:
    """The files below a folder that name them, in their paths too."""
    found = []
    for path in root.rglob("*"):
        data = path.read_bytes() if path.is_file() else b""
        if any(one.encode() in data or one in str(path.relative_to(root)) for one in TRACES):
            found.append(str(path.relative_to(root)))
    return found


def test_no_file_names_them_any_more(crm: Crm, full: Path) -> None:
    run = crm("forget", WHO, "--force", "--yes")
    assert run.code == 0, run
    assert traces_in(full) == []
    assert crm("check").code == 0, crm("check")


def test_what_is_not_about_them_stays(crm: Crm, full: Path) -> None:
    """References go with their field, links as a whole; texts keep what else they say."""
    crm("forget", WHO, "--force", "--yes")
    lan = (full / "customers/kavarna-lan.yaml").read_text()
    for kept in ("Eva Hren", "jan-vidmar", "With (forgotten); ring (forgotten)", "Pay (forgotten)",
                 "Escaped: (forgotten)", "# by (forgotten)"):  # fmt: skip
        assert kept in lan, lan
    for gone in ("referred_by", "relations", "billing", "depends_on"):
        assert gone not in lan
    bank = (full / "bank/si56-2026-11.yaml").read_text()
    assert "Jan Vidmar" in bank
    assert "amount: 100.00" in bank
    for gone in ("Sheets", "SI56191000000123438", "M KOS"):
        assert gone not in bank
    assert (full / "customers/jan-vidmar.yaml").read_text()
    assert (full / "templates/letter.txt").read_text() == "Dear (forgotten), as (forgotten) wrote\n"


def test_documents_that_were_sent_go_with_whom_they_were_sent_to(crm: Crm, full: Path) -> None:
    """Those of others stay byte by byte: a PDF with another text in it is none any more."""
    kept = full / "documents/2026"
    kept.mkdir(parents=True)
    pdf = b"%PDF-1.7\0 (Maja Kos) \xff"
    for name in ("invoice-2026-0007.pdf", "invoice-2026-0008.pdf", "quote-Q-1.pdf"):
        (kept / name).write_bytes(pdf)
    path = full / "customers/maja-kos.yaml"
    sent = (
        "    documents:\n      - {kind: invoice, sent: 2026-11-06, "
        "file: documents/2026/invoice-2026-0007.pdf}\n"
        "      - {kind: invoice, sent: 2026-11-07, file: documents/../crm.yaml}\n"
        "      - {kind: invoice, sent: 2026-11-07, file: /etc/contract.pdf}\n"
        "      - {kind: invoice, sent: 2026-11-08, file: documents/2026/gone.pdf}\n"
    )
    text = path.read_text()
    path.write_text(text.replace("    date: 2026-11-05\n", f"    date: 2026-11-05\n{sent}", 1))
    assert "invoice-2026-0007.pdf" in crm("subject", WHO).out
    dry = crm("forget", WHO, "--force", "--dry-run")
    assert dry.code == 0 and "documents/2026/invoice-2026-0007.pdf" in dry.err, dry
    assert "%PDF" not in dry.out and "(22 bytes)" in dry.out
    run = crm("forget", WHO, "--force", "--yes")
    assert run.code == 0, run
    assert "documents that were sent to them go, too: documents/2026/invoice-2026-0007.pdf\n" in (
        run.err
    )
    assert "the record names /etc/contract.pdf: crm does not touch it" in run.err
    left = {one.name: one.read_bytes() for one in kept.iterdir()}
    assert left == {"invoice-2026-0008.pdf": pdf, "quote-Q-1.pdf": pdf}
    assert (full / "crm.yaml").read_text()


def test_the_books_balance(crm: Crm, full: Path) -> None:
    """What is owed, the tax, what was paid and sold: the same figures, under another name."""
    asked = (
        ("report", "tax", "--by", "rate", "--period", "2026"),
        ("report", "sales", "--by", "product", "--period", "2026"),
        ("purchase", "summary", "--by", "date.month"),
        ("payment", "list", "--cols", "date,amount,method,for,id"),
        ("invoice", "list", "--cols", "number,date,due,net,tax,gross,paid,amount_due,id"),
        ("report", "payments", "--period", "2026"),
    )
    before = [nameless(table(crm, *words)) for words in asked]
    owed = {row["balance"] for row in table(crm, "balance")}
    assert crm("forget", WHO, "--force", "--yes").code == 0
    assert [nameless(table(crm, *words)) for words in asked] == before
    assert {row["balance"] for row in table(crm, "balance")} == owed


def test_who_owes_is_not_forgotten_without_force(crm: Crm, full: Path) -> None:
    before = {path: path.read_bytes() for path in full.rglob("*.yaml")}
    run = crm("forget", WHO, "--yes")
    assert run.code == 6
    assert "still owed" in run.err
    assert {path: path.read_bytes() for path in full.rglob("*.yaml")} == before


def test_it_is_asked_and_dry_runs_write_nothing(crm: Crm, full: Path) -> None:
    before = {path: path.read_bytes() for path in full.rglob("*.yaml")}
    assert crm("forget", WHO, "--force").code == 2  # there is no terminal
    assert crm("forget", WHO, "--force", "--dry-run").code == 0
    assert {path: path.read_bytes() for path in full.rglob("*.yaml")} == before


def test_mails_that_wait_go_if_they_are_about_them(crm: Crm, full: Path) -> None:
    mails = {
        "from them.eml": mail(sender="Maja Kos <maja.kos@work.example>", id="1@work.example"),
        "about them.eml": mail('Ask "Maja\nKos"', sender="eva@hren.example", id="2@hren.example"),
        "Maja Kos.eml": mail("Hello", sender="eva@hren.example", id="3@hren.example"),
    }
    folder = full.parent / "eml"
    folder.mkdir()
    for name, data in mails.items():
        (folder / name).write_bytes(data)
    config = full.parent / "home/.config/crm/config.yaml"
    config.parent.mkdir(parents=True)
    config.write_text(f"mail: {{sources: {{e: {{folder: {folder}}}}}}}\n", encoding="utf-8")
    assert crm("mail", "fetch").out == "e: 3 from unknown senders\n"
    (state,) = (full.parent / "home").glob(".local/state/crm/*/mail.json")
    assert crm("forget", WHO, "--force", "--yes").code == 0
    held = json.loads(state.read_text(encoding="utf-8"))
    assert list(held["waiting"]) == ["3@hren.example"]
    assert sorted(held["marks"]["e"]) == ["about them.eml", "from them.eml"]
    assert crm("mail", "unknown", "-o", "ids").lines == ["eva@hren.example"]
    assert crm("forget", WHO, "--yes").code == 0, "what they were called is not known any more"
    assert json.loads(state.read_text(encoding="utf-8")) == {"marks": {"e": {}}, "waiting": {}}


def test_a_customer_without_numbers_goes_as_a_whole(crm: Crm, full: Path) -> None:
    crm("purchase", "add", "jan-vidmar", "--amount", "12")
    run = crm("forget", "jan-vidmar", "--yes")
    assert run.code == 0, run
    assert "sales and tax fall by 12.00 EUR" in run.err
    assert not list((full / "customers").glob("*forgotten*"))
    assert table(crm, "purchase", "list", "net:12") == []


def test_nothing_beside_the_records_has_them(crm: Crm, full: Path, tmp_path: Path) -> None:
    """Undo, drafts of the editor, the index and what was reported of them."""
    kept = full / ".crm/kept"
    kept.mkdir(parents=True)
    (kept / "20261120T1200-1-maja-kos.yaml").write_text("name: M\n")
    (kept / "20261120T1200-2-desk.yaml").write_text("tasks: [{title: Ring Maja Kos}]\n")
    (kept / "20261120T1200-3-desk.yaml").write_text("tasks: [{title: Ring}]\n")
    assert crm("log", WHO, "Called").code == 0
    assert crm("due", "--since-last").code == 0
    assert crm("forget", WHO, "--force", "--yes").code == 0
    assert [path.name for path in kept.iterdir()] == ["20261120T1200-3-desk.yaml"]
    assert traces_in(full / ".crm") == []
    assert traces_in(tmp_path) == []
    assert crm("undo").code != 0
    assert crm("redo").code != 0


def test_it_can_be_run_again(crm: Crm, full: Path) -> None:
    """By id, e-mail or phone: it then erases what an interrupted run has left."""
    assert crm("forget", WHO, "--force", "--yes").code == 0
    (full / ".crm/undo").mkdir(exist_ok=True)
    (full / ".crm/undo/000001").write_text("Maja Kos")
    for who in ("041 222 333", "Maja@kos.example", WHO):
        assert crm("forget", who).code == 0
    assert traces_in(full / ".crm") == []
    assert crm("forget", "nobody-else").code == 3


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("Maja Kos,maja@kos.example,", "e-mail maja@kos.example"),
        ("M. Kos,,041/222-333", "phone +38641222333"),
        ("Kos Maja,,", "name kos maja"),
    ],
)
def test_no_import_brings_them_back(
    crm: Crm, full: Path, tmp_path: Path, row: str, said: str
) -> None:
    crm("forget", WHO, "--force", "--yes")
    path = tmp_path / "new.csv"
    path.write_text(f"name,email,phone\n{row}\nEva Hren,eva@hren.example,\n")
    run = crm("import", "customers", str(path), "--skip-bad", "--yes")
    assert said in run.err, run
    assert [one["id"] for one in table(crm, "list", "name:hren")] == ["eva-hren"]
    assert table(crm, "list", "name:kos") == []


def test_their_id_does_not_come_back_as_that_of_another_system(
    crm: Crm, full: Path, tmp_path: Path
) -> None:
    crm("forget", WHO, "--force", "--yes")
    path = tmp_path / "old.csv"
    path.write_text(f"ID,name\n{WHO},Somebody Else\n77,Eva Hren\n")
    run = crm("import", "customers", str(path), "--skip-bad", "--yes")
    assert f"the id {WHO} is of somebody who was forgotten" in run.err, run
    assert table(crm, "list", "name:somebody") == []


def test_a_bare_name_among_participants_is_told_of(crm: Crm, full: Path) -> None:
    name = next(one["name"] for one in table(crm, "list", "--cols", "id,name") if one["id"] == WHO)
    crm("forget", WHO, "--force", "--yes")
    told = f"{name} is of somebody who was forgotten"
    assert told in crm("log", "jan-vidmar", "Lunch", "--with", name).err
    assert told not in crm("log", "jan-vidmar", "Lunch", "--with", "Eva Hren").err


def test_a_namesake_is_somebody_else(crm: Crm, full: Path, tmp_path: Path) -> None:
    """Another one of the name has an id of their own, and is imported with a word of their own."""
    crm("forget", WHO, "--force", "--yes")
    path = tmp_path / "new.csv"
    path.write_text("name,email\nMaja Kos,other@kos.example\n")
    assert crm("import", "customers", str(path), "--yes").code == 0
    assert [one["id"] for one in table(crm, "list", "name:kos")] == ["maja-kos-2"]
    run = crm("add", "Maja Kos", "--email", "third@kos.example")
    assert run.code == 0
    assert "forgotten" in run.err


def test_add_refuses_their_addresses(crm: Crm, full: Path) -> None:
    crm("forget", WHO, "--force", "--yes")
    assert crm("add", "M", "--phone", "00386 41 222 333").code == 6
    assert crm("add", "M", "--email", "MAJA@kos.example").code == 6
    assert crm("add", "M", "--id", "maja-kos").code == 6
    assert crm("add", "M", "--email", "maja@kos.example", "--force").code == 0


def test_who_was_merged_into_them_is_forgotten_as_well(crm: Crm, full: Path) -> None:
    crm("add", "Ma Stara", "--email", "stara@kos.example", "external_id=77", "source_system=shop")
    crm("merge", WHO, "ma-stara", "--prefer", "keep", "--yes")
    crm("log", "jan-vidmar", "Asked about ma-stara")
    crm("forget", WHO, "--force", "--yes")
    assert "ma-stara" not in (full / "customers/jan-vidmar.yaml").read_text("utf-8")
    assert crm("add", "Eva Hren", "--id", "ma-stara").code == 6
    assert crm("add", "Eva Hren", "external_id=77", "source_system=shop").code == 6


def test_other_writes_say_it(crm: Crm, full: Path) -> None:
    crm("forget", WHO, "--force", "--yes")
    run = crm("set", "jan-vidmar", "email=maja@kos.example")
    assert run.code == 0
    assert "of somebody who was forgotten" in run.err
    for number in ("041 222 333", "+38641222333"):
        run = crm("set", "jan-vidmar", f"phones+={number}")
        assert "of somebody who was forgotten" in run.err, run
    assert crm("set", "jan-vidmar", "phones+=041 222 334", "birth_date=1981-02-03").err.count(
        "forgotten"
    ) == 0


def test_files_that_the_record_names_are_told_of(crm: Crm, full: Path) -> None:
    (full / "contracts").mkdir()
    (full / "contracts/maja.pdf").write_text("signed")
    crm("agreement", "add", WHO, "--kind", "nda", "--file", "contracts/maja.pdf")
    told = "the record names contracts/maja.pdf: crm does not touch it"
    assert told in crm("subject", WHO).out
    assert told in crm("forget", WHO, "--force", "--yes").err
    assert (full / "contracts/maja.pdf").exists()


def test_a_record_that_is_there_again_is_told_of(crm: Crm, full: Path) -> None:
    path = full / "customers/maja-kos.yaml"
    text = path.read_bytes()
    crm("forget", WHO, "--force", "--yes")
    assert "forgotten" not in crm("check").out
    (full / "customers/eva-hren.yaml").write_text("name: Eva Hren\n", "utf-8")
    path.write_bytes(text)
    told = [line for line in crm("check").out.splitlines() if "who was forgotten" in line]
    assert len(told) == 1
    assert told[0].startswith("customers/maja-kos.yaml:")
    (full / "forgotten.yaml").write_text("salt: [", "utf-8")
    assert "Traceback" not in crm("check").err


def test_who_pays_from_the_account_of_the_forgotten_is_booked(
    crm: Crm, full: Path, tmp_path: Path
) -> None:
    """What is theirs alone is left out: who is here keeps their name, and their text."""
    assert crm("add", "Eva Kos", "--id", "eva-kos").code == 0
    for amount in ("60", "70", "80"):
        crm("invoice", "add", "eva-kos", "--text", "Fee", "--amount", amount)
    rows = json.loads(crm("purchase", "list", "customer:eva-kos", "--json").out)
    first, second, third = sorted(one["number"] for one in rows)
    crm("forget", WHO, "--force", "--yes")
    path = tmp_path / "lines.csv"
    path.write_text("date,amount,name,iban,text\n"
                    f"2026-11-18,60.00,Eva Kos,SI56191000000123438,Fee Eva {first}\n"
                    f"2026-11-18,70.00,Maja Kos,SI56191000000123438,Fee Eva Kos {second}\n"
                    f"2026-11-18,80.00,Eva und Maja Kos,SI56191000000123438,Maja Kos: {third}\n"
                    "2026-11-18,5.00,Eva Kos,SI56191000000123438,Coffee\n")  # fmt: skip
    run = crm("import", "bank", str(path), "--yes")
    assert run.code == 0, run
    assert "2 lines of somebody who was forgotten" in run.err, run.err
    rows = json.loads(crm("bank", "list", "is:booked", "--json").out)
    assert {"60.00", "70.00", "80.00"} <= {one["amount"] for one in rows}, rows
    files = "".join(one.read_text() for one in (full / "bank").iterdir())
    assert f"Fee Eva {first}" in files and "name: Eva Kos" in files
    assert f"Fee Eva Kos {second}" in files, "her text, where the bank names both by him"
    assert "Coffee" in files
    assert "Maja" not in files


def test_the_bank_brings_no_name_back(crm: Crm, full: Path, tmp_path: Path) -> None:
    crm("forget", WHO, "--force", "--yes")
    path = tmp_path / "lines.csv"
    path.write_text("date,amount,name,iban,text\n2026-11-18,9.00,Maja Kos,,For the sheets\n"
                    "2026-11-18,8.00,M K,SI56191000000123438,Sheets\n"
                    "2026-11-19,6.00,Eva Hren,,Towels\n")  # fmt: skip
    run = crm("import", "bank", str(path), "--yes")
    assert run.code == 0, run
    assert "2 lines of somebody who was forgotten" in run.err
    files = "".join(one.read_text() for one in (full / "bank").iterdir())
    assert "Eva Hren" in files
    assert "9.00" in files
    assert "heets" not in files
    assert traces_in(full) == []


def test_what_another_customer_has_too_stays_theirs(crm: Crm, full: Path) -> None:
    crm("set", "jan-vidmar", "phone=041 222 333")
    run = crm("forget", WHO, "--force", "--yes")
    assert "jan-vidmar has it, too" in run.err
    assert "041 222 333" in (full / "customers/jan-vidmar.yaml").read_text()


def test_a_file_with_errors_is_cleaned_as_text(crm: Crm, full: Path) -> None:
    (full / "customers/broken.yaml").write_bytes(b"name: Eva\nnotes: [Maja Kos\n")
    run = crm("forget", WHO, "--force", "--yes")
    assert run.code in (0, 4), run
    assert traces_in(full) == []
    assert (full / "customers/broken.yaml").read_bytes() == b"name: Eva\nnotes: [(forgotten)\n"


def test_a_file_that_cannot_be_read_stops_it(crm: Crm, full: Path) -> None:
    (full / "templates/locked.txt").write_text("Maja Kos")
    (full / "templates/locked.txt").chmod(0)
    if (full / "templates/locked.txt").exists() and os.geteuid() == 0:
        pytest.skip("root reads everything")
    run = crm("forget", WHO, "--force", "--yes")
    assert run.code == 4
    assert (full / "customers/maja-kos.yaml").exists()


def test_subject_says_what_campaigns_sent(crm: Crm, full: Path) -> None:
    path = full / "customers/maja-kos.yaml"
    sent = "{campaign: fair, status: sent, at: 2026-11-03 08:00, channel: email}"
    text = path.read_text("utf-8") + f"campaign_responses:\n  - {sent}\n"
    path.write_text(text.replace("status: sent", "status: targeted"), "utf-8")
    before = json.loads(crm("subject", WHO, "--json").out)["sent"]
    path.write_text(text, "utf-8")
    after = json.loads(crm("subject", WHO, "--json").out)["sent"]
    (more,) = [one for one in after if one not in before]
    assert (more["way"], more["what"]) == ("email", "fair")


def test_subject_has_all_of_it(crm: Crm, full: Path) -> None:
    found = json.loads(crm("subject", WHO, "--json").out)
    assert found["record"]["name"] == "Maja Kos"
    places = {(one["path"], one["line"]) for one in found["mentions"]}
    for path, text in MENTIONS.items():
        for number, line in enumerate(text.splitlines(), 1):
            if any(one in line for one in ("Maja Kos", "maja-kos", "222-333", "222 333")):
                assert (path, number) in places, (path, number)
    assert {one["id"] for one in found["bank_lines"]} == {"b-aaaaaa1", "b-aaaaaa2"}
    page = crm("subject", WHO).out
    assert "Asked about sheets for the flat." in page
    assert "templates/letter.txt:1" in page


@pytest.mark.parametrize(
    ("setting", "due"),
    [
        ("leads=3 months", ["lead-one"]),
        ("former=1 year", ["former-one"]),
        ("customers=1 year", ["old-one"]),
        ("customers=5 years", []),
    ],
)
def test_retention_makes_them_due(crm: Crm, shop: Path, setting: str, due: list[str]) -> None:
    (shop / "customers/lead-one.yaml").write_text("name: L\nstage: lead\ncreated: 2026-08-01\n")
    (shop / "customers/new-lead.yaml").write_text("name: N\nstage: lead\ncreated: 2026-11-01\n")
    (shop / "customers/former-one.yaml").write_text(
        "name: F\nstage: former\ncreated: 2020-01-01\ninteractions: [2025-01-02 call in: Bye]\n"
    )
    (shop / "customers/old-one.yaml").write_text("name: O\ncreated: 2024-01-01\n")
    (shop / "customers/deal-one.yaml").write_text(
        "name: D\ncreated: 2024-01-01\ndeals: [{id: d-aaaaaa1, name: X, stage: prospecting}]\n"
    )
    assert crm("config", "set", f"retention.{setting}").code == 0
    found = json.loads(crm("due", "--kind", "retention", "--json").out)
    assert [one["who"] for one in found] == due, found


def _renamed(crm: Crm, shop: Path) -> None:
    """A customer with an invoice, who is called otherwise by now, and a task that names them."""
    assert crm("add", "Lea Huber", "--email", "lh@x.example").code == 0
    billed = ("invoice", "add", "lea-huber", "--text", "Fee", "--amount", "30")
    assert crm(*billed, "--due", "2026-12-20").code == 0
    assert crm("payment", "add", "lea-huber", "30").code == 0
    assert crm("set", "lea-huber", "name=Lea Braun").code == 0
    assert crm("task", "add", "jan-vidmar", "Ask Huber, Lea about the trip").code == 0


def test_the_name_before_a_change_is_known_by_invoices(crm: Crm, full: Path) -> None:
    _renamed(crm, full)
    assert "customers/jan-vidmar.yaml" in crm("subject", "lea-huber").out
    run = crm("forget", "lea-huber", "--yes")
    assert run.code == 0, run
    text = (full / "customers/jan-vidmar.yaml").read_text("utf-8")
    assert "Ask (forgotten) about the trip" in text


def test_a_former_name_of_one_word_stays(crm: Crm, full: Path) -> None:
    """It may be anybody's, and the name by now is another one."""
    assert crm("add", "Huberova").code == 0
    assert crm("invoice", "add", "huberova", "--text", "Fee", "--amount", "30").code == 0
    assert crm("set", "huberova", "name=Lea Braun").code == 0
    assert crm("task", "add", "jan-vidmar", "Ask Jana Huberova").code == 0
    assert crm("forget", "huberova", "--force", "--yes").code == 0
    assert "Ask Jana Huberova" in (full / "customers/jan-vidmar.yaml").read_text("utf-8")


def test_the_name_of_a_merged_record_is_known_by_its_id(crm: Crm, full: Path) -> None:
    """Without git nothing else has it."""
    assert crm("add", "Ida Žagar").code == 0
    assert crm("add", "Ida Kranjc").code == 0
    assert crm("task", "add", "jan-vidmar", "Ask Ida Žagar").code == 0
    assert crm("merge", "ida-kranjc", "ida-zagar", "--prefer", "keep", "--yes").code == 0
    assert crm("forget", "ida-kranjc", "--yes").code == 0
    assert "Ask (forgotten)" in (full / "customers/jan-vidmar.yaml").read_text("utf-8")


def test_subject_calls_no_invoice_sent_that_was_not(crm: Crm, shop: Path) -> None:
    before = json.loads(crm("subject", "maja-kos", "--json").out)["sent"]
    assert not [one for one in before if "2026-0007" in one["what"]]
    assert crm("invoice", "sent", "2026-0007", "--force", "--yes").code == 0
    after = json.loads(crm("subject", "maja-kos", "--json").out)["sent"]
    assert [one["what"] for one in after if one["way"] == "document"] == ["invoice 2026-0007"]
