"""The business's own reports: a grouped query, or SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_cli.model.fieldtypes import Choice, Free, Text, Texts, Word
from crm_cli.model.kind import Field, Kind
from crm_cli.model.segment import Expression, Terms
from crm_cli.model.text import split_names

if TYPE_CHECKING:
    from crm_cli.model.business import Business


class Names(Texts):
    """Fields or aggregates: a list, or `city,sum:spend`."""

    name = "names"
    is_one = True
    example = "city, owner"
    other = "tag"

    def read(self, text: str, business: Business) -> list[str]:
        return [part for part in split_names(text) if part]


CHARTS = ("bars", "line", "none")
"""How it is drawn."""

QUERY_KEYS = ("query", "where", "kind", "group_by", "agg", "having", "pivot")
"""What a report that is SQL has nothing of."""


REPORT = Kind(
    name="report",
    key="reports",
    doc="a report of your own",
    fields=(
        Field("title", Text(), "what it is called"),
        Field("describe", Text(), "what it answers", aliases=("description",)),
        Field("kind", Word(), "the kind of its rows: customer, purchase, task …", aliases=("of",),
              default="customer"),
        Field("query", Terms(), "terms: a list, or a text split as a shell would"),
        Field("where", Expression(), "a full expression", example="spend > 1000"),
        Field("group_by", Names(), "fields, as --group-by takes them"),
        Field("agg", Names(), "figures, as --agg takes them", example="count, sum:spend"),
        Field("having", Text(), "an expression that chooses among the groups"),
        Field("pivot", Text(), "a key whose values are columns"),
        Field("sort", Text(), "the order: sum_spend-"),
        Field("sql", Text(), "a SELECT over the documented views, instead of a query"),
        Field("params", Free(), "the SQL's parameters, with their values unless -p gives others"),
        Field("chart", Choice(CHARTS), "how --chart draws it", default="bars"),
    ),
    title="title",
    exchange=None,
    columns=("id", "title", "describe"),
    notes=False,
)  # fmt: skip
