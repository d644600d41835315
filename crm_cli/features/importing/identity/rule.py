"""What a match is, and when names agree."""

from __future__ import annotations

from typing import NamedTuple

from crm_cli.features.importing.merging import Values
from crm_cli.model.names import is_address, name_words, names_agree

Address = tuple[str, str]
"""The list of an e-mail or phone, and its text in the form in which it compares."""
NAMES = ("name", "given_name", "family_name")
BY_ID = "id"
FORMER = "an id that they had"
"""Of a record that was merged with another: it says less than the id that they have."""
BY_CONTENT = "the same values"


OTHER_SYSTEM = "--source-system NAME says which system the file is from"
"""The way out where ids of two systems may have met in files of one name."""


class Match(NamedTuple):
    """The record that a row means, by its id, and what it was recognized by."""

    id: str
    by: str

    @property
    def sure(self) -> bool:
        """Whether an id says so; else the record's own name and numbers stay as they are."""
        return self.by == BY_ID or self.by.startswith("external id")


class Doubt(NamedTuple):
    """Why it cannot be said which record a row means.

    `other` is the one that the row means unless another row of the file does.
    """

    reason: str
    other: str = ""


def external_key(values: Values) -> tuple[str, str] | None:
    """(system, id) of a row in the system that it comes from."""
    external = values.get("external_id")
    return None if external is None else (values.get("source_system", ""), external)


def called(values: Values) -> str:
    """The name that a row gives, empty for an address in its place."""
    name = str(values.get("name", ""))
    return "" if is_address(name) else name


def agree(one: str, other: str) -> bool:
    """Whether two names may be of one; without a name nothing speaks against it."""
    return not one or not other or is_address(one) or is_address(other) or names_agree(one, other)


def apart(one: str, other: str, mine: set[Address], theirs: set[Address]) -> bool:
    """Whether two who share a phone are two: Ana and Ana Marija, with an address each.

    That is an e-mail address each, or another phone each.
    """
    if name_words(one) == name_words(other):
        return False
    for key in ("emails", "phones"):
        first, second = ({text for kind, text in some if kind == key} for some in (mine, theirs))
        if first - second and second - first and (key == "phones" or first.isdisjoint(second)):
            return True
    return False
