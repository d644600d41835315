"""An SMTP server that does as it is told, for mails that customers get."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller


class PostOffice:
    """What the server took: (recipients, message), in order; and what it answers to others."""

    def __init__(self, log: Path | None = None) -> None:
        self.mails: list[tuple[list[str], EmailMessage]] = []
        self.answers: dict[str, str] = {}
        """By recipient what the server says to RCPT."""
        self.answer = ""
        """What it says at the end of any mail, instead of taking it."""
        self.meanwhile: Callable[[], object] | None = None
        """What happens while a mail is taken."""
        self.log = log

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.answer == "hang up":
            server.transport.abort()
            return "451 gone"
        if self.answer:
            return self.answer
        if self.meanwhile is not None:
            self.meanwhile()
        message = message_from_bytes(envelope.content, policy=policy.default)
        self.mails.append((envelope.rcpt_tos, message))
        return "250 taken"

    @property
    def recipients(self) -> list[str]:
        """Who got something, in order."""
        return [to for recipients, _ in self.mails for to in recipients]


@contextmanager
def post_office(tmp_path: Path) -> Iterator[PostOffice]:
    """A server on loopback, which the user's configuration names."""
    office = PostOffice()
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    controller = Controller(office, hostname="127.0.0.1", port=port, enable_SMTPUTF8=True)
    controller.start()
    try:
        configure(tmp_path, f"smtp: {{host: 127.0.0.1, port: {port}, tls: none}}")
        yield office
    finally:
        controller.stop()


def configure(tmp_path: Path, lines: str, machine: str = "desk") -> None:
    """Write the user's configuration: how mails leave, and what the machine is called."""
    folder = tmp_path / "home" / ".config" / "crm"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.yaml").write_text(f"mail:\n  machine: {machine}\n  {lines}\n")
