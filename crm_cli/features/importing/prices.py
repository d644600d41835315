"""Prices of rows that say none: as the customer would be charged."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from functools import cached_property

from crm_cli.model.customer import CUSTOMER
from crm_cli.model.item import Item
from crm_cli.model.prices import price_of
from crm_cli.workspace import Workspace


class Prices:
    """What customers pay; `counts` tells for how many rows, by where the price is from."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._records: dict[str, Item] = {}
        self.counts: Counter[str] = Counter()

    def price(self, customer: str, product: Item, quantity: Decimal | None) -> Decimal | None:
        """What a customer, if any, pays for one of a quantity of a product."""
        record = self._record(customer) if customer in self._special else None
        found = price_of(product, record, Decimal(1) if quantity is None else quantity)
        if found is None:
            return None
        self.counts[found.source] += 1
        return found.price

    @cached_property
    def _special(self) -> frozenset[str]:
        """The customers who have a price list, or prices of their own."""
        select = self._workspace.select
        keys = ("price_list", "prices")
        answers = (select(CUSTOMER, [f"has:{key}"], cols=("id",)) for key in keys)
        return frozenset(id for answer in answers for (id,) in answer.rows)

    def _record(self, customer: str) -> Item:
        if customer not in self._records:
            self._records[customer] = self._workspace.record(customer)
        return self._records[customer]
