"""Checks of the environment, each with the command that fixes it."""

from __future__ import annotations

import os
import sqlite3
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from crm_cli.index.cache import engine
from crm_cli.model.errors import CrmError, Refused, Severity, StorageError
from crm_cli.model.places import SETTINGS
from crm_cli.store import files
from crm_cli.store.discovery import cache_folder, cache_place, lies_within
from crm_cli.workspace import Workspace


class State(StrEnum):
    """How a check came out: a warning costs comfort, a failure costs answers or data."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


class Check(NamedTuple):
    """One thing looked at; `run` is what puts it right, empty where nothing has to be."""

    name: str
    state: State
    message: str
    run: str = ""


class Outside(NamedTuple):
    """What only the program's edge knows: the streams' encoding and the colour of the clock."""

    encoding: str
    today: str | None


def examine(
    opened: Callable[[], Workspace], environ: Mapping[str, str], outside: Outside
) -> list[Check]:
    """One result for each check, always in the same order; never raises.

    `opened` gives the workspace, and may raise what finding it raises: then the checks
    that need a directory are left out. Writes nothing into the directory.
    """
    workspace: Workspace | None = None
    try:
        here = workspace = opened()
    except CrmError as error:
        found = [Check("directory", State.FAIL, error.message, "crm init my-crm")]
    else:
        here.checking = True
        found = [*_directory(here), _permissions(here), _index(here)]
    found += _git(workspace, environ)
    if workspace is not None:
        found.append(_time_zone(workspace, outside))
    found.append(_locale(environ, outside))
    found.append(_versions())
    if workspace is not None:
        found.append(_cache(workspace, environ))
    return found


def _directory(workspace: Workspace) -> Iterator[Check]:
    root = workspace.root
    try:
        workspace.tree.read(SETTINGS.path)
        interrupted = files.exists(str(root / ".crm" / "journal"))
    except (CrmError, OSError) as error:
        yield Check("directory", State.FAIL, f"{root}: {error}", f"ls -l {root / SETTINGS.path}")
        return
    if interrupted:
        yield Check(
            "directory", State.WARN, f"{root}: a write was interrupted; the next one finishes it",
            "crm check, then any command that writes",
        )  # fmt: skip
    else:
        yield Check("directory", State.OK, str(root))


def _permissions(workspace: Workspace) -> Check:
    root = files.real(workspace.root)
    try:
        mode = files.calls.stat(root).st_mode
        lockable = _locks(root)
    except (OSError, CrmError) as error:
        return Check("permissions", State.FAIL, f"cannot be looked at: {error}", f"ls -ld {root}")
    if not lockable:
        return Check(
            "permissions", State.FAIL, "this file system has no locks: nothing can be written",
            "keep the directory on a local disk",
        )  # fmt: skip
    if os.name != "nt" and mode & stat.S_IWOTH:
        return Check(
            "permissions", State.FAIL, "any user on this machine can change the records",
            f"chmod -R o-w {root}",
        )  # fmt: skip
    if not os.access(root, os.W_OK, effective_ids=os.access in os.supports_effective_ids):
        return Check("permissions", State.WARN, "may be read, not written", f"ls -ld {root}")
    if os.name != "nt" and mode & stat.S_IWGRP:
        return Check(
            "permissions",
            State.WARN,
            "the group may change the records too",
            f"chmod -R g-w {root}",
        )
    return Check("permissions", State.OK, "readable, writable, lockable")


def _locks(root: str) -> bool:
    """Whether files can be locked here; tried on the folder itself, so that none is made."""
    descriptor = files.calls.open(root, os.O_RDONLY)
    try:
        files.calls.flock(descriptor, exclusive=True)
        files.calls.flock(descriptor, exclusive=False)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        files.calls.close(descriptor)
    return True


def _index(workspace: Workspace) -> Check:
    try:
        index = workspace.index
        customers = index.answer(lambda _: index.status())["customers"]
        problems = [*index.problems(), *workspace.tree.problems, *workspace.left_out]
    except (CrmError, OSError, sqlite3.Error) as error:
        return Check("index", State.FAIL, f"cannot be made: {error}", "crm index rebuild")
    errors = sum(one.severity is Severity.ERROR for one in set(problems))
    counted = f"{customers:,} customer{'' if customers == 1 else 's'}"
    if errors:
        return Check(
            "index", State.WARN, f"{counted}; answers are partial: {errors} errors", "crm check"
        )
    return Check("index", State.OK, f"{counted}, {index.changed} read just now")


def _git(workspace: Workspace | None, environ: Mapping[str, str]) -> Iterator[Check]:
    from crm_cli.store.identity import git_user
    from crm_cli.store.lookalikes import lookalikes
    from crm_cli.store.repository import find_repository
    from crm_cli.store.signing import cannot_sign

    if not _installed("git", environ):
        yield Check("git", State.WARN, "not installed: there is no history", "install git")
        return
    if workspace is None:
        return
    found = find_repository(workspace.root)
    name, email = git_user(environ)
    trusted = _trusted(workspace, environ)
    if isinstance(trusted, Check):
        yield trusted
    elif found is None:
        yield Check("git", State.WARN, "no repository: there is no history", "crm git setup")
    elif not trusted:
        yield Check("git", State.WARN, "not trusted yet: nothing is committed", "crm git setup")
    elif found.obstacle():
        yield Check("git", State.WARN, f"{found.obstacle()}: nothing is committed", "git status")
    elif not all(_identity(workspace, (name, email))):
        yield Check(
            "git", State.WARN, "does not know who you are: nothing is committed",
            "git config --global user.name NAME; git config --global user.email MAIL",
        )  # fmt: skip
    elif not workspace.business.autocommit:
        yield Check(
            "git", State.WARN, "commands are not committed by themselves: git.autocommit is off",
            "crm config set git.autocommit=true",
        )  # fmt: skip
    elif reason := cannot_sign(workspace.git):
        yield Check(
            "git", State.WARN, f"commits cannot be signed, so nothing is committed: {reason}",
            "git config --show-origin commit.gpgSign; git config user.signingKey",
        )  # fmt: skip
    else:
        yield Check("git", State.OK, f"each command is committed, as {name} <{email}>")
    for folder in lookalikes(workspace.root):
        yield Check(
            "git", State.WARN, f"{folder} looks like a repository: git that is run there by hand "
            "obeys its config and hooks", "see who made it, and remove it",
        )  # fmt: skip


def _trusted(workspace: Workspace, environ: Mapping[str, str]) -> bool | Check:
    from crm_cli.store.trust import Untrusted, trusted_file, trusted_repository

    try:
        trusted_repository(workspace.root, environ)
        return True
    except Untrusted:
        return False
    except Refused as error:
        return Check("git", State.WARN, error.message, "crm trust")
    except StorageError as error:
        return Check("git", State.FAIL, error.message, f"ls -l {trusted_file(environ)}")


def _installed(program: str, environ: Mapping[str, str]) -> bool:
    import shutil

    return shutil.which(program, path=environ.get("PATH")) is not None


def _time_zone(workspace: Workspace, outside: Outside) -> Check:
    try:
        now = workspace.clock.now
        zone = workspace.business.zone
    except (CrmError, KeyError, ValueError) as error:
        return Check("time zone", State.FAIL, str(error), "crm config set time_zone=Europe/Rome")
    shown = f"{zone}, {now:%Y-%m-%d %H:%M}"
    if outside.today:
        return Check(
            "time zone", State.WARN, f"{shown}: the clock is set by hand", "unset CRM_TODAY"
        )
    if zone == "UTC":
        return Check(
            "time zone", State.WARN, f"{shown}: perhaps not where you work",
            "crm config set time_zone=Europe/Rome",
        )  # fmt: skip
    return Check("time zone", State.OK, shown)


def _locale(environ: Mapping[str, str], outside: Outside) -> Check:
    said = next((environ[key] for key in ("LC_ALL", "LC_CTYPE", "LANG") if environ.get(key)), "")
    shown = f"{said or 'none set'}, answers in {outside.encoding}"
    if outside.encoding.lower().replace("-", "") in ("utf8", "utf8sig"):
        return Check("locale", State.OK, shown)
    return Check(
        "locale", State.WARN, f"{shown}: other letters are shown as escapes",
        "export PYTHONUTF8=1, or LANG=C.UTF-8",
    )  # fmt: skip


def _versions() -> Check:
    from crm_cli import __version__

    python = ".".join(map(str, sys.version_info[:3]))
    sqlite, searches = engine()
    shown = f"crm {__version__}, Python {python}, SQLite {sqlite}"
    if not searches:
        return Check(
            "versions", State.FAIL, f"{shown} without FTS5", "use a Python whose SQLite has FTS5"
        )
    try:
        import_module("ruamel.yaml.cyaml")
    except ImportError:
        return Check(
            "versions", State.WARN, f"{shown}, YAML in Python alone: reading is slow",
            "pip install 'ruamel.yaml[oldlibyaml]'",
        )  # fmt: skip
    return Check("versions", State.OK, f"{shown}, YAML in C")


def _identity(workspace: Workspace, user: tuple[str, str]) -> tuple[str, str]:
    """(name, e-mail) of commits: the repository's own, else the user's."""
    keys = ("user.name", "user.email")
    name, email = (workspace.git.text("config", "--get", key) for key in keys)
    return name or user[0], email or user[1]


def _cache(workspace: Workspace, environ: Mapping[str, str]) -> Check:
    folder = cache_folder(Path(workspace.root), environ)
    if folder is None:
        place = cache_place(Path(workspace.root), environ)
        if place is not None and lies_within(place, Path(workspace.root)):
            return Check(
                "cache", State.WARN, f"none: {place.parent} is in the data directory, where "
                "reading writes nothing; every command reads every record",
                "export CRM_CACHE_DIR=DIR, outside the data directory",
            )  # fmt: skip
        return Check(
            "cache", State.WARN, "no private folder for it: every command reads every record",
            "export CRM_CACHE_DIR=DIR, where only you may write",
        )  # fmt: skip
    if workspace.made_index is not None and workspace.made_index.path is None:
        return Check(
            "cache", State.WARN, f"{folder} cannot be used (full, locked, or on a network)",
            f"df {folder}",
        )  # fmt: skip
    return Check("cache", State.OK, str(folder))
