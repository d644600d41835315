"""Segments: queries with a name."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from crm_cli.model.errors import Unreadable
from crm_cli.model.fieldtypes import Choice, MapOf, Text, Texts
from crm_cli.model.kind import Field, Kind

if TYPE_CHECKING:
    from crm_cli.model.business import Business


class Terms(Texts):
    """Query terms: a list, or a text that is split as a shell would."""

    name = "query terms"
    example = "+vip city:Ljubljana"

    def read(self, text: str, business: Business) -> list[str]:
        import shlex

        try:
            return shlex.split(text)
        except ValueError:
            raise Unreadable(
                f"a quote in '{text}' is not closed", "close it, or write the terms as a list"
            ) from None


class SegmentKind(StrEnum):
    """Asked anew each time, a fixed list of members, or a list of who is never written to."""

    DYNAMIC = "dynamic"
    STATIC = "static"
    SUPPRESSION = "suppression"


SEGMENT = Kind(
    "segment",
    "segments",
    "a named query",
    (
        Field("query", Terms(), "terms: a list, or a text split as a shell would"),
        Field("where", Text(), "a full expression"),
        Field("description", Text(), "who they are"),
        Field("kind", Choice(SegmentKind), "asked anew each time, or fixed", default="dynamic"),
        Field("members", Texts("customer"), "the ids of a fixed list"),
    ),
    title="description",
    columns=("id", "query", "where", "description", "kind"),
)

SEGMENTS = MapOf(SEGMENT, "name")
