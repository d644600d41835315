"""What was said once, or is to be gone on with, noted in `.crm/`."""

from __future__ import annotations

import contextlib
import os

from crm_cli.model.errors import Refused, StorageError
from crm_cli.store import files

UNSIGNED = "told-unsigned"
UNCOMMITTED = "told-uncommitted"


def first(real: str, what: str) -> bool:
    """Whether something has not been said yet; from now on it has."""
    path = os.path.join(real, ".crm", what)
    if files.exists(path):
        return False
    note(real, what, "")  # Where it cannot be noted it is said again.
    return True


def note(real: str, what: str, text: str) -> None:
    """Keep a line of text, as far as one can be written there."""
    with contextlib.suppress(OSError, StorageError, Refused):
        files.private_folder(os.path.join(real, ".crm"))
        path = os.path.join(real, ".crm", what)
        files.write_atomic(path, text.encode(), granting=files.shared)


def noted(real: str, what: str) -> str:
    """The line that was kept; empty if there is none."""
    try:
        return files.read(os.path.join(real, ".crm", what)).decode("utf-8", "replace")
    except (OSError, StorageError, Refused):
        return ""


def forget(real: str, what: str) -> None:
    """Let it be said again, since it has changed."""
    files.remove_quietly(os.path.join(real, ".crm", what))
