"""What is asked of groups, with what its parts ask for besides."""

from __future__ import annotations

from collections.abc import Sequence

from crm_cli.model.kind import Kind
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.text import split_names
from crm_cli.query.ast import EVERYTHING, Node
from crm_cli.query.columns import split_alias
from crm_cli.query.figures import figure_key, is_figure, mentioned
from crm_cli.query.group_order import bare_name

CURRENCY = "currency"


class GroupQuery(NamedTuple):
    """What is asked: groups of a kind's rows.

    `by` are fields (dates with `.week`, `.month`, `.quarter`, `.year`, `.weekday`), `aggregates` as
    `count`, `sum:spend`, `median:net as middle`; `having` a full expression over the
    columns; `sort` goes by columns as well; `columns` picks some of them, in an order.
    With `parts` each row is taken apart into its items of that kind, and keys and
    aggregates are of these; the condition stays one of the rows. Without `own` all amounts are
    in the base currency, also in groups by currency.
    """

    base: Kind
    by: Sequence[str]
    aggregates: Sequence[str] = ()
    node: Node = EVERYTHING
    having: str = ""
    sort: str | None = ""
    """What the groups are ordered by before their keys; None where no order is wanted."""
    limit: int | None = None
    columns: Sequence[str] | None = None
    parts: Kind | None = None
    own: bool = True
    totals: bool = True
    """Whether the aggregates over all rows are wanted besides, which is a second pass."""
    apart: bool = False
    """Whether groups by what a record says may be made of each record apart, also of two that say
    the same: then their keys are not compared, which takes longer than all else."""
    common: bool = True
    """Whether that total is to say what all rows have in common (`one`), too."""

    @property
    def kind(self) -> Kind:
        """The kind of what is put together."""
        return self.parts or self.base


def shows_currency(query: GroupQuery) -> bool:
    """Whether the key that says in which currency a group's amounts are is shown with them."""
    if query.columns is None:
        return True
    names = {CURRENCY}
    for bare, alias in map(split_alias, query.by):
        if _bare_key(bare) == CURRENCY:
            names |= {bare, alias}
    shown = (name for text in query.columns for name in split_alias(text) if name)
    return any(name in names for name in shown)


def _bare_key(text: str) -> str:
    return text.strip().lower().rpartition(".")[2]


def completed(query: GroupQuery) -> tuple[GroupQuery, int]:
    """With the aggregates that `columns`, `having` and `sort` ask for besides; how many show."""
    asked = list(query.aggregates)
    if query.columns is not None:
        known = {figure_key(split_alias(text)[1] or split_alias(text)[0]) for text in asked}
        keys = {figure_key(split_alias(text)[1] or split_alias(text)[0]) for text in query.by}
        for text in query.columns:
            bare, alias = split_alias(text)
            if is_figure(text, query.kind) and figure_key(alias or bare) not in known | keys:
                asked.append(text)
    asked = asked or ["count"]
    shown = len(query.by) + len(asked)
    having, more = mentioned(query.having, query.kind)
    more += map(bare_name, split_names(query.sort or ""))
    have = {figure_key(part) for text in (*asked, *query.by) for part in split_alias(text)}
    renamed = {figure_key(bare): alias for bare, alias in map(split_alias, asked) if alias}
    for text in more:
        key = figure_key(text)
        if is_figure(text, query.kind) and key not in have:
            asked.append(text)
            have.add(key)
    for key, alias in renamed.items():
        # What having calls by its function may have been given another name.
        having = _word(key, alias, having)
    return query._replace(aggregates=asked, having=having), shown


def _word(key: str, alias: str, text: str) -> str:
    import re

    return re.sub(rf"\b{re.escape(key)}\b", alias, text)
