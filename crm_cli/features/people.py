"""Organizations with their people: who is there, what they come to together, groups as trees."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal

from crm_cli.model.customer import CUSTOMER
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.query.lexer import quoted
from crm_cli.query.links import Link, links
from crm_cli.workspace import Workspace

_COLUMNS = ("id", "name", "spend", "balance", "overdue", "last_contact")


class Share(NamedTuple):
    """What one customer has on their own; amounts in the base currency, None without a rate."""

    id: str
    name: str
    spend: Decimal | None
    balance: Decimal | None
    overdue: Decimal | None
    last_contact: date | datetime | None


class Together(NamedTuple):
    """An organization with the people who are there today, each of them counted once.

    It is beside the organization's own figures, which lists add up: what a person has bought
    counts in all sums as that person's, and is only shown here.
    """

    own: Share
    people: tuple[Share, ...]

    @property
    def all(self) -> tuple[Share, ...]:
        """The organization, then its people."""
        return (self.own, *self.people)

    def total(self, key: str) -> Decimal | None:
        """The sum of `spend`, `balance` or `overdue`; None where one is not known."""
        return added(getattr(one, key) for one in self.all)

    @property
    def last(self) -> Share | None:
        """Whoever we were in contact with last."""
        held = [one for one in self.all if one.last_contact is not None]
        return max(held, key=lambda one: str(one.last_contact)) if held else None


class Branch(NamedTuple):
    """A customer in a tree: `depth` from 0, `role` what they are to the one above (`of`)."""

    depth: int
    share: Share
    role: str
    of: str


def linked(workspace: Workspace, id: str) -> list[Link]:
    """The links of a customer with people or organizations, whichever record states them."""
    return links(workspace.database, id)


def people_of(workspace: Workspace, id: str, found: Iterable[Link] | None = None) -> list[Link]:
    """The people with a record of their own who are at an organization today."""
    today = workspace.clock.today
    found = linked(workspace, id) if found is None else found
    return [one for one in found if one.organization == id and one.person and one.holds(today)]


def together(
    workspace: Workspace, id: str, found: Iterable[Link] | None = None
) -> Together | None:
    """An organization with its people; None where nobody is there who has a record."""
    ids = [one.person for one in people_of(workspace, id, found)]
    known = shares(workspace, [id, *ids])
    people = [known[one] for one in dict.fromkeys(ids) if one in known and one != id]
    return Together(known[id], tuple(people)) if people and id in known else None


def shares(workspace: Workspace, ids: Sequence[str]) -> dict[str, Share]:
    """What each of some customers has on their own, by id."""
    term = f"id.is:{','.join(map(quoted, dict.fromkeys(ids)))}"
    rows = workspace.select(CUSTOMER, [term], cols=_COLUMNS, ordered=False).rows
    return {row[0]: Share(row[0], row[1] or row[0], *row[2:]) for row in rows}


def added(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """The sum of amounts; None where one is not known."""
    total = Decimal(0)
    for one in amounts:
        if one is None:
            return None
        total += one
    return total


def tree(workspace: Workspace, id: str) -> list[Branch]:
    """A customer, the companies of the group below them, and the people of each, in the order
    in which a tree is drawn. Nobody is followed twice."""
    found = list(_branches(workspace, id, "", "", 0, set()))
    known = shares(workspace, [one for _, one, _, _ in found])
    return [
        Branch(depth, known[one], role, of) for depth, one, role, of in found if one in known
    ]


def _branches(
    workspace: Workspace, id: str, role: str, of: str, depth: int, seen: set[str]
) -> Iterator[tuple[int, str, str, str]]:
    yield depth, id, role, of
    if id in seen:
        return
    seen.add(id)
    for one in people_of(workspace, id):
        yield depth + 1, one.person, one.role or one.title or "contact", id
    below = workspace.select(CUSTOMER, [f"parent.is:{quoted(id)}"], cols=("id",)).rows
    for (child,) in below:
        if child not in seen:
            yield from _branches(workspace, str(child), "company", id, depth + 1, seen)
