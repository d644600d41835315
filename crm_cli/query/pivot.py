"""Pivot tables: `--pivot` makes a column of each value of a second key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crm_cli.model.errors import UsageError
from crm_cli.model.text import split_names
from crm_cli.query.columns import Column
from crm_cli.query.database import Database
from crm_cli.query.figures import figure_key, zero
from crm_cli.query.group import GroupQuery, group
from crm_cli.query.scope import Scope
from crm_cli.query.select import Answer

MOST = 100
"""Columns of a pivot; who wants more wants the key in `--group-by`."""
NONE = "none"
"""The column of the rows without a value."""
TOTAL = "total"


def pivot(database: Database, query: GroupQuery, key: str, scope: Scope) -> Answer:
    """One row for each group of `query.by`, one column for each value of `key`, and the total.

    Cells hold the one aggregate; where there are no rows, counts and sums are 0 and
    other cells missing. Raises UsageError.
    """
    if len(query.aggregates) > 1:
        raise UsageError("a pivot shows one aggregate", "give --agg one of them: --agg sum:net")
    if query.columns is not None:
        raise UsageError("the columns of a pivot are its values", "leave out --cols")
    plain = query._replace(sort="", limit=None)
    across = group(database, plain._replace(by=(key,), having=""), scope)
    if len(across.rows) > MOST:
        raise UsageError(
            f"{key} has {len(across.rows)} values, too many for columns",
            f"write --group-by {','.join((*query.by, key))}",
        )
    heads = [row[0] for row in across.rows]
    names = [NONE if head is None else str(head) for head in heads]
    within = group(database, plain._replace(by=(*query.by, key), having=""), scope)
    cells = {(*row[:-1],): row[-1] for row in within.rows}
    # Whether amounts are in the base currency goes by all keys: any may be the currency.
    measure = within.columns[-1]
    down = group(database, plain, scope)
    missing = _nothing(query, [*cells.values()])
    keys = len(query.by)
    rows = [
        (*row[:keys], *(cells.get((*row[:keys], head), missing) for head in heads), row[keys])
        for row in down.rows
    ]
    columns = (
        *down.columns[:keys],
        *(measure._replace(key=name) for name in names),
        down.columns[keys]._replace(key=TOTAL),
    )
    grand = (down.total or ())[keys]
    # Down the columns amounts have no total where the rows are in several currencies.
    adds = down.columns[keys].base or not across.columns[1].base
    totals = [row[1] if adds else None for row in across.rows]
    total = (*(None for _ in query.by), *totals, grand)
    rows = _sorted(rows, columns, query.sort or "")
    return Answer(columns, rows[: query.limit], total)


def _nothing(query: GroupQuery, values: Sequence[Any]) -> Any:
    """What a cell without rows holds."""
    if not zero(query.aggregates[0] if query.aggregates else "count", query.kind):
        return None
    held = next((value for value in values if value is not None), 0)
    return held - held


def _sorted(
    rows: list[tuple[Any, ...]], columns: Sequence[Column], sort: str
) -> list[tuple[Any, ...]]:
    """By any of the columns, the last asked for first; missing values come last."""
    names = [column.key for column in columns]
    for asked in reversed(split_names(sort) if sort else []):
        bare = asked.strip("+-")
        if bare not in names and figure_key(bare) not in names:
            raise UsageError(f"a pivot cannot be sorted by '{bare}'", f"valid: {', '.join(names)}")
        place = names.index(bare if bare in names else figure_key(bare))
        down = (asked[:1] == "-") != asked.endswith("-")
        there = [row for row in rows if row[place] is not None]
        there.sort(key=lambda row: row[place], reverse=down)
        rows = [*there, *(row for row in rows if row[place] is None)]
    return rows
