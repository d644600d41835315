"""The mailboxes that the user's configuration names, or a path."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from crm_cli.model.errors import NotFound, UsageError
from crm_cli.model.text import did_you_mean
from crm_cli.store.discovery import user_config
from crm_cli.store.mailboxes import Mailbox
from crm_cli.store.mailboxes.files import Stream, opened
from crm_cli.store.mailboxes.imap import Imap
from crm_cli.store.mailboxes.settings import mail_settings

_WAYS = ("imap", "maildir", "mbox", "folder")


def mailboxes(
    root: Path, environ: Mapping[str, str], words: Sequence[str]
) -> list[Mailbox]:
    """The mailboxes that words name: those of the configuration, paths, `-` for stdin; without
    words all that are configured for this directory.

    Raises UsageError, NotFound.
    """
    sources = _sources(environ)
    if words:
        return [_named(root, environ, word, sources) for word in words]
    here = os.path.realpath(root)
    wanted = []
    for name, settings in sources.items():
        only = settings.get("directory")
        if not only or os.path.realpath(_path(str(only), environ)) == here:
            wanted.append(_configured(root, environ, name, settings))
    if not wanted:
        raise UsageError(
            "no mailbox is configured",
            "write mail: {sources: {office: {imap: imap.firm.example, user: …, password_command:"
            f" …}}}}}} into {user_config(environ)}, or name a path: crm mail fetch ~/Mail",
        )
    return wanted


def kept_sent(root: Path, environ: Mapping[str, str]) -> tuple[Imap, str] | None:
    """The mailbox and its folder where copies of what is sent are kept, `mail.keep_sent` of the
    configuration: `office/Sent`; None without. Raises UsageError."""
    said = mail_settings(environ).get("keep_sent")
    if not said:
        return None
    name, _, folder = str(said).partition("/")
    settings = _sources(environ).get(name)
    if settings is None or not settings.get("imap"):
        raise UsageError(
            f"mail.keep_sent is {said}, but mail.sources has no server {name}",
            "write keep_sent: office/Sent, with the name of a source that has imap:",
        )
    return Imap(name, settings, root), folder or "Sent"


def _sources(environ: Mapping[str, str]) -> dict[str, Mapping[str, object]]:
    found = mail_settings(environ).get("sources") or {}
    if not isinstance(found, dict) or not all(isinstance(one, dict) for one in found.values()):
        raise UsageError(
            f"mail.sources in {user_config(environ)} must give each name a mailbox",
            "sources: {office: {imap: imap.firm.example, user: office@firm.example}}",
        )
    return found


def _named(
    root: Path,
    environ: Mapping[str, str],
    word: str,
    sources: Mapping[str, Mapping[str, object]],
) -> Mailbox:
    if word == "-":
        return Stream()
    if word in sources:
        return _configured(root, environ, word, sources[word])
    path = _path(word, environ)
    if os.path.lexists(path):
        # Everything that is there: what was read once is known by its Message-ID.
        return opened(path, "")
    near = did_you_mean(word, sources)
    known = f"configured are {', '.join(sources)}" if sources else "name a path"
    raise NotFound(f"there is no mailbox '{word}'", near or known)


def _configured(
    root: Path, environ: Mapping[str, str], name: str, settings: Mapping[str, object]
) -> Mailbox:
    ways = [way for way in _WAYS if settings.get(way)]
    if len(ways) != 1:
        raise UsageError(
            f"mail.sources.{name} does not say where the mails are"
            if not ways
            else f"mail.sources.{name} has {' and '.join(ways)}",
            f"write one of {', '.join(_WAYS)}",
        )
    if ways == ["imap"]:
        return Imap(name, settings, root)
    return opened(_path(str(settings[ways[0]]), environ), name)


def _path(text: str, environ: Mapping[str, str]) -> Path:
    home = environ.get("HOME")
    if home and (text == "~" or text.startswith("~/")):
        return Path(home) / text[2:]
    return Path(os.path.abspath(text))
