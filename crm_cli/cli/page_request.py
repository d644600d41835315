"""What is asked of a page of reports, whatever its sections are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from crm_cli.model.pseudonyms import Pseudonyms


class Asked(NamedTuple):
    """What is asked of all sections; anonymous ones have pseudonyms in place of names."""

    terms: Sequence[str] = ()
    where: str | None = None
    owner: str | None = None
    period: str | None = None
    since: str | None = None
    anonymous: bool = False
    pseudonyms: Pseudonyms | None = None

    def words(self, *, period: bool = True) -> list[str]:
        """The options that stand for it. Terms may name somebody, so that they are not shown
        where there are to be no names."""
        found = [] if self.anonymous else list(self.terms)
        if self.where is not None and not self.anonymous:
            found += ["-w", self.where]
        if self.owner is not None and not self.anonymous:
            found += ["--owner", self.owner]
        if self.period is not None and period:
            found += ["--period", self.period]
        return found
