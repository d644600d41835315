"""`crm notify`: one digest for each user and day, against a real SMTP server."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from tests.conftest import Crm


class Mailbox:
    """What the server took: (recipients, message), in order."""

    def __init__(self) -> None:
        self.mails: list[tuple[list[str], EmailMessage]] = []
        self.refusing = False

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.refusing:
            return "451 try again later"
        message = message_from_bytes(envelope.content, policy=policy.default)
        self.mails.append((envelope.rcpt_tos, message))
        return "250 taken"


@pytest.fixture
def mailbox(shop: Path, tmp_path: Path) -> Iterator[Mailbox]:
    box = Mailbox()
    port = free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        configure(tmp_path, f"host: 127.0.0.1, port: {port}, tls: none")
        yield box
    finally:
        controller.stop()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def configure(tmp_path: Path, smtp: str, *, more: str = "") -> None:
    folder = tmp_path / "home" / ".config" / "crm"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.yaml").write_text(
        f"mail:\n  from: crm@lan.example\n  smtp: {{{smtp}}}\n{more}"
    )


def test_each_user_gets_one_digest_a_day(crm: Crm, mailbox: Mailbox) -> None:
    assert crm("notify", "--within", "7d") == (0, "", "")
    assert [to for to, _ in mailbox.mails] == [["petra@lan.example"], ["marko@lan.example"]]
    _, mail = mailbox.mails[0]
    assert mail["Subject"] == "crm: 1 overdue, 1 due, 2026-11-20"
    assert (mail["From"], mail["To"]) == ("crm@lan.example", "petra@lan.example")
    assert mail["Auto-Submitted"] == "auto-generated"
    text = mail.get_content().replace("\r\n", "\n")
    assert text == (
        "Overdue\n"
        "  2026-11-16  call  Hotel Breg: Call about the towels  t-3qqqqq1\n"
        "\n"
        "Today\n"
        "  2026-11-20  todo  Maja Kos: Send the samples  t-9f3kx7d\n"
    )
    assert crm("notify", "--within", "7d") == (0, "", "")
    assert len(mailbox.mails) == 2
    assert crm("notify", "--today", "2026-11-21").code == 0
    assert [to for to, _ in mailbox.mails[2:]] == [["petra@lan.example"]]


def test_nothing_due_is_no_mail(crm: Crm, mailbox: Mailbox) -> None:
    assert crm("notify", "--today", "2026-11-01") == (0, "", "")
    assert mailbox.mails == []


def test_dry_run_prints_and_sends_nothing(crm: Crm, mailbox: Mailbox) -> None:
    done = crm("notify", "--dry-run")
    assert done.out.startswith("To: petra <petra@lan.example>\nSubject: crm: 1 overdue, 1 due")
    assert mailbox.mails == []
    assert crm("notify").code == 0
    assert len(mailbox.mails) == 1


def test_what_failed_is_sent_by_the_next_run(crm: Crm, mailbox: Mailbox) -> None:
    mailbox.refusing = True
    done = crm("notify")
    assert (done.code, done.out) == (7, "")
    assert "petra was not sent" in done.err
    mailbox.refusing = False
    assert crm("notify").code == 0
    assert len(mailbox.mails) == 1


def test_names_from_records_add_no_header(crm: Crm, mailbox: Mailbox, shop: Path) -> None:
    (shop / "customers" / "ana.yaml").write_text(
        'name: "Ana\\r\\nBcc: all@evil.example"\nowner: petra\n'
        'tasks:\n  - title: "=?utf-8?q?a=0ABcc:evil?= \\e]8;;x\\a"\n    due: 2026-11-20\n'
    )
    assert crm("notify").code == 0
    ((to, mail),) = mailbox.mails
    assert to == ["petra@lan.example"]
    assert mail["Bcc"] is None
    assert "\x1b" not in mail.get_content()
    assert max(map(len, mail.get_content().splitlines())) <= 78


@pytest.mark.parametrize(
    "email", ["petra@lan.example, x@evil.example", "no address", "a@b\\nBcc: c@d"]
)
def test_what_is_no_address_gets_nothing(
    crm: Crm, mailbox: Mailbox, shop: Path, email: str
) -> None:
    settings = shop / "crm.yaml"
    settings.write_text(settings.read_text().replace("petra@lan.example", f'"{email}"'))
    assert crm("notify").code == 2
    assert mailbox.mails == []


def test_a_broken_record_is_told_in_the_mail(crm: Crm, mailbox: Mailbox, shop: Path) -> None:
    (shop / "customers" / "bad.yaml").write_text("name: [\n")
    assert crm("notify").code == 4
    assert "1 problem in the records" in mailbox.mails[0][1].get_content()


def test_to_a_command(crm: Crm, shop: Path, tmp_path: Path) -> None:
    script = tmp_path / "tell"
    script.write_text(f'#!/bin/sh\n{{ echo "$1|$2"; cat; }} >> {tmp_path}/told\n')
    script.chmod(0o700)
    command = f"{script} {{subject}} {{user}}"
    assert crm("notify", "--owner", "petra", "--command", command).code == 0
    assert crm("notify", "--owner", "petra", "--command", command).code == 0
    told = (tmp_path / "told").read_text()
    assert told.startswith("crm: 1 overdue, 1 due, 2026-11-20|petra\nOverdue\n")
    assert told.count("Overdue") == 1
    for wrong in ("sh -c 'echo {text}'", "", "'"):
        assert crm("notify", "--owner", "petra", "--command", wrong).code == 2
    assert crm("notify", "--owner", "petra", "--command", str(tmp_path / "nothing")).code == 7


def test_by_sendmail(crm: Crm, shop: Path, tmp_path: Path) -> None:
    script = tmp_path / "sendmail"
    script.write_text(f'#!/bin/sh\n{{ echo "$@"; cat; }} > {tmp_path}/sent\n')
    script.chmod(0o700)
    folder = tmp_path / "home" / ".config" / "crm"
    folder.mkdir(parents=True)
    (folder / "config.yaml").write_text(f"mail: {{from: crm@lan.example, sendmail: {script}}}\n")
    assert crm("notify").code == 0
    sent = (tmp_path / "sent").read_text()
    assert sent.startswith("-i -f crm@lan.example -- petra@lan.example\nFrom: crm@lan.example\n")


def test_what_is_missing_is_said(crm: Crm, shop: Path, tmp_path: Path) -> None:
    nothing = crm("notify")
    assert nothing.code == 2
    assert "config.yaml" in nothing.err
    configure(tmp_path, "host: mail.lan.example, tls: none")
    assert "unencrypted" in crm("notify").err
    assert crm("notify", "--owner", "nobody").code == 2


def test_lines_for_cron(crm: Crm, shop: Path) -> None:
    done = crm("notify", "--print-crontab")
    assert done.code == 0
    assert f"-C {shop} notify" in done.out
    assert "OnCalendar=" in done.out


@pytest.mark.parametrize("sign", ["\n", "\r", "\x0b", "\x85", "\u2028"])
def test_a_path_that_would_be_an_entry_of_its_own_is_refused(
    crm: Crm, shop: Path, tmp_path: Path, sign: str
) -> None:
    folder = tmp_path / f"x{sign}* * * * * touch PWNED #"
    shop.rename(folder)
    run = crm("-C", folder, "notify", "--print-crontab")
    assert (run.code, run.out) == (6, "")
    assert "line break" in run.err


@pytest.mark.slow
def test_two_at_once_killed_at_random(crm: Crm, mailbox: Mailbox, shop: Path) -> None:
    """Each digest comes; a second copy comes only where a run was killed, with the same id."""
    chance = random.Random(3)
    crm("due")
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-m", "crm_cli", "notify", "--within", "7d", "--today"]
    killed: Counter[str] = Counter()
    days = [f"2026-11-{day}" for day in range(20, 24)]
    for day in days:
        for _ in range(2):
            runs = [subprocess.Popen([*command, day], env=environ) for _ in range(2)]
            if chance.random() < 0.75:
                time.sleep(chance.uniform(0.15, 0.7))
                runs[0].send_signal(signal.SIGKILL)
            codes = [run.wait(timeout=60) for run in runs]
            assert codes[1] == 0
            killed[day] += codes[0] == -signal.SIGKILL
        assert subprocess.run([*command, day], env=environ, check=False).returncode == 0
    copies = Counter((to[0], str(mail["Message-ID"])) for to, mail in mailbox.mails)
    assert len(copies) == 2 * len(days)
    assert sum(copies.values()) - len(copies) <= sum(killed.values())
