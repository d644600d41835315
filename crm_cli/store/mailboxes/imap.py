"""Mails on an IMAP server (RFC 3501), read without a trace: EXAMINE and BODY.PEEK."""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any

from crm_cli.model.errors import StorageError, UsageError
from crm_cli.model.mail import LARGEST
from crm_cli.store.mailboxes import Done, Letter
from crm_cli.store.userconfig import secret

_PATIENCE = 60
_CHUNK, _BYTES = 100, 16 * 1024 * 1024
"""So many mails are asked for at once, and about so many bytes."""
_RANGE = 20_000
"""So many UIDs are searched at once: an answer is one line, and lines are bounded."""
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Imap:
    """An account with the folders that are read of it; nothing is sent before `letters`."""

    def __init__(self, name: str, settings: Mapping[str, object], root: Path) -> None:
        self.name = name
        self._settings = settings
        self._root = root
        self._host = str(settings.get("imap") or "")
        self._tls = str(settings.get("tls") or "tls").lower()
        self._user = str(settings.get("user") or "")
        folders = settings.get("folders") or settings.get("folder") or "INBOX"
        self._folders = folders if isinstance(folders, list) else [str(folders)]
        where = f"mail.sources.{name}"
        try:
            self._port = int(str(settings.get("port") or (993 if self._tls == "tls" else 143)))
        except ValueError:
            raise UsageError(f"{where}.port is not a number") from None
        if self._tls not in ("starttls", "tls", "none"):
            raise UsageError(f"{where}.tls is {self._tls}", "it is tls, starttls or none")
        if self._tls == "none" and self._host not in _LOOPBACK:
            raise UsageError(
                f"the password would go to {self._host} unencrypted", "write tls: tls or starttls"
            )
        if not self._user:
            raise UsageError(f"{where} has no user", "write user: office@firm.example")

    def letters(self, done: Done, since: date | None) -> Iterator[Letter]:
        """See `Mailbox`: folder by folder, by UID from the last one on."""
        try:
            with self._connected() as server:
                for folder in self._folders:
                    yield from self._of_folder(server, str(folder), done, since)
        except ssl.SSLCertVerificationError as error:
            raise StorageError(
                f"{self._host} has no valid certificate for {self._host}: {error.verify_message}",
                "nothing was sent to it; SSL_CERT_FILE names the certificates to trust",
            ) from None
        except ssl.SSLError as error:
            raise StorageError(
                f"{self._host} port {self._port} does not speak TLS as expected: {error.reason}",
                "tls: tls is usually for port 993, tls: starttls for port 143",
            ) from None
        except (imaplib.IMAP4.error, OSError) as error:
            raise StorageError(
                f"{self._host}: {_reason(error)}",
                "what was fetched is kept; run the command again to go on",
            ) from None

    def gone(self, done: Done) -> list[str]:
        """See `Mailbox`: a folder's key is the folder."""
        return []

    def keep(self, folder: str, data: bytes, at: datetime) -> None:
        """Put a mail that was sent into a folder, as read. Raises StorageError."""
        try:
            with self._connected() as server:
                when = imaplib.Time2Internaldate(at)
                status, answer = server.append(_quoted(folder), r"(\Seen)", when, data)
        except (imaplib.IMAP4.error, OSError) as error:
            raise StorageError(f"{self._host}: {_reason(error)}") from None
        if status != "OK":
            raise StorageError(f"{self._host} does not take it: {_said(answer)}")

    def _connected(self) -> imaplib.IMAP4:
        # A password command may ask a person: a server that hangs up meanwhile is no use.
        login = self._secret()
        server = self._reached()
        try:
            if self._tls == "starttls":
                server.starttls(ssl.create_default_context())
            self._log_in(server, login)
        except BaseException:
            with suppress(imaplib.IMAP4.error, OSError):
                server.shutdown()
            raise
        return server

    def _reached(self) -> imaplib.IMAP4:
        try:
            if self._tls == "tls":
                context = ssl.create_default_context()
                return imaplib.IMAP4_SSL(
                    self._host, self._port, ssl_context=context, timeout=_PATIENCE
                )
            return imaplib.IMAP4(self._host, self._port, timeout=_PATIENCE)
        except (ssl.SSLError, OSError):
            raise
        except ValueError:
            # Of names that cannot be: `x..example`, `.example` (UnicodeError, among others).
            raise UsageError(
                f"{self._host} is no name of a server", f"correct mail.sources.{self.name}.imap"
            ) from None

    def _secret(self) -> str:
        token = self._settings.get("token_command")
        if not token:
            return secret(self._settings, self._user, self._root)
        return secret({"password_command": token}, self._user, self._root)

    def _log_in(self, server: imaplib.IMAP4, login: str) -> None:
        """By password, or by a token (SASL XOAUTH2); what the server answers is told to nobody,
        since it may repeat what it was sent."""
        try:
            if self._settings.get("token_command"):
                bearer = f"user={self._user}\x01auth=Bearer {login}\x01\x01"
                server.authenticate("XOAUTH2", lambda said: b"" if said else bearer.encode())
            elif (self._user + login).isascii():
                server.login(self._user, login)
            else:
                plain = f"\0{self._user}\0{login}".encode()
                server.authenticate("PLAIN", lambda said: plain)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error:
            raise StorageError(
                f"{self._host} rejected the login of {self._user}",
                "check user and password_command (or token_command)",
            ) from None

    def _of_folder(
        self, server: imaplib.IMAP4, folder: str, done: Done, since: date | None
    ) -> Iterator[Letter]:
        status, answer = server.select(_quoted(folder), readonly=True)
        if status != "OK":
            raise StorageError(
                f"{self._host} has no folder {folder}: {_said(answer)}",
                f"folders: [{self._settings.get('folders') or 'INBOX'}] in mail.sources.{self.name}"
                " are those that are read",
            )
        validity = _number(server.response("UIDVALIDITY")[1])
        held = done.get(folder)
        # Another UIDVALIDITY: the UIDs of before are others' now (RFC 3501, 2.3.1.1).
        known = held[1] if isinstance(held, list) and held[:1] == [validity] else 0
        for uids in self._chunks(server, known, since):
            for uid, data, arrived in self._fetched(server, uids):
                place = f"{self.name}/{folder}, UID {uid}"
                yield Letter(place, data, arrived, (folder, [validity, uid]))

    def _chunks(
        self, server: imaplib.IMAP4, known: int, since: date | None
    ) -> Iterator[Sequence[int]]:
        """The UIDs after a known one, in groups that fit into memory."""
        following = _number(server.response("UIDNEXT")[1])
        for start in range(known + 1, max(following, known + 2), _RANGE):
            end = start + _RANGE - 1 if following else "*"
            found = self._uids(server, f"{start}:{end}", since)
            for group in range(0, len(found), _CHUNK):
                # `N:*` holds the last mail, whatever its UID.
                fresh = [uid for uid in found[group : group + _CHUNK] if uid > known]
                yield from self._sized(server, fresh)

    def _uids(self, server: imaplib.IMAP4, span: str, since: date | None) -> list[int]:
        wanted = ["UID", span]
        if since is not None:
            wanted += ["SINCE", f"{since.day}-{_MONTHS[since.month - 1]}-{since.year}"]
        status, answer = server.uid("SEARCH", *wanted)
        if status != "OK":
            raise StorageError(f"{self._host} cannot search: {_said(answer)}")
        return sorted(map(int, b" ".join(filter(None, answer)).split()))

    def _sized(self, server: imaplib.IMAP4, uids: Sequence[int]) -> Iterator[Sequence[int]]:
        """UIDs in groups of some bytes together."""
        if not uids:
            return
        status, answer = server.uid("FETCH", ",".join(map(str, uids)), "(UID RFC822.SIZE)")
        sizes = {}
        for line in answer if status == "OK" else ():
            line = line if isinstance(line, bytes) else b""
            uid, size = re.search(rb"UID (\d+)", line), re.search(rb"RFC822.SIZE (\d+)", line)
            if uid and size:
                sizes[int(uid[1])] = min(int(size[1]), LARGEST)
        group: list[int] = []
        total = 0
        for one in uids:
            size_of = sizes.get(one, LARGEST)
            if group and total + size_of > _BYTES:
                yield group
                group, total = [], 0
            group.append(one)
            total += size_of
        yield group

    def _fetched(
        self, server: imaplib.IMAP4, uids: Sequence[int]
    ) -> Iterator[tuple[int, bytes, datetime | None]]:
        wanted = f"(UID INTERNALDATE BODY.PEEK[]<0.{LARGEST + 1}>)"
        status, answer = server.uid("FETCH", ",".join(map(str, uids)), wanted)
        if status != "OK":
            raise StorageError(f"{self._host} cannot fetch: {_said(answer)}")
        found = {}
        for place, one in enumerate(answer):
            if isinstance(one, tuple) and len(one) == 2:
                # What a server says after the text stands in an item of its own.
                after = answer[place + 1] if place + 1 < len(answer) else b""
                said = one[0] + (b" " + after if isinstance(after, bytes) else b"")
                uid = re.search(rb"\bUID (\d+)", said)
                if uid is not None:
                    found[int(uid[1])] = (one[1], _arrived(said))
        # One that was removed meanwhile is missing; the next ones are not to be forgotten.
        for wished in uids:
            if wished in found:
                yield wished, *found[wished]


def _quoted(folder: str) -> str:
    """A folder's name in modified UTF-7 (RFC 3501, 5.1.3), quoted."""
    import base64

    def coded(match: re.Match[str]) -> str:
        data = base64.b64encode(match[0].encode("utf-16-be")).decode().rstrip("=")
        return f"&{data.replace('/', ',')}-"

    if re.search(r"[\x00-\x1f\x7f]", folder):
        raise UsageError("a folder's name has a control character", "correct it in mail.sources")
    text = re.sub(r"[^\x20-\x7e]+", coded, folder.replace("&", "&-"))
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _arrived(head: bytes) -> datetime | None:
    said = re.search(rb'INTERNALDATE "([^"]{1,40})"', head)
    if said is None:
        return None
    try:
        return datetime.strptime(said[1].decode("ascii").strip(), "%d-%b-%Y %H:%M:%S %z")
    except ValueError:
        return None


def _number(answer: Any) -> int:
    text = answer[0] if answer and answer[0] is not None else b"0"
    return int(text) if bytes(text).isdigit() else 0


def _said(answer: Sequence[Any]) -> str:
    first = answer[0] if answer else b""
    return " ".join(str(first, "utf-8", "replace").split())[:200] if first else "no reason given"


def _reason(error: Exception) -> str:
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return " ".join(str(text).split())[:200]
