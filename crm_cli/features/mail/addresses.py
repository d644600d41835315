"""Addresses for mail programs, as they ask for them while somebody types."""

from __future__ import annotations

from collections.abc import Sequence

from crm_cli.model.errors import UsageError
from crm_cli.model.text import visible
from crm_cli.query.addresses import Addressed, sought
from crm_cli.workspace import Workspace

MOST = 50
PROGRAMS = ("neomutt", "aerc")


def addresses(workspace: Workspace, text: str, *, most: int = MOST) -> list[Addressed]:
    """The addresses that a text means, by the beginnings of words of address and name: whom we
    were in contact with last come first. Dead addresses and those not to be used are left out.

    Raises UsageError for an empty text.
    """
    if not text.strip():
        raise UsageError("which address?", "crm mail address an")
    return sought(workspace.database, text, most)


def lines(found: Sequence[Addressed], program: str) -> str:
    """The answer in the form that a mail program reads.

    neomutt (query_command): a line that it shows, then address, name and more between tabs; aerc
    (address-book-cmd): address and name between tabs.
    """
    rows = [
        (one.address, one.name, one.customer) if program == "neomutt" else (one.address, one.name)
        for one in found
    ]
    text = "".join("\t".join(map(visible, row)) + "\n" for row in rows)
    return f"crm: {len(found)} found\n{text}" if program == "neomutt" else text
