"""The ways on which e-mails leave: an SMTP server, or sendmail and programs like it.

What matters of a failure is whether the e-mail may have been taken. Until a server has got all of
it and its last answer is missing, it was not.
"""

from __future__ import annotations

import base64
import re
import shlex
import smtplib
import ssl
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from crm_cli.model.errors import StorageError, UsageError
from crm_cli.store.userconfig import secret

_PATIENCE = 60
_LOGGED_IN, _GO_ON, _CLOSING, _PUT_OFF, _FOR_GOOD = 235, 354, 421, 400, 500
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_TEMPORARY, _NO_RIGHTS = 75, 77
"""Of sendmail, from sysexits.h: EX_TEMPFAIL, and EX_NOPERM, a login that was refused."""
_BROKEN = (64, 69, 71, 72, 73, 78)
"""From sysexits.h: it cannot work at all, whatever the e-mail."""


class Rejected(StorageError):
    """This e-mail was not taken, by the answer of a server: others may be. `code` is that of
    SMTP, 4yz for now and 5yz for good; `address` is the recipient that it is about, if it is."""

    def __init__(self, code: int, said: str, *, address: str = "") -> None:
        super().__init__(f"{code} {said}".strip())
        self.code = code
        self.address = address


class Unreached(StorageError):
    """No e-mail can be sent at present: there is no server, or it refuses the login."""


class Unsure(StorageError):
    """It is not known whether this e-mail was taken: the connection broke when all was said."""


class Route(Protocol):
    """A way on which e-mails leave."""

    def send(self, sender: str, to: Sequence[str], data: bytes) -> None:
        """Send an e-mail, CRLF at the ends of its lines, to all or none of some addresses.

        Raises Rejected, Unreached, Unsure.
        """

    def close(self) -> None:
        """Let go of the server."""


def route_of(settings: Mapping[str, object], root: Path) -> Route:
    """The way that the user's configuration names under `mail`: `smtp` or `sendmail`.

    Raises UsageError where it has neither.
    """
    smtp = settings.get("smtp")
    if isinstance(smtp, dict):
        return Smtp(smtp, root)
    if settings.get("sendmail"):
        return Sendmail(str(settings["sendmail"]))
    raise UsageError(
        "mail is not configured",
        "write mail: {from: crm@firm.example, sendmail: /usr/sbin/sendmail} or smtp: {host: …}"
        " into ~/.config/crm/config.yaml",
    )


class Sendmail:
    """A program that takes an e-mail on stdin: sendmail, msmtp, postfix."""

    def __init__(self, command: str) -> None:
        try:
            self._words = shlex.split(command)
        except ValueError as error:
            raise UsageError(f"mail.sendmail: {error}") from error

    def send(self, sender: str, to: Sequence[str], data: bytes) -> None:
        """See `Route`."""
        words = [*self._words, "-i", "-f", sender, "--", *to]
        _hand_over(words, data.replace(b"\r\n", b"\n"))

    def close(self) -> None:
        """See `Route`."""


class Texting:
    """A command that sends text messages: the text on its stdin, the number as its last argument,
    after `--`. How it ends is read as that of sendmail is."""

    def __init__(self, command: str) -> None:
        try:
            self._words = shlex.split(command)
        except ValueError as error:
            raise UsageError(f"sms_command: {error}") from error
        if not self._words:
            raise UsageError("sms_command is empty", "sms_command: gammu-sms")

    def send(self, number: str, text: str) -> None:
        """Send a message. Raises Rejected, Unreached, Unsure."""
        _hand_over([*self._words, "--", number], text.encode())


def run_command(
    words: Sequence[str], data: bytes, folder: Path, environ: Mapping[str, str]
) -> None:
    """Run a command of ours in a folder, with data on its stdin; how it ends is read as that of
    sendmail is. Raises Rejected, Unreached, Unsure."""
    _hand_over(words, data, folder, environ)


def _hand_over(
    words: Sequence[str],
    data: bytes,
    folder: Path | None = None,
    environ: Mapping[str, str] | None = None,
) -> None:
    """Run a program that sends what is on its stdin."""
    try:
        done = subprocess.run(
            words,
            input=data,
            stdout=subprocess.DEVNULL,
            timeout=_PATIENCE,
            check=False,
            cwd=folder,
            env=environ,
        )
    except subprocess.TimeoutExpired:
        raise Unsure(f"{words[0]} did not end within {_PATIENCE} seconds") from None
    except (OSError, ValueError) as error:
        raise Unreached(f"{words[0]} cannot be run: {reason(error)}") from None
    if done.returncode < 0:
        raise Unsure(f"{words[0]} was ended by signal {-done.returncode}")
    if done.returncode in (*_BROKEN, _NO_RIGHTS, 126, 127):
        raise Unreached(f"{words[0]} ended with {done.returncode}")
    if done.returncode:
        code = _PUT_OFF if done.returncode == _TEMPORARY else _FOR_GOOD
        raise Rejected(code, f"{words[0]} ended with {done.returncode}")


class Smtp:
    """An SMTP server (RFC 5321), connected to when there is something to send.

    TLS from the first byte (`tls: tls`), or STARTTLS, which is insisted on; without TLS only to
    this machine itself.
    """

    def __init__(self, settings: Mapping[str, object], root: Path) -> None:
        self._settings = settings
        self._root = root
        self._host = str(settings.get("host") or "")
        self._tls = str(settings.get("tls") or "starttls").lower()
        self._user = str(settings.get("user") or "")
        self._login = ""
        self._server: smtplib.SMTP | None = None
        try:
            self._port = int(str(settings.get("port") or (465 if self._tls == "tls" else 587)))
        except ValueError:
            raise UsageError("mail.smtp.port is not a number") from None
        if not self._host:
            raise UsageError("mail.smtp has no host", "write smtp: {host: smtp.firm.example}")
        if self._tls not in ("starttls", "tls", "none"):
            raise UsageError(f"mail.smtp.tls is {self._tls}", "it is starttls, tls or none")
        if self._tls == "none" and self._host not in _LOOPBACK:
            raise UsageError(
                f"mail to {self._host} would go unencrypted", "write tls: starttls or tls: tls"
            )

    def send(self, sender: str, to: Sequence[str], data: bytes) -> None:
        """See `Route`. A server that has closed the connection meanwhile is connected to anew."""
        fresh = self._server is None
        try:
            server = self._begun(sender, to, data)
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            if fresh:
                raise Unreached(f"{self._host}: {reason(error)}") from None
            server = self._once_more(sender, to, data)
        try:
            server.send(_stuffed(data))
            code, said = server.getreply()
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise Unsure(f"{self._host} took it, and then: {reason(error)}") from None
        if code < _PUT_OFF and not 200 <= code < 300:
            self._drop()
            raise Unsure(f"{self._host} took it, and then said: {code} {plain(said)}")
        if code >= _PUT_OFF:
            self._refused(code, said)

    def _once_more(self, sender: str, to: Sequence[str], data: bytes) -> smtplib.SMTP:
        try:
            return self._begun(sender, to, data)
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise Unreached(f"{self._host}: {reason(error)}") from None

    def _begun(self, sender: str, to: Sequence[str], data: bytes) -> smtplib.SMTP:
        """The server, told all but the e-mail itself. Raises Rejected, Unreached, and what a lost
        connection raises."""
        server = self._connected()
        options = []
        server.ehlo_or_helo_if_needed()
        if not all(address.isascii() for address in (sender, *to)):
            if not server.has_extn("smtputf8"):
                raise Rejected(550, f"{self._host} takes no addresses with other letters")
            options += ["SMTPUTF8", "BODY=8BITMIME"]
            # The library encodes commands as this says.
            server.command_encoding = "utf-8"
        if server.has_extn("size"):
            options.append(f"size={len(data)}")
        code, said = server.mail(sender, options)
        if code != 250:
            self._refused(code, said)
        for address in to:
            code, said = server.rcpt(address)
            if code not in (250, 251):
                whom = b"" if address == to[0] else f" ({address})".encode()
                self._refused(code, said + whom, address=address)
        code, said = server.docmd("DATA")
        if code != _GO_ON:
            self._refused(code, said)
        return server

    def _refused(self, code: int, said: bytes, *, address: str = "") -> None:
        """Raise for an answer that is a no; the next e-mail begins anew."""
        text = plain(said)
        if code == _CLOSING or self._server is None:
            self._drop()
            raise Unreached(f"{self._host}: {code} {text}")
        with suppress(smtplib.SMTPException, OSError):
            self._server.rset()
        raise Rejected(code if code >= _PUT_OFF else _PUT_OFF, text, address=address)

    def _connected(self) -> smtplib.SMTP:
        if self._server is not None:
            return self._server
        if self._user and not self._login:
            # Once in a run: a command may ask a person for it.
            self._login = secret(self._settings, self._user, self._root)
        try:
            self._server = self._connect()
        except smtplib.SMTPAuthenticationError:
            # What the server answers may repeat what it was sent.
            raise Unreached(f"{self._host} rejected the password of {self._user}") from None
        except ssl.SSLCertVerificationError as error:
            raise Unreached(
                f"{self._host} has no valid certificate for {self._host}: {error.verify_message}",
                "nothing was sent to it; SSL_CERT_FILE names the certificates to trust",
            ) from None
        except ssl.SSLError as error:
            raise Unreached(
                f"{self._host} port {self._port} does not speak TLS as expected: {error.reason}",
                "tls: tls is usually for port 465, tls: starttls for port 587",
            ) from None
        except (smtplib.SMTPException, OSError) as error:
            raise Unreached(f"{self._host} rejected the mail: {reason(error)}") from None
        return self._server

    def _connect(self) -> smtplib.SMTP:
        if self._tls == "tls":
            context = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, timeout=_PATIENCE, context=context
            )
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=_PATIENCE)
        try:
            if self._tls == "starttls":
                server.starttls(context=ssl.create_default_context())
            if self._login:
                _log_in(server, self._user, self._login)
        except BaseException:
            server.close()
            raise
        return server

    def _drop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    def close(self) -> None:
        """See `Route`."""
        if self._server is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._server.quit()
            self._drop()


def _log_in(server: smtplib.SMTP, user: str, password: str) -> None:
    """Log in; the library knows ASCII only, others go as RFC 4616 has it: UTF-8."""
    if (user + password).isascii():
        server.login(user, password)
        return
    server.ehlo_or_helo_if_needed()
    if "PLAIN" not in server.esmtp_features.get("auth", "").upper().split():
        raise smtplib.SMTPNotSupportedError("it takes no password with other letters than ASCII")
    token = base64.b64encode(f"\0{user}\0{password}".encode()).decode()
    code, answer = server.docmd("AUTH", f"PLAIN {token}")
    if code != _LOGGED_IN:
        raise smtplib.SMTPAuthenticationError(code, answer)


def _stuffed(data: bytes) -> bytes:
    """An e-mail as it follows DATA: dots doubled at the beginnings of lines (RFC 5321, 4.5.2)."""
    ended = data if data.endswith(b"\r\n") else data + b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", ended) + b".\r\n"


def plain(said: bytes) -> str:
    """What a server said, on one line, without control characters."""
    text = "".join(char if char.isprintable() else " " for char in said.decode("utf-8", "replace"))
    return " ".join(text.split())[:200]


def reason(error: Exception) -> str:
    """Why something failed, on one line."""
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return " ".join(str(text).split())[:200]
