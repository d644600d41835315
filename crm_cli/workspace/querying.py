"""Queries on a workspace: resolving WHO, and selecting rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from crm_cli.model.errors import DataError, NotFound, UsageError
from crm_cli.model.kind import Kind
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.places import CUSTOMERS, place_of
from crm_cli.workspace.reading import Reading

if TYPE_CHECKING:
    from datetime import date

    from crm_cli.model.periods import Period
    from crm_cli.model.pipeline import Learned
    from crm_cli.query.ast import Node
    from crm_cli.query.group import GroupQuery
    from crm_cli.query.scope import Profile, Scope
    from crm_cli.query.select import Answer


class Groups(NamedTuple):
    """How rows are put together: texts as the options of every list spell them."""

    by: str | None = None
    aggregates: str | None = None
    having: str | None = None
    pivot: str | None = None

    def __bool__(self) -> bool:
        return any(text is not None for text in self)


class Guard(Protocol):
    """Holds questions to the fields that whoever asks may know; see `mcp/guarding.py`."""

    def check(self, node: Node) -> None:
        """Raise Refused where a condition names another field."""

    def tells(self, kind: Kind, key: str) -> bool:
        """Whether a field may be asked about."""


class Querying(Reading):
    """A directory to ask."""

    guard: Guard | None = None
    """Sees what words name and ask, whichever command takes them."""

    def tells(self, kind: Kind, key: str) -> bool:
        """Whether who asks may learn of a field."""
        return self.guard is None or self.guard.tells(kind, key)

    def scope(self, base: Kind, *, everything: bool = False) -> Scope:
        """What a query over a kind needs to know; with `everything` sums go over all items."""
        from crm_cli.query.scope import Scope
        from crm_cli.query.segments import read_segments

        return Scope(
            base,
            self.clock.today,
            self.business,
            lambda: self.myself,
            read_segments(self.database),
            self.extra_keys,
            self.who,
            everything,
            self.clock.now,
            self.learned,
            self.suggested,
            self.likely,
            self.profiles,
            self.converted,
        )

    @property
    def extra_keys(self) -> frozenset[str]:
        """The users' own keys as they stand in their files."""
        from crm_cli.query.own import read_extra_keys

        return read_extra_keys(self.database, self.business.own)

    def suggested(self) -> Mapping[str, Sequence[str]]:
        """The products that are suggested to customers, by their ids; see `query/suggesting.py`."""
        from crm_cli.query.suggesting import suggested

        if self._made.suggested is None:
            self._made.suggested = suggested(self.database)
        return self._made.suggested

    def likely(self) -> Mapping[str, str]:
        """The channel on which customers answer most surely, by their ids."""
        from crm_cli.model.interaction import INTERACTION
        from crm_cli.query.likely import likely

        if self._made.likely is None:
            self._made.likely = likely(self.database, self.scope(INTERACTION))
        return self._made.likely

    def profiles(self) -> Mapping[str, Profile]:
        """The profiles of customers, by name."""
        from crm_cli.query.profiles import read_profiles

        if self._made.profiles is None:
            self._made.profiles = read_profiles(self.database)
        return self._made.profiles

    def converted(self) -> bool:
        """Whether every amount is known in the base currency: none lacks a rate."""
        from crm_cli.query.lookups import all_converted

        if self._made.converted is None:
            self._made.converted = all_converted(self.database)
        return self._made.converted

    def learned(self) -> Mapping[tuple[str, str], Learned]:
        """What became of the closed deals that had come to each open stage."""
        from crm_cli.model.deal import DEAL
        from crm_cli.query.learned import learned

        if self._made.learned is None:
            self._made.learned = learned(self.database, self.scope(DEAL))
        return self._made.learned

    def node(self, scope: Scope, terms: Sequence[str], where: str | None = None) -> Node:
        """The condition that terms and a full expression are, both of them."""
        from crm_cli.query.ast import And
        from crm_cli.query.terms import parse_terms

        if where is None:
            node = parse_terms(terms, scope)
        else:
            from crm_cli.query.expression import parse_expression

            node = parse_expression(where, scope)
            node = And((parse_terms(terms, scope), node)) if terms else node
        self._asked.append((scope, node))
        return node

    def unheld(self, typed: Sequence[str]) -> list[str]:
        """A sentence for each value that a query named, in the words that were typed, and that
        nothing has: `owner:bbo`."""
        if self.written or not self._asked:
            return []
        from crm_cli.query.unheld import unheld

        return unheld(self.database, self._asked, typed)

    def period(self, text: str | None, *, option: str = "--period") -> Period:
        """The days that an option for a period gives, open if it is absent; raises UsageError."""
        from crm_cli.model.errors import Unreadable
        from crm_cli.model.periods import Period, read_window

        if text is None:
            return Period(None, None)
        try:
            return read_window(text, self.clock.today)
        except Unreadable as error:
            raise UsageError(f"{option}: {error.message}", error.hint) from error

    def dated(self, field: str, text: str | None) -> list[str]:
        """The query term for a date in the period that `--period` gives; none without one."""
        if text is None:
            return []
        days = self.period(text)
        return [f"{field}:{days.start or ''}..{days.end or ''}"]

    def within(self, base: Kind, text: str | None, field: str = "") -> Node:
        """The condition that a row's own date, or another, lies in the period that a text gives.

        Raises UsageError for rows that have none.
        """
        from crm_cli.query.ast import EVERYTHING, Compare, Literal, Op
        from crm_cli.query.fields import resolve

        if text is None:
            return EVERYTHING
        days = self.period(text)
        if not (field or base.when):
            raise UsageError(
                f"--period {text}: {base.key} have no date of their own to go by",
                "ask for a figure of that time (sum:spend@last-12m), or with a term "
                "(last-purchase:2026)",
            )
        return Compare(resolve(field or base.when, base), Op.EQ, (Literal(days, text),))

    def group(self, query: GroupQuery, *, everything: bool = False) -> Answer:
        """Groups of rows, with the total of all of them; see `GroupQuery`."""
        from crm_cli.query.group import group

        scope = self.scope(query.base, everything=everything)
        return group(self.database, query, scope)

    def pivot(self, query: GroupQuery, key: str, *, everything: bool = False) -> Answer:
        """Groups of rows, with a column for each value of a further key."""
        from crm_cli.query.pivot import pivot

        scope = self.scope(query.base, everything=everything)
        return pivot(self.database, query, key, scope)

    def listed(self, base: Kind, node: Node, sort: str, *, everything: bool = False) -> Answer:
        """The rows of a kind that meet a condition, as lists of them show them."""
        from crm_cli.query.select import Query, select

        self.database.require_one()
        scope = self.scope(base, everything=everything)
        return select(self.database, Query(base, node, None, sort or base.sort), scope)

    def rows(
        self,
        base: Kind,
        node: Node,
        cols: Sequence[str],
        *,
        everything: bool = False,
    ) -> list[tuple[Any, ...]]:
        """The rows of a kind that meet a condition, with these columns, in no order."""
        from crm_cli.query.select import Query, select

        # Whoever puts rows together by their ids has to have them of one book.
        self.database.require_one()
        scope = self.scope(base, everything=everything)
        query = Query(base, node, cols, ordered=False)
        return select(self.database, query, scope).rows

    def unconverted(
        self, query: GroupQuery, *, everything: bool = False
    ) -> list[tuple[str, int, date | None]]:
        """What the sums of groups leave out for want of a rate: (currency, rows, the first day)."""
        from crm_cli.query.group import unconverted

        scope = self.scope(query.base, everything=everything)
        return unconverted(self.database, query, scope)

    def select(
        self,
        base: Kind,
        terms: Sequence[str] = (),
        *,
        where: str | None = None,
        cols: Sequence[str] | str | None = None,
        sort: str | None = None,
        limit: int | None = None,
        groups: Groups | None = None,
        total: bool = False,
        ordered: bool = True,
        everything: bool = False,
    ) -> Answer:
        """The rows of a kind that a query describes, with the columns asked for.

        With `groups` there is one row for each group of them; `total` adds the last row.
        Both are of what counts, with `everything` of all rows. Who puts the rows in an order
        of their own need not have them `ordered`.
        """
        scope = self.scope(base, everything=everything)
        node = self.node(scope, terms, where)
        from crm_cli.query.select import Query, select, uncounted
        from crm_cli.query.select import total as sums

        query = Query(base, node, cols, sort or "", limit, ordered)
        if groups is not None:
            from crm_cli.query.shape import answer

            found = answer(self.database, groups, (node, cols, sort or "", limit), scope)
            if not total:
                found = found._replace(total=None)
        else:
            found = select(self.database, query, scope)
            if total:
                found = found._replace(total=sums(self.database, query, scope))
        if groups is not None or total:
            found = found._replace(left_out=uncounted(self.database, query, scope))
        return found

    def count(self, segment: str, scope: Scope | None = None) -> int:
        """How many customers a saved segment has today; raises UsageError where it is at fault."""
        from crm_cli.model.customer import CUSTOMER
        from crm_cli.query.ast import Segment
        from crm_cli.query.select import Query, count

        asked = self.scope(CUSTOMER) if scope is None else scope
        return count(self.database, Query(CUSTOMER, Segment(segment)), asked)

    def who(self, text: str, *, strict: bool = False) -> str:
        """The id of the customer that a WHO means; raises NotFound, Ambiguous.

        DataError where that is somebody whose file cannot be read.
        """
        from crm_cli.query.who import resolve

        try:
            found = resolve(self.database, text, self.business, strict=strict, tells=self.tells)
        except NotFound as error:
            self._require_read(text, error)
            raise
        if found != text:
            self._require_read(text)
        return found

    def _require_read(self, id: str, cause: Exception | None = None) -> None:
        """Raise DataError for the id of somebody whose file cannot be read: no other is meant."""
        path = self._unread(id)
        if path is not None:
            raise DataError(
                f"{path} cannot be read, so nothing can be done with {id}",
                "correct it in an editor, then run crm check",
            ) from cause

    def _unread(self, id: str) -> str | None:
        from crm_cli.index.reading import id_of

        for problem in self.problems:
            if id in (id_of(problem.path)[0], problem.path) and place_of(problem.path) is CUSTOMERS:
                return problem.path
        return None

    def whos(self, words: Iterable[str], *, strict: bool = False) -> list[str]:
        """The ids that WHO… means, each once: of those who are named those that all query terms
        describe; of everybody, where nobody is named."""
        from crm_cli.model.customer import CUSTOMER
        from crm_cli.query.select import select_customers
        from crm_cli.query.who import named_and_terms

        scope = self.scope(CUSTOMER)
        named, terms = named_and_terms(words, scope)
        ids = list(dict.fromkeys(self.who(word, strict=strict) for word in named))
        if not terms:
            return ids
        node = self.node(scope, terms)
        self._hold(node)
        found = select_customers(self.database, node, scope)
        self._met = self.problems
        described = set(found)
        return [id for id in ids if id in described] if named else list(dict.fromkeys(found))

    def items(self, kind: Kind, terms: Sequence[str]) -> list[tuple[str, str]]:
        """(customer's id, item's id) of a kind's items that query terms describe."""
        if self.guard is not None:
            self._hold(self.node(self.scope(kind), terms))
        found = self.select(kind, terms, cols=("customer", "id"))
        self._met = self.problems
        return [(str(customer), str(id)) for customer, id in found.rows]

    def item(self, text: str, kind: Kind | None = None) -> tuple[str, str]:
        """(customer's id, item's id) for a unique prefix of an item's id."""
        from crm_cli.query.who import resolve_item

        return resolve_item(self.database, text, kind, tells=self.tells)

    def _hold(self, node: Node) -> None:
        if self.guard is not None:
            self.guard.check(node)
