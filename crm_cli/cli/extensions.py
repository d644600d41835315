"""Commands that other programs add: `crm-NAME` on the PATH is `crm NAME`."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from crm_cli.cli.arguments import Globals
from crm_cli.cli.commands import named
from crm_cli.model.errors import CrmError, StorageError
from crm_cli.store import extensions
from crm_cli.store.discovery import find


def listed(environ: Mapping[str, str], directory: Path | None = None) -> dict[str, str]:
    """The path of each extension by its name, without those that a command or the answer to a
    wrong word hides."""
    try:
        root = str(find(Path.cwd(), directory, environ))
    except (CrmError, OSError):
        root = None
    found = extensions.extensions(environ, root)
    return {name: path for name, path in found.items() if not _hidden(name)}


def program(name: str, options: Globals, environ: Mapping[str, str]) -> str:
    """The path of the extension that a first word names; empty where it names none."""
    if not name or name.startswith("-") or named(name) is not None:
        return ""
    return listed(environ, options.directory).get(name, "")


def run(path: str, options: Globals, words: Sequence[str], environ: Mapping[str, str]) -> int:
    """Become the program, with the words after its name; on systems where that cannot be, run it
    and answer with its exit code. The options that stand anywhere on the line are taken out of
    the words: what they say is in the environment.

    Raises StorageError where it cannot be run, and UsageError for a directory or a day that is
    none.
    """
    given = [path, *words[1:]]
    surroundings = _environment(options, environ)
    sys.stdout.flush()
    try:
        if os.name == "nt":
            return subprocess.run(given, env=surroundings, check=False).returncode
        os.execve(path, given, surroundings)
    except OSError as error:
        raise StorageError(
            f"{path} cannot be run: {error.strerror or error}",
            "its first line has to name what runs it: #!/bin/sh",
        ) from error


def _environment(options: Globals, environ: Mapping[str, str]) -> dict[str, str]:
    """The directory, the user and the day as the command line has them."""
    from crm_cli.cli.session import Session

    session = Session(options, environ=environ)
    found = dict(environ)
    if options.color == "never":
        found["NO_COLOR"] = "1"
    if not session.has_directory():
        return found
    try:
        workspace = session.workspace
        found["CRM_DIR"] = str(workspace.root.absolute())
        if workspace.user:
            found["CRM_USER"] = workspace.user
        if options.today or environ.get("CRM_TODAY"):
            clock = workspace.clock
            noon = clock.now.replace(hour=12, minute=0, second=0, microsecond=0) == clock.now
            found["CRM_TODAY"] = (clock.today if noon else clock.now).isoformat()
    finally:
        session.close()
    return found


def _hidden(name: str) -> bool:
    from crm_cli.cli.wrong_verbs import is_answered

    return named(name) is not None or is_answered(name)
