"""Parser of the grouping options: `--group-by`, `--agg`, `--having`, `--pivot`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from crm_cli.model.errors import UsageError
from crm_cli.model.text import split_names
from crm_cli.query.ast import Node
from crm_cli.query.database import Database
from crm_cli.query.group import GroupQuery, group
from crm_cli.query.scope import Scope
from crm_cli.query.select import Answer


class Asked(Protocol):
    """The options' texts; missing where they were not given."""

    @property
    def by(self) -> str | None:
        """`--group-by`."""

    @property
    def aggregates(self) -> str | None:
        """`--agg`."""

    @property
    def having(self) -> str | None:
        """`--having`."""

    @property
    def pivot(self) -> str | None:
        """`--pivot`."""


def answer(
    database: Database,
    asked: Asked,
    rows: tuple[Node, Sequence[str] | str | None, str, int | None],
    scope: Scope,
) -> Answer:
    """One row a group, and the total; `rows` are condition, columns, sort and limit.

    Without keys there is one group of all. Raises UsageError.
    """
    node, cols, sort, limit = rows
    query = GroupQuery(
        scope.base,
        _names(asked.by, "--group-by city"),
        _names(asked.aggregates, "--agg count,sum:spend"),
        node,
        asked.having or "",
        sort,
        limit,
        _names(cols, "--cols city,count") if isinstance(cols, str) else cols,
    )
    if asked.having and not query.by:
        raise UsageError("--having selects groups", "add --group-by")
    if asked.pivot is None:
        return group(database, query, scope)
    from crm_cli.query.pivot import pivot

    keys = _names(asked.pivot, "--pivot date.year")
    if not query.by or len(keys) != 1:
        raise UsageError(
            "--pivot takes one key, beside those of --group-by",
            "write --group-by country --pivot last-purchase.year --agg sum:spend",
        )
    return pivot(database, query, keys[0], scope)


def _names(text: str | None, example: str) -> list[str]:
    if text is None:
        return []
    names = split_names(text)
    if not all(names):
        raise UsageError(f"a name is missing in '{text}'", f"write {example}")
    return names
