"""What is typed for a reference, to a user, a customer, a product …: it has to be there."""

from __future__ import annotations

import re
from collections.abc import Iterable

from crm_cli.features.items import find
from crm_cli.model.errors import CrmError, NotFound, Severity
from crm_cli.model.fieldtypes import FieldType, Reference, Texts, User
from crm_cli.model.kind import Field, Kind
from crm_cli.model.kinds import BY_NAME, HOMES, KINDS
from crm_cli.model.places import kind_of
from crm_cli.model.product import PRODUCT
from crm_cli.model.task import TASK
from crm_cli.workspace import Workspace

_SHOWN = 8
"""So many ids are named where one is wrong and resembles none."""


def refers(type: FieldType) -> bool:
    """Whether a field's values are names of users or of records."""
    if isinstance(type, Reference):
        return type.required
    return isinstance(type, User) or (isinstance(type, Texts) and bool(type.to))


def referred(workspace: Workspace, field: Field, text: str, *, customer: str | None = None) -> str:
    """Who or what a text means in a field that refers to users or records, as files name it.

    A purchase is one of `customer`'s. Raises NotFound with what may have been meant,
    Ambiguous.
    """
    type = field.type
    if isinstance(type, User):
        return user(workspace, text)
    to = type.to if isinstance(type, (Reference, Texts)) else ""
    if to == "customer":
        return workspace.who(text, strict=True)
    if to == PRODUCT.name:
        return _product(workspace, field, text)
    if to == TASK.name:
        return _task(workspace, field, text)
    if to == "purchase" and customer is not None:
        return _purchase(workspace, field, text, customer)
    kind = BY_NAME.get(to)
    return _record(workspace, field, text, kind) if kind in HOMES else text


def user(workspace: Workspace, text: str) -> str:
    """The user that a name means, `me` the one at work; anybody where crm.yaml names none.

    Raises NotFound for nobody of crm.yaml, UsageError where nobody says who is `me`.
    """
    named = str(workspace.me(text)).strip()
    users = workspace.business.users
    if not users or named in users:
        return named
    for known, email in users.items():
        if named.casefold() in (known.casefold(), (email or known).casefold()):
            return known
    raise _nobody(
        f"there is no user {named} in crm.yaml",
        named,
        users,
        f"there are {', '.join(sorted(users))}; crm config set users.{named}.name=… adds one",
    )


def doubtful(workspace: Workspace, customer: str) -> list[str]:
    """The paths of files with errors that name a customer, or may: what refers to them there
    need not be known."""
    found = []
    for path in dict.fromkeys(
        one.path for one in workspace.problems if one.severity is Severity.ERROR
    ):
        if kind_of(path) in HOMES:
            try:
                if names(workspace.tree.read(path), customer):
                    found.append(path)
            except FileNotFoundError:
                continue
            except CrmError:
                found.append(path)
    return found


def names(data: bytes, id: str) -> bool:
    """Whether an id stands in a file's text, or may in what is no text."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return bool(re.search(rf"(?<![\w.-]){re.escape(id)}(?![\w.-])", text))


def has_anything(workspace: Workspace, user: str) -> bool:
    """Whether any record or item is a user's, also of one whom crm.yaml no longer names."""
    connection = workspace.index.connection
    return any(
        connection.execute(
            f'SELECT 1 FROM "{kind.name}" WHERE "{field.key}" = ?', (user,)
        ).fetchone()
        for kind in KINDS
        for field in kind.fields
        if isinstance(field.type, User)
    )


def _product(workspace: Workspace, field: Field, text: str) -> str:
    products = workspace.products()
    if text in products:
        return text
    same = [sku for sku in products if sku.casefold() == text.casefold()]
    if len(same) == 1:
        return same[0]
    hint = f'crm product add {text} "NAME" adds it'
    raise _nobody(f"{field.key}: there is no product {text}", text, products, hint)


def _record(workspace: Workspace, field: Field, text: str, kind: Kind) -> str:
    """A record or an entry of any other kind, by its id."""
    rows = workspace.index.connection.execute(f'SELECT "id" FROM "{kind.name}" ORDER BY "id"')
    ids = [str(row[0]) for row in rows]
    same = [id for id in ids if id.casefold() == text.casefold()]
    if text in ids or len(same) == 1:
        return text if text in ids else same[0]
    hint = f"{HOMES[kind].path} has {', '.join(ids[:_SHOWN]) or 'none'}"
    raise _nobody(f"{field.key}: there is no {kind.name} {text}", text, ids, hint)


def _task(workspace: Workspace, field: Field, text: str) -> str:
    found = find(workspace, text, TASK)
    if found is None:
        raise NotFound(
            f"{field.key}: there is no task {text}", "crm task list is:open shows those to be done"
        )
    return found[1]


def _purchase(workspace: Workspace, field: Field, text: str, customer: str) -> str:
    purchases = workspace.record(customer).items("purchases")
    for item in purchases:
        if text == item.values.get("number") or item.id in (text, f"p-{text}"):
            return str(item.values.get("number") or item.id)
    rows = workspace.index.connection.execute(
        'SELECT c."id" FROM "purchase" p JOIN "customer" c ON c."pk" = p."customer"'
        ' WHERE p."id" = ?1 OR p."number" = ?1',
        (text,),
    )
    others = [str(row[0]) for row in rows]
    names = [str(item.values.get("number") or item.id) for item in purchases]
    hint = f"crm purchase list customer:{customer} shows what there is"
    if others:
        hint, names = f"it is a purchase of {others[0]}", []
    raise _nobody(f"{field.key}: {customer} has no purchase {text}", text, names, hint)


def _nobody(message: str, text: str, known: Iterable[str], otherwise: str) -> NotFound:
    from crm_cli.model.text import did_you_mean

    return NotFound(message, did_you_mean(text, known) or otherwise)
