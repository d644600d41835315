"""What is said once rather than with each command, noted in `.crm/`."""

from __future__ import annotations

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
    try:
        files.private_folder(os.path.join(real, ".crm"))
        files.write_atomic(path, b"", granting=files.shared)
    except (OSError, StorageError, Refused):
        pass  # It is then said again.
    return True


def forget(real: str, what: str) -> None:
    """Let it be said again, since it has changed."""
    files.remove_quietly(os.path.join(real, ".crm", what))
