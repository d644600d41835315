"""The people of campaigns: the group that each was put into, what became of them, what they
bought, and which campaign that is put down to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from crm_cli.features.reports.columns import About, Figure, Key
from crm_cli.features.reports.context import Asked, Context
from crm_cli.model.attribution import Touch, credited, within
from crm_cli.model.campaign import ATTRIBUTION, CAMPAIGN
from crm_cli.model.campaign_assigning import HELD_OUT, SUPPRESSED, TARGETED
from crm_cli.model.campaign_response import ANSWERS, CAMPAIGN_RESPONSE
from crm_cli.model.errors import UsageError
from crm_cli.model.line import LINE
from crm_cli.model.money import EXACT
from crm_cli.model.product import PRODUCT
from crm_cli.model.purchase import PURCHASE

if TYPE_CHECKING:
    from crm_cli.query.ast import Node

_COLUMNS = ("customer", "campaign", "status", "in_variant", "assigned_on", "day", "reason", "owner")
_TOUCHES = ("sent", *ANSWERS)
_CUSTOMER, _DAY, _CAMPAIGN = Key("customer", "customer", ""), Key("day", "date", ""), Key(
    "campaign", "campaign", ""
)
_BOUGHT = (Figure("orders", "orders", ""), Figure("net", "spend", ""))
_SOLD = (Figure("units", "units", ""), Figure("net", "spend", ""))


class Person:
    """A customer in a campaign. Who has a purchase that names it, and no entry, was put into no
    group: `assigned_on` is missing then.

    `orders`, `revenue` and `cost_of_goods` are of what is put down to the campaign; `bought` and
    `spent` of what they bought in the days of attribution after they were assigned, whatever it
    is put down to.
    """

    __slots__ = (
        "assigned_on", "bought", "campaign", "cost_of_goods", "customer", "held_out", "orders",
        "owner", "reason", "revenue", "spent", "statuses", "variant",
    )  # fmt: skip

    def __init__(
        self,
        campaign: str,
        customer: str,
        variant: str | None = None,
        owner: str | None = None,
        assigned_on: date | None = None,
    ) -> None:
        self.campaign = campaign
        self.customer = customer
        self.variant = variant
        self.owner = owner
        self.assigned_on = assigned_on
        self.statuses: set[str] = set()
        self.held_out = False
        self.reason: str | None = None
        self.orders = 0
        self.revenue = Decimal(0)
        self.cost_of_goods: Decimal | None = Decimal(0)
        self.bought = False
        self.spent = Decimal(0)

    @property
    def assigned(self) -> bool:
        """Whether they were to get it: neither held out nor left out."""
        return self.assigned_on is not None and not self.held_out and (
            TARGETED in self.statuses or SUPPRESSED not in self.statuses
        )


class Bought(NamedTuple):
    """What a customer bought on a day: orders that name the same campaign, or none."""

    customer: str
    day: date
    campaign: str | None
    orders: int
    net: Decimal
    owner: str | None


class People:
    """The people of all campaigns; `chosen` are those of the report's terms and period."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.workspace = context.workspace
        cols = ("id", "name", "attribution", "actual_cost", "goal.metric", "goal.target")
        found = self.workspace.select(CAMPAIGN, cols=cols, ordered=False).rows
        self.campaigns: dict[str, tuple[Any, ...]] = {str(row[0]): row[1:] for row in found}
        self.windows = {
            id: row[1] if row[1] is not None else ATTRIBUTION for id, row in self.campaigns.items()
        }
        self.whole = not (context.asked.terms or context.asked.where or context.asked.period)
        self.people: dict[tuple[str, str], Person] = {}
        self.chosen: dict[tuple[str, str], Person] = {}
        self._read()
        self._buy()

    def _read(self) -> None:
        """Everybody's group from all entries, what became of those who are chosen from theirs."""
        from crm_cli.query.ast import And

        scope = self.workspace.scope(CAMPAIGN_RESPONSE)
        counted = self.workspace.node(scope, ("counts:yes",))
        rows = self.workspace.rows(CAMPAIGN_RESPONSE, counted, _COLUMNS)
        self._touches: dict[str, list[Touch]] = defaultdict(list)
        for customer, campaign, status, *_, day, _, _ in rows:
            if status in _TOUCHES and day is not None and campaign is not None:
                self._touches[customer].append(Touch(day, campaign))
        for touches in self._touches.values():
            touches.sort()
        _add(self.people, rows)
        if self.whole:
            self.chosen = self.people
            return
        dated = self.workspace.within(
            CAMPAIGN_RESPONSE, self.context.asked.period, "assigned_on"
        )
        chosen = self.context.rows(*_COLUMNS, among=And((counted, dated)))
        there: dict[tuple[str, str], Person] = {}
        _add(there, chosen)
        for key, person in there.items():
            person.held_out = self.people[key].held_out
            person.assigned_on = self.people[key].assigned_on
        self.chosen = there

    def _buy(self) -> None:
        """What the people bought: each purchase once, for the campaign that it is put down to."""
        wanted = self._named()
        for one in self._bought():
            campaign = one.campaign or credited(
                one.day, self._touches.get(one.customer, ()), self.windows, ATTRIBUTION
            )
            for id in self._of_customer.get(one.customer, ()):
                person = self.chosen[id, one.customer]
                since = person.assigned_on
                days = self.windows.get(id, ATTRIBUTION)
                if since is not None and within(one.day, since, days):
                    person.bought = person.bought or one.orders > 0
                    person.spent += one.net
            if campaign is None:
                continue
            person_ = self._credited(campaign, one, wanted)
            if person_ is not None:
                person_.orders += one.orders
                person_.revenue += one.net
                self._put_down[one.customer, one.day, one.campaign] = person_

    @cached_property
    def _put_down(self) -> dict[tuple[str, date, str | None], Person]:
        return {}

    @cached_property
    def _of_customer(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for campaign, customer in self.chosen:
            found[customer].append(campaign)
        return found

    def _credited(
        self, campaign: str, one: Bought, wanted: set[tuple[str, str]] | None
    ) -> Person | None:
        """The person whom a purchase is put down to; None where they are not chosen."""
        key = (campaign, one.customer)
        if key in self.chosen:
            return self.chosen[key]
        if key in self.people or not (self.whole or (wanted is not None and key in wanted)):
            return None
        person = Person(campaign, one.customer, owner=one.owner)
        self.chosen[key] = person
        return person

    def _named(self) -> set[tuple[str, str]] | None:
        """(campaign, customer) of the purchases that the terms choose, where they can be asked of
        purchases: of a person who has no entry in the campaign. With a period there are none."""
        asked = self.context.asked
        if self.whole or asked.period is not None:
            return None
        try:
            scope = self.workspace.scope(PURCHASE)
            node = self.workspace.node(scope, [*asked.terms, "has:campaign"], asked.where)
            rows = self.workspace.rows(PURCHASE, node, ("campaign", "customer"))
        except UsageError:
            return None
        return {(str(campaign), str(customer)) for campaign, customer in rows}

    def _bought(self) -> list[Bought]:
        """What counts of the purchases of all days from the first entry on, and what names one."""
        keys = (_CUSTOMER, _DAY, _CAMPAIGN, Key("owner", "owner", ""))
        found = self._purchases(keys, _BOUGHT)
        return [
            Bought(row["customer"], row["day"], row["campaign"], row["orders"],
                   row["net"] or Decimal(0), row["owner"])
            for row in found
            if row["day"] is not None and row["customer"] is not None
        ]  # fmt: skip

    def _purchases(self, keys: Sequence[Key], figures: Sequence[Figure]) -> list[dict[str, Any]]:
        about = About(base=PURCHASE, period="-")
        context = Context(self.workspace, about, Asked(), keys)
        found = context.groups(keys, figures, among=self._since)
        self.context.problems += [
            one for one in context.problems if one not in self.context.problems
        ]
        return found.rows

    @cached_property
    def _since(self) -> Node:
        days = [one.assigned_on for one in self.people.values() if one.assigned_on is not None]
        days += [touch.day for touches in self._touches.values() for touch in touches]
        first = min(days, default=None)
        where = "campaign is not none" + (f" or date >= {first}" if first is not None else "")
        return self.workspace.node(self.workspace.scope(PURCHASE), (), where)

    def cost_goods(self) -> None:
        """Set what the goods cost that people bought, None where a line's product has no cost."""
        rows = self.workspace.select(
            PRODUCT, ["has:cost"], cols=("id", "cost", "currency"), ordered=False
        ).rows
        costs = {id: (cost, currency or self.context.currency) for id, cost, currency in rows}
        keys = (_CUSTOMER, _DAY, _CAMPAIGN, Key("product", "product", "", parts=LINE))
        rates = self.workspace.business.rates
        for row in self._purchases(keys, _SOLD):
            person = self._put_down.get((row["customer"], row["day"], row["campaign"]))
            if person is None or person.cost_of_goods is None:
                continue
            cost, currency = costs.get(row["product"], (None, ""))
            base = None
            if cost is not None and row["units"] is not None:
                whole = EXACT.multiply(cost, row["units"])
                base = rates.convert(whole, currency, row["day"] or date.max)
            person.cost_of_goods = None if base is None else person.cost_of_goods + base


def _add(people: dict[tuple[str, str], Person], rows: Iterable[Sequence[Any]]) -> None:
    """Put entries together, by campaign and customer."""
    for customer, campaign, status, variant, assigned_on, _, reason, owner in rows:
        if campaign is None or customer is None:
            continue
        person = people.get((campaign, customer))
        if person is None:
            person = people[campaign, customer] = Person(
                campaign, customer, variant, owner, assigned_on
            )
        if status is not None:
            person.statuses.add(status)
        person.held_out = person.held_out or status == HELD_OUT
        if status == SUPPRESSED:
            person.reason = reason
