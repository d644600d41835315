"""The scope of a query: the kind of its rows, today, the business, the segments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import NamedTuple

from crm_cli.model.business import Business
from crm_cli.model.kind import Kind


class SegmentSpec(NamedTuple):
    """A saved segment: its terms and expression (both must hold), or its members.

    Members count besides whatever the query finds. `kind` is dynamic, static or
    suppression; a suppression list is asked like any other.
    """

    query: tuple[str, ...] = ()
    where: str = ""
    members: tuple[str, ...] = ()
    kind: str = "dynamic"


class Scope(NamedTuple):
    """What names and words mean while a query is read and compiled.

    `user` is who `me` is, None where nobody said; or it finds that out, since asking
    git takes longer than most queries. `extra_keys` are the users' own
    keys as they stand in their files (those below `custom` as `custom.KEY`). `who`
    finds the one customer's id that a text names, and raises NotFound or Ambiguous;
    without it `customer:WHO` takes ids only. `everything` (`--all`) lets sums and counts
    go over all items, also those that do not count. `ahead` says that purchases are dated
    after today: then what the index keeps of a customer's purchases may count too many.
    """

    base: Kind
    today: date
    business: Business
    user: str | Callable[[], str | None] | None = None
    segments: Mapping[str, SegmentSpec] = {}
    extra_keys: frozenset[str] = frozenset()
    who: Callable[[str], str] | None = None
    everything: bool = False
    ahead: bool = False

    def me(self) -> str | None:
        """Who `me` is, or None where nobody said."""
        return self.user() if callable(self.user) else self.user
