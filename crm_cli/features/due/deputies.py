"""Whose lines of what is due somebody has: their own, and those of whom they stand in for."""

from __future__ import annotations

from datetime import date, datetime

from crm_cli.model.absences import covered, stand_in
from crm_cli.model.dates import local_date
from crm_cli.workspace import Workspace


class Desks:
    """The desks of owners, with commas between several (None: everybody's).

    `asked` are the owners to look for, those among them for whom one may stand in.
    """

    def __init__(self, workspace: Workspace, owner: str | None) -> None:
        self._absences = workspace.business.absences
        self._today = workspace.clock.today
        self._zone = workspace.business.time_zone
        self._named = None if owner is None else owner.split(",")
        self.asked = owner
        if self._named is not None and self._absences:
            more = [one for name in self._named for one in covered(self._absences, name)]
            self.asked = ",".join(dict.fromkeys((*self._named, *more)))

    def has(self, owner: str | None, when: date | datetime) -> bool:
        """Whether a line is on one of the desks: of an owner, or of whom one stands in for.

        The day is that of the line; what is overdue waits for whoever works today.
        """
        named = self._named
        if named is None or owner in named or not self._absences:
            return True
        return self.doing(owner, when) in named

    def doing(self, owner: str | None, when: date | datetime) -> str | None:
        """Who does what is due on a day: its owner, or who stands in for them then."""
        if owner is None:
            return None
        day = max(local_date(when, self._zone), self._today)
        return stand_in(self._absences, owner, day)
