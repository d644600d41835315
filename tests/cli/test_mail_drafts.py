"""Drafting mails: to whom they may go, as files that people can read and edit."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path

import pytest

from tests.conftest import Crm
from tests.features.outbox import customer, drafts, office

__all__ = ["office"]


def test_a_draft_is_a_file_that_people_can_read(crm: Crm, office: Path) -> None:
    ran = crm("mail", "draft", "maja-kos", "--template", "news")
    assert ran.code == 0 and ran.out.startswith("drafted 1 e-mail to maja-kos  (outbox/"), ran
    (path,) = drafts(office)
    lines = path.read_text().splitlines()
    assert path.name.startswith("maja-kos.news.") and path.suffix == ".eml"
    assert lines[:3] == [
        'From: "Lan d.o.o." <office@lan.example>', "To: Maja Kos <maja@kos.example>",
        "Subject: News for Maja Kos",
    ]  # fmt: skip
    assert "X-Crm-Customer: maja-kos" in lines and "X-Crm-Use: marketing/email" in lines
    assert lines[-1] == "linen is cheaper until Friday."
    (row,) = json.loads(crm("mail", "list", "--json").out)
    assert (row["customer"], row["state"], row["path"]) == (
        "maja-kos", "draft", f"outbox/{path.name}",
    )  # fmt: skip
    assert crm("undo").code == 0 and drafts(office) == []


def test_nobody_gets_a_second_draft_for_the_same_occasion(crm: Crm, office: Path) -> None:
    words = ("mail", "draft", "maja-kos", "--template", "news")
    assert crm(*words).code == 0
    first = drafts(office)
    again = crm(*words)
    assert again.code == 0 and "in the outbox already" in again.err and drafts(office) == first
    assert crm(*words, "--occasion", "2027").code == 0
    assert len(drafts(office)) == 2
    # A new id is the same customer.
    assert crm("rename", "maja-kos", "maja").code == 0
    assert "in the outbox already" in crm("mail", "draft", "maja", "--template", "news").err


def test_who_may_not_have_it_gets_none(crm: Crm, office: Path) -> None:
    customer(office, "eva", "Eva Hren", "eva@hren.example", more="")
    customer(office, "twin", "Maja K.", "maja@kos.example")
    ran = crm("mail", "draft", "id:maja-kos,eva,twin", "--template", "news", "--dry-run")
    assert ran.code == 0 and drafts(office) == []
    assert "to maja-kos: Maja Kos <maja@kos.example>" in ran.out
    assert "not to eva: no entry of consent" in ran.out
    assert "not to twin: another one with the same address gets it" in ran.out
    assert "Subject: News for Maja Kos" in ran.out and "linen is cheaper" in ran.out
    assert "1 e-mail; nothing was written" in ran.err
    assert crm("mail", "draft", "eva", "--template", "news", "--for", "service/email").code == 0
    assert len(drafts(office)) == 1


def test_one_address_that_is_none_keeps_no_mailing_back(crm: Crm, office: Path) -> None:
    customer(office, "eva", "Eva Hren", "eva(at)hren.example")
    ran = crm("mail", "draft", "id:maja-kos,eva", "--template", "news", "--yes")
    assert ran.code == 0 and len(drafts(office)) == 1, ran.err
    assert "left out: 1 customer (1 no e-mail address that may be used)" in ran.err


def test_the_way_around_who_cannot_be_written_to_is_a_term(crm: Crm, office: Path) -> None:
    template = office / "templates/news.md"
    text = template.read_text()
    template.write_text(text.replace("News for", "{{ customer.nothing }}"))
    words = ("--template", "news", "--yes")
    ran = crm("mail", "draft", "maja-kos", *words)
    assert ran.code == 4 and "leave them out: not:id:maja-kos" in ran.err, ran.err
    template.write_text(text)
    customer(office, "eva", "Eva Hren", "eva@hren.example")
    ran = crm("mail", "draft", "id:maja-kos,eva", "not:id:maja-kos", *words)
    assert ran.code == 0 and [one.name[:3] for one in drafts(office)] == ["eva"], ran.err


def test_nobody_writes_by_hand_to_who_refused(crm: Crm, office: Path) -> None:
    assert crm("consent", "withdraw", "maja-kos", "--for", "service").code == 0
    ran = crm("mail", "write", "maja-kos", "--subject", "Sheets", "--text", "They are here.")
    assert ran.code == 6 and "may not be written to: withdrawn or refused" in ran.err
    assert drafts(office) == []


def test_a_missing_field_is_told_and_nothing_is_drafted(crm: Crm, office: Path) -> None:
    (office / "templates/news.md").write_text(
        "---\nkind: email\nsubject: To {{ customer.given_name }}\n---\nHello\n"
    )
    customer(office, "eva", "Eva Hren", "eva@hren.example")
    record = office / "customers/maja-kos.yaml"
    record.write_text(record.read_text().replace("name: Maja", "given_name: Maja\nname: Maja", 1))
    words = ("mail", "draft", "id:maja-kos,eva", "--template", "news")
    assert "cannot be made for eva" in crm(*words, "--dry-run").out
    ran = crm(*words, "--yes")
    assert ran.code == 4 and "eva: " in ran.err and "given_name" in ran.err
    assert drafts(office) == []


@pytest.mark.parametrize("name", ["Eva\\r\\nBcc: all@evil.example", "=?utf-8?q?a=0ABcc:evil?="])
def test_a_name_begins_no_header(crm: Crm, office: Path, name: str) -> None:
    customer(office, "eva", name, "eva@hren.example")
    ran = crm("mail", "draft", "eva", "--template", "news")
    for path in drafts(office):
        assert "bcc" not in {line.partition(":")[0].lower() for line in path.open()}
    assert ran.code == (4 if "=?" in name else 0), ran


def editor(tmp_path: Path, body: str) -> str:
    program = tmp_path / "editor.py"
    program.write_text(
        "import sys\npath = sys.argv[-1]\ntext = open(path).read()\n"
        f"text = {body}\nopen(path, 'w').write(text)\n"
    )
    return shlex.join([sys.executable, str(program)])


def test_one_mail_is_written_in_the_editor(
    crm: Crm, office: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", editor(tmp_path, "text + 'Živjo, it is ready.\\n'"))
    ran = crm("--as", "petra", "mail", "maja-kos", "--subject", "Your order")
    assert ran.code == 0 and "(outbox/maja-kos." in ran.out, ran
    (path,) = drafts(office)
    text = path.read_text()
    assert text.startswith("From: Petra Zajc <petra@lan.example>\nTo: Maja Kos <maja@kos.example>")
    assert "\nSubject: Your order\n" in text and text.endswith("\n\nŽivjo, it is ready.\n")
    assert "X-Crm-By: petra" in text
    monkeypatch.setenv("EDITOR", editor(tmp_path, "text"))
    assert "no text; nothing was written" in crm("mail", "maja-kos").err
    assert len(drafts(office)) == 1
    monkeypatch.setenv("EDITOR", editor(tmp_path, "'To: a@b.example\\nBcc: x@y.example\\n\\nHi'"))
    refused = crm("mail", "maja-kos")
    assert refused.code == 4 and "Bcc" in refused.err and "your text is kept in" in refused.err


def test_what_was_typed_is_not_lost(
    crm: Crm, office: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crlf = "(text + 'Hello\\n\\nagain\\n').replace('\\n', '\\r\\n')"
    monkeypatch.setenv("EDITOR", editor(tmp_path, crlf))
    ran = crm("mail", "maja-kos", "--subject", "Hi")
    assert ran.code == 0 and "drafted 1 e-mail" in ran.out, ran
    assert drafts(office)[0].read_bytes().endswith(b"\n\nHello\n\nagain\n")
    monkeypatch.setenv("EDITOR", editor(tmp_path, "'A letter without its headers'"))
    ran = crm("mail", "maja-kos", "--subject", "Hi")
    assert ran.code == 4 and "'A letter without its headers' is no header here" in ran.err
    (kept,) = (office / ".crm/kept").iterdir()
    assert kept.read_text() == "A letter without its headers"
    monkeypatch.setenv("EDITOR", editor(tmp_path, "text.replace('Cc:', 'Cc: a@kos.example')"))
    assert "no text; nothing was written" in crm("mail", "maja-kos", "--subject", "Hi").err


def test_mail_alone_lists_the_outbox(crm: Crm, office: Path) -> None:
    assert crm("mail").err == "" and crm("mail", "--json").out == "[]\n"
    (office / "outbox").mkdir()
    (office / "outbox/odd.eml").write_text("To: a@b.example\n\nHello\n")
    (row,) = json.loads(crm("mail", "--json").out)
    assert row["state"].startswith("broken: it has no header X-Crm-Customer")


def test_an_invoice_goes_along_as_a_pdf(crm: Crm, office: Path) -> None:
    pytest.importorskip("typst")
    record = office / "customers/maja-kos.yaml"
    assert crm("config", "set", "business.street=A 1", "business.postcode=6000",
               "business.city=Koper", "business.tax_id=SI12345678").code == 0  # fmt: skip
    assert crm("set", "maja-kos", "addresses.1.street=B 2", "addresses.1.postcode=6000").code == 0
    assert crm("invoice", "add", "maja-kos", "--line", "linen-sheet:2").code == 0
    words = ("mail", "draft", "maja-kos", "--template", "invoice-mail", "--attach", "invoice")
    ran = crm(*words)
    assert ran.code == 0, ran
    (path,) = drafts(office)
    text = path.read_text()
    assert "X-Crm-Purchase: p-" in text and "application/pdf" in text and "JVBERi" in text
    assert "2026-0008" in text.partition("\n\n")[0] and record.read_text()
    shown = crm("mail", "send", "--all", "--dry-run")
    assert "\nAttached: invoice-2026-0008.pdf, " in shown.out, "it is shown before it is sent"
