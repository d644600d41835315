"""Hooks: programs in `.crm/hooks/` that are run before and after what commands write.

`.crm` is never shared: git ignores it, and `crm sync` refuses it. A folder may have come another
way all the same, so a hook is run only if exactly these bytes of it were trusted on this machine,
and from a copy of what was compared.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from crm_cli.model.errors import StorageError
from crm_cli.store import files
from crm_cli.store.git import kill
from crm_cli.store.scratch import scratch, written

FOLDER = ".crm/hooks"
BEFORE, AFTER = "before-write", "after-write"
RUNNING = "CRM_HOOK"
"""Set while a hook runs: what it writes runs none."""
SECONDS = 30.0
"""How long a hook may take."""


class Hook(NamedTuple):
    """A hook: `before-write` or `after-write`, its path, and what it is."""

    name: str
    path: str
    data: bytes

    @property
    def digest(self) -> str:
        """What is trusted: its name, and the SHA-256 of its bytes."""
        return f"{self.name}:{hashlib.sha256(self.data).hexdigest()}"


def hooks(root: str | Path) -> list[Hook]:
    """The hooks that a directory has, trusted or not; a file that is not executable is none.

    Raises StorageError.
    """
    found = []
    for name in (BEFORE, AFTER):
        path = os.path.join(root, *FOLDER.split("/"), name)
        with files.telling(f"read {path}"):
            data = files.read_if_any(path)
        if data is not None and os.access(path, os.X_OK):
            found.append(Hook(name, path, data))
    return found


def failure(hook: Hook, lines: bytes, root: str, environ: Mapping[str, str]) -> str:
    """Run a hook in a directory, with lines on stdin; what it said where it failed, else an empty
    text."""
    surroundings = {**environ, RUNNING: hook.name}
    with tempfile.TemporaryDirectory(prefix="crm-") as private, scratch() as out:
        copy = os.path.join(private, hook.name)
        try:
            files.write_new(copy, hook.data, mode=0o700, durable=False)
            process = subprocess.Popen(
                [copy], cwd=root, env=surroundings, stdin=subprocess.PIPE, stdout=out, stderr=out,
                start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            return f"it cannot be run: {error.strerror or error}"
        try:
            process.communicate(lines, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            kill(process)
            return f"it took more than {SECONDS:g} s, and was stopped"
        except BaseException:
            kill(process)
            raise
        said = written(out).decode("utf-8", "replace").strip()
    return "" if not process.returncode else said or f"it ended with {process.returncode}"


def read_all(root: str | Path) -> tuple[list[Hook], str]:
    """The hooks, or why they cannot be read."""
    try:
        return hooks(root), ""
    except StorageError as error:
        return [], error.message
