"""The rows of one item: those with the same number, of an order taken whole or not at all.

A row of an order that leaves its customer or its kind empty says nothing of them: it goes with
the other rows of the number.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from crm_cli.formats.drafts import Draft, Drafts
from crm_cli.formats.targets import rows_of, target
from crm_cli.model.kind import Kind

Cells = tuple[str, ...]


class _Key(NamedTuple):
    """What a row calls its item: the number, and what else tells items of that number apart."""

    number: Cells
    rest: Cells


def grouped(drafts: Drafts) -> Iterator[tuple[list[Draft], str]]:
    """The rows of each number, and why they are spoiled: a row of the same one is rejected.

    Only kinds with a list of rows have several, told by their cells as they stand.
    """
    if rows_of(drafts.kind) is None:
        for draft in drafts.rows:
            yield [draft], ""
        return
    columns = _columns(drafts)
    groups: dict[Cells, dict[Cells, array[int]]] = {}
    for place, draft in enumerate(drafts.rows):
        key = _key(columns, draft.cells) or _Key((str(draft.line),), ())
        groups.setdefault(key.number, {}).setdefault(key.rest, array("L")).append(place)
    bad: dict[Cells, list[tuple[Cells, int]]] = defaultdict(list)
    for row in drafts.rejected:
        if found := _key(columns, row.cells):
            bad[found.number].append((found.rest, row.line))
    for number, members in groups.items():
        for rest, places in _apart(members).items():
            lines = [line for other, line in bad.get(number, ()) if _fits(other, rest)]
            name = drafts.kind.name
            rows = [drafts.rows[place] for place in places]
            yield rows, f"line {lines[0]} of the same {name} is rejected" if lines else ""


def _apart(members: dict[Cells, array[int]]) -> dict[Cells, list[int]]:
    """The rows of one number by what else tells them apart; an empty cell fits a single one."""
    whole = {rest for rest in members if all(rest)}
    found: dict[Cells, list[int]] = {}
    for rest, places in members.items():
        fitting = [one for one in whole if _fits(rest, one)]
        found.setdefault(fitting[0] if len(fitting) == 1 else rest, []).extend(places)
    return {rest: sorted(places) for rest, places in found.items()}


def _fits(rest: Cells, other: Cells) -> bool:
    pairs = zip(rest, other, strict=False)
    return all(not mine or not theirs or mine == theirs for mine, theirs in pairs)


def _columns(drafts: Drafts) -> list[list[int]]:
    """The columns that tell items apart, in the order in which they are asked."""
    places: dict[str, int] = {}
    for column in drafts.map.columns:
        to = target(drafts.kind, column.key)
        if not to.list and not to.group:
            places[to.field.key] = drafts.headings.index(column.heading)
    keys = [("id",), ("external_id",), *_keys(drafts.kind)]
    found = [[places[part] for part in key if part in places] for key in keys if key[0] in places]
    if len(found) < 2:
        return found
    # An id may stand in the first row of an order alone, the number in all of them.
    filled = {one[0]: sum(bool(row.cells[one[0]].strip()) for row in drafts.rows) for one in found}
    return sorted(found, key=lambda one: -filled[one[0]])


def _keys(kind: Kind) -> tuple[tuple[str, ...], ...]:
    return kind.exchange.keys if kind.exchange is not None else ()


def _key(columns: list[list[int]], cells: Cells) -> _Key | None:
    for place, (first, *others) in enumerate(columns):
        if first < len(cells) and cells[first].strip():
            rest = tuple(cells[one] if one < len(cells) else "" for one in others)
            return _Key((str(place), cells[first]), rest)
    return None
