"""The completion script and the manual pages where the user's shell and man look for them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from crm_cli.model.errors import UsageError
from crm_cli.store import outside

_PLACES = {
    "bash": ("XDG_DATA_HOME", ".local/share", "bash-completion/completions"),
    "zsh": ("XDG_DATA_HOME", ".local/share", "zsh/site-functions"),
    "fish": ("XDG_CONFIG_HOME", ".config", "fish/completions"),
}
"""Where each shell looks: the variable, what it is without it, the folder within."""


def install(shell: str, scripts: Mapping[str, str], environ: Mapping[str, str]) -> list[Path]:
    """Write the scripts, by their file names, for a shell, and the manual pages that came with
    the program; returns the files. Raises UsageError without a home, StorageError.
    """
    variable, usual, within = _PLACES[shell]
    written = []
    for name, text in scripts.items():
        path = _home(environ, variable, usual) / within / name
        outside.make_folder(path.parent)
        outside.write(path, [text], force=True)
        written.append(path)
    pages = Path(sys.prefix) / "share" / "man"
    own = _home(environ, "XDG_DATA_HOME", ".local/share") / "man"
    if pages.resolve() == own.resolve():
        return written
    for page in sorted(pages.glob("man[17]/crm*.[17]")):
        path = own / page.parent.name / page.name
        outside.make_folder(path.parent)
        outside.write(path, [page.read_text(encoding="utf-8")], force=True)
        written.append(path)
    return written


def _home(environ: Mapping[str, str], variable: str, usual: str) -> Path:
    if environ.get(variable):
        return Path(environ[variable])
    if not environ.get("HOME"):
        raise UsageError("there is no home directory", f"set HOME, or {variable}")
    return Path(environ["HOME"]) / usual
