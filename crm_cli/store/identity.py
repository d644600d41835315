"""Who is at the keyboard by default: git's user."""

from __future__ import annotations

import os
from collections.abc import Mapping

from crm_cli.model.ids import slug
from crm_cli.store import files
from crm_cli.store.repository import Repository


def user_id(name: str, email: str) -> str:
    """What a user is called in records: their first name, else what their e-mail begins with."""
    return slug((name.split() or [email.partition("@")[0]])[0])


def git_user(
    environ: Mapping[str, str], repository: Repository | None = None
) -> tuple[str, str]:
    """(name, e-mail) of git's user, each empty where there is none: the repository's, if it
    names one, else that of the global configuration.

    Only these two values are read of a repository's configuration, and nothing that it includes.
    """
    own = _own(repository) if repository is not None else ""
    name, email = (_asked(environ, "--file", own, "--no-includes", key=key) if own else ""
                   for key in _KEYS)  # fmt: skip
    return (
        name or _asked(environ, "--global", key=_KEYS[0]),
        email or _asked(environ, "--global", key=_KEYS[1]),
    )


_KEYS = ("user.name", "user.email")


def _own(repository: Repository) -> str:
    """The repository's configuration if it can name a user; without one git is not asked."""
    path = os.path.join(repository.common, "config")
    try:
        return path if b"[user" in (files.read_if_any(path) or b"").lower() else ""
    except OSError:
        return ""


def _asked(environ: Mapping[str, str], *where: str, key: str) -> str:
    from crm_cli.store.git import Git, GitFailed

    try:
        ran = Git("/", environ).ask("config", *where, "--get", key, seconds=5)
    except GitFailed:
        return ""
    return "" if ran.code else ran.out.decode("utf-8", "replace").strip()
