"""The places of a data directory: each file or folder, its kind and its shape.

Whatever walks a directory, reads it, indexes, checks, merges, commits or synchronizes it
goes by `PLACES`: a new folder of records is a module that declares its kind, and one line
here.

The kinds themselves are loaded when they are first asked for: a directory is looked at
before anything in it is read, and a command that only does that must not wait for them.
"""

from __future__ import annotations

from enum import Enum
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING

from crm_cli.model.declaration import Declaration

if TYPE_CHECKING:
    from crm_cli.model.kind import Kind


class Shape(Enum):
    """How a place holds what it holds."""

    RECORDS = "a folder with a record in each file; the file's stem is the record's id"
    RECORD = "one file that is one record; its path stands for its id where others have theirs"
    MAP = "one file that maps a key, which is the id, to each entry"
    SETTINGS = "one file, the settings of the directory"
    RATES = "one file that maps dates to currency rates"
    TEXTS = "a folder of files that are kept as they are: letters, invoices, scans"


class Place(Declaration, kw_only=True):
    """A file or a folder of the data directory. All are committed, merged and synchronized."""

    path: str
    """Relative to the directory; a folder's ends with `/`, and has no other `/` in it."""
    shape: Shape
    """How it holds what it holds."""
    doc: str
    """What it is for, in a few words, as `crm help files` prints it."""
    declaration: str = ""
    """Where the kind of its records, entries or settings is declared: `task:TASK` is TASK
    of `model/task.py`. Empty for texts and rates, and for records that no kind describes
    yet: those must be YAML, and are not indexed."""
    suffix: str = ".yaml"
    """How the names of a folder's files end; empty where any name will do."""
    key: str = "name"
    """What the keys of a map are called."""
    scanned: bool = True
    """Whether a look for records that have changed goes into it: in a folder of documents that
    were sent there may be thousands of files, none of which a record is read from."""

    guides: bool = False
    """Whether its records say how to ask, as reports do, and not whom the business knows."""

    @cached_property
    def kind(self) -> Kind | None:
        """The kind of its records, entries or settings; None without a declaration."""
        if not self.declaration:
            return None
        module, _, name = self.declaration.partition(":")
        found: Kind = getattr(import_module(f"crm_cli.model.{module}"), name)
        return found

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder, with any number of files in it."""
        return self.path.endswith("/")

    @property
    def is_read_whole(self) -> bool:
        """Whether answers go by its files as they are, beside the index: they go along with a
        mirror. Nothing of a customer's stands in them."""
        if self.shape in (Shape.SETTINGS, Shape.RATES):
            return True
        return bool(self.declaration) and (self.guides or self.shape is Shape.MAP)

    @property
    def pattern(self) -> str:
        """The path with a wildcard for a folder's files, as people and git write it."""
        return f"{self.path}*{self.suffix}" if self.is_folder else self.path

    def file(self, id: str) -> str:
        """The path of a record's file in a folder of records."""
        return f"{self.path}{id}{self.suffix}"


CUSTOMERS = Place(
    path="customers/",
    shape=Shape.RECORDS,
    doc="one file for each customer; the file's name is the id",
    declaration="customer:CUSTOMER",
)
SETTINGS = Place(
    path="crm.yaml",
    shape=Shape.SETTINGS,
    doc="settings: crm config list",
    declaration="settings:SETTINGS",
)
PRODUCTS = Place(
    path="products.yaml",
    shape=Shape.MAP,
    doc="the product directory",
    declaration="product:PRODUCT",
    key="SKU",
)
SEGMENTS = Place(
    path="segments.yaml", shape=Shape.MAP, doc="saved queries", declaration="segment:SEGMENT"
)
REPORTS = Place(
    path="reports/",
    shape=Shape.RECORDS,
    doc="reports of your own",
    declaration="report:REPORT",
    guides=True,
)
PROFILES = Place(
    path="profiles.yaml",
    shape=Shape.MAP,
    doc="profiles of ideal customers",
    declaration="profile:PROFILE",
)
SURVEYS = Place(
    path="surveys.yaml",
    shape=Shape.MAP,
    doc="the questions of surveys",
    declaration="survey:SURVEY",
)
RULES = Place(
    path="rules.yaml",
    shape=Shape.MAP,
    doc="what is done by itself",
    declaration="rule:RULE",
)
BANK = Place(
    path="bank/",
    shape=Shape.RECORDS,
    doc="statements of the bank: a file an account and month",
    declaration="bank:BANK_STATEMENT",
)
CAMPAIGNS = Place(
    path="campaigns/",
    shape=Shape.RECORDS,
    doc="one file for each campaign",
    declaration="campaign:CAMPAIGN",
)
DESK = Place(
    path="desk.yaml",
    shape=Shape.RECORD,
    doc="tasks and interactions of the business's own",
    declaration="desk:DESK",
)
FORGOTTEN = Place(
    path="forgotten.yaml",
    shape=Shape.MAP,
    doc="digests of those who were forgotten",
)
DOCUMENTS = Place(
    path="documents/",
    shape=Shape.TEXTS,
    doc="documents that were sent",
    suffix="",
    scanned=False,
)
OUTBOX = Place(
    path="outbox/",
    shape=Shape.TEXTS,
    doc="e-mails and messages that are to be sent",
    suffix="",
)
RATES = Place(path="rates.yaml", shape=Shape.RATES, doc="currency rates by date")

PLACES: tuple[Place, ...] = (
    SETTINGS,
    CUSTOMERS,
    DESK,
    PRODUCTS,
    SEGMENTS,
    RATES,
    CAMPAIGNS,
    PROFILES,
    SURVEYS,
    RULES,
    REPORTS,
    BANK,
    FORGOTTEN,
    OUTBOX,
    DOCUMENTS,
    Place(path="templates/", shape=Shape.TEXTS, doc="letters, invoices, e-mails", suffix=""),
    Place(path="consents/", shape=Shape.TEXTS, doc="texts of consents", suffix=""),
)
"""Every place, in the order in which people read of them. Customers come first of all
records: items that others have, too, are asked for as theirs."""

_FILES = {place.path: place for place in PLACES if not place.is_folder}
_FOLDERS = {place.path[:-1]: place for place in PLACES if place.is_folder}

FOLDERS: tuple[str, ...] = tuple(_FOLDERS)
"""The names of the folders."""

NAMES: tuple[str, ...] = (*_FILES, *_FOLDERS)
"""The names of all files and folders at the top of the directory."""


def place_of(path: str) -> Place | None:
    """The place that a file of the data belongs to, None for any other file.

    Hidden files are none of the data, nor are a folder's files with another ending.
    """
    top, slash, _ = path.partition("/")
    if not slash:
        return _FILES.get(path)
    place = _FOLDERS.get(top)
    if place is None or not path.endswith(place.suffix) or "/." in path:
        return None
    return place


def is_scanned(path: str) -> bool:
    """Whether a file of the data is looked at for records that have changed."""
    place = place_of(path)
    return place is not None and place.scanned


def kind_of(path: str) -> Kind | None:
    """The kind of what stands in a file of the data; None where no kind describes it."""
    place = place_of(path)
    return place.kind if place is not None else None


def place_within(path: str) -> Place | None:
    """As `place_of`, for a path that may begin above the data directory, as git's do."""
    place = place_of(path)
    while place is None and "/" in path:
        path = path.partition("/")[2]
        place = place_of(path)
    return place


def is_kept(path: str) -> bool:
    """Whether a file is committed and synchronized: data, or beside it in one of its folders."""
    top, slash, _ = path.partition("/")
    return "/." not in path and top in (_FOLDERS if slash else _FILES)


def is_desk(word: str) -> bool:
    """Whether a word means the desk: `desk`, or its file."""
    return word in ("desk", DESK.path)


def labelled(name: str, id: str) -> str:
    """Whose something is, for people: `Ana Novak (ana-novak)`, `the desk`."""
    return name if id == DESK.path else f"{name} ({id})"
