"""The files of templates/: which one a name means in a language, and what it says of itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from crm_cli.model.errors import DataError
from crm_cli.model.front_matter import Front, read_front
from crm_cli.model.kind import normal
from crm_cli.workspace import Workspace

FOLDER = "templates/"
ENDINGS = (".md", ".txt", "")
DRAFT = "draft"
_SAFE = re.compile(r"(?!\.)[\w-][\w.-]*(?:/(?!\.)[\w-][\w.-]*)*")
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


class OwnTemplate(NamedTuple):
    """A file of templates/. `name` is that of the file without its ending and its language, which
    is a BCP 47 tag or empty; the body of `front` begins in its line of `text`."""

    path: str
    name: str
    language: str
    front: Front
    text: str

    @property
    def status(self) -> str:
        """Its status; active where it says none."""
        return normal(self.front.entries.get("status", "")) or "active"


class OwnTemplates:
    """The files of templates/, as they are now."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._paths = sorted(workspace.tree.listed(FOLDER))
        self._known: dict[tuple[str, str, str], str] = {}
        for path in self._paths:
            stem, ending = _parts(path)
            self._known.setdefault((stem, "", ending), path)
            name, tag = split_tag(stem)
            self._known.setdefault((name, tag.lower(), ending), path)

    def all(self) -> Iterator[OwnTemplate]:
        """Those with the ending of a template, by path. Raises DataError."""
        return (self.read(path) for path in self._paths if _parts(path)[1])

    def find(self, name: str, language: str = "") -> OwnTemplate | None:
        """The template of a name, in a language where there is one in it, whatever its case:
        `NAME.de-AT.md`, `NAME.de.md`, `NAME.md`, and `.txt` or the whole name will do.

        A draft is found only where it is named with its language or its ending. Raises DataError
        for one that cannot be read.
        """
        for path in self._named(name, language):
            found = self.read(path)
            if found.status != DRAFT or _parts(name)[1] or split_tag(name)[1]:
                return found
        return None

    def draft(self, name: str, language: str = "") -> str:
        """The path of a draft of that name; empty where there is none. Raises DataError."""
        for path in self._named(name, language):
            if self.read(path).status == DRAFT:
                return path
        return ""

    def _named(self, name: str, language: str) -> Iterator[str]:
        """The paths that a name may mean, the best one first."""
        stem, ending = _parts(name)
        base, own = split_tag(stem)
        keys = [(stem, tag) for tag in tags(language)] + [(stem, ""), (base, own.lower())]
        for start, tag in keys:
            for end in (ending,) if ending else ENDINGS:
                if (start, tag, end) in self._known:
                    yield self._known[start, tag, end]

    def read(self, path: str) -> OwnTemplate:
        """The template in a file. Raises DataError for one that cannot be read."""
        try:
            text = self._workspace.tree.read(path).decode()
        except UnicodeDecodeError:
            raise DataError(f"{path} is not UTF-8", "convert it") from None
        front = read_front(text)
        name, tag = split_tag(_parts(path)[0])
        return OwnTemplate(path, name, canonical(front.entries.get("language", "") or tag), front,
                           text)  # fmt: skip


def is_safe(name: str) -> bool:
    """Whether a name is one of a file in templates/, and of none elsewhere."""
    return _SAFE.fullmatch(name) is not None and ".." not in name


def split_tag(name: str) -> tuple[str, str]:
    """A name without its language, and the language: `reminder.sl`; empty where it has none."""
    stem, dot, tail = name.rpartition(".")
    return (stem, tail) if dot and _TAG.fullmatch(tail) else (name, "")


def tags(language: str) -> Iterator[str]:
    """A BCP 47 tag and those that it is of, in lower case: `sr-latn-rs`, `sr-latn`, `sr`."""
    tag = language.replace("_", "-").lower()
    while tag and _TAG.fullmatch(tag):
        yield tag
        tag = tag.rpartition("-")[0]


def canonical(tag: str) -> str:
    """A tag as BCP 47 writes it (RFC 5646, 2.1.1): `de-AT`, `sr-Latn`."""
    main, *rest = tag.replace("_", "-").lower().split("-")
    return "-".join([main, *(_SHAPES.get(len(one), str)(one) for one in rest)])


_SHAPES = {2: str.upper, 4: str.capitalize}


def _parts(path: str) -> tuple[str, str]:
    """The name of a file without folder and ending, and the ending; empty without one of ours."""
    name = path.removeprefix(FOLDER)
    ending = next((one for one in ENDINGS if one and name.endswith(one)), "")
    return name.removesuffix(ending), ending
