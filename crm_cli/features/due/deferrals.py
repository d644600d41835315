"""What was put off or dismissed, as records have it: looked up for each line of what is due."""

from __future__ import annotations

from datetime import date, datetime
from typing import Protocol

from crm_cli.model.deferral import DEFERRAL
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.workspace import Workspace

NEVER = "never reached"
"""How the line of somebody begins who was never reached: its day may be today every day."""


class Line(Protocol):
    """As much of a line of what is due as says which it is."""

    @property
    def when(self) -> date | datetime: ...
    @property
    def kind(self) -> str: ...
    @property
    def who(self) -> str: ...
    @property
    def what(self) -> str: ...
    @property
    def id(self) -> str | None: ...


class Deferral(NamedTuple):
    """A line of one day that was put off `until` another, or dismissed (None)."""

    kind: str
    day: date
    until: date | None
    item: str | None

    def is_of(self, line: Line) -> bool:
        """Whether it is about this line: another time the same thing is due, it is not."""
        if self.kind != line.kind or self.item != line.id:
            return False
        return self.day == line.when or line.what.startswith(NEVER)


class Deferrals:
    """The deferrals of all customers."""

    def __init__(self, workspace: Workspace) -> None:
        keys = ("customer", "kind", "day", "until", "item")
        self._by_line: dict[tuple[str, str], list[Deferral]] = {}
        answer = workspace.select(DEFERRAL, ["has:kind", "has:day"], cols=keys, ordered=False)
        for who, *values in answer.rows:
            one = Deferral(*values)
            self._by_line.setdefault((who, one.kind), []).append(one)

    def of(self, line: Line) -> Deferral | None:
        """The one about this line, None for a line that is due as ever."""
        held = self._by_line.get((line.who, line.kind), ())
        return next((one for one in held if one.is_of(line)), None)

    def back(self, first: date, *kinds: str) -> date:
        """The day from which to look for lines of these kinds, to find those put off to `first`
        or later: theirs may be past by then."""
        held = [one for key, some in self._by_line.items() if key[1] in kinds for one in some]
        days = [one.day for one in held if one.until is not None and one.until >= first]
        return min([first, *days])
