"""Settings of a data directory, as keys and values."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from crm_cli.features.entering import entered
from crm_cli.features.listed import flow
from crm_cli.features.plan import Plan, counted
from crm_cli.model.closing import sums
from crm_cli.model.errors import CrmError, Unreadable, UsageError
from crm_cli.model.fieldtypes import Free, Texts
from crm_cli.model.iban import is_iban
from crm_cli.model.item import Item
from crm_cli.model.kind import GroupOf, Kind, ListOf, MapOf, normal
from crm_cli.model.places import SETTINGS as PLACE
from crm_cli.model.setting_groups import IBAN_HINT, account_rows
from crm_cli.model.settings import SETTINGS
from crm_cli.store.document import Document
from crm_cli.workspace import Change, Edit, Workspace
from crm_cli.workspace.anew import businesses, differing, records

FILE = PLACE.path
_SILENT = {
    "currency": "in which currency they are", "tax_included": "whether prices are with tax",
    "rounding": "where tax is rounded",
}  # fmt: skip


class Setting(NamedTuple):
    """A setting: its key, its value (None where it is not set), its default, what it is for."""

    key: str
    value: Any
    default: Any
    doc: str


def settings(workspace: Workspace) -> list[Setting]:
    """All settings, in the declaration's order."""
    return list(_walk(SETTINGS, workspace.file(FILE).record, ""))


def _walk(kind: Kind, item: Item | None, prefix: str) -> Iterator[Setting]:
    for field in kind.fields:
        value = item.values.get(field.key) if item is not None else None
        if isinstance(field.type, GroupOf):
            yield from _walk(field.type.kind, value, f"{prefix}{field.key}.")
            continue
        yield Setting(f"{prefix}{field.key}", _plain(value), field.default, field.doc)


def _plain(value: Any) -> Any:
    """Items as the mappings that they are written as."""
    if isinstance(value, Item):
        return value.answer()
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, list) else value


def outline(value: Any) -> Any:
    """A value in a few words: what the entries of a map or a list are named by, not what is in
    them."""
    if isinstance(value, dict):
        return ", ".join(value)
    if isinstance(value, list):
        return ", ".join(
            str(next(iter(one.values()), "")) if isinstance(one, dict) else str(one)
            for one in value
        )
    return value


def get(workspace: Workspace, key: str) -> Setting:
    """One setting; raises UsageError with the nearest known keys."""
    known = settings(workspace)
    wanted = normal(key)
    for setting in known:
        if setting.key == wanted:
            return setting
    head, _, rest = wanted.partition(".")
    for setting in known:
        if setting.key == head and isinstance(setting.value, dict) and rest:
            held: Any = setting.value
            for part in rest.split("."):
                held = held.get(part) if isinstance(held, dict) else None
            return Setting(wanted, held, None, setting.doc)
    raise _unknown(key, [setting.key for setting in known])


def change(
    workspace: Workspace, assignments: list[tuple[str, str, str]], *, force: bool = False
) -> Plan:
    """Plan to change settings; an empty value removes one.

    What `crm check` would report is refused when it is written; warnings may be forced.
    """
    keys = [setting.key for setting in settings(workspace)]
    heads = {key.partition(".")[0] for key in keys}
    for key, operator, _ in assignments:
        if normal(key) not in keys and normal(key).partition(".")[0] not in heads:
            raise _unknown(key, keys)
        if operator not in ("=", "+="):
            raise UsageError(f"{key} is set as a whole", f"crm config set {key}=VALUE")

    values: dict[str, Any] = {}
    for key, operator, text in assignments:
        held = values[key] if key in values else _held(workspace, key)
        values[key] = _value(key, text) if operator == "=" else _longer(key, held, text)
    named = [normal(key) for key, _, _ in assignments]
    renamed = "business.name" in named and "uid" not in named
    uid = workspace.business.domain

    def update(document: Document) -> None:
        if renamed and document.record.values.get("uid") is None:
            # Entries of calendars keep the UIDs that they have under the old name.
            document.set(None, "uid", uid)
        for key, value in values.items():
            if value:
                try:
                    document.set(None, _key(key), value)
                except Unreadable as error:
                    raise UsageError(f"{key}: {error.message}", error.hint) from None
            else:
                document.remove(None, _key(key))

    said = ", ".join(
        f"{key}{operator}{text}" if text else f"{key} removed"
        for key, operator, text in assignments
    )
    subject = f"config set {', '.join(key for key, _, _ in assignments)}"
    return Plan(
        Change(subject, (Edit(FILE, entered(update, force=force)),)),
        f"settings: {said}",
        notes=_sums_anew(workspace, update),
    )


def _value(key: str, text: str) -> Any:
    """What a text gives a setting: of one that holds several things also a list, or a mapping, as
    YAML writes it in one line. Raises UsageError for what is no such, or no IBAN."""
    kind: Kind | None = SETTINGS
    type: Any = None
    for name in normal(key).split("."):
        field = kind.by_key.get(name) if kind is not None else None
        type = field.type if field is not None else None
        kind = type.kind if isinstance(type, GroupOf) else None
    value = _flow(key, text) if isinstance(type, (Free, Texts, ListOf)) else text
    texts = value if isinstance(value, list) else [value]
    if isinstance(type, Texts) and not all(isinstance(one, str) for one in texts):
        raise UsageError(f"{key} is a list of texts", f"crm config set {key}=ONE,OTHER")
    if normal(key) == "business.accounts" and value:
        for row in account_rows(value):
            if not isinstance(row.get("iban"), str) or not is_iban(row["iban"]):
                raise UsageError(f"{row.get('iban') or text!r} is no IBAN", IBAN_HINT)
    return value


def _held(workspace: Workspace, key: str) -> Any:
    """What a setting is now; None where nobody has set it."""
    try:
        return get(workspace, key).value
    except UsageError:
        return None


def _longer(key: str, held: Any, text: str) -> list[str]:
    """The words of a list, with one more; raises UsageError for a setting that is no such list."""
    words = [held] if isinstance(held, str) else list(held or ())
    is_list = normal(key).startswith("vocabulary.") or isinstance(held, list)
    if not text or not is_list or not all(isinstance(one, str) for one in words):
        raise UsageError(f"{key} is set as a whole", f"crm config set {key}=VALUE")
    return words if text in words else [*words, text]


def _flow(key: str, text: str) -> Any:
    """A text as it stands, or what it spells where it is written as a list or a mapping."""
    from crm_cli.model.node import plain

    if not text.lstrip().startswith(("[", "{")):
        return text
    return plain(flow(key, text, f"crm config set {key}='[ONE, OTHER]'"))


def _sums_anew(workspace: Workspace, update: Callable[[Document], None]) -> list[str]:
    """How many purchases come to something else by settings that are changed: those that do not
    say it themselves."""
    document = workspace.file(FILE)
    before = document.data
    try:
        update(document)
    except CrmError:
        return []  # It is refused when it is written.
    old, new = businesses(workspace, before, document.data)
    keys = differing(old, new)
    number = 0
    for first, second in records(workspace, old, new) if keys else ():
        had, has = sums(first), sums(second)
        number += sum(had[id] != has[id] for id in had)
    if not number:
        return []
    what = ("purchase or payment", "purchases and payments") if "currency" in keys else (
        "purchase", "purchases"
    )  # fmt: skip
    does, theirs = ("does", "its sum changes") if number == 1 else ("do", "their sums change")
    said = " or ".join(_SILENT[key] for key in keys)
    return [f"{counted(number, *what)} {does} not say {said}: {theirs}, too"]


def _key(key: str) -> str:
    """A setting's key; what it names itself, as `users.Jan-V`, is left as it is."""
    head, _, rest = key.partition(".")
    free = isinstance(SETTINGS.by_key[normal(head)].type, MapOf)
    return f"{normal(head)}.{rest}" if free else normal(key)


def _unknown(key: str, known: list[str]) -> UsageError:
    from crm_cli.model.text import nearest

    wanted = normal(key)
    near = [one for one in known if one.endswith(f".{wanted}")] or nearest(wanted, known)
    hint = f"did you mean {' or '.join(near)}?" if near else "crm config list shows all"
    return UsageError(f"there is no setting {key}", hint)
