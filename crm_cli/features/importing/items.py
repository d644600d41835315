"""Rows of what belongs to customers: items of one row, or of several with their lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, NamedTuple

from crm_cli.features.importing.known import Known
from crm_cli.features.importing.merging import Values, changes, says
from crm_cli.features.importing.outcome import Fate, Outcome, Reject
from crm_cli.formats.drafts import Draft, Drafts
from crm_cli.formats.targets import rows_of, target
from crm_cli.model.errors import Unreadable
from crm_cli.model.fieldtypes import Reference
from crm_cli.model.item import Item
from crm_cli.model.kind import Field, Kind, ListOf
from crm_cli.store.document import Document
from crm_cli.workspace import Edit, Workspace

Key = tuple[str, ...]


class _Group(NamedTuple):
    """The rows of one item and what they say together."""

    drafts: list[Draft]
    values: Values
    customer: str


def plan_items(
    workspace: Workspace, drafts: Drafts, known: Known, advance: Callable[[], None]
) -> Iterator[Outcome | Reject]:
    """What each item comes to: new, changed, unchanged, or why its rows cannot be taken."""
    kind = drafts.kind
    by_customer: dict[str, list[_Group]] = defaultdict(list)
    elsewhere = _Elsewhere(workspace, kind, drafts.rows)
    for rows, spoiled in _grouped(drafts):
        for _ in rows:
            advance()
        group = _together(rows, kind, known, spoiled)
        if isinstance(group, list):
            yield from group
        elif reason := elsewhere.reason(group.values, group.customer):
            yield from _rejected(group.drafts, reason)
        else:
            by_customer[group.customer].append(group)
    for customer, groups in by_customer.items():
        yield from _of_customer(workspace, customer, kind, groups)


def _grouped(drafts: Drafts) -> Iterator[tuple[list[Draft], str]]:
    """The rows of each item, and why they are spoiled: a row of the same one is rejected.

    Only kinds with a list of rows have several, told by the cells of their key as they stand.
    """
    if rows_of(drafts.kind) is None:
        for draft in drafts.rows:
            yield [draft], ""
        return
    keys = _key_columns(drafts)
    spoiled = {
        key: f"line {row.line} of the same {drafts.kind.name} is rejected"
        for row in drafts.rejected
        if (key := _key(keys, row.cells))
    }
    groups: dict[Any, list[Draft]] = {}
    for draft in drafts.rows:
        groups.setdefault(_key(keys, draft.cells) or draft.line, []).append(draft)
    for key, rows in groups.items():
        yield rows, spoiled.get(key, "")


def _key_columns(drafts: Drafts) -> list[list[int]]:
    """The columns that tell items apart, in the order in which they are asked."""
    places: dict[str, int] = {}
    for column in drafts.map.columns:
        to = target(drafts.kind, column.key)
        if not to.list and not to.group:
            places[to.field.key] = drafts.headings.index(column.heading)
    keys = [("id",), ("external_id",), *((*key, "customer") for key in _keys(drafts.kind))]
    return [[places[part] for part in key if part in places] for key in keys if key[0] in places]


def _keys(kind: Kind) -> tuple[tuple[str, ...], ...]:
    return kind.exchange.keys if kind.exchange is not None else ()


def _key(columns: list[list[int]], cells: tuple[str, ...]) -> Key:
    for place, key in enumerate(columns):
        if key[0] < len(cells) and cells[key[0]].strip():
            return (str(place), *(cells[one] for one in key if one < len(cells)))
    return ()


def _together(rows: list[Draft], kind: Kind, known: Known, spoiled: str) -> _Group | list[Reject]:
    """The item that rows make, with its references resolved, or why they cannot."""
    faults: dict[int, str] = {}
    values: Values = {}
    field = rows_of(kind)
    listed = field.key if field is not None else ""
    parts: list[Values] = []
    first = rows[0]
    for draft in rows:
        try:
            said = _resolved(draft.values, kind, known)
            if field is not None:
                _agree(values, said, first.line, field, kind)
        except Unreadable as error:
            hint = f" ({error.hint})" if error.hint else ""
            faults[draft.line] = f"{error.message}{hint}"
            continue
        parts += said.get(listed, ())
        values |= {key: value for key, value in said.items() if key != listed}
    if faults or spoiled:
        line = next(iter(faults), first.line)
        other = spoiled or f"line {line} of the same {kind.name} is rejected"
        return [Reject(draft, faults.get(draft.line, other)) for draft in rows]
    if parts:
        values[listed] = parts
    return _Group(rows, values, values.pop("customer"))


def _agree(values: Values, said: Values, line: int, listed: Field, kind: Kind) -> None:
    """Rows of one item say the same of it; raises Unreadable."""
    for key, value in said.items():
        if key != listed.key and values.get(key, value) != value:
            raise Unreadable(
                f"{key} is {value} here and {values[key]} in line {line}, of the same {kind.name}"
            )
    if values and listed.key not in said:
        assert isinstance(listed.type, ListOf)
        title = listed.type.kind.title or listed.type.kind.name
        raise Unreadable(
            f"line {line} is the same {kind.name}, and neither has a {title} of its own"
        )


def _resolved(values: Values, kind: Kind, known: Known) -> Values:
    """The values with the customer's id and the ids of what else is referred to."""
    if "customer" not in values:
        raise Unreadable("there is no customer")
    said = _completed({key: it for key, it in values.items() if key != "customer"}, kind, known)
    said["customer"] = known.customer(values["customer"])
    listed = rows_of(kind)
    if listed is not None and isinstance(listed.type, ListOf) and listed.key in said:
        part = listed.type.kind
        said[listed.key] = [_completed(one, part, known) for one in said[listed.key]]
        for one in said[listed.key]:
            for key in part.exchange.needed if part.exchange is not None else ():
                if key not in one:
                    name = part.by_key[key].label or key
                    raise Unreadable(f"there is no {name}", f"map a column to {key}")
    return said


def _completed(values: Values, kind: Kind, known: Known) -> Values:
    """The values with the ids of entries that they refer to, and what is copied from those."""
    said = dict(values)
    entries: dict[str, Item] = {}
    for field in kind.fields:
        type = field.type
        if isinstance(type, Reference) and type.to in known.directories and field.key in said:
            said[field.key] = known.entry(type.to, said[field.key])
            entries[field.key] = known.directories[type.to][said[field.key]]
    for field in kind.fields:
        if not field.type.priced:
            continue  # What other programs say of tax and unit is all there was.
        source, _, key = field.copied.partition(".")
        value = entries[source].values.get(key) if source in entries else None
        if value is not None:
            said.setdefault(field.key, value)
    return said


class _Elsewhere:
    """Where items are that a file names by id, external id or number, whoever has them."""

    def __init__(self, workspace: Workspace, kind: Kind, drafts: list[Draft]) -> None:
        self._kind = kind
        self._ids: dict[str, str] = {}
        self._external: dict[tuple[str, str], str] = {}
        if any("id" in one.values for one in drafts):
            answer = workspace.select(kind, cols=("id", "customer"), ordered=False)
            self._ids.update(answer.rows)
        if "external_id" in kind.by_key:
            columns = ("source_system", "external_id", "customer")
            answer = workspace.select(kind, ["has:external_id"], cols=columns, ordered=False)
            for system, external, customer in answer.rows:
                self._external[system or "", external] = customer

    def reason(self, values: Values, customer: str) -> str:
        """Why an item cannot be this customer's: it is another's. Empty where it can."""
        holder = self._ids.get(values.get("id", ""))
        key = (values.get("source_system", ""), values.get("external_id", ""))
        holder = holder or self._external.get(key)
        if holder in (None, customer):
            return ""
        return (
            f"{values.get('id') or key[1]} belongs to {holder} here, and to {customer} in the file"
        )


def _of_customer(
    workspace: Workspace, customer: str, kind: Kind, groups: list[_Group]
) -> Iterator[Outcome | Reject]:
    """What the items of one customer come to; one edit of their file does it all."""
    kept: list[Values] = []
    fates: list[tuple[str, Fate]] = []
    record = workspace.record(customer)
    for group, item in _matched(record, kind, groups):
        values = group.values
        if isinstance(item, str):
            yield from _rejected(group.drafts, item)
        elif item is None:
            missing = _missing(kind, values)
            if missing:
                yield from _rejected(group.drafts, f"there is no {' and no '.join(missing)}")
                continue
            kept.append(values)
            fates.append((values.get("id", customer), "new"))
        elif reason := _longer(item, values):
            yield from _rejected(group.drafts, reason)
        elif says(item, _without_id(values)):
            yield Outcome(item.id, "unchanged")
        else:
            kept.append(values)
            fates.append((item.id, "changed"))
    step = Edit(workspace.path_of(customer), partial(_write, kind=kind, wanted=kept))
    for place, (id, fate) in enumerate(fates):
        yield Outcome(id, fate, step if place == 0 else None)


def _longer(item: Item, values: Values) -> str:
    """Why an item cannot be changed: it has more rows than the file. Empty where it can."""
    listed = rows_of(item.kind)
    if listed is None:
        return ""
    held, said = len(item.items(listed.key)), len(values.get(listed.key, ()))
    if not held > said > 0:
        return ""
    return f"{item.id} has {held} {listed.key}, and the file {said}: change it by hand"


def _matched(
    record: Item, kind: Kind, groups: Iterable[_Group]
) -> Iterator[tuple[_Group, Item | str | None]]:
    """Each group with the item of the record that it is about, or why that cannot be said."""
    used: dict[str, int] = {}
    for group in groups:
        item = _match(kind, record.items(kind.key), group.values, used)
        line = group.drafts[0].line
        if item is None:
            yield group, None
        elif item.id in used:
            yield group, f"it is {item.id}, as line {used[item.id]} is"
        else:
            used[item.id] = line
            yield group, item


def _match(kind: Kind, items: list[Item], values: Values, used: dict[str, int]) -> Item | None:
    """The item by id, by source system and external id, by the kind's own keys; else the same."""
    if "id" in values:
        return next((one for one in items if one.id == values["id"]), None)
    keys = [key for key in (("external_id", "source_system"), *_keys(kind)) if key[0] in values]
    for key in keys:
        wanted = {part: values.get(part, kind.by_key[part].default) for part in key}
        for one in items:
            if all(one.get(part) == value for part, value in wanted.items()):
                return one
    if keys or _missing(kind, values):
        return None
    return next((one for one in items if one.id not in used and says(one, values)), None)


def _missing(kind: Kind, values: Values) -> list[str]:
    """What a new item would have to say, and does not."""
    needed = kind.exchange.needed if kind.exchange is not None else ()
    return [key for key in needed if key not in values]


def _write(document: Document, kind: Kind, wanted: list[Values]) -> None:
    """Make a document say what is wanted; it is matched anew, since it may have changed."""
    record = document.record
    groups = [_Group([Draft(0, values, ())], values, document.id) for values in wanted]
    added = []
    steps = []
    for group, item in _matched(record, kind, groups):
        if isinstance(item, Item):
            steps += changes(item, _without_id(group.values), item.id)
        else:
            added.append(group.values)
    for step in steps:
        step(document)
    if added:
        document.extend(kind.key, added)


def _without_id(values: Values) -> Values:
    return {key: value for key, value in values.items() if key != "id"}


def _rejected(drafts: list[Draft], reason: str) -> Iterator[Reject]:
    return (Reject(draft, reason) for draft in drafts)
