"""The scope of a query: the kind of its rows, today, the business, the segments."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time

from crm_cli.model.business import Business
from crm_cli.model.kind import Kind
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.pipeline import Learned


class SegmentSpec(NamedTuple):
    """A saved segment: its terms and expression (both must hold), or its members.

    Members count besides whatever the query finds. `kind` is dynamic, static or
    suppression; a suppression list is asked like any other.
    """

    query: tuple[str, ...] = ()
    where: str = ""
    members: tuple[str, ...] = ()
    kind: str = "dynamic"


class Profile(NamedTuple):
    """A profile of customers: the query terms of its rules, each with its weight in thousandths."""

    rules: tuple[tuple[tuple[str, ...], int], ...]


class Scope(NamedTuple):
    """What names and words mean while a query is read and compiled.

    `user` is who `me` is, None where nobody said; or it finds that out, since asking
    git takes longer than most queries. `extra_keys` are the users' own
    keys as they stand in their files (those below `custom` as `custom.KEY`). `who`
    finds the one customer's id that a text names, and raises NotFound or Ambiguous;
    without it `customer:WHO` takes ids only. `everything` (`--all`) lets sums and counts
    go over all items, also those that do not count.
    """

    base: Kind
    today: date
    business: Business
    user: str | Callable[[], str | None] | None = None
    segments: Mapping[str, SegmentSpec] = {}
    extra_keys: frozenset[str] = frozenset()
    who: Callable[[str], str] | None = None
    everything: bool = False
    now: datetime | None = None
    learned: Callable[[], Mapping[tuple[str, str], Learned]] | None = None
    """What is learned of each stage."""
    suggested: Callable[[], Mapping[str, Sequence[str]]] | None = None
    """The products that are suggested to customers, by their ids."""
    likely: Callable[[], Mapping[str, str]] | None = None
    """The channel on which customers answer most surely, by their ids."""
    profiles: Callable[[], Mapping[str, Profile]] | None = None
    """The profiles of customers, by name."""
    converted: Callable[[], bool] | None = None
    """Whether every amount is known in the base currency; without it some may lack a rate."""

    @property
    def instant(self) -> datetime:
        """The present minute; where only the day is known its noon, as `--today` has it."""
        noon = datetime.combine(self.today, time(12))
        now = self.now or noon.replace(tzinfo=self.business.time_zone)
        return now.replace(second=0, microsecond=0)

    @property
    def forecasts_by_learned(self) -> bool:
        """Whether a deal that states no probability has the learned one of its stage."""
        return self.learned is not None and self.business.forecast_by == "learned"

    @property
    def converts_all(self) -> bool:
        """Whether every amount is known in the base currency."""
        return self.converted is not None and self.converted()

    def me(self) -> str | None:
        """Who `me` is, or None where nobody said."""
        return self.user() if callable(self.user) else self.user
