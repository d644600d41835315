"""Who stands in for whom while users are away, as `users` in crm.yaml says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from crm_cli.model.named_tuple import NamedTuple


class Absence(NamedTuple):
    """An `Away` with names: the days on which a user is away, both ends among them, in ISO 8601;
    an empty end is open."""

    start: str
    until: str
    deputy: str

    def on(self, day: date) -> bool:
        """Whether the user is away on a day."""
        text = day.isoformat()
        return self.start <= text and (not self.until or text <= self.until)


Away = tuple[str, str, str]
"""(first day, last day, deputy) as plain texts, as the index keeps them; see `Absence`."""
Absences = Mapping[str, Away]
"""By user."""


def stand_in(absences: Absences, user: str, day: date) -> str:
    """Who does a user's work on a day: the deputy, or the deputy's deputy; else the user."""
    passed = [user]
    while (away := absences.get(passed[-1])) is not None:
        absence = Absence(*away)
        if not absence.on(day):
            break
        if not absence.deputy or absence.deputy in passed:
            return user
        passed.append(absence.deputy)
    return passed[-1]


def covered(absences: Absences, user: str) -> list[str]:
    """Those for whom a user may stand in on some day, directly or through other deputies."""
    found = [user]
    for one in found:
        found += [
            other
            for other, (_, _, deputy) in absences.items()
            if deputy == one and other not in found
        ]
    return found[1:]
