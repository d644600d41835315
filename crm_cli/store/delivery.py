"""Delivering a message: by SMTP, by sendmail, or to a command."""

from __future__ import annotations

import base64
import shlex
import smtplib
import ssl
import subprocess
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from pathlib import Path

from crm_cli.model.errors import StorageError, UsageError
from crm_cli.store.userconfig import secret

Deliver = Callable[[EmailMessage, Mapping[str, str]], None]
"""Hands a message over; the mapping is what a command is told of it. Raises StorageError."""

_PATIENCE = 60
_LOGGED_IN = 235
_PLACES = ("{text}", "{subject}", "{user}", "{email}")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def by_command(command: str) -> Deliver:
    """To a command, without a shell: the text on its stdin, and in place of the arguments
    `{text}`, `{subject}`, `{user}` and `{email}`.

    Each of these is an argument of its own: within another, as in the code of `sh -c`,
    what stands in records could be run. Raises UsageError.
    """
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise UsageError(f"--command: {error}") from error
    for word in words:
        if any(place in word and place != word for place in _PLACES):
            raise UsageError(
                f"--command: {word} has a placeholder inside a word",
                "make it an argument of its own: sh -c 'echo \"$0\"' {subject}",
            )
    if not words:
        raise UsageError(
            "--command is empty", "crm notify --command 'notify-send {subject} {text}'"
        )

    def deliver(message: EmailMessage, told: Mapping[str, str]) -> None:
        made = [told[word[1:-1]].replace("\0", "") if word in _PLACES else word for word in words]
        _run(made, told["text"].encode())

    return deliver


def by_mail(settings: Mapping[str, object], root: Path) -> Deliver:
    """By what the user's configuration has under `mail`: `smtp` or `sendmail`.

    Raises UsageError where it has neither.
    """
    smtp = settings.get("smtp")
    if isinstance(smtp, dict):
        return _by_smtp(smtp, root)
    sendmail = settings.get("sendmail")
    if sendmail:
        words = shlex.split(str(sendmail))

        def deliver(message: EmailMessage, told: Mapping[str, str]) -> None:
            _run([*words, "-i", "-f", _bare(message["From"]), "--", told["email"]], bytes(message))

        return deliver
    raise UsageError(
        "mail is not configured",
        "write mail: {from: crm@firm.example, sendmail: /usr/sbin/sendmail} or smtp: {host: …}"
        " into ~/.config/crm/config.yaml",
    )


def _by_smtp(settings: Mapping[str, object], root: Path) -> Deliver:
    """TLS from the first byte (`tls: tls`), or STARTTLS, which is insisted on.

    Without TLS only to this machine itself.
    """
    host = str(settings.get("host") or "")
    tls = str(settings.get("tls") or "starttls").lower()
    user = str(settings.get("user") or "")
    try:
        port = int(str(settings.get("port") or (465 if tls == "tls" else 587)))
    except ValueError:
        raise UsageError("mail.smtp.port is not a number") from None
    if not host:
        raise UsageError("mail.smtp has no host", "write smtp: {host: smtp.firm.example}")
    if tls not in ("starttls", "tls", "none"):
        raise UsageError(f"mail.smtp.tls is {tls}", "it is starttls, tls or none")
    if tls == "none" and host not in _LOOPBACK:
        raise UsageError(f"mail to {host} would go unencrypted", "write tls: starttls or tls: tls")

    login: list[str] = []

    def deliver(message: EmailMessage, told: Mapping[str, str]) -> None:
        if user and not login:
            # Once in a run: a command may ask a person for it.
            login.append(secret(settings, user, root))
        try:
            if tls == "tls":
                context = ssl.create_default_context()
                server: smtplib.SMTP = smtplib.SMTP_SSL(
                    host, port, timeout=_PATIENCE, context=context
                )
            else:
                server = smtplib.SMTP(host, port, timeout=_PATIENCE)
            with server:
                if tls == "starttls":
                    server.starttls(context=ssl.create_default_context())
                if login:
                    _log_in(server, user, login[0])
                server.send_message(message, _bare(message["From"]), [told["email"]])
        except smtplib.SMTPAuthenticationError:
            # What the server answers may repeat what it was sent.
            raise StorageError(f"{host} rejected the password of {user}") from None
        except ssl.SSLCertVerificationError as error:
            raise StorageError(
                f"{host} has no valid certificate for {host}: {error.verify_message}",
                "nothing was sent to it; SSL_CERT_FILE names the certificates to trust",
            ) from None
        except ssl.SSLError as error:
            raise StorageError(
                f"{host} port {port} does not speak TLS as expected: {error.reason}",
                "tls: tls is usually for port 465, tls: starttls for port 587",
            ) from None
        except (smtplib.SMTPException, OSError) as error:
            raise StorageError(f"{host} rejected the mail: {_reason(error)}") from None

    return deliver


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


def _run(words: list[str], data: bytes) -> None:
    try:
        done = subprocess.run(
            words, input=data, stdout=subprocess.DEVNULL, timeout=_PATIENCE, check=False
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise StorageError(f"{words[0]} cannot be run: {_reason(error)}") from None
    if done.returncode:
        raise StorageError(f"{words[0]} ended with {done.returncode}")


def _bare(address: object) -> str:
    """The address alone, of `Name <address>`."""
    from email.utils import parseaddr

    return parseaddr(str(address))[1]


def _reason(error: Exception) -> str:
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return " ".join(str(text).split())[:200]
