"""References as the user types them: to a user, a customer, a product; they must exist."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from crm_cli.features.items import find
from crm_cli.index.plan import plan_of
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import Ambiguous, NotFound
from crm_cli.model.fieldtypes import FieldType, User
from crm_cli.model.ids import item_prefix
from crm_cli.model.item import Item
from crm_cli.model.kind import Field, Kind
from crm_cli.model.kinds import HOLDERS, HOMES, KINDS
from crm_cli.model.places import SETTINGS
from crm_cli.model.references import fields_naming, named_kind
from crm_cli.model.text import fold
from crm_cli.query.lexer import quoted
from crm_cli.query.lookups import different, exists
from crm_cli.workspace import Workspace

_SHOWN = 8
"""So many ids are named where one is wrong and resembles none."""


def refers(type: FieldType) -> bool:
    """Whether a field's values have to name users or records that are there."""
    return isinstance(type, User) or named_kind(type) is not None


def names_records(kind: Kind) -> bool:
    """Whether items of a kind have a field whose values have to name users or records."""
    return any(refers(field.type) for field in kind.fields)


def referred(workspace: Workspace, field: Field, text: str, *, customer: str | None = None) -> str:
    """Who or what a text means in a field that refers to users or records, as files name it.

    An item is one of `customer`'s, unless the reference may be to anybody's. Raises NotFound
    with what may have been meant, Ambiguous.
    """
    type = field.type
    if isinstance(type, User):
        return user(workspace, text)
    kind = named_kind(type)
    if kind is None:
        return text
    if kind is CUSTOMER:
        return workspace.who(text, strict=True)
    if kind in HOMES:
        return _record(workspace, field, text, kind)
    if customer is not None and not type.anywhere and CUSTOMER in HOLDERS[kind]:
        return _own(workspace, field, text, kind, customer)
    return _item(workspace, field, text, kind)


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
    if (called := user_called(workspace, named)) is not None:
        return called
    raise _nobody(
        f"there is no user {named} in crm.yaml",
        named,
        users,
        f"there are {', '.join(sorted(users))}; crm config set users.{named}.name=… adds one",
    )


def user_called(workspace: Workspace, text: str) -> str | None:
    """The one user of crm.yaml whose name or e-mail a text is; None for nobody's, or several's."""
    users = workspace.file(SETTINGS.path).record.values.get("users") or {}
    wanted = fold(text).split()
    found = [
        id
        for id, one in users.items()
        if wanted
        and wanted in [fold(str(one.values.get(key) or "")).split() for key in ("name", "email")]
    ]
    return found[0] if len(found) == 1 else None


def referring(workspace: Workspace, path: str, item: Item) -> Iterator[tuple[Item, str]]:
    """(item, field) of all that refers to an item of a file, by its id or by what names it."""
    kind, own = item.kind, item.owner
    names = [item.id]
    called = item.values.get(kind.named_by) if kind.named_by else None
    if called and [one.values.get(kind.named_by) for one in own.items(kind.key)].count(called) == 1:
        names.append(str(called))
    records = [own]
    for other in workspace.index.naming(kind.name, item.id):
        if other != path:
            document = workspace.open(other, workspace.tree.read(other))
            records += document.records.values() if document.mapped else [document.record]
    for record in records:
        for one in record.walk():
            # What is within the item goes along with it.
            if one is not item and one.parent is not item:
                for name in names if record is own else names[:1]:
                    yield from ((one, key) for key, _ in fields_naming(one, kind, name))


def has_anything(workspace: Workspace, user: str) -> bool:
    """Whether any record or item is a user's, also of one whom crm.yaml no longer names."""
    return any(
        exists(workspace.database, kind, field.value, user)
        for kind in KINDS
        for field in plan_of(kind).references()
        if isinstance(field.type, User)
    )


def _record(workspace: Workspace, field: Field, text: str, kind: Kind) -> str:
    """A record or an entry, by its id in any case of letters."""
    known: list[str] = sorted(different(workspace.database, kind, "id"))
    if text in known:
        return text
    same = [id for id in known if id.casefold() == text.casefold()]
    if len(same) == 1:
        return same[0]
    hint = f"{HOMES[kind].path} has {', '.join(known[:_SHOWN]) or 'none'}"
    if kind.added_by:
        hint = f"{kind.added_by.format(id=text)} adds it"
    raise _nobody(f"{field.key}: there is no {kind.name} {text}", text, known, hint)


def _item(workspace: Workspace, field: Field, text: str, kind: Kind) -> str:
    """An item of any customer, by a unique part of its id or by the field that names it."""
    found = find(workspace, text, kind)
    if found is not None:
        return found[1]
    if _owners(workspace, kind, text):
        return text
    opened = kind.live is not None and any(state.name == "open" for state in kind.states)
    asked = " is:open shows those to be done" if opened else " shows them"
    raise NotFound(f"{field.key}: there is no {kind.name} {text}", f"crm {kind.name} list{asked}")


def _own(workspace: Workspace, field: Field, text: str, kind: Kind, customer: str) -> str:
    """An item of a customer, by a unique part of its id or by the field that names it, which is
    preferred."""
    items = [item for item in workspace.record(customer).walk() if item.kind is kind]
    names = _names(items, kind)
    for item, name in zip(items, names, strict=True):
        if text in (name, item.id):
            return name
    called = [item for item in items if kind.named_by and item.values.get(kind.named_by) == text]
    if called:
        raise Ambiguous(
            f"{field.key}: {text} is the number of {len(called)} of {customer}",
            "name one by its id",
            candidates=tuple((item.id, item.name) for item in called),
        )
    start = item_prefix(text)
    if start is not None:
        start = start if start[1:2] == "-" else f"{kind.letter}-{start}"
        begun = [place for place, item in enumerate(items) if item.id.startswith(start)]
        if len(begun) > 1:
            raise Ambiguous(
                f"{field.key}: '{text}' is a prefix of {len(begun)} ids",
                "write a longer prefix",
                candidates=tuple((items[place].id, names[place]) for place in begun),
            )
        if begun:
            return names[begun[0]]
    hint = f"crm {kind.name} list customer:{customer} shows what there is"
    if others := _owners(workspace, kind, text):
        hint, names = f"it is a {kind.name} of {others[0]}", []
    raise _nobody(f"{field.key}: {customer} has no {kind.name} {text}", text, names, hint)


def _names(items: list[Item], kind: Kind) -> list[str]:
    """What each item of a customer is named by: its id where another one is called the same."""
    called = [str(item.values.get(kind.named_by) or item.id) for item in items]
    times = Counter(called)
    return [
        name if times[name] == 1 else item.id for item, name in zip(items, called, strict=True)
    ]


def _owners(workspace: Workspace, kind: Kind, text: str) -> list[str]:
    """The customers with an item that has this id, or is named so."""
    if not text.strip():
        return []
    named = f" or {kind.named_by} is {quoted(text)}" if kind.named_by else ""
    where = f"id is {quoted(text)}{named}"
    answer = workspace.select(kind, where=where, cols=("customer",), ordered=False)
    return [str(row[0]) for row in answer.rows]


def _nobody(message: str, text: str, known: Iterable[str], otherwise: str) -> NotFound:
    from crm_cli.model.text import did_you_mean

    return NotFound(message, did_you_mean(text, known) or otherwise)
