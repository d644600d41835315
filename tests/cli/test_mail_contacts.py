"""Mails of an organization that go to its contact person."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Crm
from tests.features.outbox import drafts, office
from tests.features.post_office import PostOffice, post_office

__all__ = ["office"]
NOTE = """\
---
kind: email
subject: A note for {{ customer.name }}
---
{{ customer.greeting }}

we are closed on Friday.
"""
SERVICE = ("--for", "service/email")
DRAFT = ("mail", "draft", "acme", "--template", "note", *SERVICE)
REFUSED = "consents:\n  - {at: 2026-11-01, purpose: service, action: withdrawn}\n"
REPORT = """\
From: Mail System <mailer-daemon@mx.example>
To: office@lan.example
Subject: Undelivered mail
Date: Fri, 20 Nov 2026 13:00:00 +0100
Message-ID: <b1@mx.example>
Content-Type: multipart/report; report-type=delivery-status; boundary=q

--q
Content-Type: message/delivery-status

Final-Recipient: rfc822; bor@acme.example
Action: failed
Status: 5.1.1

--q
Content-Type: text/rfc822-headers

From: office@lan.example
Message-ID: {id}
--q--
"""
LATE = """\
purchases:
  - id: p-aaaaaa1
    kind: invoice
    number: "77"
    date: 2026-09-01
    due: 2026-09-15
    lines: [{text: Linen, price: 100}]
"""


@pytest.fixture
def acme(office: Path) -> Path:
    """An organization without an address, and its people."""
    (office / "templates/note.md").write_text(NOTE)
    contacts = "contacts:\n  - {id: ana, role: billing}\n  - {id: bor, role: primary}\n"
    organization(office, contacts)
    person(office, "ana", "Ana Novak", "given_name: Ana\n")
    person(office, "bor", "Bor Kos")
    return office


def organization(shop: Path, more: str) -> None:
    """Write the organization's record."""
    text = f"name: Acme\nkind: organization\nlanguage: en\n{more}"
    (shop / "customers/acme.yaml").write_text(text)


def person(shop: Path, id: str, name: str, more: str = "") -> None:
    """Write a person's record."""
    text = f"name: {name}\nkind: person\nlanguage: en\nemails:\n  - {id}@acme.example\n{more}"
    (shop / f"customers/{id}.yaml").write_text(text)


@pytest.fixture
def post(acme: Path, tmp_path: Path) -> Iterator[PostOffice]:
    """A server; and this machine sends."""
    settings = acme / "crm.yaml"
    settings.write_text(settings.read_text() + "  sender: desk\n")
    with post_office(tmp_path) as server:
        yield server


def shown(crm: Crm, *words: str) -> str:
    """The first line of what would be drafted."""
    ran = crm(*(words or DRAFT), "--dry-run")
    assert ran.code == 0, ran
    return ran.out.partition("\n")[0]


def test_the_primary_contact_gets_it_and_is_addressed(crm: Crm, acme: Path) -> None:
    assert shown(crm) == "to acme (Bor Kos, primary): Bor Kos <bor@acme.example>"
    ran = crm(*DRAFT)
    assert ran.out.startswith("drafted 1 e-mail to acme (Bor Kos, primary)"), ran
    (path,) = drafts(acme)
    text = path.read_text()
    assert "\nTo: Bor Kos <bor@acme.example>\n" in text and "\nX-Crm-Person: bor\n" in text
    assert "X-Crm-Customer: acme\n" in text and "\nSubject: A note for Acme\n" in text
    assert "Dear Bor Kos," in text and path.name.startswith("acme.note.")
    assert "sent already" not in crm(*DRAFT).err and "in the outbox already" in crm(*DRAFT).err


def test_a_reminder_goes_to_the_contact_for_billing(crm: Crm, acme: Path) -> None:
    record = acme / "customers/acme.yaml"
    record.write_text(record.read_text() + LATE)
    words = ("mail", "draft", "acme", "--template", "reminder-mail")
    assert shown(crm, *words) == "to acme (Ana Novak, billing): Ana Novak <ana@acme.example>"
    assert "\nDear Ana,\n" in crm(*words, "--dry-run").out, "by the given name"
    assert "(Bor Kos" in shown(crm, *words, "--to", "bor")
    (acme / "customers/ana.yaml").write_text("name: Ana Novak\nkind: person\n")
    assert "(Bor Kos, primary)" in shown(crm, *words), "who has no address gets none"


def test_an_address_of_its_own_comes_first(crm: Crm, acme: Path) -> None:
    organization(acme, "emails: [info@acme.example]\ncontacts:\n  - {id: ana, role: primary}\n")
    assert shown(crm) == "to acme: Acme <info@acme.example>"
    assert "(Ana Novak, primary)" in shown(crm, *DRAFT, "--to", "ana@acme.example")


@pytest.mark.parametrize(
    ("contact", "why"),
    [
        ("{id: ana, end: 2026-11-20}", "no e-mail address that may be used"),
        ("{id: ana, start: 2026-12-01}", "no e-mail address that may be used"),
        ("{id: ana, end: 2026-11-21}", ""),
        ("{name: Cene Zid, emails: [cene@acme.example]}", ""),
        ("{name: Cene Zid, emails: [{value: cene@acme.example, do_not_use: yes}]}",
         "no e-mail address that may be used"),
        ("{id: gone, emails: [gone@acme.example]}", "gone: no entry of consent"),
    ],
)  # fmt: skip
def test_only_who_is_there_gets_it(crm: Crm, acme: Path, contact: str, why: str) -> None:
    organization(acme, f"contacts:\n  - {contact}\n")
    line = shown(crm)
    assert line == f"not to acme: {why}" if why else line.startswith("to acme ("), line


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (REFUSED, "withdrawn or refused"),
        ("do_not_email: yes\n", "marked do_not_contact or do_not_email"),
        ("anniversaries: [{kind: death, date: 2026-10-01}]\n", "deceased"),
    ],
)
def test_who_refused_gets_none(crm: Crm, acme: Path, more: str, why: str) -> None:
    person(acme, "bor", "Bor Kos", more)
    assert "(Ana Novak, billing)" in shown(crm), "the only one left"
    assert shown(crm, *DRAFT, "--to", "bor") == f"not to acme: Bor Kos: {why}"
    organization(acme, "contacts:\n  - {id: bor}\n")
    assert shown(crm) == f"not to acme: Bor Kos: {why}"


def test_a_refusal_of_the_organization_counts(crm: Crm, acme: Path) -> None:
    organization(acme, f"contacts:\n  - {{id: bor}}\n{REFUSED}")
    assert shown(crm) == "not to acme: withdrawn or refused"
    assert shown(crm, *DRAFT, "--to", "bor") == "not to acme: withdrawn or refused"


def test_nobody_is_guessed(crm: Crm, acme: Path) -> None:
    organization(acme, "contacts:\n  - {id: bor}\n  - {id: ana, role: technical}\n")
    assert shown(crm) == (
        "not to acme: Bor Kos or Ana Novak may be meant: name one with --to, or give just one "
        "the role primary"
    )
    assert "(Ana Novak, technical)" in shown(crm, *DRAFT, "--to", "Ana Novak")
    assert "Bor Kos or Ana Novak may be meant" in crm("mail", "acme", "--text", "Hello").err


def test_a_person_may_state_the_link(crm: Crm, acme: Path) -> None:
    organization(acme, "")
    person(acme, "ana", "Ana Novak", "organizations:\n  - {id: acme, role: primary}\n")
    assert "(Ana Novak, primary)" in shown(crm)


def test_the_address_there_comes_before_the_persons_own(crm: Crm, acme: Path) -> None:
    organization(acme, "contacts:\n  - {id: ana, emails: [billing@acme.example]}\n")
    assert shown(crm).endswith("Ana Novak <billing@acme.example>")
    assert shown(crm, *DRAFT, "--to", "ana@acme.example").endswith("<ana@acme.example>")


def test_to_names_a_contact_of_theirs(crm: Crm, acme: Path) -> None:
    ran = crm(*DRAFT, "--to", "maja-kos")
    assert ran.code == 2 and "maja-kos is no contact person of acme" in ran.err
    assert "Ana Novak (ana), Bor Kos (bor)" in ran.err
    assert crm("mail", "draft", "acme", "bor", *DRAFT[3:], "--to", "ana").code == 2
    ran = crm("mail", "draft", "acme", "--template", "note", "--to", "ana")
    assert ran.code == 2 and "this is marketing" in ran.err


def test_marketing_goes_to_no_contact(crm: Crm, acme: Path) -> None:
    agreed = "consents: [{at: 2026-11-01, purpose: marketing, action: opt_in}]\n"
    organization(acme, f"contacts:\n  - {{id: bor}}\n{agreed}")
    person(acme, "bor", "Bor Kos", agreed)
    words = ("mail", "draft", "acme", "--template", "note")
    assert shown(crm, *words) == "not to acme: no e-mail address that may be used"


def test_one_mail_goes_to_the_contact(crm: Crm, acme: Path) -> None:
    ran = crm("mail", "acme", "--subject", "Hello", "--text", "We are open.", "--to", "ana")
    assert ran.code == 0 and "to acme (Ana Novak, billing)" in ran.out, ran
    (path,) = drafts(acme)
    assert "\nX-Crm-Person: ana\n" in path.read_text()


def test_what_was_sent_is_noted_with_the_organization(
    crm: Crm, acme: Path, post: PostOffice
) -> None:
    assert crm(*DRAFT).code == 0
    line = crm("mail", "send", "--all", "--dry-run").out.partition("\n")[0]
    assert line == "to acme (Bor Kos, primary): Bor Kos <bor@acme.example>"
    ran = crm("mail", "send", "--all")
    assert (ran.code, ran.out) == (0, "1 sent\n"), ran
    assert [to for to, _ in post.mails] == [["bor@acme.example"]]
    (row,) = json.loads(crm("interaction", "list", "has:message_id", "--json", "--cols",
                            "customer,participants").out)  # fmt: skip
    assert row == {"customer": "acme", "participants": ["bor"]}
    assert "sent already" in crm(*DRAFT, "--to", "ana").err, "nobody gets it twice"
    held = json.loads(crm("subject", "bor", "--json").out)
    assert [one["what"] for one in held["sent"]] == ["A note for Acme (of acme)"]
    (path,) = (str(one.relative_to(acme)) for one in acme.glob("documents/mail/2026/acme.*"))
    assert f"{path} was sent to them for an organization" in held["notes"]
    ran = crm("forget", "bor", "--yes")
    assert ran.code == 0 and f"mails to them for organizations stay with those: {path}" in ran.err
    assert list(acme.glob("documents/mail/2026/acme.*")), "it is the organization's"


@pytest.mark.parametrize(
    ("record", "why"),
    [
        ("bor", "Bor Kos: withdrawn or refused"),
        ("acme", "withdrawn or refused"),
        ("", "bor@acme.example is no address of theirs that may be used"),
    ],
)
def test_it_is_asked_again_before_it_is_sent(
    crm: Crm, acme: Path, post: PostOffice, record: str, why: str
) -> None:
    assert crm(*DRAFT).code == 0
    if record:
        path = acme / f"customers/{record}.yaml"
        path.write_text(path.read_text() + REFUSED)
    else:
        assert crm("unlink", "bor", "acme").code == 0
    ran = crm("mail", "send", "acme")
    assert f": left: {why}\n" in ran.err and post.mails == [], ran


def test_a_draft_is_found_by_the_contact_and_goes_with_them(crm: Crm, acme: Path) -> None:
    assert crm(*DRAFT).code == 0
    assert crm("rename", "bor", "bor-kos").code == 0
    (row,) = json.loads(crm("mail", "list", "bor-kos", "--json").out)
    assert (row["customer"], row["to"]) == ("acme", "bor@acme.example")
    assert "outbox/acme.note." in crm("subject", "bor-kos").out
    assert crm("forget", "bor-kos", "--yes").code == 0
    assert drafts(acme) == []


def test_an_address_that_is_none_is_dead_from_then_on(
    crm: Crm, acme: Path, post: PostOffice
) -> None:
    post.answers["bor@acme.example"] = "550 5.1.1 no such user"
    assert crm(*DRAFT).code == 0
    crm("mail", "send", "--all")
    (row,) = json.loads(crm("interaction", "list", "outcome:bounced", "--json", "--cols",
                            "customer").out)  # fmt: skip
    assert row["customer"] == "bor"
    assert "(Ana Novak, billing)" in shown(crm, *DRAFT, "--occasion", "2")


def test_a_contact_without_a_record_has_a_dead_address_too(
    crm: Crm, acme: Path, post: PostOffice
) -> None:
    organization(acme, "contacts:\n  - {name: Cene Zid, emails: [cene@acme.example]}\n")
    post.answers["cene@acme.example"] = "550 5.1.1 no such user"
    assert crm(*DRAFT).code == 0 and "X-Crm-Person" not in drafts(acme)[0].read_text()
    crm("mail", "send", "--all")
    (row,) = json.loads(crm("interaction", "list", "outcome:bounced", "--json", "--cols",
                            "customer,participants").out)  # fmt: skip
    assert row == {"customer": "acme", "participants": ["Cene Zid"]}
    line = shown(crm, *DRAFT, "--occasion", "2")
    assert line == "not to acme: no e-mail address that may be used"


def test_a_text_message_goes_to_the_contacts_number(crm: Crm, acme: Path) -> None:
    (acme / "templates/ready.md").write_text("---\nkind: sms\n---\nIt is ready.\n")
    person(acme, "bor", "Bor Kos", "phones: [+386 40 111 222]\n")
    words = ("mail", "draft", "acme", "--template", "ready", "--for", "service/sms")
    assert shown(crm, *words) == "to acme (Bor Kos, primary): +38640111222"
    assert crm(*words).code == 0
    assert crm("mail", "send", "--all", "--dry-run").out.startswith("to acme (Bor Kos, primary): ")


def test_grounds_are_noted_with_the_contact(crm: Crm, acme: Path) -> None:
    organization(acme, "contacts:\n  - {id: bor}\n")
    person(acme, "bor", "Bor Kos", REFUSED)
    grounds = ("--basis", "legal_obligation", "--reason", "recall")
    assert crm(*DRAFT, *grounds).code == 0
    assert "recall" in (acme / "customers/bor.yaml").read_text()
    assert crm("mail", "send", "--all", "--dry-run").out.startswith("to acme (Bor Kos): ")


def test_what_a_rule_writes_goes_to_the_contact(crm: Crm, acme: Path) -> None:
    (acme / "rules.yaml").write_text(
        "told:\n  for: id:acme\n  do: [{mail: note, use: service/email}]\n"
    )
    assert crm("rules", "run").code == 0
    (path,) = drafts(acme)
    assert "\nTo: Bor Kos <bor@acme.example>\n" in path.read_text()


def test_a_report_that_it_came_back_counts_for_the_contact(
    crm: Crm, acme: Path, post: PostOffice, tmp_path: Path
) -> None:
    assert crm(*DRAFT).code == 0 and crm("mail", "send", "--all").out == "1 sent\n"
    id = str(post.mails[0][1]["Message-ID"])
    report = tmp_path / "report.eml"
    report.write_text(REPORT.format(id=id))
    assert "1 came back" in crm("mail", "fetch", str(report)).out
    assert "(Ana Novak, billing)" in shown(crm, *DRAFT, "--occasion", "2")


def test_to_may_be_changed_in_the_editor(
    crm: Crm, acme: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "editor"
    script.write_text(
        "#!/bin/sh\nfor file; do :; done\n"
        "sed -i 's/^To: .*/To: Ana <ana@acme.example>/' \"$file\"\n"
        'printf "We are open.\\n" >> "$file"\n'
    )
    script.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(script))
    ran = crm("mail", "acme", "--subject", "Hello")
    assert ran.code == 0 and "to acme (Ana Novak, billing)" in ran.out, ran
    assert "\nX-Crm-Person: ana\n" in drafts(acme)[0].read_text()
