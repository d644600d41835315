"""A kind with a file of its own that no module of the program names."""

from __future__ import annotations

from crm_cli.model.fieldtypes import (
    Boolean,
    Choice,
    Code,
    Currency,
    Date,
    Money,
    Number,
    Reference,
    Text,
    Texts,
    Word,
)
from crm_cli.model.kind import Field, GroupOf, Kind, ListOf

SHELF = Kind(
    name="specimen_shelf",
    key="shelf",
    doc="where an entry is kept",
    fields=(
        Field("room", Text(), "in which room"),
        Field("worth", Money(), "what is there"),
        Field("currency", Currency(), "the currency of that"),
    ),
)

VISITOR = Kind(
    name="specimen_visitor",
    key="visitors",
    doc="a visitor who saw an entry",
    fields=(
        Field("who", Reference("customer"), "who it was"),
        Field("day", Date(), "when it was"),
    ),
    title="who",
)

ENTRY = Kind(
    name="specimen_entry",
    key="specimen_entries",
    doc="an entry of a catalogue",
    fields=(
        Field("name", Text(), "what it is called"),
        Field("grade", Choice(("fine", "poor"), vocabulary="entry_grade"), "how good it is"),
        Field("number", Code(), "its number"),
        Field("genus", Word(), "its genus"),
        Field("found", Date(), "when it was found"),
        Field("weight", Number(), "in kilograms"),
        Field("price", Money(), "what it costs"),
        Field("currency", Currency(), "the currency of that"),
        Field("shown", Boolean(), "on show"),
        Field("donor", Reference("customer"), "who gave it"),
        Field("colours", Texts(), "its colours"),
        Field("shelf", GroupOf(SHELF), "where it is"),
        Field("visitors", ListOf(VISITOR), "who saw it"),
    ),
    title="name",
    id_headings="catalogue_number",
    columns=("id", "name", "grade", "price", "currency"),
)
