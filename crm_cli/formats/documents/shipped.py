"""The templates that come with the program."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from crm_cli.formats.documents.serbian import to_latin
from crm_cli.formats.documents.words import LANGUAGES

_FOLDER = Path(__file__).parent / "texts"
COMMON = ""
"""The language of templates that are the same in all."""


class Shipped(NamedTuple):
    """A template of the program's own; `language` is COMMON for one that is for all, and `of` what
    an e-mail or an SMS is about, a kind of papers."""

    name: str
    language: str
    kind: str
    subject: str
    body: str
    of: str = ""

    @property
    def text(self) -> str:
        """The template as a file would have it."""
        head = {"kind": self.kind, "of": self.of, "language": self.language,
                "subject": self.subject}  # fmt: skip
        lines = "".join(f"{key}: {value}\n" for key, value in head.items() if value)
        return f"---\n{lines}---\n\n{self.body}\n"


def shipped(name: str, language: str) -> Shipped | None:
    """A template in one of `known_language`'s answers, else the common one; None where there is
    none of that name."""
    return _of(language).get(name) or _of(COMMON).get(name)


def all_shipped() -> list[Shipped]:
    """All of them, the common ones first."""
    return [one for language in (COMMON, *LANGUAGES) for one in _of(language).values()]


@lru_cache(maxsize=16)
def _of(language: str) -> dict[str, Shipped]:
    file = language.partition("-")[0] or "common"
    table = tomllib.loads((_FOLDER / f"{file}.toml").read_text(encoding="utf-8"))
    found = {
        name: Shipped(
            name, language, one["kind"], one.get("subject", ""), one["body"].strip("\n"),
            one.get("of", ""),
        )
        for name, one in table.items()
    }  # fmt: skip
    if language == "sr-Latn":
        return {
            name: one._replace(subject=to_latin(one.subject), body=to_latin(one.body))
            for name, one in found.items()
        }
    return found
