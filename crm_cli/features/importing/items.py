"""Rows of what belongs to customers: items of one row, or of several with their lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from functools import cache, partial
from typing import Any, NamedTuple

from crm_cli.features.importing.amounts import priced, unsaid, whole
from crm_cli.features.importing.closing import Undated
from crm_cli.features.importing.grouping import grouped
from crm_cli.features.importing.identity import BY_CONTENT, Items, external_key, keys_of, missing
from crm_cli.features.importing.known import Known
from crm_cli.features.importing.merging import Values, changes, says
from crm_cli.features.importing.outcome import Fate, Note, Outcome, Reject, Remark
from crm_cli.features.importing.owners import KEYS, Owners
from crm_cli.features.importing.prices import Prices
from crm_cli.features.importing.uniting import Fault, reason_of, united
from crm_cli.formats.drafts import Draft, Drafts
from crm_cli.formats.packed import pack, unpack
from crm_cli.formats.targets import rows_of
from crm_cli.model.business import Business
from crm_cli.model.errors import Unreadable
from crm_cli.model.fieldtypes import Reference
from crm_cli.model.item import Item
from crm_cli.model.kind import Kind, ListOf
from crm_cli.model.kinds import ENTRIES
from crm_cli.store.document import Document
from crm_cli.workspace import Edit, Workspace


class _Group(NamedTuple):
    """The rows of one item and what they say together."""

    drafts: list[Draft]
    values: Values
    customer: str
    remark: str = ""


_Price = Callable[[Item, Decimal | None], Decimal | None]
"""The price of a product from a quantity on."""

_Match = tuple[Item, str] | None
"""The item of a record that is meant, with what it was recognized by."""


class _Packed(NamedTuple):
    """A group while the others are read: its lines, its rows and what they say, as bytes."""

    lines: tuple[int, ...]
    rows: bytes
    values: bytes

    @classmethod
    def of(cls, group: _Group) -> _Packed:
        """A group in little memory."""
        lines = tuple(draft.line for draft in group.drafts)
        return cls(lines, pack([draft.cells for draft in group.drafts]), pack(group.values))

    @property
    def drafts(self) -> list[Draft]:
        """The rows, of which nothing but the cells is known."""
        pairs = zip(self.lines, unpack(self.rows), strict=True)
        return [Draft(line, {}, cells) for line, cells in pairs]


def plan_items(
    workspace: Workspace, drafts: Drafts, known: Known, advance: Callable[[], None]
) -> Iterator[Outcome | Reject | Remark | Note]:
    """What each item comes to: new, changed, unchanged, or why its rows cannot be taken."""
    kind = drafts.kind
    by_customer: dict[str, list[_Packed]] = defaultdict(list)
    elsewhere = _Elsewhere(workspace, drafts)
    owners, prices = Owners(workspace, known, kind), Prices(workspace)
    undated = Undated(drafts, workspace.business)
    for rows, spoiled in grouped(drafts):
        for _ in rows:
            advance()
        for group in _groups(rows, kind, known, owners, prices, spoiled):
            if isinstance(group, Reject):
                yield group
            elif reason := elsewhere.reason(group.values, group.customer):
                yield from _rejected(group.drafts, reason)
            else:
                by_customer[group.customer].append(_Packed.of(group))
                if group.remark:
                    yield Remark(group.drafts[0].line, group.remark)
    for customer in list(by_customer):
        groups = by_customer.pop(customer)
        yield from _of_customer(workspace, customer, drafts, groups, undated)
    yield from undated.notes()
    if owners.counts:
        found = ", ".join(f"{by} {count:,}" for by, count in owners.counts.most_common())
        yield Note(f"rows found their customers by: {found}")
    if prices.counts:
        found = ", ".join(f"{source} {count:,}" for source, count in prices.counts.most_common())
        yield Note(f"prices that no row says are: {found}")


def _groups(
    rows: list[Draft],
    kind: Kind,
    known: Known,
    owners: Owners,
    prices: Prices,
    spoiled: str,
) -> Iterator[_Group | Reject]:
    """The items of rows with one number: of one customer each, and whole."""
    try:
        rows = priced(rows, kind, owners.business)
    except Unreadable as error:
        yield from _rejected(rows, reason_of(error))
        return
    faults: dict[int, str] = {}
    by_owner: dict[str, list[tuple[Draft, Values]]] = defaultdict(list)
    named: dict[int, list[str]] = {}
    for draft in rows:
        try:
            named[draft.line] = owners.owners(draft.values)
        except Unreadable as error:
            faults[draft.line] = reason_of(error)
    whose = {owner for several in named.values() for owner in several if owner}
    sole = next(iter(whose)) if len(whose) == 1 else ""
    for draft in rows:
        try:
            for owner in named.get(draft.line, ()):
                values = _resolved(draft.values, kind, known, partial(prices.price, owner or sole))
                by_owner[owner].append((draft, values))
        except Unreadable as error:
            faults[draft.line] = reason_of(error)
    faults |= _adopted(by_owner)
    field = rows_of(kind)
    made: list[_Group] = []
    for owner, parts in by_owner.items():
        try:
            drafts = [draft._replace(values={}) for draft, _ in parts]
            made.append(_Group(drafts, united(parts, field, kind), owner))
        except Fault as fault:
            faults[fault.line] = str(fault)
    if not faults and not spoiled:
        for group in made:
            yield from _valued(group, kind, owners.business)
        return
    line = next(iter(faults), rows[0].line)
    other = spoiled or f"line {line} of the same {kind.name} is rejected"
    yield from (Reject(draft, faults.get(draft.line, other)) for draft in rows)


def _adopted(by_owner: dict[str, list[tuple[Draft, Values]]]) -> dict[int, str]:
    """Give the rows without a customer to the sole one; the faults by line, where there is none."""
    nobodys = by_owner.pop("", [])
    if nobodys and len(by_owner) == 1:
        (owner,) = by_owner
        by_owner[owner] = sorted([*nobodys, *by_owner[owner]], key=lambda part: part[0].line)
        return {}
    why = "there is no customer"
    if by_owner:
        why = f"it has no customer, and others of this number are of {' and '.join(by_owner)}"
    return {draft.line: why for draft, _ in nobodys}


def _valued(group: _Group, kind: Kind, business: Business) -> Iterator[_Group | Reject]:
    """The group with its amounts as they are kept, or its rows with why they are none."""
    try:
        values, remark = whole(group.values, kind, business)
    except Unreadable as error:
        yield from _rejected(group.drafts, reason_of(error))
    else:
        yield group._replace(values=values, remark=remark)


def _resolved(values: Values, kind: Kind, known: Known, price: _Price) -> Values:
    """The values without the customer, with the ids of what is referred to."""
    own = {key: it for key, it in values.items() if key not in KEYS}
    said = _completed(own, kind, known, price)
    listed = rows_of(kind)
    if listed is not None and isinstance(listed.type, ListOf) and listed.key in said:
        part = listed.type.kind
        said[listed.key] = [_completed(one, part, known, price) for one in said[listed.key]]
        for one in said[listed.key]:
            for key in part.exchange.needed if part.exchange is not None else ():
                if key not in one:
                    name = part.by_key[key].label or key
                    raise Unreadable(f"there is no {name}", f"map a column to {key}")
    return said


def _completed(values: Values, kind: Kind, known: Known, price: _Price) -> Values:
    """The values with the ids of entries that they refer to, and the prices of those."""
    said = dict(values)
    references, copied = _linked(kind)
    entries: dict[str, Item] = {}
    for key, to in references:
        if key in said:
            said[key] = known.entry(to, said[key])
            entries[key] = known.directories[to][said[key]]
    for key, source in copied:
        if key not in said and source in entries:
            value = price(entries[source], said.get("quantity"))
            if value is not None:
                said[key] = value
    return said


@cache
def _linked(kind: Kind) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """The fields that refer to entries, with their kind, and those that copy a price of one.

    What other programs say of tax and unit is all there was.
    """
    entries = {entry.name for entry in ENTRIES}
    references = [
        (field.key, field.type.to)
        for field in kind.fields
        if isinstance(field.type, Reference) and field.type.to in entries
    ]
    copied = [
        (field.key, field.copied.partition(".")[0])
        for field in kind.fields
        if field.type.priced and "." in field.copied
    ]
    return references, copied


class _Elsewhere:
    """Where items are that a file names by id, external id or number, whoever has them."""

    def __init__(self, workspace: Workspace, drafts: Drafts) -> None:
        kind = drafts.kind
        self._ids: dict[str, str] = {}
        self._external: dict[tuple[str, str], str] = {}
        if any(column.key == "id" for column in drafts.map.columns):
            answer = workspace.select(kind, cols=("id", "customer"), ordered=False)
            self._ids.update(answer.rows)
        if "external_id" in kind.by_key:
            columns = ("source_system", "external_id", "customer")
            answer = workspace.select(kind, ["has:external_id"], cols=columns, ordered=False)
            for system, external, customer in answer.rows:
                self._external[system or "", external] = customer

    def reason(self, values: Values, customer: str) -> str:
        """Why an item cannot be this customer's: it is another's. Empty where it can."""
        system, external = external_key(values) or ("", "")
        holder = self._ids.get(values.get("id", ""))
        holder = holder or self._external.get((system, external))
        holder = holder or self._external.get(("", external))
        if holder in (None, customer):
            return ""
        said = values.get("id") or external
        return f"{said} belongs to {holder} here, and to {customer} in the file"


def _of_customer(
    workspace: Workspace, customer: str, drafts: Drafts, groups: list[_Packed], undated: Undated
) -> Iterator[Outcome | Reject]:
    """What the items of one customer come to; one edit of their file does it all."""
    kind, implied = drafts.kind, drafts.implied
    kept: list[bytes] = []
    found: list[Outcome] = []
    said = ((group, unpack(group.values)) for group in groups)
    for group, values, match in _matched(workspace.record(customer), kind, said, implied):
        reason = match if isinstance(match, str) else _reason_against(match, values, kind)
        if reason:
            yield from _rejected(group.drafts, reason)
            continue
        assert not isinstance(match, str)
        undated.look(values, match[0] if match is not None else None)
        if match is None:
            found.append(Outcome(values.get("id", customer), "new", None, group.lines))
            kept.append(group.values)
        else:
            item, by = match
            is_same = says(item, _without_id(values))
            fate: Fate = "unchanged" if is_same else "changed"
            found.append(Outcome(item.id or customer, fate, None, group.lines, by))
            if not is_same or by == BY_CONTENT:
                kept.append(group.values)  # What is meant by this row is meant by no equal one.
    write = partial(_write, kind=kind, packed=kept, implied=implied)
    step: Edit | None = Edit(workspace.path_of(customer), write)
    for one in found:
        if one.fate == "unchanged":
            yield one
        else:
            yield one._replace(step=step)
            step = None


def _reason_against(match: _Match, values: Values, kind: Kind) -> str:
    """Why rows cannot be taken as a new item, or as what an item says; empty where they can."""
    if match is not None:
        return _longer(match[0], values)
    if lacking := missing(kind, values):
        return f"there is no {' and no '.join(lacking)}"
    return unsaid(values, kind)


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
    record: Item,
    kind: Kind,
    groups: Iterable[tuple[_Packed, Values]],
    implied: tuple[str, ...],
) -> Iterator[tuple[_Packed, Values, _Match | str]]:
    """Each group with the item of the record that it is about, or why that cannot be said.

    A row that repeats another is left out; what is implied is said of new items alone.
    """
    items = Items(kind, record.items(kind.key), implied)
    seen: dict[Any, tuple[_Packed, Values]] = {}
    for group, values in groups:
        match = items.match(values)
        keys = [*keys_of(kind, values), *([_name(match[0])] if match is not None else [])]
        before = next((seen[key] for key in keys if key in seen), None)
        if before is None:
            seen |= dict.fromkeys(keys, (group, values))
            if match is not None and implied:
                values = {key: value for key, value in values.items() if key not in implied}
            yield group, values, match
        elif before[1] != values:
            name = match[0].id if match is not None else f"the same {kind.name}"
            yield group, values, f"it is {name}, as line {before[0].lines[0]} is"


def _name(item: Item) -> str | int:
    """What an item is told by from others of its record: one without an id by itself."""
    return item.id or id(item)


def _write(
    document: Document, kind: Kind, packed: list[bytes], implied: tuple[str, ...]
) -> None:
    """Make a document say what is wanted; it is matched anew, since it may have changed."""
    groups = ((_Packed((0,), b"", one), unpack(one)) for one in packed)
    added = []
    steps = []
    for _, values, match in _matched(document.record, kind, groups, implied):
        if match is None:
            added.append(values)
        elif not isinstance(match, str):
            steps += changes(match[0], _without_id(values), match[0].id)
    for step in steps:
        step(document)
    if added:
        document.extend(kind.key, added)


def _without_id(values: Values) -> Values:
    return {key: value for key, value in values.items() if key != "id"}


def _rejected(drafts: list[Draft], reason: str) -> Iterator[Reject]:
    return (Reject(draft, reason) for draft in drafts)
