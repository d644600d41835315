"""What could be typed next, from the directory's own values."""

from __future__ import annotations

from collections.abc import Iterable

from crm_cli.model.fieldtypes import Choice, Storage, User
from crm_cli.model.kind import normal
from crm_cli.model.kinds import BY_NAME
from crm_cli.workspace import Workspace

_MOST = 200


def completions(workspace: Workspace, what: str, prefix: str) -> list[str]:
    """Candidates that begin with `prefix`, some as `text<TAB>description`.

    `what` is customer, tag, segment, field, state, user, product, item, or value:FIELD.
    Texts with a tab or another invisible character are left out.
    """
    found: Iterable[str] = ()
    match what:
        case "customer":
            return _customers(workspace, prefix)
        case "tag":
            found = _column(workspace, 'SELECT DISTINCT "value"', "tag", "value")
        case "segment" | "product":
            found = _column(workspace, 'SELECT "id"', what)
        case "item":
            found = _items(workspace, prefix)
        case "user":
            found = [*workspace.business.users, "me"]
        case "field" | "key":
            found = _fields(prefix)
        case "state":
            found = [state.name for state in BY_NAME["customer"].states]
        case _ if what.startswith("value:"):
            found = _values(workspace, what.removeprefix("value:"))
    low = prefix.lower()
    return sorted(
        one for one in found if one.isprintable() and one.lower().startswith(low)
    )[:_MOST]


def _customers(workspace: Workspace, prefix: str) -> list[str]:
    """The customers whose id, or a word of whose name, begins so: `id<TAB>name`."""
    from crm_cli.model.text import words

    wanted = words(prefix).rstrip(" ") if prefix else ""
    rows = workspace.index.connection.execute(
        'SELECT "id", "name" FROM "customer" WHERE substr("id", 1, ?) = ?'
        ' OR (? <> \'\' AND instr("name__f", ?) > 0) ORDER BY "id" LIMIT ?',
        (len(prefix), prefix.lower(), wanted, wanted, _MOST),
    )
    return [f"{id}\t{name or ''}".rstrip() for id, name in rows if id.isprintable()]


def _column(workspace: Workspace, select: str, table: str, column: str = "id") -> list[str]:
    rows = workspace.index.connection.execute(f'{select} FROM "{table}" ORDER BY "{column}"')
    return [str(row[0]) for row in rows if row[0]]


def _items(workspace: Workspace, prefix: str) -> list[str]:
    found: list[str] = []
    for kind in dict.fromkeys(BY_NAME.values()):
        if kind.letter and kind.letter == prefix[:1]:
            rows = workspace.index.connection.execute(
                f'SELECT "id" FROM "{kind.name}" WHERE "id" >= ? AND "id" < ? LIMIT ?',
                (prefix, prefix + "\U0010ffff", _MOST),
            )
            found += [str(row[0]) for row in rows]
    return found


def _fields(prefix: str) -> list[str]:
    kind = BY_NAME["customer"]
    names = [field.key for field in kind.fields]
    names += [name for field in kind.fields for name in field.lifts]
    names += [derived.key for derived in kind.derived]
    hyphens = "-" in prefix
    return [name.replace("_", "-") if hyphens else name for name in dict.fromkeys(names)]


def _values(workspace: Workspace, name: str) -> list[str]:
    """The known values of a field: a closed list's words, or what the records have."""
    kind = BY_NAME["customer"]
    if normal(name) in ("tag", "tags"):
        return completions(workspace, "tag", "")
    field = kind.by_name.get(normal(name))
    if field is not None and isinstance(field.type, User) and workspace.business.users:
        return completions(workspace, "user", "")
    if field is not None and isinstance(field.type, Choice):
        return list(field.type.choices(workspace.business))
    lifted = any(normal(name) in one.lifts for one in kind.fields)
    if lifted or (field is not None and field.type.storage in (Storage.TEXT, Storage.WORD)):
        key = field.key if field is not None and not lifted else normal(name)
        rows = workspace.index.connection.execute(
            f'SELECT DISTINCT "{key}" FROM "customer" WHERE "{key}" IS NOT NULL LIMIT ?', (_MOST,)
        )
        return [str(row[0]) for row in rows]
    return []
