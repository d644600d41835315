"""Sending mails: once, to whom they may go, whatever happens meanwhile."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crm_cli.model.sent_document import digest_of
from crm_cli.workspace import Workspace
from tests.conftest import Crm
from tests.features.outbox import customer, drafts, office
from tests.features.post_office import PostOffice, configure, post_office
from tests.mails import mail

__all__ = ["office"]
SEND = ("mail", "send", "--template", "news")
DRAFT = ("mail", "draft", "maja-kos", "--template", "news")


@pytest.fixture
def post(office: Path, tmp_path: Path) -> Iterator[PostOffice]:
    """A server; and this machine sends."""
    settings = office / "crm.yaml"
    settings.write_text(settings.read_text() + "  sender: desk\n")
    with post_office(tmp_path) as server:
        yield server


def many(shop: Path, count: int) -> list[str]:
    """Add customers who want the newsletter; their addresses."""
    for number in range(count):
        customer(shop, f"c{number:02}", f"Customer {number}", f"c{number:02}@kos.example")
    return [f"c{number:02}@kos.example" for number in range(count)]


def test_a_mail_is_sent_once_and_noted(crm: Crm, office: Path, post: PostOffice) -> None:
    assert crm(*DRAFT).code == 0
    ran = crm("mail", "send", "--all")
    assert (ran.code, ran.out) == (0, "1 sent\n"), ran
    ((to, message),) = post.mails
    assert to == ["maja@kos.example"] and message["To"] == "Maja Kos <maja@kos.example>"
    assert message["Subject"] == "News for Maja Kos" and message["From"] == (
        '"Lan d.o.o." <office@lan.example>'
    )
    assert not [name for name in message if name.lower().startswith("x-")]
    assert drafts(office) == [] and not list(office.glob("outbox/sending/*/*"))
    (kept,) = office.glob("documents/mail/2026/*.eml")
    assert "Date: Fri, 20 Nov 2026 12:00:00 +0100" in kept.read_text()
    (row,) = json.loads(crm("interaction", "list", "has:message_id", "--json", "--cols",
                            "customer,kind,direction,subject,summary,message_id").out)  # fmt: skip
    assert row == {
        "customer": "maja-kos", "kind": "email", "direction": "outbound",
        "subject": "News for Maja Kos", "message_id": message["Message-ID"].strip("<>"),
        "summary": "Dear Maja Kos,\n\nlinen is cheaper until Friday.",
    }  # fmt: skip
    assert crm("mail", "send", "--all").out == "" and len(post.mails) == 1
    assert "sent already" in crm(*DRAFT).err and drafts(office) == []
    assert crm("check").code == 0


def test_mailings_have_a_way_out(crm: Crm, office: Path, post: PostOffice, tmp_path: Path) -> None:
    assert crm(*DRAFT).code == 0
    crm(*SEND)
    message = post.mails[0][1]
    assert message["List-Unsubscribe"] == "<mailto:office@lan.example?subject=unsubscribe>"
    assert message["List-Id"] == "<news.lan.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Unsubscribe-Post"] is None


def test_what_was_withdrawn_meanwhile_is_not_sent(
    crm: Crm, office: Path, post: PostOffice
) -> None:
    assert crm(*DRAFT).code == 0
    assert crm("consent", "withdraw", "maja-kos").code == 0
    dry = crm(*SEND, "--dry-run")
    assert "not to maja-kos: withdrawn or refused" in dry.out
    ran = crm(*SEND)
    assert ran.code == 0 and "left: withdrawn or refused" in ran.err and ran.out == "1 left\n"
    assert post.mails == [] and len(drafts(office)) == 1
    # Cron is told nothing where nothing was to be done.
    assert crm("mail", "send", "--all") == (0, "", "")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("To: Maja Kos <maja@", "To: Maja Kos <other@", "no address of theirs"),
        ("To: Maja Kos <maja@kos.example>", "To: Maja <maja@kos.example>\nCc: x@evil.example",
         "neither theirs nor ours"),
        ("<office@lan.example>", "<boss@bank.example>", "no address of ours"),
        ("Subject:", "Bcc: x@evil.example\nSubject:", "bcc is not known"),
        ("Customer: maja-kos", "Customer: nobody", "no customer nobody"),
        ("marketing/email", "service/phone", "no such message"),
    ],
)  # fmt: skip
def test_what_others_put_into_the_outbox_goes_nowhere_else(
    crm: Crm, office: Path, post: PostOffice, old: str, new: str, said: str
) -> None:
    assert crm(*DRAFT).code == 0
    (path,) = drafts(office)
    path.write_text(path.read_text().replace(old, new, 1))
    ran = crm("mail", "send", path.name)
    assert said in ran.err and ran.out == "1 left\n" and post.mails == []


def test_a_refused_address_is_noted_and_others_are_sent(
    crm: Crm, office: Path, post: PostOffice
) -> None:
    addresses = many(office, 3)
    post.answers = {addresses[0]: "550 5.1.1 no such user", addresses[1]: "451 4.7.1 come later"}
    assert crm("mail", "draft", "id:c00,c01,c02", "--template", "news", "--yes").code == 0
    ran = crm(*SEND)
    assert (ran.code, ran.out) == (1, "1 sent, 1 put off, 1 rejected\n"), ran
    assert post.recipients == [addresses[2]]
    assert crm("consent", "check", "c00", "--for", "marketing/email").code == 1
    assert all((office / line.partition(": ")[0]).is_file() for line in ran.err.splitlines())
    states = {row["customer"]: row["state"] for row in json.loads(crm("mail", "--json").out)}
    assert "550 5.1.1 no such user" in states["c00"] and "451 4.7.1" in states["c01"]
    post.answers = {}
    assert crm(*SEND).out == "1 sent, 1 left\n"
    assert post.recipients == [addresses[2], addresses[1]]


def test_a_refusal_of_us_makes_no_address_dead(crm: Crm, office: Path, post: PostOffice) -> None:
    post.answers = {"maja@kos.example": "550 5.7.1 relaying denied"}
    assert crm(*DRAFT).code == 0
    assert crm(*SEND).out == "1 rejected\n"
    assert crm("consent", "check", "maja-kos", "--for", "marketing/email").code == 0
    # By itself it is not tried again; named, it is.
    assert crm(*SEND).out == "1 left\n"
    post.answers = {}
    assert crm("mail", "send", drafts(office)[0].name).out == "1 sent\n"


def test_where_no_server_is_nothing_is_lost(crm: Crm, office: Path, post: PostOffice,
                                            tmp_path: Path) -> None:  # fmt: skip
    many(office, 3)
    assert crm("mail", "draft", "id:c00,c01,c02", "--template", "news", "--yes").code == 0
    before = {path.name: path.read_bytes() for path in drafts(office)}
    configure(tmp_path, "smtp: {host: 127.0.0.1, port: 9, tls: none}")
    ran = crm(*SEND)
    assert ran.code == 7 and "Connection refused" in ran.err
    assert {path.name: path.read_bytes() for path in drafts(office)} == before


def test_a_mail_whose_answer_is_missing_is_doubtful(
    crm: Crm, office: Path, post: PostOffice
) -> None:
    many(office, 2)
    assert crm("mail", "draft", "id:c00,c01", "--template", "news", "--yes").code == 0
    post.answer = "hang up"
    ran = crm(*SEND)
    assert ran.code == 7 and "doubtful" in ran.err, ran
    post.answer = ""
    ran = crm(*SEND)
    assert (ran.code, ran.out) == (1, "1 sent, 1 doubtful\n"), ran
    (claimed,) = office.glob("outbox/sending/*/*")
    assert len(post.mails) == 1
    ran = crm("mail", "send", claimed.name, "--again")
    assert ran.code == 0 and ran.err.startswith(f"outbox/{claimed.name}: left"), ran
    assert crm(*SEND).out == "1 sent\n"
    assert sorted(post.recipients) == ["c00@kos.example", "c01@kos.example"]


def test_a_doubtful_mail_that_arrived_is_noted(crm: Crm, office: Path, post: PostOffice) -> None:
    assert crm(*DRAFT).code == 0
    post.answer = "hang up"
    assert crm(*SEND).code == 7
    (claimed,) = office.glob("outbox/sending/*/*")
    assert crm("mail", "send", claimed.name, "--was-sent").out == "1 sent\n"
    assert "sent already" in crm(*DRAFT).err
    assert crm(*SEND).out == "" and post.mails == []


def test_a_doubtful_mail_of_which_a_copy_is_found_was_sent(
    crm: Crm, office: Path, post: PostOffice
) -> None:
    """As where a provider keeps what it sends in Sent."""
    assert crm(*DRAFT).code == 0
    key = drafts(office)[0].read_text().partition("Message-ID: <")[2].partition(">")[0]
    post.answer = "hang up"
    assert crm(*SEND).code == 7
    post.answer = ""
    assert json.loads(crm("mail", "list", "--json").out)[0]["state"] == "doubtful"
    copy = mail("linen is cheaper", sender="office@lan.example", to="maja@kos.example", id=key)
    (office.parent / "copy.eml").write_bytes(copy)
    assert crm("mail", "fetch", office.parent / "copy.eml").code == 0
    ran = crm(*SEND)
    assert (ran.code, ran.out) == (0, "1 sent\n") and post.mails == [], ran
    assert crm("mail", "list", "--json").out == "[]\n"
    assert crm("interaction", "list", "has:message_id", "-o", "ids").out.count("\n") == 1


def test_only_the_machine_that_was_named_sends(
    crm: Crm, office: Path, post: PostOffice, tmp_path: Path
) -> None:
    assert crm(*DRAFT).code == 0
    assert crm("config", "set", "mail.sender=laptop").code == 0
    ran = crm(*SEND)
    assert ran.code == 6 and "mails are sent by laptop, and this is desk" in ran.err
    assert crm("config", "set", "mail.sender=").code == 0
    assert "crm config set mail.sender=desk" in crm(*SEND).err
    assert post.mails == []


def test_limits_of_a_run(crm: Crm, office: Path, post: PostOffice) -> None:
    many(office, 4)
    customer(office, "eva", "Eva", "eva@hren.example")
    assert crm("mail", "draft", "id:c00,c01,c02,c03,eva", "--template", "news", "--yes").code == 0
    assert crm("config", "set", "mail.per_domain=2").code == 0
    ran = crm(*SEND)
    assert ran.out == "3 sent, 2 left\n" and "mail.per_domain is 2" in ran.err
    assert crm("config", "set", "mail.per_run=1").code == 0
    assert crm(*SEND).out == "1 sent, 1 left\n"
    assert crm("config", "set", "mail.quiet=11:00-13:00").code == 0
    ran = crm(*SEND)
    assert ran.out == "1 left\n" and "no mailing is sent from 11:00 to 13:00" in ran.err
    assert crm("config", "set", "mail.quiet=20:00-08:00").code == 0
    assert crm(*SEND).out == "1 sent\n"
    assert crm("config", "set", "mail.quiet=late").code == 0
    assert crm(*SEND).code == 2
    assert sorted(post.recipients) == sorted(set(post.recipients)) and len(post.mails) == 5


def test_so_many_a_minute(
    crm: Crm, office: Path, post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(office, 3)
    assert crm("mail", "draft", "id:c00,c01,c02", "--template", "news", "--yes").code == 0
    assert crm("config", "set", "mail.per_minute=30").code == 0
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    assert crm(*SEND).out == "3 sent\n"
    assert waited == [2.0, 2.0]


def test_which_ones(crm: Crm, office: Path, post: PostOffice) -> None:
    many(office, 2)
    assert crm("--as", "petra", *DRAFT).code == 0
    words = ("--as", "marko", "mail", "draft", "id:c00,c01", "--template", "news", "--yes")
    assert crm(*words).code == 0
    assert crm("mail", "send").code == 2
    assert crm("--as", "petra", "mail", "send", "--mine").out == "1 sent\n"
    assert crm("mail", "send", "c01").out == "1 sent\n"
    assert crm("mail", "send", "--template", "other").out == ""
    assert crm("mail", "send", "--template", "news").out == "1 sent\n"
    assert crm("mail", "send", "nothing.eml").code == 3


def test_an_address_of_other_letters(crm: Crm, office: Path, post: PostOffice) -> None:
    customer(office, "linde", "Linde", "küche@linde.example")
    assert crm("mail", "draft", "linde", "--template", "news").code == 0
    assert crm(*SEND).out == "1 sent\n"
    assert post.recipients == ["küche@linde.example"]


def test_by_sendmail(crm: Crm, office: Path, post: PostOffice, tmp_path: Path) -> None:
    script = tmp_path / "sendmail"
    told = f'{{ echo "$@"; cat; }} >> {tmp_path}/sent\nexit $(cat {tmp_path}/code)\n'
    script.write_text(f"#!/bin/sh\n{told}")
    script.chmod(0o700)
    configure(tmp_path, f"sendmail: {script}")
    assert crm(*DRAFT).code == 0
    for code, said, exit in ((75, "1 put off", 0), (77, "", 7), (78, "", 7), (67, "1 rejected", 1)):
        (tmp_path / "code").write_text(str(code))
        ran = crm(*SEND)
        assert (ran.code, ran.out.strip()) == (exit, said), ran
    (tmp_path / "code").write_text("0")
    assert crm("mail", "send", drafts(office)[0].name).out == "1 sent\n"
    lines = (tmp_path / "sent").read_text().splitlines()
    assert lines[0] == "-i -f office@lan.example -- maja@kos.example"


def test_two_claims_on_a_mail_send_it_once(crm: Crm, office: Path, post: PostOffice) -> None:
    """Where folders are shared without git: of two claims one yields, and the other waits."""
    assert crm(*DRAFT).code == 0
    (path,) = drafts(office)
    rival = office / f"outbox/sending/zzz/{path.name}"
    rival.parent.mkdir(parents=True)
    rival.write_bytes(path.read_bytes())
    assert crm(*SEND).out == "" and post.mails == []
    assert len(list(office.glob("outbox/sending/*/*"))) == 2
    rival.unlink()
    assert crm(*SEND).out == "1 sent\n"
    assert crm(*DRAFT, "--occasion", "2027").code == 0
    (path,) = drafts(office)
    rival = office / f"outbox/sending/aaa/{path.name}"
    rival.parent.mkdir(parents=True)
    rival.write_bytes(path.read_bytes())
    assert crm(*SEND).out == "" and len(post.mails) == 1
    assert [one.parent.name for one in office.glob("outbox/sending/*/*")] == ["aaa"]


def test_whoever_is_forgotten_leaves_no_mail(crm: Crm, office: Path, post: PostOffice) -> None:
    assert crm(*DRAFT).code == 0
    assert crm(*SEND).out == "1 sent\n"
    assert crm(*DRAFT, "--occasion", "2027").code == 0
    assert crm("forget", "maja-kos", "--force", "--yes").code == 0
    assert not list(office.glob("documents/mail/*/*")) and drafts(office) == []


def test_what_was_sent_cannot_be_undone(crm: Crm, office: Path, post: PostOffice) -> None:
    assert crm(*DRAFT).code == 0
    assert crm(*SEND).out == "1 sent\n"
    ran = crm("undo")
    assert ran.code == 6 and "cannot be undone" in ran.err
    assert crm("rename", "maja-kos", "maja").code == 0
    ran = crm("mail", "draft", "maja", "--template", "news")
    assert "sent already" in ran.err and drafts(office) == []


def test_an_invoice_that_was_sent_is_noted_at_the_purchase(
    crm: Crm, office: Path, post: PostOffice, workspace: Callable[..., Workspace]
) -> None:
    record = office / "customers/maja-kos.yaml"
    assert crm("invoice", "add", "maja-kos", "--line", "linen-sheet:2").code == 0
    opened = workspace()
    (*_, purchase) = opened.record("maja-kos").items("purchases")
    right, id = digest_of(purchase, opened.business), purchase.id
    assert crm(*DRAFT).code == 0
    (path,) = drafts(office)
    text = path.read_text()
    for digest, sent in (("0" * 32, "1 left\n"), (right, "1 sent\n")):
        lines = f"X-Crm-Purchase: {id}\nX-Crm-Document: invoice\nX-Crm-Digest: {digest}\n"
        path.write_text(text.replace("X-Crm-Use", f"{lines}X-Crm-Use", 1))
        assert crm(*SEND).out == sent
    assert f'digest: "{right}"' in record.read_text() and crm("check").code == 0


def test_a_reminder_is_noted_and_no_level_is_sent_twice(
    crm: Crm, office: Path, post: PostOffice
) -> None:
    later = ("--today", "2027-01-08")
    words = (*later, "mail", "draft", "maja-kos", "--template", "reminder-mail")
    assert "no payment reminder is due" in crm(*words, "--today", "2026-11-20").err
    assert crm(*words).code == 0
    (path,) = drafts(office)
    assert "X-Crm-Document: reminder" in path.read_text() and "2026-0007" in path.read_text()
    before = (office / "customers/maja-kos.yaml").read_bytes()
    assert crm(*later, "payment", "add", "2026-0007").code == 0
    ran = crm(*later, "mail", "send", path.name)
    assert f"2026-0007 is paid: remove the draft (rm outbox/{path.name})" in ran.err
    ran = crm(*later, "mail", "send", "--all")
    assert "is paid" in ran.err and ran.out == "1 left\n", "also where nothing else goes"
    assert post.mails == []
    (office / "customers/maja-kos.yaml").write_bytes(before)
    assert crm(*later, "mail", "send", path.name).out == "1 sent\n"
    assert "dunning:\n      - level: 1" in (office / "customers/maja-kos.yaml").read_text()
    again = crm(*words)
    assert again.code == 0 and "no payment reminder is due" in again.err and not drafts(office)
    assert crm("--today", "2027-03-08", *words[2:]).code == 0 and len(drafts(office)) == 1


def test_a_copy_of_a_draft_is_the_same_message(
    crm: Crm, office: Path, post: PostOffice
) -> None:
    assert crm(*DRAFT).code == 0
    (path,) = drafts(office)
    path.with_name("zz-copy.eml").write_bytes(path.read_bytes())
    dry = crm("mail", "send", "--all", "--dry-run")
    assert f"it is the same message as outbox/{path.name}" in dry.out
    assert crm(*SEND).out == "1 sent, 1 left\n" and len(post.mails) == 1
    assert crm("mail", "send", "zz-copy.eml").out == "1 left\n" and len(post.mails) == 1
    # Not where somebody has put it among the claims, either.
    (folder,) = office.glob("outbox/sending/*")
    (office / "outbox/zz-copy.eml").rename(folder / "zz-copy.eml")
    crm(*SEND)
    assert len(post.mails) == 1 and not list(office.glob("outbox/sending/*/*"))


def test_files_may_be_called_anything(crm: Crm, office: Path, post: PostOffice) -> None:
    for occasion in ("1", "2"):
        assert crm(*DRAFT, "--occasion", occasion).code == 0
        (path,) = drafts(office)
        path.rename(office / "outbox/letter.eml")
        assert crm(*SEND).out == "1 sent\n"
        assert "sent already" in crm(*DRAFT, "--occasion", occasion).err
    assert len(post.mails) == 2 and len(list(office.glob("documents/mail/2026/*.eml"))) == 2
    assert crm("mail", "send", "--all") == (0, "", "")


def test_a_dead_address_in_cc_is_not_that_of_the_recipient(
    crm: Crm, office: Path, post: PostOffice
) -> None:
    assert crm(*DRAFT).code == 0
    (path,) = drafts(office)
    path.write_text(path.read_text().replace("Subject:", "Cc: office@lan.example\nSubject:", 1))
    post.answers = {"office@lan.example": "550 5.1.1 no such user"}
    ran = crm(*SEND)
    assert "no such user (office@lan.example)" in ran.err and ran.out == "1 rejected\n"
    assert crm("consent", "check", "maja-kos", "--for", "marketing/email").code == 0


def test_another_record_of_claims_is_another_machine(
    crm: Crm, office: Path, post: PostOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As cron has it, which knows no XDG_STATE_HOME of a shell."""
    assert crm(*DRAFT).code == 0
    post.answer = "hang up"
    assert crm(*SEND).code == 7
    post.answer = ""
    monkeypatch.setenv("CRM_STATE_DIR", str(tmp_path / "other"))
    assert crm(*SEND).out == "" and post.mails == []
    (row,) = json.loads(crm("mail", "list", "--json").out)
    assert row["state"].startswith("claimed by desk-")


def test_what_was_sent_is_noted_once_the_record_can_be_read(
    crm: Crm, office: Path, post: PostOffice
) -> None:
    many(office, 1)
    assert crm("mail", "draft", "id:maja-kos,c00", "--template", "news", "--yes").code == 0
    record = office / "customers/maja-kos.yaml"
    held = record.read_text()
    post.meanwhile = lambda: record.write_text(held + "odd: [\n")
    assert crm(*SEND).code == 4 and len(post.mails) == 2
    post.meanwhile = None
    ran = crm("mail", "send", "--template", "news")
    assert "it was sent, and is noted once customers/maja-kos.yaml can be read" in ran.err
    assert ran.out == "1 sent, 1 left\n" and len(post.mails) == 2, ran
    record.write_text(held)
    assert crm(*SEND).out == "1 sent\n" and len(post.mails) == 2
    assert "News for Maja Kos" in record.read_text()
    assert not list(office.glob("outbox/sending/*/*"))


@pytest.mark.parametrize("password", ["password_command: 'false'", "password_file: /nowhere/key"])
def test_without_a_password_nothing_is_doubtful(
    crm: Crm, office: Path, post: PostOffice, tmp_path: Path, password: str
) -> None:
    """As where cron cannot ask for it."""
    many(office, 2)
    assert crm("mail", "draft", "id:c00,c01", "--template", "news", "--yes").code == 0
    before = [path.name for path in drafts(office)]
    configure(tmp_path, f"smtp: {{host: 127.0.0.1, port: 9, tls: none, user: me, {password}}}")
    ran = crm(*SEND)
    assert ran.code != 0 and ("password_command ended" in ran.err or "/nowhere/key" in ran.err)
    assert [path.name for path in drafts(office)] == before, ran
    assert "doubtful" not in crm("mail", "list", "--json").out + crm(*SEND).err


def test_a_copy_that_cannot_be_kept_stops_nothing(
    crm: Crm, office: Path, post: PostOffice, tmp_path: Path
) -> None:
    many(office, 2)
    assert crm("mail", "draft", "id:c00,c01", "--template", "news", "--yes").code == 0
    config = tmp_path / "home/.config/crm/config.yaml"
    source = "{imap: 127.0.0.1, user: me, password_command: 'false'}"
    more = f"  keep_sent: office/Sent\n  sources: {{office: {source}}}\n"
    config.write_text(config.read_text() + more)
    ran = crm(*SEND)
    assert (ran.code, ran.out) == (0, "2 sent\n") and "no copy was kept in Sent" in ran.err, ran
