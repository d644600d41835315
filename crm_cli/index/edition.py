"""The version of the index's tables, remembered beside the index.

It follows from every declaration, and putting it together takes a tenth of the time of a
completion. So it is kept in the cache folder, with the times of the compiled files that it follows
from: where one of them is another, it is put together anew.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from crm_cli.index import schema
from crm_cli.index.cache import create_private

_NAME = "tables.txt"
_DECLARING = ("crm_cli.model.", "crm_cli.index.")


def version(folder: Path | None) -> str:
    """`schema.version()`, from a cache folder where it stands there for this program."""
    made_of = _made_of() if folder is not None else ""
    if folder is None or not made_of:
        return schema.version()
    try:
        held = (folder / _NAME).read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        held = ""
    before, _, known = held.partition("\0")
    if before == made_of and known:
        return known
    made = schema.version()
    _remember(folder, f"{made_of}\0{made}")
    return made


def _remember(folder: Path, text: str) -> None:
    """Put it into the folder, whole or not at all; without one there is nothing to remember."""
    draft = folder / f"{_NAME}.{os.getpid()}.tmp"
    try:
        draft.unlink(missing_ok=True)
        create_private(draft)
        draft.write_text(text, "utf-8")
        draft.replace(folder / _NAME)
    except OSError:
        return


def _made_of() -> str:
    """The program by the times of its compiled files; empty where it does not run from them.

    Each of them is checked against its source when it is loaded (finder.py); one that is written
    anew, or comes or goes, changes the time of the folder that it is in.
    """
    modules = [module for name, module in sys.modules.items() if name.startswith(_DECLARING)]
    if not all(getattr(module.__loader__, "checked", False) for module in modules):
        return ""
    folders = dict.fromkeys(str(module.__cached__).rpartition("/")[0] for module in modules)
    try:
        times = [f"{folder} {Path(folder).stat().st_mtime_ns}" for folder in folders]
    except OSError:
        return ""
    return "\n".join((schema.program(), *sorted(times), *schema.environment()))
