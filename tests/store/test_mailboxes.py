"""Mailboxes in files: every mail once, and what cannot be read is named."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from crm_cli.model.errors import UsageError
from crm_cli.model.mail import LARGEST, LARGEST_OF_OUTLOOK
from crm_cli.store.mailboxes.files import opened
from crm_cli.store.mailboxes.imap import Imap
from tests.mails import mail, mbox


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="makes a pipe")
def test_a_mail_that_cannot_be_read_is_named_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "new.eml")
    (letter,) = opened(tmp_path, "").letters({}, None)
    assert letter.place == f"{tmp_path}/new.eml"
    assert letter.fault is not None
    assert letter.fault.message == "cannot be read: a pipe"


def test_links_to_nothing_and_hidden_files_are_no_mails(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(mail())
    (tmp_path / ".#a.eml").symlink_to("petra@here.123")
    (tmp_path / "b.eml").symlink_to("nowhere")
    assert [one.place for one in opened(tmp_path, "").letters({}, None)] == [f"{tmp_path}/a.eml"]


def test_a_byte_more_than_the_largest_mail_says_that_it_is_cut(tmp_path: Path) -> None:
    data = mail("x" * 70 + "\n") + b"y" * 70 * (LARGEST // 70)
    for name in ("a.eml", "a.msg", "box"):
        (tmp_path / name).write_bytes(mbox([data]) if name == "box" else data)
        (letter,) = opened(tmp_path / name, "").letters({}, None)
        assert len(letter.data) > LARGEST
    with (tmp_path / "a.msg").open("wb") as file:
        file.truncate(LARGEST_OF_OUTLOOK + 1)
    (letter,) = opened(tmp_path / "a.msg", "").letters({}, None)
    assert letter.fault is not None and letter.fault.message == "has more than 64 MiB"


class Server:
    """What a server answers: the UID before the text or after it."""

    def __init__(self, *answer: object) -> None:
        self._answer = list(answer)

    def uid(self, command: str, *words: str) -> tuple[str, list[object]]:
        assert words[1].endswith(f"<0.{LARGEST + 1}>)")
        return "OK", self._answer


def test_a_uid_may_come_after_the_text() -> None:
    box = Imap("a", {"imap": "x.example", "user": "a"}, Path())
    when = b'INTERNALDATE "19-Nov-2026 10:30:00 +0100"'
    server = Server(
        (b"1 (BODY[]<0> {1}", b"x"), b" UID 7 " + when + b")", b"2 (FLAGS (UID 8))",
        (b"3 (UID 9 " + when + b" BODY[]<0> {1}", b"y"), b")",
    )  # fmt: skip
    found = list(box._fetched(server, [7, 8, 9]))  # type: ignore[arg-type]
    assert [(uid, data) for uid, data, _ in found] == [(7, b"x"), (9, b"y")]
    assert all(at is not None and at.isoformat() == "2026-11-19T10:30:00+01:00"
               for _, _, at in found)  # fmt: skip


@pytest.mark.parametrize("host", ["x..y", ".example", "x" * 70 + ".example"])
@pytest.mark.parametrize("tls", ["tls", "starttls"])
def test_a_name_that_no_server_can_have(host: str, tls: str) -> None:
    settings = {"imap": host, "user": "a", "tls": tls, "password_command": "echo secret"}
    with pytest.raises(UsageError, match="is no name of a server"):
        list(Imap("a", settings, Path()).letters({}, None))
