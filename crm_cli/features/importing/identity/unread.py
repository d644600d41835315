"""Who may be in the files that cannot be read, by what stands in their texts.

A row that means nobody who could be read would be added as new, beside who is there already.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property

from crm_cli.features.importing.identity.rule import Address, called, external_key
from crm_cli.features.importing.known import Known
from crm_cli.features.importing.merging import Values
from crm_cli.features.unread import unread
from crm_cli.model.customer import CUSTOMER
from crm_cli.workspace import Workspace

_EMAIL = re.compile(
    r"(?<![^\s<>,;:\"'()\[\]{}])[^\s<>,;:\"'()\[\]{}@]+@[^\s<>,;:\"'()\[\]{}]+"
)
_PHONE = re.compile(r"\+?[0-9(][0-9 ()/.-]{3,40}[0-9]")
_LINE = re.compile(r"[^\r\n]+")


class Unread:
    """What identifies customers in the files that cannot be read, or not as a whole."""

    def __init__(self, workspace: Workspace, known: Known) -> None:
        self._workspace = workspace
        self._known = known

    def who(self, values: Values, addresses: Iterable[Address]) -> str:
        """The path of the file that may be of whom a row means, which has no id of ours here;
        empty where there is none.

        It is by an e-mail, a phone or an external id that stands in the text, or by the name where
        the row has none of them. All may stand in a file of which there is no text.
        """
        if "id" in values or not (self._texts or self._closed):
            return ""
        key = external_key(values)
        asked = [text for _, text in addresses] + ([key[1]] if key is not None else [])
        if not asked:
            asked = [called(values).casefold()]
        return next((self._texts[one] for one in asked if one in self._texts), self._closed)

    @cached_property
    def _closed(self) -> str:
        """A file or folder of which there is no text."""
        return next((path for path, text in self._files if text is None), "")

    @cached_property
    def _texts(self) -> dict[str, str]:
        """The paths of files by the e-mails, phones, names and other values in their texts."""
        found: dict[str, str] = {}
        for path, text in self._files:
            for line in _LINE.findall(text or ""):
                for email in _EMAIL.findall(line):
                    found[email.casefold()] = path
                for phone in _PHONE.findall(line):
                    found[self._known.dialled(phone)] = path
                value = line.partition(": ")[2] or line
                for written in (value, value.partition(" #")[0]):
                    found[written.strip(" \t\"'-,{}[]").casefold()] = path
                    found[written.strip(" \t\"'-,{}[]")] = path
        return found

    @cached_property
    def _files(self) -> list[tuple[str, str | None]]:
        return [(one.path, one.text) for one in unread(self._workspace, (CUSTOMER,))]
