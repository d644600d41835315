"""Names of files that are made of what records say, such as the number of an invoice."""

from __future__ import annotations

import re
from collections.abc import Callable

_OTHER = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST = 100


class FileNames:
    """Names that every file system takes, each given once: `7/1` with `.pdf` is `7_1.pdf`, and
    then comes `7_1-2.pdf`. Names that differ in case alone are one."""

    def __init__(self, is_taken: Callable[[str], bool] = lambda path: False) -> None:
        """`is_taken` says of a path whether it is there already, such as in a folder."""
        self._given: set[str] = set()
        self._is_taken = is_taken

    def free(self, text: str, suffix: str, *, folder: str = "", otherwise: str = "") -> str:
        """A free path in a folder (empty, or with `/` at its end); other letters than ASCII are
        transliterated, and of what has none left the name is `otherwise`."""
        stem = _stem(text) or _stem(otherwise) or "file"
        path, number = f"{folder}{stem}{suffix}", 1
        while path.lower() in self._given or self._is_taken(path):
            number += 1
            path = f"{folder}{stem}-{number}{suffix}"
        self._given.add(path.lower())
        return path


def _stem(text: str) -> str:
    if not text.isascii():
        from anyascii import anyascii

        text = anyascii(text)
    return _OTHER.sub("_", text).strip("._")[:_LONGEST]
