"""Segments: queries with a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_cli.model.errors import Unreadable
from crm_cli.model.fieldtypes import Choice, Text, Texts
from crm_cli.model.kind import Field, Kind
from crm_cli.model.node import Scalar, Sequence

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item


class Terms(Texts):
    """Query terms: a list, or a text that is split as a shell would."""

    name = "query terms"
    is_one = True
    example = "+vip city:Ljubljana"
    other = "is:lead"

    def read(self, text: str, business: Business) -> list[str]:
        import shlex

        try:
            return shlex.split(text)
        except ValueError:
            raise Unreadable(
                f"a quote in '{text}' is not closed", "close it, or write the terms as a list"
            ) from None


class Expression(Text):
    """A condition on records as a full expression: `spend > 1000 and owner = petra`."""


def place(segment: Item, asked: str, offset: int) -> tuple[int, int]:
    """(line, column) of a part of what a segment asks, `offset` characters into the text.

    `asked` is a term or the expression. Where the file spells it otherwise, over several
    lines or with escapes, it is where that text begins, else where the segment does.
    """
    from crm_cli.model.written import value_node

    for key in ("query", "where"):
        node = value_node(segment, key)
        for part in node.items if isinstance(node, Sequence) else (node,):
            if not isinstance(part, Scalar):
                continue
            at = part.text.find(asked)
            if at < 0:
                continue
            quotes = part.end - part.start - len(part.text)
            if quotes not in (0, 2) or "\n" in part.text:
                return part.line, part.column
            return part.line, part.column + quotes // 2 + at + offset
    node = segment.node
    return (node.line, node.column) if node is not None else (0, 0)


SUPPRESSION = "suppression"
"""The kind of lists of who is never written to."""

SEGMENT_KINDS = ("dynamic", "static", SUPPRESSION)
"""Asked anew each time, a fixed list of members, or a list of who is never written to."""


SEGMENT = Kind(
    name="segment",
    key="segments",
    doc="a named query",
    fields=(
        Field("query", Terms(), "query terms: a list, or text split as in a shell"),
        Field("where", Expression(), "a full expression", example="spend > 1000"),
        Field("description", Text(), "who they are"),
        Field("kind", Choice(SEGMENT_KINDS), "a query, or a fixed list", default="dynamic"),
        Field("members", Texts("customer"), "the ids of a fixed list"),
    ),
    title="description",
    exchange=None,
    added_by="crm segment save {id} TERM…",
    columns=("id", "query", "where", "description", "kind"),
)
