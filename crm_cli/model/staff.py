"""The users of a data directory: who they are, and who stands in for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from crm_cli.model.absences import Away
from crm_cli.model.errors import Severity
from crm_cli.model.fieldtypes import Date, Money, Text, User
from crm_cli.model.kind import Field, Finding, Kind
from crm_cli.model.money import decimal_text

if TYPE_CHECKING:
    from crm_cli.model.item import Item

AWAY = ("away_from", "away_until", "deputy")
"""The fields of a user that say when they are away, in the order in which they are written."""


USER = Kind(
    name="user",
    key="users",
    doc="a user of the data directory",
    fields=(
        Field("name", Text(), "their name"),
        Field("email", Text(), "their e-mail address"),
        Field("quota", Money(), "what they are to win each month, in the base currency"),
        Field("away_from", Date(), "the first day on which they are away", to_come=True),
        Field("away_until", Date(), "the last day on which they are away", to_come=True),
        Field("deputy", User(), "who does their work while they are away"),
    ),
    title="name",
    notes=False,
)


def quotas_of(users: Mapping[str, Item]) -> dict[str, str]:
    """What users are to win each month, of those for whom crm.yaml says it, as plain decimals."""
    return {
        user: decimal_text(item.values["quota"])
        for user, item in users.items()
        if "quota" in item.values
    }


def absences_of(users: Mapping[str, Item]) -> dict[str, Away]:
    """The absences that the users of crm.yaml have, by user."""
    found = {}
    for user, item in users.items():
        start, until, deputy = (str(item.values.get(key) or "") for key in AWAY)
        if start or until:
            found[user] = (start, until, deputy)
    return found


def check_absences(settings: Item) -> Iterator[Finding]:
    """Absences that end before they begin, and deputies who are no users or the user."""
    users: dict[str, Item] = settings.values.get("users") or {}
    for user, item in users.items():
        start, until, deputy = (str(item.values.get(key) or "") for key in AWAY)
        if start and until and until < start:
            yield Finding(
                "away_until", "bad-absence", f"{user} is back before they are away",
                f"crm user away {user} --from DATE --until DATE", item=item,
            )  # fmt: skip
        if deputy and (deputy == user or deputy not in users):
            why = "themselves" if deputy == user else f"{deputy}, who is no user"
            yield Finding(
                "deputy", "bad-absence", f"{user} is to be stood in for by {why}",
                f"name one of: {', '.join(one for one in users if one != user) or 'nobody'}",
                Severity.WARNING, item=item,
            )  # fmt: skip
