"""Programs that are commands of `crm`: `crm-NAME` on the PATH.

What lies in the data directory is none: whoever sends files could send a program. Nor is what a
relative entry of the PATH finds, which is another one in every folder.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping

from crm_cli.store.paths import inside

_NAME = re.compile(r"crm-([a-z0-9][a-z0-9-]*)", re.ASCII)
_OURS = ("cli",)
"""Programs of this name are the program itself."""


def extensions(environ: Mapping[str, str], root: str | None = None) -> dict[str, str]:
    """The path of each by its NAME, the first on the PATH; `root` is the data directory."""
    found: dict[str, str] = {}
    forbidden = None if root is None else os.path.realpath(root)
    for folder in _folders(environ):
        for file in _listed(folder):
            name = _named(file)
            if name and name not in found and _runs(os.path.join(folder, file), forbidden):
                found[name] = os.path.join(folder, file)
    return dict(sorted(found.items()))


def extension(name: str, environ: Mapping[str, str], root: str | None = None) -> str:
    """The path of one; empty where there is none."""
    if not _NAME.fullmatch(f"crm-{name}"):
        return ""
    return extensions(environ, root).get(name, "")


def _folders(environ: Mapping[str, str]) -> Iterator[str]:
    for folder in environ.get("PATH", "").split(os.pathsep):
        if os.path.isabs(folder):
            yield folder


def _listed(folder: str) -> list[str]:
    try:
        return [name for name in os.listdir(folder) if name.startswith("crm-")]
    except OSError:
        return []


def _named(file: str) -> str:
    """The NAME of a file's name; empty where it is none, or ours."""
    if os.name == "nt":
        file = os.path.splitext(file)[0]
    match = _NAME.fullmatch(file)
    return match[1] if match is not None and match[1] not in _OURS else ""


def _runs(path: str, forbidden: str | None) -> bool:
    """Whether it is a program, and neither its folder nor what it is a link to is in that one."""
    if not os.path.isfile(path) or not os.access(path, os.X_OK):
        return False
    places = (os.path.realpath(path), os.path.realpath(os.path.dirname(path)))
    return forbidden is None or not any(inside(forbidden, place) for place in places)
