"""Deferrals: what is due, put off to another day or dismissed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from crm_cli.model.aspects import CardLine
from crm_cli.model.card import Fact
from crm_cli.model.errors import Severity
from crm_cli.model.fieldtypes import Choice, Date, Word
from crm_cli.model.kind import Field, Finding, Kind

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item

DEFERRABLE = (
    "birthday", "anniversary", "keep_in_touch", "reorder", "invoice", "dunning", "not_invoiced",
    "draft", "promise",
)  # fmt: skip
"""The kinds of what is due whose day is a fact, and cannot be moved itself."""


def _fact(item: Item) -> Fact:
    kind = str(item.get("kind") or "due").replace("_", " ")
    of = f"{kind} {item.get('item')}" if item.get("item") else kind
    until = item.get("until")
    label, note = ("put off", f"to {until}") if until is not None else ("dismissed", "")
    return Fact(label, f"{of} of {item.get('day')}", note)


def _check(item: Item, business: Business) -> Iterator[Finding]:
    """One that says too little, or to remind before the day."""
    for key in ("kind", "day"):
        if item.values.get(key) is None:
            text = f"this deferral has no {key}, and puts nothing off"
            yield Finding(key, "deferral-incomplete", text, f"add {key}", Severity.WARNING)
    day, until = item.values.get("day"), item.values.get("until")
    if day is not None and until is not None and until <= day:
        yield Finding(
            "until",
            "deferral-incomplete",
            f"{until} is not after {day}, and puts nothing off",
            "give a later day",
            Severity.WARNING,
        )


DEFERRAL = Kind(
    name="deferral",
    key="deferrals",
    doc="a line of `crm due` that was put off or dismissed",
    fields=(
        Field("kind", Choice(DEFERRABLE), "the kind of what is due"),
        Field("day", Date(), "the day it is due; another time it is due again", to_come=True),
        Field("until", Date(), "the day it was put off to; dismissed without", to_come=True),
        Field("item", Word(), "the id of the invoice"),
    ),
    title="kind",
    card=CardLine(heading="Due", fact=_fact),
    check=_check,
)
