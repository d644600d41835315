"""Two made-up kinds with files of their own, and a copy of the program that knows them."""

from __future__ import annotations

from pathlib import Path

from tests import copies
from tests.conftest import FILES

VISIT = '''
"""Visits: made up."""

from crm_cli.model.contacts import TAG
from crm_cli.model.fieldtypes import Date, Money, Reference, Text, Word
from crm_cli.model.kind import Field, GroupOf, Kind, ListOf, State

STOP = Kind(
    name="stop",
    key="stops",
    doc="a stop of a visit",
    fields=(
        Field("day", Date(), "when"),
        Field("room", Text(), "where"),
        Field("host", Reference("customer"), "at whose place"),
        Field("driver", Word(), "who drives", inherits="driver"),
    ),
    letter="s",
    title="room",
    when="day",
    columns=("day", "visit", "room", "driver", "id"),
)

CONTRACT = Kind(
    name="contract",
    key="contract",
    doc="what was agreed",
    fields=(Field("partner", Reference("customer"), "with whom"),),
)

VISIT = Kind(
    name="visit",
    key="visits",
    doc="a round of visits",
    fields=(
        Field("name", Text(), "what it is called"),
        Field("day", Date(), "when it begins"),
        Field("driver", Word(), "who drives"),
        Field("budget", Money(), "what it may cost"),
        Field("customer", Reference("customer"), "for whom"),
        Field("gadget", Reference("gadget"), "what is shown"),
        Field("tags", ListOf(TAG), "words to find it by", lifts={"tag": "value"}, separate=True),
        Field("contract", GroupOf(CONTRACT), "what was agreed"),
        Field("stops", ListOf(STOP), "where it leads"),
    ),
    title="name",
    when="day",
    columns=("id", "name", "day", "customer"),
    states=(State("cheap", "budget.under:100", "costs little"),),
)
'''

GADGET = '''
"""Gadgets: made up."""

from crm_cli.model.fieldtypes import Integer, Reference, Text
from crm_cli.model.kind import Field, Kind, ListOf

PART = Kind(
    name="part",
    key="parts",
    doc="a part of a gadget",
    fields=(
        Field("label", Text(), "what it is called"),
        Field("maker", Reference("customer"), "who makes it"),
        Field("pieces", Integer(), "how many"),
    ),
    title="label",
)

GADGET = Kind(
    name="gadget",
    key="gadgets",
    doc="something to be shown",
    fields=(
        Field("name", Text(), "what it is called"),
        Field("owner", Reference("customer"), "whose it is"),
        Field("parts", ListOf(PART), "what it is made of"),
    ),
    title="name",
    columns=("id", "name", "owner"),
)
'''

LINES = """\
    Place(path="visits/", shape=Shape.RECORDS, doc="visits", declaration="visit:VISIT"),
    Place(path="gadgets.yaml", shape=Shape.MAP, doc="gadgets", declaration="gadget:GADGET"),
"""
"""All that a place needs beside the declaration of its kind."""

FAIR = """\
# Twice a year.
name: Spring fair
day: 2026-11-24
driver: petra
budget: 84.50
customer: maja-kos
gadget: lamp
tags: coast, fair
contract:
  partner: hotel-breg
wifi: guests
stops:
  - id: s-2m8ct4h
    day: 2026-11-24
    room: Blue room
    host: maja-kos
  - day: 2026-11-25
    room: Cellar
    driver: marko
"""
GADGETS = """\
lamp:
  name: Desk lamp
  owner: hotel-breg
  parts:
    - label: Bulb
      maker: maja-kos
      pieces: 2
    - label: Switch
radio:
  name: Radio
"""
GRAZ = """\
name: Graz
day: 2026-12-01
budget: 500 USD
stops:
  - room: Bar
"""
MADE_UP_FILES = {
    **FILES,
    "visits/fair.yaml": FAIR,
    "visits/abroad/graz.yaml": GRAZ,
    "gadgets.yaml": GADGETS,
    "customers/jan-vidmar.yaml": "name: Jan Vidmar\nlast_visit: fair\nvisits_made: [graz, fair]\n",
}


def copied(root: Path) -> None:
    """Put a copy of the package into a folder: with the kinds, their lines, and two fields of
    customers that refer to visits."""
    package = copies.copied(root)
    (package / "model" / "visit.py").write_text(VISIT.lstrip())
    (package / "model" / "gadget.py").write_text(GADGET.lstrip())
    after(package / "model" / "places.py", "    SEGMENTS,\n", LINES)
    more = (
        '    Field("last_visit", Reference("visit"), "when we met"),\n'
        '    Field("visits_made", Texts("visit"), "all of them"),\n'
    )
    customer = package / "model" / "customer_fields.py"
    known = 'Field("referred_by", Reference("customer"), "who referred them", acyclic=True),\n'
    after(customer, known, more)


def after(path: Path, place: str, text: str) -> None:
    """Put a text into a file, after the only place where another stands."""
    before = path.read_text()
    assert before.count(place) == 1, (path, place)
    path.write_text(before.replace(place, place + text))
