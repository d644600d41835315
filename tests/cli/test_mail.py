"""Mail that comes in: noted once, with whom it concerns, whatever happens meanwhile."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from crm_cli.formats.mail.outlook import MAGIC
from crm_cli.model.errors import CrmError, DataError, NotFound, Refused, StorageError
from tests.conftest import Crm, Git
from tests.dovecot import Dovecot, program
from tests.mails import OUR_ADDRESS, MadeUp, address_of, archive, mail, mbox, report, sent
from tests.shares import ALL

Box = Callable[..., Path]
MAJA = "customers/maja-kos.yaml"


def rows(crm: Crm, *words: str) -> list[dict[str, object]]:
    """The interactions with a Message-ID, oldest first."""
    cols = "customer,at,direction,outcome,subject,summary,thread,message_id,attachments,case,deal"
    cols += ",participants,owner,link,id"
    ran = crm("interaction", "list", "has:message_id", *words, "--sort", "at", "--cols", cols,
              "--json")  # fmt: skip
    assert ran.code in (0, 4), ran
    found: list[dict[str, object]] = json.loads(ran.out)
    return found


@pytest.fixture
def box(shop: Path) -> Callable[..., Path]:
    """Writes mails into an mbox file outside of the shop."""

    def written(*mails: bytes, name: str = "box") -> Path:
        path = shop.parent / name
        path.write_bytes(mbox(mails))
        return path

    return written


def configure(shop: Path, text: str) -> None:
    folder = shop.parent / "home/.config/crm"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.yaml").write_text(f"mail:\n  sources:\n    {text}\n", encoding="utf-8")


def test_a_mail_is_noted_once_with_what_matters(crm: Crm, shop: Path, box: Box) -> None:
    before = (shop / MAJA).read_bytes()
    path = box(
        mail("Two more, please.\n\n-- \nMaja", id="1@kos.example"),
        mail("Of course.\n\nOn Thu, 19 Nov 2026 at 10:30, Maja <maja@kos.example> wrote:\n> Two",
             sender=OUR_ADDRESS, to="Maja Kos <MAJA@kos.example>", id="2@lan.example",
             date="Thu, 19 Nov 2026 11:00:00 +0100", In_Reply_To="<1@kos.example>"),
    )
    ran = crm("mail", "fetch", path)
    assert (ran.code, ran.out) == (0, "2 noted with 1 customer\n")
    one, other = rows(crm)
    assert one == {
        "customer": "maja-kos", "at": "2026-11-19T10:30+01:00", "direction": "inbound",
        "outcome": None, "subject": "Sheets", "summary": "Two more, please.", "thread": None,
        "message_id": "1@kos.example", "attachments": None, "case": None, "deal": None,
        "participants": None, "owner": "petra", "link": "mid:1@kos.example", "id": one["id"],
    }  # fmt: skip
    assert (other["direction"], other["summary"], other["thread"]) == (
        "outbound", "Of course.", "1@kos.example",
    )  # fmt: skip
    written = (shop / MAJA).read_bytes()
    assert written.startswith(before[: before.index(b"tasks:")].rstrip())
    again = crm("mail", "fetch", path)
    assert (again.code, again.out, again.err) == (0, "", "")
    assert (shop / MAJA).read_bytes() == written
    assert crm("undo").code == 0
    assert (shop / MAJA).read_bytes() == before


def test_a_dry_run_writes_nothing(crm: Crm, shop: Path, box: Box) -> None:
    before = (shop / MAJA).read_bytes()
    configure(shop, f"old: {{mbox: {box(mail())}}}")
    ran = crm("mail", "fetch", "--dry-run")
    assert ran.code == 0 and "1@kos.example" in ran.err + ran.out
    assert (shop / MAJA).read_bytes() == before
    assert crm("mail", "fetch").out == "old: 1 noted with 1 customer\n"


def test_lists_and_automatic_answers_are_no_contact(crm: Crm, box: Box) -> None:
    before = json.loads(crm("show", "maja-kos", "--json").out)["derived"]["last_contact"]
    path = box(
        mail("Sale!", id="l@x", List_Id="<l.example>"),
        mail("A copy", id="g@x.example", Auto_Submitted="auto-generated"),
        mail("I am away", id="a@x.example", Auto_Submitted="auto-replied"),
        mail("among us", id="o@x.example", sender="marko@lan.example"),
        mail("away", id="s@x.example", sender="who@else.example", Auto_Submitted="auto-replied"),
    )
    ran = crm("mail", "fetch", path)
    assert ran.out == "1 noted with 1 customer, 3 of lists and programs, 1 among ourselves\n"
    (found,) = rows(crm)
    assert (found["summary"], found["direction"], found["outcome"]) == (
        "I am away", None, "no_answer",
    )  # fmt: skip
    after = json.loads(crm("show", "maja-kos", "--json").out)["derived"]["last_contact"]
    assert after == before
    assert crm("mail", "unknown").out.count("\n") <= 1


@pytest.mark.parametrize(
    ("reports", "dead"),
    [
        ([("5.1.1", 18)], True),
        ([("4.2.2", 18)], False),
        ([("4.2.2", 18), ("4.2.2", 18)], False),
        ([("4.2.2", 17), ("4.2.2", 18)], True),
        ([("5.7.1", 18)], False),
        ([("4.2.2", 1), ("4.2.2", 2), ("5.1.1", 3)], True),
    ],
)
def test_mail_that_comes_back_makes_an_address_dead(
    crm: Crm, box: Box, reports: list[tuple[str, int]], dead: bool
) -> None:
    mails = [
        report("maja@kos.example", status, id=f"{n}@mx.example",
               date=f"{day} Nov 2026 10:30:00 +0100")
        for n, (status, day) in enumerate(reports)
    ]  # fmt: skip
    assert "came back" in crm("mail", "fetch", box(sent(), *mails)).out
    may = crm("consent", "check", "maja-kos", "--for", "service/email")
    assert (may.code == 1) is dead, may
    assert ("maja@kos.example" in crm("mail", "address", "maja").out) is not dead
    answered = mail("I am here again", id="new@kos.example")
    crm("mail", "fetch", box(answered))
    assert crm("consent", "check", "maja-kos", "--for", "service/email").code == 0


DIED = {"id": "1@mx.example", "date": "Thu, 19 Nov 2026 10:30:00 +0100"}


def is_dead(crm: Crm, who: str = "maja-kos") -> bool:
    """Whether no address of a customer is to be used any more."""
    return crm("consent", "check", who, "--for", "service/email").code == 1


@pytest.mark.parametrize(
    "forged",
    [
        report("maja@kos.example", "5.1.1", **DIED, about="guessed@lan.example"),
        report("maja@kos.example", "5.1.1", **DIED, about="3@kos.example"),
        report("maja@kos.example", "5.1.1", **DIED, about="to-jan@lan.example"),
        report("maja@kos.example", "5.1.1", **DIED).replace(b"text/rfc822-headers", b"text/x"),
        mail("It failed", **DIED, sender="x@evil.example",
             X_Failed_Recipients="maja@kos.example"),
    ],
    ids=["unknown", "inbound", "to another", "nothing returned", "a header alone"],
)  # fmt: skip
def test_a_forged_report_makes_no_address_dead(crm: Crm, box: Box, forged: bytes) -> None:
    crm("set", "jan-vidmar", "email=jan@vidmar.example")
    crm("mail", "fetch", box(
        mail(id="3@kos.example", date="Sun, 1 Nov 2026 10:30:00 +0100"),
        sent("jan@vidmar.example", id="to-jan@lan.example"),
    ))  # fmt: skip
    card = json.loads(crm("show", "maja-kos", "--json").out)["derived"]["last_contact"]
    ran = crm("mail", "fetch", box(forged), "--verbose")
    assert ran.out == "1 came back\n"
    assert "no mail to maja@kos.example is known that could have come back" in ran.err
    assert not is_dead(crm)
    (found,) = rows(crm, "message_id:1@mx.example")
    assert (found["outcome"], found["direction"]) == (None, None)
    assert json.loads(crm("show", "maja-kos", "--json").out)["derived"]["last_contact"] == card
    assert crm("mail", "fetch", box(forged)).out == ""


def test_a_report_about_a_mail_that_was_not_noted_counts_if_one_was_sent_of_late(
    crm: Crm, box: Box
) -> None:
    one = report("maja@kos.example", "5.1.1", **DIED, about="newsletter@lan.example")
    other = report("maja@kos.example", "5.1.1", id="2@mx.example", date=DIED["date"],
                   about="newsletter@lan.example", sender="x@evil.example")  # fmt: skip
    crm("mail", "fetch", box(sent(date="Sun, 4 Oct 2026 10:30:00 +0200"), one))
    assert not is_dead(crm), "that was long ago"
    offered = crm("log", "maja-kos", "x", "--kind", "email", "--out", "--at", "2026-11-16")
    assert offered.code == 0
    crm("mail", "fetch", box(other))
    assert not is_dead(crm), "it was not from us"
    again = one.replace(b"1@mx.example", b"3@mx.example")
    assert crm("mail", "fetch", box(again)).out == "1 came back\n"
    assert is_dead(crm)


def test_a_report_about_a_campaign_counts(crm: Crm, shop: Path, box: Box) -> None:
    text = (shop / MAJA).read_text(encoding="utf-8")
    responses = "campaign_responses:\n  - {campaign: fair, status: sent, at: 2026-11-10}\n"
    (shop / MAJA).write_text(f"{text}{responses}", encoding="utf-8")
    (shop / "campaigns").mkdir()
    (shop / "campaigns/fair.yaml").write_text("name: Fair\n", encoding="utf-8")
    one = report("maja@kos.example", "5.1.1", **DIED, about="newsletter@lan.example")
    assert crm("mail", "fetch", box(one)).code == 0
    assert is_dead(crm)


def test_a_report_may_come_before_the_mail_that_it_is_about(
    crm: Crm, shop: Path, box: Box
) -> None:
    """As from the folder Sent, which is read after the inbox."""
    inbox = box(report("maja@kos.example", "5.1.1", **DIED), mail(id="2@kos.example",
                date="Mon, 2 Nov 2026 10:30:00 +0100"), name="inbox")  # fmt: skip
    outbox = box(sent(), name="outbox")
    configure(shop, f"a: {{mbox: {inbox}}}\n    b: {{mbox: {outbox}}}")
    ran = crm("mail", "fetch")
    assert ran.lines == ["a: 1 noted with 1 customer, 1 came back", "b: 1 noted with 1 customer"]
    assert ran.err == "" and is_dead(crm)
    assert crm("mail", "fetch").out == ""


def test_the_customers_of_reports_are_not_counted_among_those_who_wrote(
    crm: Crm, box: Box
) -> None:
    crm("set", "jan-vidmar", "email=jan@vidmar.example")
    crm("mail", "fetch", box(sent()))
    both = (mail(sender="jan@vidmar.example", id="1@vidmar.example"),
            report("maja@kos.example", "5.1.1", **DIED))  # fmt: skip
    assert crm("mail", "fetch", box(*both)).out == "1 noted with 1 customer, 1 came back\n"


def test_a_report_waits_for_a_mailbox_that_cannot_be_read(
    crm: Crm, shop: Path, box: Box
) -> None:
    inbox = box(report("maja@kos.example", "5.1.1", **DIED), name="inbox")
    server = "b: {imap: 127.0.0.1, user: a, tls: none, password_command: echo x, port: 1}"
    configure(shop, f"a: {{mbox: {inbox}}}\n    {server}")
    assert crm("mail", "fetch").code == 7
    assert rows(crm) == []
    configure(shop, f"a: {{mbox: {inbox}}}\n    b: {{mbox: {box(sent())}}}")
    assert crm("mail", "fetch").code == 0
    assert is_dead(crm)


def test_the_limit_of_bounces_is_a_setting(crm: Crm, box: Box) -> None:
    assert crm("config", "set", "mail.dead_at=2").code == 0
    crm("mail", "fetch", box(sent()))
    for day in (17, 18):
        one = report("maja@kos.example", "5.1.1", id=f"{day}@mx.example",
                     date=f"{day} Nov 2026 10:30:00 +0100")  # fmt: skip
        crm("mail", "fetch", box(one))
        dead = crm("consent", "check", "maja-kos", "--for", "service/email").code == 1
        assert dead is (day == 18)


def test_strangers_wait_and_are_never_customers_by_themselves(
    crm: Crm, shop: Path, box: Box
) -> None:
    files = sorted(shop.rglob("*"))
    path = box(
        mail("Do you deliver?", sender="Eva Hren <eva@hren.example>", id="1@hren.example"),
        mail("Hello?", sender="Eva Hren <eva@hren.example>", id="2@hren.example",
             date="Fri, 20 Nov 2026 08:00:00 +0100"),
        mail("Offer", sender="x@shop.example", id="3@shop.example"),
        mail("To one unknown", sender=OUR_ADDRESS, to="jan@vidmar.example", id="4@lan.example"),
    )
    ran = crm("mail", "fetch", path)
    assert ran.out == "4 from unknown senders\n"
    assert sorted(one for one in shop.rglob("*") if ".crm" not in one.parts) == files
    listed = json.loads(crm("mail", "unknown", "--json").out)
    assert [(one["address"], one["received"], one["sent"]) for one in listed] == [
        ("eva@hren.example", 2, 0), ("x@shop.example", 1, 0),
    ]  # fmt: skip
    assert listed[0]["subject"] == "Sheets"
    assert len(json.loads(crm("mail", "unknown", "--all", "--json").out)) == 3
    added = crm("mail", "unknown", "--add", "eva@hren.example")
    assert added.code == 0 and "2 noted with 1 customer" in added.out
    said = [one["summary"] for one in rows(crm, "customer:eva-hren")]
    assert said == ["Do you deliver?", "Hello?"]
    assert crm("mail", "unknown", "--ignore", "@shop.example").code == 0
    assert "@shop.example" in crm("config", "get", "mail.ignore").out
    assert json.loads(crm("mail", "unknown", "--json").out) == []
    assert crm("mail", "unknown", "--link", "jan-vidmar", "jan@vidmar.example").code == 0
    assert [one["direction"] for one in rows(crm, "customer:jan-vidmar")] == ["outbound"]
    assert crm("mail", "fetch", path).out == ""
    gone = crm("mail", "unknown", "--add", "nobody@x.example")
    assert gone.code == 3 and "no mail of nobody@x.example waits" in gone.err


def test_who_is_added_by_other_means_gets_what_waits(crm: Crm, box: Box) -> None:
    path = box(mail("Hello", sender="eva@hren.example", id="1@hren.example"))
    crm("mail", "fetch", path)
    assert crm("add", "Eva Hren", "--email", "eva@hren.example").code == 0
    assert json.loads(crm("mail", "unknown", "--json").out) == []
    assert crm("mail", "fetch", box()).out == "1 noted with 1 customer\n"
    assert len(rows(crm, "customer:eva-hren")) == 1


def test_people_organizations_deals_and_cases(crm: Crm, shop: Path, box: Box) -> None:
    with (shop / "customers/hotel-breg.yaml").open("a", encoding="utf-8") as file:
        file.write("contacts:\n  - name: Eva Kos\n    emails:\n      - eva@breg.example\n"
                   "cases:\n  - id: c-9f3kx7d\n    subject: Torn towels\n    status: pending\n"
                   "deals:\n  - id: d-9f3kx7d\n    name: Towels\n")  # fmt: skip
    assert crm("link", "jan-vidmar", "hotel-breg").code == 0
    assert crm("set", "jan-vidmar", "email=jan@breg.example").code == 0
    path = box(
        mail("Here is the photo", sender="jan@breg.example", subject="Re: towels [C-9F3KX7D]",
             id="1@breg.example"),
        mail("And one more", sender="jan@breg.example", subject="Re: towels", id="2@breg.example",
             date="Thu, 19 Nov 2026 11:00:00 +0100", In_Reply_To="<1@breg.example>",
             References="<1@breg.example>"),
        mail("We take them", sender="eva+crm@breg.example", subject="[d-9f3kx7d]",
             to="petra@lan.example, maja@kos.example", id="3@breg.example",
             date="Thu, 19 Nov 2026 12:00:00 +0100"),
        mail("Not mine", subject="[c-9f3kx7d] [c-aaaaaaa]", id="4@kos.example",
             date="Thu, 19 Nov 2026 13:00:00 +0100"),
    )
    assert crm("check").code == 0
    ran = crm("mail", "fetch", path, "--verbose")
    assert "4 noted with 2 customers" in ran.out
    assert "case c-9f3kx7d is of hotel-breg, and not of maja-kos" in ran.err
    assert "there is no case c-aaaaaaa" in ran.err
    found = rows(crm)
    assert [(one["customer"], one["case"], one["deal"], one["participants"]) for one in found] == [
        ("hotel-breg", "c-9f3kx7d", None, ["jan-vidmar"]),
        ("hotel-breg", "c-9f3kx7d", None, ["jan-vidmar"]),
        ("hotel-breg", None, "d-9f3kx7d", ["Eva Kos", "maja-kos"]),
        ("maja-kos", None, None, None),
    ]
    assert found[1]["thread"] == "1@breg.example"
    case = json.loads(crm("case", "show", "c-9f3kx7d", "--json").out)
    assert case["status"] == "new", "the customer has answered"
    assert crm("check").code == 0


def test_a_shared_address_is_told(crm: Crm, box: Box) -> None:
    assert crm("set", "jan-vidmar", "email=maja@kos.example", "--force").code == 0
    ran = crm("mail", "fetch", box(mail()), "--verbose")
    assert "maja@kos.example is an address of" in ran.err
    (found,) = rows(crm)
    assert found["participants"] and len(rows(crm)) == 1
    ran = crm("mail", "fetch", box(mail(id="2@kos.example")))
    assert ran.err == "1 remark; --verbose shows it\n"


def test_a_reply_to_a_survey_and_an_unsubscribe(crm: Crm, shop: Path, box: Box) -> None:
    (shop / "surveys.yaml").write_text(
        "yearly:\n  kind: nps\n  questions:\n    - id: overall\n      text: How likely?\n"
        "      kind: scale\n      worst: 0\n      best: 10\n", encoding="utf-8",
    )  # fmt: skip
    assert crm("survey", "invite", "yearly", "maja-kos", "--wave", "2026").code == 0
    assert crm("consent", "add", "maja-kos", "--for", "marketing/email",
               "--at", "2026-01-01").code == 0  # fmt: skip
    path = box(
        mail("How likely?\noverall: 11\n", subject="Re: yearly", id="1@kos.example"),
        mail("How likely?\noverall: 9\n\n> overall: 3\n", subject="Re: yearly", id="2@kos.example"),
        mail("overall: 8", subject="Re: yearly", id="3@kos.example"),
        mail("", subject="Unsubscribe", id="4@kos.example"),
        mail("How do I unsubscribe?", subject="unsubscribe me?", id="5@kos.example"),
    )
    ran = crm("mail", "fetch", path, "--verbose")
    assert "the answers to yearly were not taken: overall: 11 is not between 0 and 10" in ran.err
    listed = crm("feedback", "list", "--cols", "score,survey,wave,source", "--json")
    assert json.loads(listed.out) == [
        {"score": "9", "survey": "yearly", "wave": "2026", "source": "e-mail"}
    ]
    assert crm("consent", "check", "maja-kos", "--for", "marketing/email").code == 1
    listed = crm("consent", "list", "action:withdrawn", "--cols", "channel,evidence", "--json")
    assert json.loads(listed.out) == [{"channel": "email", "evidence": "4@kos.example"}]
    assert crm("check").code == 0


@pytest.mark.parametrize("others", [OUR_ADDRESS, f"{OUR_ADDRESS}, info@breg.example"])
def test_an_unsubscribe_is_its_senders_alone(
    crm: Crm, shop: Path, box: Box, others: str
) -> None:
    """Whichever case of others its subject names, or whoever else got it."""
    with (shop / "customers/hotel-breg.yaml").open("a", encoding="utf-8") as file:
        file.write("cases:\n  - id: c-9f3kx7d\n    subject: Torn towels\n    status: pending\n")
    for linked in (False, True):
        if linked:
            assert crm("link", "maja-kos", "hotel-breg").code == 0
        for who in ("maja-kos", "hotel-breg"):
            assert crm("consent", "add", who, "--for", "marketing/email", "--at",
                       f"2026-0{1 + linked}-01").code == 0  # fmt: skip
        asks = mail("unsubscribe", subject="Re: [c-9f3kx7d]", id=f"{linked}@kos.example", to=others)
        assert crm("mail", "fetch", box(asks)).code == 0
        withdrawn = crm("consent", "list", "action:withdrawn", "--cols", "customer", "-o", "tsv")
        assert withdrawn.lines[1:] == ["maja-kos"] * (1 + linked)
    assert {one["customer"] for one in rows(crm)} == {"maja-kos"}
    assert json.loads(crm("case", "show", "c-9f3kx7d", "--json").out)["status"] == "pending"
    assert crm("check").code == 0


def test_a_case_of_others_who_got_the_mail_is_not_meant(crm: Crm, shop: Path, box: Box) -> None:
    with (shop / "customers/hotel-breg.yaml").open("a", encoding="utf-8") as file:
        file.write("cases:\n  - id: c-9f3kx7d\n    subject: Torn towels\n    status: pending\n")
    asks = mail(subject="Re: [c-9f3kx7d]", to=f"{OUR_ADDRESS}, info@breg.example")
    ran = crm("mail", "fetch", box(asks), "--verbose")
    assert "case c-9f3kx7d is of hotel-breg, and not of maja-kos" in ran.err
    (found,) = rows(crm)
    assert (found["customer"], found["case"], found["participants"]) == (
        "maja-kos", None, ["hotel-breg"],
    )  # fmt: skip


def test_whole_bodies_only_where_they_are_wanted(crm: Crm, shop: Path, box: Box) -> None:
    text = "Yes.\n\n> How many?\n"
    crm("mail", "fetch", box(mail(text)))
    assert "How many?" not in (shop / MAJA).read_text(encoding="utf-8")
    assert crm("config", "set", "mail.bodies=yes").code == 0
    crm("mail", "fetch", box(mail(text, id="2@kos.example")))
    assert "> How many?" in (shop / MAJA).read_text(encoding="utf-8")


def test_a_bad_mail_hides_no_other_and_is_named(crm: Crm, box: Box) -> None:
    path = box(mail(id="1@kos.example"), b"From: \nSubject: x\n\ny", mail(id="2@kos.example"))
    ran = crm("mail", "fetch", path)
    assert ran.code == 4
    assert ran.out == "2 noted with 1 customer, 1 unreadable\n"
    assert f"{path}:10: its From header has no address" in ran.err


def test_a_record_that_cannot_be_changed_keeps_no_other_waiting(
    crm: Crm, shop: Path, box: Box
) -> None:
    crm("set", "jan-vidmar", "email=jan@vidmar.example")
    whole = (shop / MAJA).read_text(encoding="utf-8")
    (shop / MAJA).write_text(whole.replace("interactions:\n  -", "interactions: &x\n  -"))
    path = box(mail(), mail(sender="jan@vidmar.example", id="2@vidmar.example"))
    crm("mail", "fetch", path)
    assert [one["customer"] for one in rows(crm, "customer:jan-vidmar")] == ["jan-vidmar"]
    (shop / MAJA).write_text(whole, encoding="utf-8")
    crm("mail", "fetch", path)
    assert sorted(str(one["customer"]) for one in rows(crm)) == ["jan-vidmar", "maja-kos"]


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, CrmError], None]]:
    """Lets every write that changes a file fail, until another one is named."""
    from crm_cli.workspace import Change, Workspace, Written

    write = Workspace.write
    fault: tuple[str, CrmError] | None = None

    def fail(path: str, error: CrmError) -> None:
        nonlocal fault
        fault = (path, error)

    def writing(self: Workspace, change: Change, *, dry_run: bool = False) -> Written:
        if fault is not None and any(step.path == fault[0] for step in change.steps):
            raise fault[1]
        return write(self, change, dry_run=dry_run)

    monkeypatch.setattr(Workspace, "write", writing)
    yield fail


Failing = Callable[[str, CrmError], None]


def test_a_write_that_fails_loses_no_mail_of_its_mailbox(
    crm: Crm, shop: Path, box: Box, failing: Failing
) -> None:
    crm("set", "jan-vidmar", "email=jan@vidmar.example")
    one = box(mail(), name="one")
    other = box(mail(sender="jan@vidmar.example", id="2@vidmar.example"), name="other")
    configure(shop, f"a: {{mbox: {one}}}\n    b: {{mbox: {other}}}")
    failing(MAJA, StorageError("cannot write: No space left on device"))
    ran = crm("mail", "fetch")
    assert ran.code == 7 and "No space left" in ran.err
    failing("", StorageError(""))
    assert crm("mail", "fetch").code == 0
    assert sorted(str(one["customer"]) for one in rows(crm)) == ["jan-vidmar", "maja-kos"]


@pytest.mark.parametrize("error", [Refused("no"), DataError("no"), NotFound("no")])
def test_mails_of_a_record_that_refuses_them_are_read_again(
    crm: Crm, shop: Path, box: Box, failing: Failing, error: CrmError
) -> None:
    """As what they were: answers of programs and reports, too."""
    crm("set", "jan-vidmar", "email=jan@vidmar.example")
    crm("mail", "fetch", box(sent()))
    path = box(
        mail(sender="jan@vidmar.example", id="1@vidmar.example"),
        mail("I am away", id="2@kos.example", Auto_Submitted="auto-replied"),
        report("maja@kos.example", "5.1.1", id="3@mx.example",
               date="Thu, 19 Nov 2026 10:30:00 +0100"),
        mail(id="4@kos.example"),
        mail(sender="jan@vidmar.example", id="5@vidmar.example"),
    )  # fmt: skip
    configure(shop, f"a: {{mbox: {path}}}")
    failing(MAJA, error)
    ran = crm("mail", "fetch")
    assert (ran.code, ran.out) == (4, "a: 2 noted with 1 customer\n")
    assert "3 e-mails could not be noted: no" in ran.err
    assert crm("mail", "unknown", "--all").lines == []
    failing("", error)
    assert crm("mail", "fetch").out == "a: 2 noted with 1 customer, 1 came back, 1 known already\n"
    held = {str(one["message_id"])[0]: one["direction"] or one["outcome"] for one in rows(crm)}
    assert held == {
        "x": "outbound", "1": "inbound", "2": "no_answer", "3": "bounced", "4": "inbound",
        "5": "inbound",
    }  # fmt: skip
    assert crm("mail", "fetch").out == ""


def test_mails_of_outlook_wait_for_the_library(
    crm: Crm, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = shop.parent / "msg"
    folder.mkdir()
    (folder / "a.msg").write_bytes(MAGIC)
    configure(shop, f"a: {{folder: {folder}}}")
    monkeypatch.setitem(sys.modules, "oxmsg", None)
    for _ in range(2):
        ran = crm("mail", "fetch")
        assert (ran.code, ran.out) == (4, "a: 1 unreadable\n")
        assert "needs python-oxmsg" in ran.err


def test_since_and_again(crm: Crm, shop: Path, box: Box) -> None:
    path = box(mail(id="1@kos.example", date="Sun, 1 Nov 2026 10:00:00 +0100"),
               mail(id="2@kos.example"))  # fmt: skip
    configure(shop, f"old: {{mbox: {path}}}")
    assert crm("mail", "fetch", "--since", "2026-11-15").out == "old: 1 noted with 1 customer\n"
    assert crm("mail", "fetch").out == ""
    assert crm("mail", "fetch", "--again").out == "old: 1 noted with 1 customer, 1 known already\n"


def test_sources(crm: Crm, shop: Path) -> None:
    ran = crm("mail", "fetch")
    assert ran.code == 2 and "no mailbox is configured" in ran.err
    configure(shop, "a: {mbox: /nowhere}")
    assert "there is no mailbox /nowhere" in crm("mail", "fetch").err
    assert crm("mail", "fetch", "b").code == 3
    configure(shop, "a: {imap: x.example, maildir: /x}")
    assert "has imap and maildir" in crm("mail", "fetch").err
    configure(shop, "a: {imap: x.example, user: a, tls: none, password: secret}")
    ran = crm("mail", "fetch")
    assert ran.code == 2 and "unencrypted" in ran.err and "secret" not in ran.err
    configure(shop, "a: {imap: 127.0.0.1, user: a, tls: none, password: secret, port: 1}")
    ran = crm("mail", "fetch")
    assert ran.code == 6 and "does not belong in the configuration" in ran.err
    configure(shop, f"a: {{mbox: /x, directory: {shop.parent}}}")
    assert "no mailbox is configured" in crm("mail", "fetch").err


def test_each_mailbox_that_fails_is_told(crm: Crm, shop: Path, box: Box) -> None:
    server = "{imap: 127.0.0.1, user: a, tls: none, password_command: echo x, port: 1}"
    bad = server.replace("password_command", "password")
    configure(shop, f"a: {bad}\n    b: {server}\n    c: {{mbox: {box(mail())}}}\n    d: {server}")
    ran = crm("mail", "fetch")
    assert (ran.code, ran.out) == (7, "c: 1 noted with 1 customer\n")
    assert ran.err.startswith("crm: b: 127.0.0.1: Connection refused\n")
    assert "\na: a password does not belong in the configuration" in ran.err
    assert "\nd: 127.0.0.1: Connection refused" in ran.err


def test_what_is_known_of_a_mailbox_does_not_grow_for_ever(
    crm: Crm, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor do the mails of strangers."""
    monkeypatch.setattr("crm_cli.features.mail.waiting.MAILS", 3)
    folder, eml = shop.parent / "Maildir", shop.parent / "eml"
    (folder / "new").mkdir(parents=True)
    eml.mkdir()
    for number in range(5):
        one = mail(sender=f"s{number}@else.example", id=f"{number}@else.example",
                   date=f"Sun, {number + 1} Nov 2026 10:30:00 +0100")  # fmt: skip
        (folder / f"new/{number}.x.lan").write_bytes(one)
    (eml / "a.eml").write_bytes(mail())
    configure(shop, f"m: {{maildir: {folder}}}\n    e: {{folder: {eml}}}")
    ran = crm("mail", "fetch", "--verbose")
    assert "2 mails of unknown senders dropped: mails wait for 90 days" in ran.err
    (path,) = (shop.parent / "home").glob(".local/state/crm/*/mail.json")

    def held() -> tuple[list[str], list[str]]:
        data = json.loads(path.read_text(encoding="utf-8"))
        return sorted(data["waiting"]), sorted(key for one in data["marks"].values() for key in one)

    names = [f"{number}.x.lan" for number in range(5)]
    assert held() == ([f"{n}@else.example" for n in (2, 3, 4)], [*names, "a.eml"])
    (folder / "new/1.x.lan").unlink()
    (eml / "a.eml").unlink()
    monkeypatch.setenv("CRM_TODAY", "2027-02-18")
    crm("mail", "fetch")
    del names[1]
    assert held() == ([f"{n}@else.example" for n in (2, 3, 4)], names)
    monkeypatch.setenv("CRM_TODAY", "2027-02-19")
    assert crm("mail", "fetch").err == "1 remark; --verbose shows it\n"
    assert held()[0] == []
    assert crm("mail", "fetch").err == ""


def test_maildirs_folders_and_growing_files(crm: Crm, shop: Path, box: Box) -> None:
    folder = shop.parent / "Maildir"
    for name in ("cur", "new", "tmp", ".Sent/cur"):
        (folder / name).mkdir(parents=True)
    (folder / "new/1.a.lan").write_bytes(mail(id="1@kos.example"))
    (folder / ".Sent/cur/2.b.lan:2,S").write_bytes(
        mail(id="2@lan.example", sender=OUR_ADDRESS, to="maja@kos.example")
    )
    (folder / "tmp/3.c.lan").write_bytes(mail(id="3@kos.example"))
    eml = shop.parent / "eml"
    (eml / "inner").mkdir(parents=True)
    (eml / "inner/a.eml").write_bytes(mail(id="4@kos.example"))
    (eml / "b.txt").write_bytes(mail(id="5@kos.example"))
    path = box(mail(id="6@kos.example"))
    configure(shop, f"m: {{maildir: {folder}}}\n    e: {{folder: {eml}}}\n    b: {{mbox: {path}}}")
    assert crm("mail", "fetch").out.count("1 customer") == 3
    assert {one["message_id"] for one in rows(crm)} == {
        "1@kos.example", "2@lan.example", "4@kos.example", "6@kos.example",
    }  # fmt: skip
    (folder / "new/1.a.lan").rename(folder / "cur/1.a.lan:2,S")
    with path.open("ab") as file:
        file.write(mbox([mail(id="7@kos.example")]))
    assert crm("mail", "fetch").out == "b: 1 noted with 1 customer\n"
    path.write_bytes(mbox([mail(id="8@kos.example")]))
    assert crm("mail", "fetch").out == "b: 1 noted with 1 customer\n"


def test_a_mail_from_a_pipe(crm: Crm, monkeypatch: pytest.MonkeyPatch) -> None:
    def piped(data: bytes, *words: str) -> tuple[int, str, str]:
        monkeypatch.setattr("crm_cli.store.outside._stdin", lambda: data)
        ran = crm("log", *words, "--mail", "-")
        return ran.code, ran.out, ran.err

    code, out, _ = piped(mail())
    assert code == 0 and "noted e-mail i-" in out and "from Maja Kos (maja-kos)" in out
    code, out, err = piped(mail())
    assert (code, out) == (0, "") and "noted already" in err
    code, _, err = piped(mail(sender="Eva <eva@hren.example>", id="2@x.example"))
    assert code == 3 and "no customer has the address eva@hren.example" in err
    code, out, _ = piped(mail(sender="Eva <eva@hren.example>", id="2@x.example"), "jan-vidmar")
    assert code == 0 and "Jan Vidmar" in out
    code, out, _ = piped(sent())
    code, out, err = piped(report("maja@kos.example", "5.1.1", **DIED))
    assert code == 0 and ": mail to Maja Kos (maja-kos) came back" in out
    assert "is known" not in err
    assert is_dead(crm)
    code, out, err = piped(report("maja@kos.example", "5.1.1", **DIED))
    assert (code, out) == (0, "") and "noted already" in err
    unknown = report("eva@hren.example", "5.1.1", id="9@mx.example", date=DIED["date"])
    code, _, err = piped(unknown)
    assert code == 3 and "no customer has the address eva@hren.example" in err
    forged = report("maja@kos.example", "5.1.1", id="8@mx.example", date=DIED["date"], about="y@x")
    code, out, err = piped(forged.replace(OUR_ADDRESS.encode(), b"x@evil.example"))
    assert code == 0 and "no mail to maja@kos.example is known" in err
    code, _, err = piped(b"nothing")
    assert code == 4 and "it is no mail" in err
    assert crm("log").code == 2


def test_addresses_for_mail_programs(crm: Crm, shop: Path) -> None:
    crm("set", "jan-vidmar", "email=jan@vidmar.example")
    crm("set", "hotel-breg", "emails+=old@breg.example")
    text = (shop / "customers/hotel-breg.yaml").read_text(encoding="utf-8")
    hidden = text.replace("- old@breg.example", "- value: old@breg.example\n    do_not_use: true")
    (shop / "customers/hotel-breg.yaml").write_text(
        hidden + "contacts:\n  - name: Maja Zupan\n    emails: [m.zupan@breg.example]\n",
        encoding="utf-8",
    )
    crm("log", "jan-vidmar", "x", "--kind", "call", "--out", "--at", "2026-11-19")
    assert crm("mail", "address", "--for", "neomutt", "EXAMPLE").lines == [
        "crm: 4 found",
        "jan@vidmar.example\tJan Vidmar\tjan-vidmar",
        "maja@kos.example\tMaja Kos\tmaja-kos",
        "info@breg.example\tHotel Breg\thotel-breg",
        "m.zupan@breg.example\tMaja Zupan\thotel-breg",
    ]
    assert crm("mail", "address", "--for", "aerc", "maj").lines == [
        "maja@kos.example\tMaja Kos", "m.zupan@breg.example\tMaja Zupan",
    ]  # fmt: skip
    assert crm("mail", "address", "maja", "kos", "-o", "tsv").lines[1:] == [
        "maja@kos.example\tMaja Kos\tmaja-kos\t2026-11-03"
    ]
    assert crm("mail", "address", "--for", "aerc", "nobody").out == ""
    assert crm("mail", "address", "--for", "mutt", "x").code == 2
    assert crm("mail", "address", "").code == 2


# An archive, in `make soak` of 2,000 mails


@pytest.fixture(scope="module")
def made_up() -> list[MadeUp]:
    return archive(2000 if ALL else 700)


@pytest.fixture
def customers(shop: Path) -> Path:
    """The shop with those who wrote the archive."""
    for number in range(100):
        (shop / f"customers/kupec-{number}.yaml").write_text(
            f"name: Kupec {number}\nemails:\n  - {address_of(number)}\n", encoding="utf-8"
        )
    return shop


@pytest.mark.soak
def test_an_archive_in_twelve_languages(
    crm: Crm, customers: Path, box: Box, made_up: list[MadeUp]
) -> None:
    ran = crm("mail", "fetch", box(*(one.data for one in made_up)))
    whose = {one.customer for one in made_up}
    assert ran.out == f"{len(made_up):,} noted with {len(whose)} customers\n"
    found = {str(one["message_id"]): one for one in rows(crm)}
    read = [message_from_bytes(one.data, policy=default) for one in made_up]
    assert found.keys() == {str(one["Message-ID"]).strip("<>") for one in read}
    ours = Counter("outbound" if OUR_ADDRESS in one["From"] else "inbound" for one in read)
    assert Counter(one["direction"] for one in found.values()) == ours
    roots = {str(one["References"] or one["Message-ID"]).split()[0].strip("<>") for one in read}
    assert {one["thread"] or id for id, one in found.items()} == roots
    wrong = []
    for one in made_up:
        row = found[one.message_id]
        assert (row["customer"], row["direction"]) == (one.customer, one.direction)
        assert (row["thread"] or one.message_id) == one.thread
        assert (row["attachments"] or []) == list(one.attachments)
        if " ".join(str(row["summary"]).split()) != " ".join(one.said.split()):
            wrong.append((one.said, row["summary"]))
    assert wrong == []


# Runs that are killed, and clones


def killed_at_random(shop: Path, draw: random.Random, longest: float) -> None:
    """Start a fetch and kill it at some moment."""
    child = subprocess.Popen(
        [sys.executable, "-m", "crm_cli", "mail", "fetch"],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}, cwd=shop,
    )  # fmt: skip
    time.sleep(draw.random() * longest)
    child.send_signal(signal.SIGKILL)
    child.wait()


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crm_cli.features.mail.fetching.BATCH", 7)


def nobody_twice_nobody_forgotten(crm: Crm, mails: list[MadeUp]) -> None:
    found = Counter(str(one["message_id"]) for one in rows(crm))
    assert found == Counter(one.message_id for one in mails)
    waiting = json.loads(crm("mail", "unknown", "--all", "--json").out)
    assert sum(one["received"] + one["sent"] for one in waiting) == 3
    assert crm("check").code == 0


STRANGERS = [mail(sender=f"s{n}@else.example", id=f"{n}@else.example") for n in range(3)]


def test_a_fetch_that_fails_at_any_moment_is_finished_by_the_next(
    crm: Crm,
    customers: Path,
    made_up: list[MadeUp],
    small_batches: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Ends the run between any two of its steps: before and after each write."""
    from crm_cli.store.mailboxes.state import MailState
    from crm_cli.workspace import Workspace

    class Killed(BaseException):
        pass

    left = 0
    folder = customers.parent / "Maildir"
    mails = [*(one.data for one in made_up[:40]), *STRANGERS]
    for name in ("cur", "new"):
        (folder / name).mkdir(parents=True)
    for number, data in enumerate(mails):
        (folder / "new" / f"{number}.x.lan").write_bytes(data)
    configure(customers, f"m: {{maildir: {folder}}}")
    write, save = Workspace.write, MailState.save

    def counting(real: Callable[..., object]) -> Callable[..., object]:
        def called(*args: object, **kwargs: object) -> object:
            nonlocal left
            left -= 1
            if left == 0:
                raise Killed
            done = real(*args, **kwargs)
            left -= 1
            if left == 0:
                raise Killed
            return done

        return called

    monkeypatch.setattr(Workspace, "write", counting(write))
    monkeypatch.setattr(MailState, "save", counting(save))
    for moment in (1, 2, 3, 4, 1, 3, 2, 4, 6, 7):
        left = moment
        try:
            crm("mail", "fetch")
        except Killed:
            continue
    left = -1
    assert crm("mail", "fetch").code == 0
    nobody_twice_nobody_forgotten(crm, made_up[:40])


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kills processes")
def test_a_fetch_killed_at_random(
    crm: Crm, customers: Path, box: Box, made_up: list[MadeUp]
) -> None:
    from tests.shares import ALL

    configure(customers, f"b: {{mbox: {box(*(one.data for one in made_up[:300]), *STRANGERS)}}}")
    draw = random.Random(4)
    for _ in range(500 if ALL else 6):
        killed_at_random(customers, draw, 1.5)
    assert crm("mail", "fetch").code == 0
    nobody_twice_nobody_forgotten(crm, made_up[:300])


def test_two_clones_that_fetch_the_same_mail_agree(
    crm: Crm, git: Git, shop: Path, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    remote, other = shop.parent / "remote.git", shop.parent / "other"
    git("init", "-q", "--bare", "-b", "main", str(remote))
    git("remote", "add", "origin", str(remote))
    assert crm("sync").code == 0
    assert crm("clone", remote, other, "--yes").code == 0
    path = box(mail(id="1@kos.example"), mail(id="2@kos.example"))
    assert crm("mail", "fetch", path).code == 0
    assert crm("-C", other, "mail", "fetch", path).code == 0
    assert crm("sync").code == 0
    ran = crm("-C", other, "sync")
    assert ran.code == 0, ran
    assert crm("sync").code == 0
    assert [one["message_id"] for one in rows(crm)] == ["1@kos.example", "2@kos.example"]
    assert (shop / MAJA).read_bytes() == (other / MAJA).read_bytes()


# A real server


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    if program() is None:
        pytest.skip("dovecot is not installed (apt-get install dovecot-imapd)")
    # Not in pytest's own folder, where other users' processes may not look.
    with tempfile.TemporaryDirectory(prefix="dovecot") as folder:
        made = Dovecot(Path(folder))
        fault = made.start()
        try:
            if fault:
                pytest.skip(f"dovecot cannot be run here: {fault}")
            yield made
        finally:
            made.stop()


def test_a_real_server(
    crm: Crm, customers: Path, server: Dovecot, made_up: list[MadeUp]
) -> None:
    """Read without a trace, from where the last run ended; killed at random meanwhile."""
    from tests.shares import ALL

    server.deliver([one.data for one in made_up[:150]])
    server.deliver(STRANGERS)
    configure(customers, f"office: {server.settings()}")
    draw = random.Random(4)
    for _ in range(100 if ALL else 3):
        killed_at_random(customers, draw, 1.5)
    assert crm("mail", "fetch").code == 0
    nobody_twice_nobody_forgotten(crm, made_up[:150])
    seen = [path.name for path in (server.maildir / "cur").iterdir() if "S" in path.name[-3:]]
    assert seen == [], "nothing was marked as read"
    ran = crm("mail", "fetch")
    assert (ran.code, ran.out) == (0, "")
    server.deliver([one.data for one in made_up[150:155]])
    assert crm("mail", "fetch").out.startswith("office: 5 noted")
    wrong = server.settings(password_command="echo wrong-horse")
    configure(customers, f"office: {wrong}")
    ran = crm("mail", "fetch")
    assert ran.code == 7 and "rejected the login" in ran.err and "wrong-horse" not in ran.err
    configure(customers, f"office: {server.settings(folders='[INBOX, Čaj & co]')}")
    ran = crm("mail", "fetch")
    assert ran.code == 7 and "has no folder Čaj & co" in ran.err
