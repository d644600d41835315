"""Mailings: the way out of them, campaigns, a copy in Sent; and text messages."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.cli.test_mail import server
from tests.cli.test_mail_send import DRAFT, SEND, many, post
from tests.conftest import Crm
from tests.dovecot import Dovecot
from tests.features.outbox import agree, drafts, office
from tests.features.post_office import PostOffice, configure, post_office
from tests.mails import mail

__all__ = ["office", "post", "server"]
CAMPAIGN = """\
name: Spring
kind: email
status: planning
variants:
  - id: a
    share: 100%
    template: spring
"""


@pytest.fixture
def spring(office: Path, crm: Crm) -> str:
    """A campaign that has been started."""
    (office / "campaigns").mkdir()
    (office / "campaigns/spring.yaml").write_text(CAMPAIGN)
    (office / "templates/spring.md").write_text("---\nsubject: Spring\n---\nDear {{ name }}\n")
    assert crm("campaign", "start", "spring", "--yes").code == 0
    return "spring"


def test_a_campaign_is_sent_and_answered_by_the_way_out(
    crm: Crm, office: Path, post: PostOffice, spring: str
) -> None:
    """The mail that the way out of a mailing asks for withdraws consent when it is fetched."""
    ran = crm("mail", "draft", "--campaign", spring)
    assert ran.code == 0 and len(drafts(office)) == 1, ran
    assert crm("mail", "send", "--template", spring).out == "1 sent\n"
    message = post.mails[0][1]
    assert message.get_content() == "Dear Maja Kos\n" or "Dear Maja Kos" in message.get_content()
    responses = crm("campaign", "targets", spring, "--unsent")
    assert "1 (sent already)" in responses.err
    assert "in the outbox" not in crm("mail", "draft", "--campaign", spring).err
    assert drafts(office) == []
    way = message["List-Unsubscribe"].strip("<>")
    assert way == "mailto:office@lan.example?subject=unsubscribe%20spring"
    address, _, query = way.removeprefix("mailto:").partition("?subject=")
    (office.parent / "answer.eml").write_bytes(
        mail("", subject=unquote(query), to=address, id="out@kos.example")
    )
    assert crm("mail", "fetch", office.parent / "answer.eml").code == 0
    assert crm("consent", "check", "maja-kos", "--for", "marketing/email").code == 1
    record = (office / "customers/maja-kos.yaml").read_text()
    assert "status: opted_out" in record and "status: sent" in record
    refused = crm(*DRAFT)
    assert "withdrawn or refused" in refused.err and drafts(office) == []


def test_who_opts_out_between_draft_and_sending_gets_nothing(
    crm: Crm, office: Path, post: PostOffice, spring: str
) -> None:
    assert crm("mail", "draft", "--campaign", spring).code == 0
    assert crm("consent", "withdraw", "maja-kos", "--for", "marketing/email").code == 0
    assert crm("mail", "send", "--template", spring).out == "1 left\n" and post.mails == []
    assert crm("campaign", "stop", spring).code == 0
    assert "does not run" in crm("mail", "send", "--template", spring).err


def test_a_campaign_that_goes_another_way_now_sends_nothing_the_old_one(
    crm: Crm, office: Path, post: PostOffice, spring: str
) -> None:
    """Whom it may reach is another question then."""
    assert crm("mail", "draft", "--campaign", spring).code == 0
    settings = office / "campaigns/spring.yaml"
    settings.write_text(settings.read_text().replace("kind: email", "kind: sms"))
    ran = crm("mail", "send", "--template", spring)
    assert "spring goes out by sms now" in ran.err and post.mails == []


def test_one_click(crm: Crm, office: Path, post: PostOffice, tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("secret\n")
    key.chmod(0o600)
    config = tmp_path / "home/.config/crm/config.yaml"
    whole = config.read_text()
    pattern = "https://lan.example/out?c={customer}&l={list}&t={token}"
    assert crm("config", "set", f"mail.unsubscribe={pattern}").code == 0
    assert crm(*DRAFT).code == 0
    # Without a key nobody could tell that an address is ours: nothing is sent.
    before = drafts(office)
    ran = crm(*SEND)
    assert ran.code == 2 and "no password for mail.unsubscribe" in ran.err
    assert post.mails == [] and drafts(office) == before
    config.write_text(f"{whole}  unsubscribe_key: {{password_file: {key}}}\n")
    assert crm(*SEND).out == "1 sent\n"
    message = post.mails[0][1]
    token = hmac.new(b"secret", b"maja-kos\0news", hashlib.sha256).hexdigest()[:32]
    assert message["List-Unsubscribe"] == (
        f"<https://lan.example/out?c=maja-kos&l=news&t={token}>, "
        "<mailto:office@lan.example?subject=unsubscribe>"
    )
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize("pattern", [
    "http://lan.example/{customer}/{token}", "https://lan.example/{customer}",
    "https://lan.example/{token}", "https://lan.example/{customer}/{token}/ x>",
])  # fmt: skip
def test_a_way_out_that_cannot_be_is_told(
    crm: Crm, office: Path, post: PostOffice, tmp_path: Path, pattern: str
) -> None:
    key = tmp_path / "key"
    key.write_text("secret\n")
    key.chmod(0o600)
    config = tmp_path / "home/.config/crm/config.yaml"
    config.write_text(f"{config.read_text()}  unsubscribe_key: {{password_file: {key}}}\n")
    assert crm("config", "set", f"mail.unsubscribe={pattern}").code == 0
    assert crm(*DRAFT).code == 0
    ran = crm(*SEND)
    assert "mail.unsubscribe" in ran.err and ran.out == "1 left\n" and post.mails == []


def test_a_service_mail_is_no_mailing(crm: Crm, office: Path, post: PostOffice) -> None:
    assert crm(*DRAFT, "--for", "service/email").code == 0
    assert crm(*SEND).out == "1 sent\n"
    message = post.mails[0][1]
    assert not [name for name in message if name.startswith("List-")]
    assert message["Auto-Submitted"] is None


def test_other_grounds_are_noted_and_hold_when_it_is_sent(
    crm: Crm, office: Path, post: PostOffice
) -> None:
    words = ("mail", "draft", "jan-vidmar", "--template", "news")
    assert crm("set", "jan-vidmar", "emails+=jan@vidmar.example").code == 0
    assert "no entry of consent" in crm(*words).err and drafts(office) == []
    ran = crm(*words, "--basis", "legitimate_interest", "--reason", "came last year", "--yes")
    assert ran.code == 0 and len(drafts(office)) == 1, ran
    assert "came last year" in crm("interaction", "list", "customer:jan-vidmar", "kind:note").out
    assert crm(*SEND).out == "1 sent\n"


def test_a_copy_is_kept_in_sent(
    crm: Crm, office: Path, post: PostOffice, server: Dovecot, tmp_path: Path
) -> None:
    config = tmp_path / "home/.config/crm/config.yaml"
    source = f"  keep_sent: office/INBOX\n  sources:\n    office: {server.settings()}\n"
    config.write_text(config.read_text() + source)
    assert crm(*DRAFT).code == 0
    assert crm(*SEND).out == "1 sent\n"
    (copy,) = server.maildir.glob("cur/*,S*")
    assert b"Subject: News for Maja Kos" in copy.read_bytes()
    # It is known already when it is fetched.
    assert crm("mail", "fetch").code == 0
    assert crm("interaction", "list", "has:message_id", "-o", "ids").out.count("\n") == 1
    # Where no copy can be kept the mail was sent all the same.
    config.write_text(config.read_text().replace(str(server.port), "9"))
    assert crm(*DRAFT, "--occasion", "2").code == 0
    ran = crm(*SEND)
    assert ran.out == "1 sent\n" and "no copy was kept" in ran.err


@pytest.fixture
def phone(office: Path, tmp_path: Path) -> Iterator[Path]:
    """A program that sends text messages: what it was given, with how it is to end."""
    with (office / "crm.yaml").open("a") as settings:
        settings.write("  sender: desk\n")
    (office / "templates/late.md").write_text("---\nkind: sms\n---\nŽivjo, {{ customer.name }}!\n")
    agree(office, "jan-vidmar")
    script = tmp_path / "text"
    told = f'{{ echo "$@"; cat; echo; }} >> {tmp_path}/told\nexit $(cat {tmp_path}/code)\n'
    script.write_text(f"#!/bin/sh\n{told}")
    script.chmod(0o700)
    (tmp_path / "code").write_text("0")
    configure(tmp_path, "from: office@lan.example")
    config = tmp_path / "home/.config/crm/config.yaml"
    config.write_text(f"{config.read_text()}sms_command: {script} -q\n")
    yield tmp_path


def test_a_text_message_goes_by_command(crm: Crm, office: Path, phone: Path) -> None:
    words = ("mail", "draft", "maja-kos", "--template", "late", "--for", "service/sms")
    dry = crm(*words, "--dry-run")
    assert "to maja-kos: +38641222333" in dry.out and "Živjo, Maja Kos!" in dry.out
    assert "Length: 1 part, 16 of 70 characters (UCS-2)" in dry.out
    ran = crm(*words)
    assert ran.code == 0 and "GSM-7 has no Ž" in ran.err, ran
    (path,) = drafts(office)
    assert path.suffix == ".sms" and path.read_text().startswith("To: +38641222333\n")
    (phone / "code").write_text("75")
    assert crm("mail", "send", "--all").out == "1 put off\n"
    (phone / "code").write_text("0")
    assert crm("mail", "send", "--all").out == "1 sent\n"
    told = (phone / "told").read_text().splitlines()
    assert told[-2:] == ["-q -- +38641222333", "Živjo, Maja Kos!"]
    assert "sent already" in crm(*words).err and crm("mail", "send", "--all").out == ""
    (row,) = json.loads(crm("interaction", "list", "kind:sms", "--json").out)
    assert (row["customer"], row["direction"], row["summary"]) == (
        "maja-kos", "outbound", "Živjo, Maja Kos!",
    )  # fmt: skip
    assert crm("check").code == 0


def test_consent_is_asked_for_text_messages(crm: Crm, office: Path, phone: Path) -> None:
    words = ("mail", "draft", "maja-kos", "--template", "late")
    assert "no entry of consent" in crm(*words).err  # marketing/sms
    assert crm(*words, "--for", "service/sms").code == 0
    (path,) = drafts(office)
    path.write_text(path.read_text().replace("+38641222333", "+38640999999"))
    ran = crm("mail", "send", path.name)
    assert "no number of theirs" in ran.err and not (phone / "told").exists()
    assert crm("consent", "withdraw", "maja-kos", "--for", "service").code == 0
    path.write_text(path.read_text().replace("+38640999999", "+38641222333"))
    ran = crm("mail", "send", path.name)
    assert "withdrawn or refused" in ran.err and not (phone / "told").exists()


def test_without_a_command_nothing_is_lost(crm: Crm, office: Path, phone: Path) -> None:
    with post_office(phone):  # mail is configured, text messages are not
        assert crm("mail", "draft", "maja-kos", "--template", "late",
                   "--for", "service/sms").code == 0  # fmt: skip
        ran = crm("mail", "send", "--all")
        assert ran.code == 7 and "sms_command" in ran.err and len(drafts(office)) == 1


@pytest.mark.parametrize("number", ["-rf", "0; rm", "$(x)", "+1 2\n3"])
def test_a_number_is_no_option(crm: Crm, office: Path, phone: Path, number: str) -> None:
    assert crm("mail", "draft", "maja-kos", "--template", "late", "--for", "service/sms").code == 0
    (path,) = drafts(office)
    path.write_text(path.read_text().replace("+38641222333", number))
    assert crm("mail", "send", path.name).out == "1 left\n"
    assert not (phone / "told").exists()


def test_several_are_drafted_with_one_question(crm: Crm, office: Path, post: PostOffice) -> None:
    many(office, 2)
    ran = crm("mail", "draft", "id:c00,c01", "--template", "news")
    assert ran.code == 2 and "--yes" in ran.err and drafts(office) == []
