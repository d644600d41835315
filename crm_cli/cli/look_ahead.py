"""Start scanning the data directory in another process while the command's modules load."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from crm_cli.cli.arguments import Globals
from crm_cli.cli.commands import BY_NAME
from crm_cli.model.errors import UsageError

if TYPE_CHECKING:
    from crm_cli.store.look_ahead import Look


def begin(words: Sequence[str], options: Globals, environ: Mapping[str, str]) -> Look | None:
    """Have the directory looked at in another process, if it is large and will be asked."""
    command = BY_NAME.get(words[0] if words else "due")
    if command is None or not command.asks or not {"-h", "--help"}.isdisjoint(words):
        return None
    if options.on or environ.get("CRM_ON"):
        return None
    if "-" in words:
        # Before stdin ends, what it is about may only be written: add … | tag add vip -
        return None
    # A help, or a script for the shell, needs nothing of what reads directories.
    from crm_cli.store.discovery import find
    from crm_cli.store.look_ahead import look_ahead

    try:
        return look_ahead(find(Path.cwd(), options.directory, environ))
    except (UsageError, OSError):
        return None  # The command itself says what is wrong.
