"""The records that an export covers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from crm_cli.formats.targets import belongs
from crm_cli.model.item import Item
from crm_cli.model.kind import Kind
from crm_cli.model.kinds import ENTRIES
from crm_cli.model.purchase import PURCHASE
from crm_cli.workspace import Workspace


def items_of(
    workspace: Workspace,
    kind: Kind,
    terms: Sequence[str],
    *,
    where: str | None = None,
    sort: str | None = None,
) -> Iterator[Item]:
    """The records of a kind that a query describes, with all that they hold."""
    cols = ("id", "customer") if belongs(kind) else ("id",)
    rows = workspace.select(kind, terms, where=where, sort=sort, cols=cols).rows
    if kind in ENTRIES:
        entries = workspace.file(ENTRIES[kind].path).records
        return (entries[row[0]] for row in rows if row[0] in entries)
    if not belongs(kind):
        return workspace.records(str(row[0]) for row in rows)
    if not kind.letter:
        return _unnamed(workspace, kind, terms, where, sort)
    parts = [(str(id), str(customer)) for id, customer in rows]
    found = _sorted(workspace, kind, parts) if sort else _as_they_stand(workspace, kind, parts)
    return _with_state(workspace, found) if kind is PURCHASE else found


def _unnamed(
    workspace: Workspace, kind: Kind, terms: Sequence[str], where: str | None, sort: str | None
) -> Iterator[Item]:
    """Items without an id, which are found in their records by what they say."""
    keys = [key for key in kind.columns if key in kind.by_key]
    rows = workspace.select(kind, terms, where=where, sort=sort, cols=("customer", *keys)).rows
    for customer, *wanted in dict.fromkeys(map(_hashable, rows)):
        for item in workspace.record(str(customer)).items(kind.key):
            if _hashable([item.get(key) for key in keys]) == tuple(wanted):
                yield item


def _hashable(values: Iterable[object]) -> tuple[object, ...]:
    return tuple(tuple(value) if isinstance(value, list) else value for value in values)


def _with_state(workspace: Workspace, purchases: Iterator[Item]) -> Iterator[Item]:
    """Purchases with their state of payment, which depends on the day."""
    today = workspace.clock.today
    for one in purchases:
        state, due = one.derived.get("settlement"), one.derived.get("due")
        if state in ("unpaid", "partly_paid") and due is not None and due < today:
            state = "overdue"
        one.derived["payment_status"] = state
        yield one


def _as_they_stand(workspace: Workspace, kind: Kind, rows: list[tuple[str, str]]) -> Iterator[Item]:
    """Items by customer, in the order of their file, so that an import keeps it."""
    wanted: dict[str, set[str]] = {}
    for id, customer in rows:
        wanted.setdefault(customer, set()).add(id)
    for customer in sorted(wanted):
        for item in workspace.record(customer).items(kind.key):
            if item.id in wanted[customer]:
                yield item


def _sorted(workspace: Workspace, kind: Kind, rows: list[tuple[str, str]]) -> Iterator[Item]:
    """Items in the order asked for; a record is read again where another came between."""
    held = ""
    items: dict[str, Item] = {}
    for id, customer in rows:
        if customer != held:
            items = {item.id: item for item in workspace.record(customer).items(kind.key)}
            held = customer
        if id in items:
            yield items[id]
