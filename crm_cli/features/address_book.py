"""What vCards are written and read by here: names, UIDs, and who is meant."""

from __future__ import annotations

from crm_cli.formats.vcf.cards import Book
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import CrmError
from crm_cli.workspace import Workspace

REMEMBERED = "no:forgotten"
"""The term for those who may have a card: what is left of the forgotten is for the books."""


def book_of(workspace: Workspace) -> Book:
    """The names and UIDs of all customers; raises DataError where the settings cannot be read.

    Cards with another UID than last time would be there twice.
    """
    workspace.require_settings()
    rows = workspace.select(CUSTOMER, cols=("id", "name", "card_uid"), ordered=False).rows
    names = {str(id): str(name or id) for id, name, _ in rows}
    uids = {str(id): str(uid) for id, _, uid in rows if uid}
    by_uid = {uid: id for id, uid in uids.items()}
    by_name: dict[str, str | None] = {}
    for id, name in names.items():
        by_name[name] = None if name in by_name else id

    def find(text: str) -> str | None:
        id, _, domain = text.rpartition("@")
        if domain == workspace.business.domain and id in names:
            return id
        return by_uid.get(text) or by_name.get(text)

    def picture(path: str) -> bytes | None:
        try:
            return workspace.tree.read(path)
        except (OSError, CrmError):
            return None

    return Book(workspace.business, names, uids, find, picture)


def owner_of(uid: str, book: Book) -> str | None:
    """The customer of a UID; None of one that is nobody's."""
    own = book.own_id(uid)
    if own in book.names:
        return own
    return next((id for id, other in book.uids.items() if other == uid), None) if uid else None
