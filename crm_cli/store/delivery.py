"""Delivering a message: by SMTP, by sendmail, or to a command."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from pathlib import Path

from crm_cli.model.errors import StorageError, UsageError
from crm_cli.store.routes import reason, route_of

Deliver = Callable[[EmailMessage, Mapping[str, str]], None]
"""Hands a message over; the mapping is what a command is told of it. Raises StorageError."""

_PATIENCE = 60
_PLACES = ("{text}", "{subject}", "{user}", "{email}")


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
    route = route_of(settings, root)

    def deliver(message: EmailMessage, told: Mapping[str, str]) -> None:
        data = message.as_bytes(policy=message.policy.clone(linesep="\r\n"))
        try:
            route.send(_bare(message["From"]), [told["email"]], data)
        finally:
            route.close()

    return deliver


def _run(words: list[str], data: bytes) -> None:
    try:
        done = subprocess.run(
            words, input=data, stdout=subprocess.DEVNULL, timeout=_PATIENCE, check=False
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise StorageError(f"{words[0]} cannot be run: {reason(error)}") from None
    if done.returncode:
        raise StorageError(f"{words[0]} ended with {done.returncode}")


def _bare(address: object) -> str:
    """The address alone, of `Name <address>`."""
    from email.utils import parseaddr

    return parseaddr(str(address))[1]
