"""An IMAP server of Debian's dovecot-imapd: an ordinary process, in a folder of its own."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

PASSWORD = "correct-horse"
USER = "office@lan.example"


def program() -> str | None:
    """Where dovecot is; None where it is not installed."""
    return shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


class Dovecot:
    """A server on a port of its own; its mails are a Maildir."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = _free_port()
        self.maildir = folder / "mail"
        for name in ("cur", "new", "tmp"):
            (self.maildir / name).mkdir(parents=True)
        me, group = getpass.getuser(), os.getegid()
        # Without root no other user can be become; with root one must not be it.
        root = os.geteuid() == 0
        owner = "mail" if root else me
        if root:
            shutil.chown(folder, "mail", "mail")
            for path in folder.rglob("*"):
                shutil.chown(path, "mail", "mail")
        (folder / "users").write_text(
            f"{USER}:{{PLAIN}}{PASSWORD}::::{self.maildir}::\n", encoding="utf-8"
        )
        self.conf = folder / "dovecot.conf"
        self.conf.write_text(
            f"base_dir = {folder}/run\nstate_dir = {folder}/run\n"
            f"log_path = {folder}/log\nprotocols = imap\nssl = no\nlisten = 127.0.0.1\n"
            "disable_plaintext_auth = no\n"
            f"default_internal_user = {'dovecot' if root else me}\n"
            f"default_login_user = {'dovenull' if root else me}\n"
            f"default_internal_group = {'dovecot' if root else group}\n"
            f"first_valid_uid = 1\nfirst_valid_gid = 1\nmail_uid = {owner}\nmail_gid = {owner}\n"
            f"mail_location = maildir:{self.maildir}\n"
            f"service imap-login {{\n  chroot =\n  inet_listener imap {{\n    port = {self.port}\n"
            "  }\n  inet_listener imaps {\n    port = 0\n  }\n}\n"
            "service anvil {\n  chroot =\n}\nservice stats {\n  chroot =\n}\n"
            f"passdb {{\n  driver = passwd-file\n  args = {folder}/users\n}}\n"
            f"userdb {{\n  driver = static\n  args = uid={owner} gid={owner} home={folder}\n}}\n",
            encoding="utf-8",
        )
        folder.chmod(0o755)
        self._server: subprocess.Popen[bytes] | None = None

    def start(self) -> str:
        """Start it; why it cannot be, empty where it answers."""
        found = program()
        assert found is not None
        self._server = subprocess.Popen(
            [found, "-F", "-c", str(self.conf)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        for _ in range(200):
            if self._server.poll() is not None:
                assert self._server.stderr is not None
                return self._server.stderr.read().decode("utf-8", "replace").strip()[-300:]
            try:
                with socket.create_connection(("127.0.0.1", self.port), 5) as one:
                    if one.recv(200).startswith(b"* OK"):
                        return ""
            except OSError:
                pass
            time.sleep(0.05)
        return "it does not answer"

    def stop(self) -> None:
        """End it, by its own process."""
        if self._server is not None:
            self._server.terminate()
            self._server.wait(20)
            assert self._server.stderr is not None
            self._server.stderr.close()

    def deliver(self, mails: Sequence[bytes]) -> None:
        """Put mails into the INBOX."""
        there = len(list((self.maildir / "new").iterdir()))
        there += len(list((self.maildir / "cur").iterdir()))
        for number, data in enumerate(mails, there):
            path = self.maildir / "tmp" / f"{1_790_000_000 + number}.{number}.lan"
            path.write_bytes(data)
            if os.geteuid() == 0:
                shutil.chown(path, "mail", "mail")
            path.rename(self.maildir / "new" / path.name)

    def settings(self, **more: str) -> str:
        """A source in the user's configuration."""
        said = {"imap": "127.0.0.1", "port": str(self.port), "tls": "none", "user": USER,
                "password_command": f"echo {PASSWORD}", **more}  # fmt: skip
        return "{" + ", ".join(f"{key}: {value}" for key, value in said.items() if value) + "}"


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port
