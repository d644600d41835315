"""What a customer is about to share with another one, and should not: said while it is entered."""

from __future__ import annotations

from crm_cli.model.contacts import EMAIL, PHONE
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.item import Item
from crm_cli.model.kind import normal
from crm_cli.query.lexer import quoted
from crm_cli.query.who import holders, namesakes
from crm_cli.workspace import Workspace

_SAME = "if it is the same customer, crm undo takes this back"
_WATCHED = {"name", "tax_id", "emails", "phones"}


def is_watched(key: str) -> bool:
    """Whether a key that is typed may be of a field that tells customers apart."""
    field = CUSTOMER.by_name.get(normal(key.partition(".")[0]))
    return field is not None and field.key in _WATCHED


def shared(workspace: Workspace, before: Item | None, after: Item) -> list[str]:
    """Notes on the name and the tax id, and of a record that was there the e-mails and phones,
    that `after` has got and another customer has, too, unless who asks may not know of them. A
    new record's are refused elsewhere."""
    database = workspace.database
    notes: list[str] = []
    for name in _got("name", before, after) if workspace.tells(CUSTOMER, "name") else ():
        notes += [
            f"there is another {name}, {other}: {_SAME}; nickname=… or city=… tells them apart"
            for other in namesakes(database, name)
            if other != after.id
        ]
    found = [
        (f"the tax id {text}", _by_tax_id(workspace, text))
        for text in _got("tax_id", before, after)
        if workspace.tells(CUSTOMER, "tax_id")
    ]
    reached = [kind.key for kind in (EMAIL, PHONE) if workspace.tells(kind, "value")]
    for key in reached if before is not None else ():
        found += [
            (text, holders(database, key, text, workspace.business))
            for text in _got(key, before, after)
        ]
    notes += [
        f"{other} has {what} too: {_SAME}"
        for what, others in found
        for other in others
        if other != after.id
    ]
    return notes


def _got(key: str, before: Item | None, after: Item) -> list[str]:
    """The texts of a field that were not there before."""
    had = _texts(key, before) if before is not None else ()
    return [text for text in _texts(key, after) if text not in had]


def _texts(key: str, item: Item) -> list[str]:
    value = item.values.get(key)
    return [value] if isinstance(value, str) else list(item.texts(key))


def _by_tax_id(workspace: Workspace, text: str) -> list[str]:
    rows = workspace.select(CUSTOMER, [f"tax-id:{quoted(text)}"], cols=("id",)).rows
    return [str(row[0]) for row in rows]

