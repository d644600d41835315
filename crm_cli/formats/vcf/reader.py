"""One vCard while it is read: its lines, and what has been taken of them."""

from __future__ import annotations

from crm_cli.formats.vcf.cards import Book, Draft
from crm_cli.formats.vcf.lines import Lines, Property
from crm_cli.formats.vcf.pictures import Picture
from crm_cli.formats.vcf.types import label_of, own_label

LONGEST, _MOST = 2_000, 100
"""Of lines that no field is for: longer or more of them stay in their file."""


class Reader:
    """One card while it is read."""

    def __init__(self, card: Lines, book: Book) -> None:
        self.lines = card.lines
        self.book = book
        self.draft = Draft()
        self.only_there: list[Property] = []
        self.picture: Picture | None = None
        self.kept: list[str] = []
        self._labels = {
            one.group.upper(): one for one in card.lines if one.group and one.name == "X-ABLABEL"
        }

    def first(self, name: str) -> Property | None:
        """The first line of a name that says something."""
        return next((one for one in self.lines if one.name == name and one.text), None)

    def label(self, line: Property) -> str:
        """What a line of Apple's calls the line of the same group, else what its types do."""
        own = self._labels.get(line.group.upper()) if line.group else None
        said = own_label(own.text) if own is not None else ""
        return said or line.param("X-CUSTOM") or label_of(line.types)

    def item(self, line: Property, value: str, **more: str) -> dict[str, str]:
        """An item of a list of addresses or numbers."""
        label = self.label(line)
        return {"value": value, **({"label": label} if label else {}), **more}

    def keep(self, line: Property) -> None:
        """Keep a line that nothing was taken of, unless it is too large for a record."""
        plain = line.plain
        large = line.is_binary or line.name == "AGENT" or len(plain) > LONGEST
        if large or len(self.kept) >= _MOST:
            self.only_there.append(line)
        elif plain not in self.kept:
            self.kept.append(plain)
