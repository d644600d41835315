"""A kind that no module of the program names: every field type, a list in a list, and the rest.

The contract is tried in a copy of the package, to which this file and its line in
customer_fields.py are added.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from crm_cli.model.aspects import Exchange, Reminder
from crm_cli.model.contacts import alone
from crm_cli.model.fieldtypes import (
    Boolean,
    Choice,
    Code,
    Country,
    Currency,
    Date,
    Duration,
    Every,
    Free,
    Integer,
    Moment,
    Money,
    Number,
    Partial,
    Percent,
    Price,
    Reference,
    Text,
    Texts,
    User,
    Word,
)
from crm_cli.model.kind import Derived, Field, Finding, GroupOf, Kind, ListOf, Move, State, Summary

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item

GRADES = ("fine", "fair", "poor")
STATUSES = ("lent", "returned")


def _derive(specimen: Item, business: Business) -> None:
    specimen.derived["currency"] = specimen.values.get("currency") or business.currency
    specimen.derived["pieces"] = len(specimen.items("pieces"))
    specimen.derived["total"] = specimen.values.get("value_of_one")


def _check(specimen: Item, business: Business) -> Iterator[Finding]:
    if "name" not in specimen.values:
        yield Finding("grade", "specimen-without-name", "this specimen has no name", "add name")


def _summarize(customer: Item, business: Business) -> None:
    customer.derived["specimens_lent"] = sum(
        one.get("status") == "lent" for one in customer.items("specimens")
    )


MARK = Kind(
    name="specimen_mark",
    key="specimen_marks",
    doc="a mark on a piece of a specimen",
    fields=(Field("value", Text(), "what it says"), Field("colour", Word(), "its colour")),
    shorthand=alone("value"),
    title="value",
)

PIECE = Kind(
    name="specimen_piece",
    key="pieces",
    doc="a piece of a specimen",
    fields=(
        Field("what", Text(), "what it is"),
        Field("weight", Number(), "in grams"),
        Field("price", Money(), "what it would cost"),
        Field("found", Date(), "when it was found"),
        Field("kept", Boolean(), "kept"),
        Field("product", Reference("product"), "the product that it is of"),
        Field("marks", ListOf(MARK), "what is written on it"),
    ),
    letter="x",
    title="what",
    when="found",
    columns=("found", "customer", "what", "weight", "id"),
)

BOX = Kind(
    name="specimen_box",
    key="box",
    doc="what a specimen is kept in",
    fields=(
        Field("material", Text(), "what it is made of"),
        Field("worth", Money(), "what it is worth"),
        Field("currency", Currency(), "the currency of that"),
        Field("sealed", Date(), "when it was closed"),
        Field("locked", Boolean(), "locked"),
        Field("grade", Choice(GRADES), "how it looks"),
        Field("keeper", Reference("customer"), "who has the key"),
    ),
)

SPECIMEN = Kind(
    name="specimen",
    key="specimens",
    doc="something lent to a customer",
    fields=(
        Field("name", Text(), "what it is called", headings="label designation"),
        Field("grade", Choice(GRADES, vocabulary="grade"), "how good it is", default="fine"),
        Field("status", Choice(STATUSES), "where it is", default="lent"),
        Field("number", Code(), "the number on it"),
        Field("genus", Word(), "its genus"),
        Field("keeper", User(), "who of us lent it", inherits="owner"),
        Field("origin", Country(), "where it is from"),
        Field("lent", Date(), "since when", headings="out lent_on"),
        Field("back", Moment(), "when it has to be back", to_come=True),
        Field("born", Partial(), "when it was found"),
        Field("handling", Duration(), "how long it took"),
        Field("cleaned", Every(), "how often it is cleaned"),
        Field("copies", Integer(), "how many"),
        Field("weight", Number(), "in kilograms"),
        Field("damage", Percent(), "how much is broken"),
        Field("value_of_one", Money(), "what one is worth"),
        Field("currency", Currency(), "the currency of that"),
        Field("rent", Price(), "for a day"),
        Field("insured", Boolean(), "insured"),
        Field("donor", Reference("customer"), "who gave it"),
        Field("product", Reference("product"), "the product of which it is a sample"),
        Field("task", Reference("task"), "the task that asks it back"),
        Field("purchase", Reference("purchase"), "the purchase that it is for"),
        Field("like", Reference("specimen"), "the specimen that it is like"),
        Field("synonyms", Texts(), "other names"),
        Field("visitors", Texts("customer"), "who looked at it"),
        Field("remarks", Free(), "whatever else there is"),
        Field("box", GroupOf(BOX), "what it is in"),
        Field("pieces", ListOf(PIECE), "what it consists of"),
    ),
    letter="z",
    title="name",
    amount="total",
    when="lent",
    sort="lent-",
    columns=("lent", "customer", "name", "grade", "status", "total", "id"),
    derived=(
        Derived("total", Money(), "what it is worth"),
        Derived("pieces_kept", Integer(), "pieces", of="pieces", terms="kept:yes"),
    ),
    derive=_derive,
    check=_check,
    states=(
        State("lent", "status.is:lent", "not back yet"),
        State("returned", "status.is:returned", "back"),
    ),
    live=lambda specimen: specimen.get("status") == "lent",
    moves=(
        Move(
            "take_back",
            "Note that specimens are back.",
            done="returned",
            sets={"status": "returned"},
            of=("lent",),
            takes=("grade",),
        ),
    ),
    stamped="lent",
    asked=("grade", "back"),
    example="ana Ammonite",
    due=Reminder(when="back", state="lent"),
    exchange=Exchange(needed=("name",)),
    summary=Summary(
        derived=(Derived("specimens_lent", Integer(), "number of specimens not back yet"),),
        states=(State("borrowing", "specimens_lent.over:0", "has a specimen"),),
        derive=_summarize,
    ),
)  # fmt: skip
