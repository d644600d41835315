"""Totals that follow from the groups: rows that stand in one group each need no second pass.

Counts and sums of groups add up to those of all rows, and the least of their least is that of
all. What is counted once however often it is there (`orders`, `customers`) adds up only where the
groups are customers; means, medians and rates do not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from crm_cli.index.dialect import Dialect
from crm_cli.query.columns import Selected, split_alias
from crm_cli.query.compile import Compiler
from crm_cli.query.figures import called, is_share, measure_of
from crm_cli.query.functions import over
from crm_cli.query.keys import taken_apart
from crm_cli.query.rows import Value

_ADDING = {"count": "sum", "unconverted": "sum", "sum": "sum", "min": "min", "max": "max"}
"""The function over groups that gives what the function over all their rows gives."""
KEPT = "group?"
"""A column that tells a group from none; no column of groups can be given its name."""


def adding(
    texts: Sequence[str], compiler: Compiler, keys: Sequence[Selected]
) -> dict[int, str]:
    """The function over groups by the place of the figure whose total it gives."""
    if taken_apart(compiler):
        return {}
    record = compiler.frame.joined_record
    of_customers = record is not None and all(key.sql == record.column("id") for key in keys)
    found = {}
    for place, text in enumerate(texts):
        function = "" if is_share(text) else _function(text, compiler)
        if function in _ADDING:
            found[place] = _ADDING[function]
        elif function == "distinct" and of_customers:
            found[place] = "sum"
    return found


def _function(text: str, compiler: Compiler) -> str:
    bare = split_alias(text)[0]
    measure = measure_of(bare, compiler.frame.base.kind)
    if measure is not None:
        return "distinct" if measure.each else measure.function
    return called(bare)


def over_groups(function: str, part: Selected, dialect: Dialect) -> str:
    """SQL for a total over the groups of `g`; missing where that of a group is, save extremes."""
    cell = f"g.{dialect.name(part.column.key)}"
    if part.column.type.storage.is_date:
        return f"{function.upper()}({cell})"
    sql = over(dialect, function, Value(cell, part.column.type, base=cell))
    if function != "sum":
        return sql
    return f"CASE WHEN COUNT({cell}) = COUNT(*) THEN {sql} END"


def beside(chosen: str, sums: Sequence[str], dialect: Dialect) -> str:
    """`FROM` for the groups of `g` that are `chosen`, as `t`, with the sums over all groups beside
    each, as `w`; where none is, there is one row, of the sums alone."""
    named = ", ".join(f"{sql} AS s{place}" for place, sql in enumerate(sums))
    kept = f"SELECT t.*, 1 AS {dialect.name(KEPT)} FROM g t WHERE {chosen}"
    return f"FROM (SELECT {named} FROM g) w LEFT JOIN ({kept}) t ON {dialect.truth(True)}"


def parted(
    rows: Sequence[tuple[Any, ...]],
    width: int,
    added: Mapping[int, str],
    wholes: Sequence[Any],
) -> tuple[list[tuple[Any, ...]], tuple[Any, ...], bool]:
    """The rows without what stands beside them, all totals, and whether they are known: a sum of
    groups one of which has none has to be asked of the rows."""
    sums = dict(zip(added, rows[0][width + 1 :], strict=True))
    known = all(value is not None or added[place] != "sum" for place, value in sums.items())
    given = iter(wholes)
    count = len(wholes) + len(sums)
    totals = tuple(sums[place] if place in sums else next(given) for place in range(count))
    return [row[:width] for row in rows if row[width]], totals, known
