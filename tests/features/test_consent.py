"""Consent in queries: as the rule has it, and suppression lists on top."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

import crm_cli
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.notices import NOTICES
from crm_cli.model.permission import USES, YES, decide
from crm_cli.workspace import Workspace
from tests.conftest import Crm

OPEN = "at: 2026-01-01, purpose: marketing, action: opt_in"
RECORDS = {
    "yes": f"email: a@x.example\nconsents: [{{{OPEN}}}]\n",
    "no": "email: b@x.example\n",
    "back": f"email: c@x.example\nconsents: [{{{OPEN}}}, {{at: 2026-02-01, action: withdrawn}}]\n",
    "listed": f"email: d@x.example\nconsents: [{{{OPEN}}}]\n",
    "soon": f"email: e@x.example\nconsents: [{{{OPEN}, expires: 2026-11-20}}]\n",
    "later": f"email: f@x.example\nconsents: [{{{OPEN.replace('01-01', '11-21')}}}]\n",
    "bought": "email: g@x.example\npurchases: [{date: 2026-11-21, amount: 5}]\n"
    f"consents: [{{{OPEN}, lawful_basis: existing_customer}}]\n",
}


def ids(crm: Crm, *words: str) -> list[str]:
    run = crm("list", *words, "-o", "ids", "--sort", "id")
    assert run.code == 0, run.err
    return run.lines


def fill(directory: Path) -> None:
    for old in directory.joinpath("customers").glob("*.yaml"):
        old.unlink()
    for id, text in RECORDS.items():
        directory.joinpath(f"customers/{id}.yaml").write_text(f"name: {id}\n{text}")
    directory.joinpath("segments.yaml").write_text(
        "quiet: {kind: suppression, members: [listed]}\n"
    )


def test_queries_ask_who_may_be_contacted(shop: Path, crm: Crm) -> None:
    fill(shop)
    assert ids(crm, "may:marketing/email") == ["soon", "yes"]
    assert ids(crm, "not:may:marketing/email") == ["back", "bought", "later", "listed", "no"]
    assert ids(crm, "may:marketing/phone,service/email") == sorted({*RECORDS} - {"back", "listed"})
    assert ids(crm, "may.marketing.email:suppressed") == ["listed"]
    assert ids(crm, "may.marketing.email:refused,no_entry") == ["back", "later", "no"]
    assert ids(crm, "--where", "may = 'marketing/email' and name != soon") == ["yes"]
    assert ids(crm, "may.is:Marketing/Email") == ["soon", "yes"]
    run = crm("list", "yes", "--cols", "may", "--json")
    assert '"marketing/email", "marketing/phone"' not in run.out
    assert '"marketing/email", "marketing/chat"' in run.out


def test_days_pass_without_a_change_of_files(shop: Path, crm: Crm) -> None:
    fill(shop)
    assert ids(crm, "may:marketing/email") == ["soon", "yes"]
    assert ids(crm, "--today", "2026-11-21", "may:marketing/email") == ["bought", "later", "yes"]
    assert ids(crm, "--today", "2026-11-20", "may:marketing/email") == ["soon", "yes"]
    assert ids(crm, "--today", "2026-01-20", "may:marketing/email") == ["back", "soon", "yes"]


def test_settings_change_the_answer(shop: Path, crm: Crm) -> None:
    fill(shop)
    settings = shop / "crm.yaml"
    settings.write_text(settings.read_text() + "consent: {double_opt_in: yes}\n")
    assert ids(crm, "may:marketing/email") == []
    assert ids(crm, "may.marketing.email:unconfirmed") == ["soon", "yes"]


def test_queries_say_what_the_rule_says(
    shop: Path, workspace: Callable[[], Workspace]
) -> None:
    """Every use, of every customer: the rule, and who is on a list of who is not written to."""
    fill(shop)
    here = workspace()
    for use in USES:
        column = f"may.{str(use).replace('/', '.')}"
        rows = here.select(CUSTOMER, cols=("id", column)).rows
        ruled = {id: decide(here.record(id), use, here.business).verdict for id, _ in rows}
        if use.purpose in ("marketing", "service"):
            ruled["listed"] = "suppressed"
        assert dict(rows) == ruled
        asked = {id for (id,) in here.select(CUSTOMER, [f"may:{use}"], cols="id").rows}
        assert asked == {id for id, word in ruled.items() if word == YES}


def test_faults_are_marked(shop: Path, crm: Crm) -> None:
    for term, said in (
        ("may:marketing", "has no channel"),
        ("may:markting/email", "did you mean marketing?"),
        ("may.marketing.pigeon:yes", "may.marketing.pigeon"),
        ("referred-by.may:marketing/email", "asked of the customer alone"),
    ):
        run = crm("list", term)
        assert run.code == 2
        assert said in run.err


def test_a_list_that_asks_for_consent_is_told_of_itself(shop: Path, crm: Crm) -> None:
    (shop / "segments.yaml").write_text(
        "quiet: {kind: suppression, query: 'not:may:marketing/email'}\n"
    )
    run = crm("list", "may:marketing/email")
    assert run.code == 2
    assert "refers to itself" in run.err


# What commands do with it

MAJA, BREG, JAN = "maja-kos", "hotel-breg", "jan-vidmar"


def said(crm: Crm, *words: str, code: int = 0) -> str:
    run = crm(*words)
    assert run.code == code, run.err
    return run.out + run.err


def test_entries_are_added_and_decide(shop: Path, crm: Crm) -> None:
    path = shop / f"customers/{MAJA}.yaml"
    (shop / "consents").mkdir()
    (shop / "consents/news.md").write_text("I want the news.\n")
    said(crm, "--as", "petra", "consent", "add", MAJA, "--for", "marketing/email,marketing/sms",
         "--text", "news", "--source", "web form", "--expires", "2027-11-20")  # fmt: skip
    entry = json.loads(crm("show", MAJA, "--json").out)["consents"][0]
    digest = hashlib.sha256(b"I want the news.\n").hexdigest()
    assert entry == {
        "at": "2026-11-20T12:00+01:00", "purpose": "marketing", "channel": "email",
        "action": "opt_in", "lawful_basis": "consent", "source": "web form",
        "text_version": f"news.md@sha256:{digest}", "by": "petra", "expires": "2027-11-20",
    }  # fmt: skip
    before = path.read_text()
    answer = said(crm, "consent", "check", MAJA, "--for", "marketing/email")
    assert answer.startswith("yes: Maja Kos (maja-kos), marketing/email")
    assert "2026-11-20, agreed to marketing by email, basis consent" in answer
    assert "recorded by petra" in answer
    assert "no longer the text" not in crm("check").out
    (shop / "consents/news.md").write_text("I want all the news.\n")
    assert "consents/news.md is no longer the text that was shown" in crm("check").out
    said(crm, "consent", "withdraw", MAJA)
    assert path.read_text().startswith(before), "entries are only ever added"
    assert "refused" in said(crm, "consent", "check", MAJA, "--for", "marketing/email", code=1)
    for _ in range(3):  # The clock stands, and what was said last counts.
        said(crm, "consent", "add", MAJA, "--for", "marketing/email")
        said(crm, "consent", "check", MAJA, "--for", "marketing/email")
        said(crm, "consent", "withdraw", MAJA, "--for", "marketing/email")
        said(crm, "consent", "check", MAJA, "--for", "marketing/email", code=1)
    assert json.loads(crm("consent", "check", MAJA, "--for", "marketing/sms", "--json").out) == {
        "id": MAJA, "name": "Maja Kos", "purpose": "marketing", "channel": "sms",
        "allowed": False, "verdict": "refused", "reason": "withdrawn or refused",
        "entry": {"at": "2026-11-20T12:00+01:00", "purpose": "marketing", "action": "withdrawn"},
        "agreed_channels": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("consent", "add", MAJA, "--for", "markting"), 2, "did you mean marketing?"),
        (("consent", "add", MAJA, "--for", "marketing/pigeon"), 2, "known: email"),
        (("consent", "add", MAJA, "--for", "marketing", "--basis", "contract"), 2, "cannot rest"),
        (("consent", "add", JAN, "--for", "marketing", "--basis", "existing-customer"), 6,
         "bought nothing yet"),
        (("consent", "add", MAJA, "--for", "marketing", "--text", "nothing"), 3, "no text"),
        (("consent", "add", MAJA, "--for", "marketing", "--text", "../crm.yaml"), 3, "no text"),
        (("consent", "check", MAJA, "--for", "marketing"), 2, "has no channel"),
        (("set", MAJA, "consents="), 2, "only added to"),
        (("set", MAJA, "consents.1.action=opt_in"), 2, "only added to"),
        (("segment", "export", "all", "--basis", "legitimate_interest"), 2, "needs a reason"),
        (("segment", "export", "all", "--reason", "a fair"), 2, "needs a --basis"),
        (("segment", "export", "all", "--basis", "fun", "--reason", "x"), 2, "--basis fun"),
        (("agreement", "sign", MAJA), 3, "no such agreement to be signed"),
        (("consent", "notice"), 3, "crm.yaml has no channels"),
        (("consent", "notice", "--language", "tlh"), 2, "languages: en, de, sl"),
    ],
)  # fmt: skip
def test_what_is_refused(
    shop: Path, crm: Crm, words: tuple[str, ...], code: int, message: str
) -> None:
    (shop / "segments.yaml").write_text("all: {query: 'has:name'}\n")
    files = {path: path.read_bytes() for path in shop.rglob("*.yaml")}
    assert message in said(crm, *words, code=code)
    assert files == {path: path.read_bytes() for path in shop.rglob("*.yaml")}


def test_double_opt_in(shop: Path, crm: Crm) -> None:
    settings = shop / "crm.yaml"
    settings.write_text(settings.read_text() + "consent: {double_opt_in: yes}\n")
    check = ("consent", "check", MAJA, "--for", "marketing/email")
    assert "once it is confirmed" in said(crm, "consent", "add", MAJA, "--for", "marketing/email")
    assert "not confirmed" in said(crm, *check, code=1)
    said(crm, "consent", "add", MAJA, "--for", "marketing/email", "--confirmed")
    said(crm, *check)


def test_the_one_way_past_a_no_is_noted(shop: Path, crm: Crm) -> None:
    (shop / "segments.yaml").write_text("all: {query: 'has:name'}\n")
    said(crm, "consent", "add", MAJA, "--for", "marketing/email")
    export = ("segment", "export", "all", "--basis", "legitimate_interest", "--reason", "a recall")
    files = {path: path.read_bytes() for path in shop.rglob("*.yaml")}
    shown = crm(*export, "--dry-run")
    assert shown.code == 0
    assert "hotel-breg,Hotel Breg" not in shown.out
    assert files == {path: path.read_bytes() for path in shop.rglob("*.yaml")}
    run = crm(*export, "--yes")
    assert run.lines == [
        "id,name,email", "hotel-breg,Hotel Breg,info@breg.example",
        "maja-kos,Maja Kos,maja@kos.example",
    ]  # fmt: skip
    assert "left out: 1 customer (1 no e-mail address that may be used)" in run.err
    notes = json.loads(crm("interaction", "list", "kind:note", "at:today", "--json").out)
    assert [note["customer"] for note in notes] == [BREG], "who agreed needs no grounds"
    assert "no entry of consent; on the basis of legitimate_interest: a recall" in (
        notes[0]["summary"]
    )
    assert crm("segment", "export", "all").lines == run.lines[:1] + run.lines[2:]
    said(crm, "undo")
    assert files == {path: path.read_bytes() for path in shop.rglob("*.yaml")}
    said(crm, "consent", "withdraw", BREG)
    assert crm(*export, "--yes").lines == [run.lines[0], run.lines[2]], "an objection holds"
    said(crm, "consent", "withdraw", BREG, "--for", "service")
    service = ("segment", "export", "all", "--for", "service/email")
    assert "info@breg.example" not in crm(*service).out
    recall = (*service, "--basis", "legal_obligation", "--reason", "a recall", "--yes")
    assert "info@breg.example" in crm(*recall).out


MAILINGS = (
    ("segment", "export", "all", "--for", "marketing/email"),
    ("segment", "export", "all", "--for", "marketing/letter"),
    ("segment", "export", "all", "--for", "service/email"),
    ("segment", "export", "all", "--for", "service/phone"),
    ("survey", "invite", "yearly", MAJA, BREG, "--yes"),
    ("survey", "invite", "yearly", MAJA, BREG, "--channel", "phone", "--yes"),
    ("survey", "links", "yearly", "--all"),
    ("campaign", "targets", "spring"),
    ("mail", "draft", "has:name", "--template", "news", "--dry-run"),
    ("mail", "draft", "has:name", "--template", "news", "--for", "service/email", "--dry-run"),
    ("mail", "send", "--all", "--dry-run"),
)
"""Every command that sends, invites, or lists whom to contact, each for what it may be used."""


@pytest.mark.parametrize("words", MAILINGS, ids=" ".join)
def test_no_mailing_has_who_withdrew(shop: Path, crm: Crm, words: tuple[str, ...]) -> None:
    """With consent the address is there; without it is nowhere in the answer, in any format."""
    (shop / "segments.yaml").write_text("all: {query: 'has:name'}\n")
    (shop / "surveys.yaml").write_text("yearly:\n  kind: nps\n  every: 1 day\n")
    (shop / "campaigns").mkdir()
    (shop / "campaigns/spring.yaml").write_text("name: Spring\nkind: email\nsegment: all\n")
    path = shop / f"customers/{MAJA}.yaml"
    path.write_text(path.read_text().replace("city: Koper", "city: Koper\n    street: Trg 1"))
    (shop / "templates").mkdir()
    (shop / "templates/news.md").write_text("---\nkind: email\nsubject: News\n---\nWe are open.\n")
    said(crm, "config", "set", "mail.from=office@lan.example")
    said(crm, "consent", "add", MAJA, BREG, "--for", "marketing", "--yes")
    if words[1] == "send":
        said(crm, "mail", "draft", "has:name", "--template", "news", "--yes")
    if words[1] == "links":
        said(crm, "survey", "invite", "yearly", MAJA, BREG, "--wave", "w0", "--yes")
    agreed = crm(*words)
    assert agreed.code == 0
    assert MAJA in agreed.out or "2 customers" in agreed.out
    said(crm, "consent", "withdraw", MAJA, "--for", "marketing,service")
    again = (*words, "--wave", "w2") if words[1] == "invite" else words
    listed = words[1] not in ("invite", "draft", "send")
    for form in ("csv", "json", "ids") if listed else ("",):
        run = crm("--today", "2026-12-20", *again, *(("-o", form) if form else ()))
        for told in ("maja@kos.example", "41 222 333", "Trg 1"):
            assert told not in run.out, (words, form)
        assert run.code == 0
        told = run.out.replace(f"{MAJA} is left out", "").replace(f"not to {MAJA}:", "")
        assert MAJA not in told


def test_commands_that_contact_are_all_in_the_loop() -> None:
    """Whoever imports what lists addresses, or asks who may be contacted, is tried above."""
    features = Path(crm_cli.__file__).parent / "features"
    asking = {
        str(path.relative_to(features))
        for path in features.rglob("*.py")
        if "permitted(" in path.read_text() or "reached_at(" in path.read_text()
    }
    assert asking == {
        "consent.py", "segments.py", "feedback/surveys.py", "campaigns/reaching.py",
        "mailing/checking.py", "mailing/drafting.py",
        "mailing/addressing.py",  # one, by hand, or to a contact: see tests/cli/test_mail_*.py
    }  # fmt: skip


# Agreements


def test_agreements_begin_bind_and_end(shop: Path, crm: Crm) -> None:
    said(crm, "agreement", "add", BREG, "2026", "--start", "2026-02-01", "--end", "2027-01-31",
         "--notice", "2 months", "--channels", "phone,email")  # fmt: skip
    assert crm("due", "--within", "30d", "--kind", "agreement").out == ""
    assert "agreed" not in said(crm, "consent", "check", BREG, "--for", "service/email")
    said(crm, "agreement", "sign", BREG, "--date", "2026-01-20")
    (row,) = json.loads(crm("agreement", "list", "is:in_force", "--json", "--cols",
                            "customer,status,signed_on,decide_by,channels").out)  # fmt: skip
    assert row == {
        "customer": BREG, "status": "active", "signed_on": "2026-01-20",
        "decide_by": "2026-11-30", "channels": ["phone", "email"],
    }  # fmt: skip
    due = crm("due", "--within", "30d", "--kind", "agreement").out
    assert "2026-11-30" in due
    assert "renew or end contract 2026" in due
    check = said(crm, "consent", "check", BREG, "--for", "service/email")
    assert check.startswith("agreed by contract: phone, email\nyes: ")
    assert "reach  agreed: phone, email" in crm("pop", BREG).out
    assert ids(crm, "agreed-channels:phone") == [BREG]
    said(crm, "agreement", "add", BREG, "2027", "--start", "2027-02-01", "--end", "2028-01-31",
         "--signed", "today")  # fmt: skip
    assert crm("due", "--within", "30d", "--kind", "agreement").out == "", "another one follows"
    assert "several agreements in force" in said(crm, "agreement", "end", BREG, code=3)
    assert "ends on 2027-01-20" in said(crm, "agreement", "end", BREG, "2026")
    assert ids(crm, "--today", "2027-01-20", "agreed-channels:phone") == [BREG]
    assert ids(crm, "--today", "2027-01-21", "agreed-channels:phone") == []


def test_agreements_that_cannot_be(shop: Path, crm: Crm) -> None:
    told = "there is no file contracts/2028.pdf here"
    words = ("agreement", "add", BREG, "2028", "--dry-run", "--file")
    assert told in crm(*words, "contracts/2028.pdf").err
    assert "there is no file" not in crm(*words, "crm.yaml").err
    run = crm("agreement", "add", BREG, "--start", "2027-02-01", "--end", "2027-01-31")
    assert "ends on 2027-01-31, before it starts" in run.err
    assert "'fax' is no channel" in crm("agreement", "add", BREG, "--channels", "fax").err


@pytest.mark.parametrize("language", NOTICES)
def test_what_customers_are_told(shop: Path, crm: Crm, language: str) -> None:
    settings = shop / "crm.yaml"
    settings.write_text(
        settings.read_text() + "channels: {email: info@lan.example, phone: [01 1, 01 2]}\n"
    )
    lines = said(crm, "consent", "notice", "--language", language).splitlines()
    assert "Lan d.o.o." in lines[0]
    assert [line.rpartition(": ")[2] for line in lines[2:4]] == ["info@lan.example", "01 1, 01 2"]
    assert len(lines) == 6


def test_consents_are_exchanged(shop: Path, crm: Crm) -> None:
    """What is imported again changes nothing, and what differs is a new entry."""
    table = shop.parent / "consents.csv"
    table.write_text(
        "email,date,purpose,channel,status,origin\n"
        "maja@kos.example,2026-05-01 10:00,marketing,email,opt-in,web\n"
        "maja@kos.example,2026-06-01 10:00,marketing,email,withdrawn,mail\n"
    )
    assert "2 consents" in said(crm, "import", "consents", str(table), "--yes")
    before = (shop / f"customers/{MAJA}.yaml").read_bytes()
    said(crm, "import", "consents", str(table), "--yes")
    assert (shop / f"customers/{MAJA}.yaml").read_bytes() == before
    table.write_text(table.read_text().replace("06-01", "07-01"))
    said(crm, "import", "consents", str(table), "--yes")
    assert (shop / f"customers/{MAJA}.yaml").read_bytes().startswith(before.rstrip())
    exported = crm("export", "consents")
    assert len(exported.lines) == 4
    table.write_text(exported.out)
    assert "3 unchanged" in said(crm, "import", "consents", str(table), "--yes")


@pytest.mark.parametrize(("use", "code"), [
    ("marketing/letter", 2), ("marketing/phone", 2), ("marketing/email", 0), ("marketing", 0),
    ("service/phone", 0),
])  # fmt: skip
def test_the_rule_for_existing_customers_is_for_electronic_mail(
    crm: Crm, use: str, code: int
) -> None:
    crm("purchase", "add", "maja-kos", "--amount", "10")
    run = crm("consent", "add", "maja-kos", "--for", use, "--basis", "existing_customer")
    assert run.code == code, run
    assert crm("consent", "list", "-o", "ids").code == 0


@pytest.mark.parametrize("verb", ["add", "check"])
def test_what_for_has_to_be_said(crm: Crm, verb: str) -> None:
    run = crm("consent", verb, "maja-kos")
    assert (run.code, run.err.splitlines()[0]) == (2, "crm: --for is missing")


def test_a_consent_that_is_over_before_it_begins_is_refused(crm: Crm, shop: Path) -> None:
    words = ("consent", "add", "maja-kos", "--for", "marketing/email", "--expires", "2026-11-19")
    refused = crm(*words)
    assert (refused.code, "before the day on which they agreed" in refused.err) == (2, True)
    noted = crm(*words, "--at", "2025-11-19 10:00")
    assert (noted.code, "it is over since 2026-11-19" in noted.err) == (0, True)
    assert crm("consent", "check", "maja-kos", "--for", "marketing/email").code == 1


TWO = {
    "ana": "emails: [a@x.example]\nphone: 040 111 222\n",
    "bar": "emails: [A@x.example, b@x.example]\nphone: +386 40 111 222\n"
    "consents: [{at: 2026-01-01, purpose: marketing, action: opt_in}]\n",
    "other": "emails: [aa@x.example]\n"
    "consents: [{at: 2026-01-01, purpose: marketing, action: opt_in}]\n",
}


def share(directory: Path) -> None:
    """Two customers with one address, and a third."""
    for old in directory.joinpath("customers").glob("*.yaml"):
        old.unlink()
    for id, text in TWO.items():
        directory.joinpath(f"customers/{id}.yaml").write_text(f"name: {id}\n{text}")


def test_a_no_holds_for_all_records_with_the_address(shop: Path, crm: Crm) -> None:
    share(shop)
    assert ids(crm, "may:marketing/email") == ["bar", "other"]
    run = crm("consent", "withdraw", "ana", "--for", "marketing/email")
    assert "bar has a@x.example too: it holds there as well" in run.err
    assert ids(crm, "may:marketing/email") == ["other"]
    assert ids(crm, "may:marketing/sms") == ["bar"]
    assert ids(crm, "may.marketing.email:refused_elsewhere") == ["bar"]
    assert '"marketing/email"' not in crm("list", "bar", "--cols", "may", "--json").out
    assert ids(crm, "may:service/email") == ["ana", "bar", "other"]
    run = crm("consent", "check", "bar", "--for", "marketing/email")
    assert run.code == 1
    assert "ana (A@x.example too) refused" in run.out
    crm("segment", "save", "every", "has:email")
    assert "bar" not in crm("segment", "export", "every", "-o", "ids").lines
    words = ("--basis", "legitimate_interest", "--reason", "why", "--yes")
    assert "bar" not in crm("segment", "export", "every", *words, "-o", "ids").lines
    assert "email" in crm("pop", "bar").out.partition("marketing")[2].splitlines()[0]
    run = crm("consent", "add", "bar", "--for", "marketing/email")
    assert "bar gets no marketing/email yet: ana (A@x.example too) refused" in run.err
    crm("set", "bar", "emails.1.do_not_use=yes", "--yes")
    assert crm("consent", "check", "bar", "--for", "marketing/email").code == 0


def test_a_mark_holds_for_the_number_as_for_the_address(shop: Path, crm: Crm) -> None:
    share(shop)
    crm("set", "ana", "custom.do_not_contact=yes")
    assert ids(crm, "may:marketing/email") == ["other"]
    assert ids(crm, "may.marketing.phone:refused_elsewhere") == ["bar"]


def test_a_list_of_refusals_is_of_all_with_the_address(
    shop: Path, crm: Crm, tmp_path: Path
) -> None:
    share(shop)
    table = tmp_path / "no.csv"
    table.write_text("email,date,action,purpose\na@x.example,2026-11-01,opt_out,marketing\n")
    run = crm("import", "consents", str(table), "--yes")
    assert run.code == 0, run.err
    assert "2 new" in run.err
    assert crm("list", "may.marketing.email:refused", "-o", "ids").lines == ["ana", "bar"]
    assert "0 new" in crm("import", "consents", str(table), "--yes").err
    table.write_text("email,date,action,purpose\na@x.example,2026-11-01,opt_in,marketing\n")
    assert "give the id" in crm("import", "consents", str(table), "--yes").err
