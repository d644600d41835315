"""Many items added to one file at once come out as if they were added one by one."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from crm_cli.model.business import Business
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.product import PRODUCT
from crm_cli.store.document import Document

ITEMS = [{"amount": Decimal(number), "text": f"Number {number}"} for number in range(1, 5)]

RECORDS = (
    "name: Ana\n",
    "name: Ana",
    "name: Ana\r\npurchases:\r\n  - amount: 9\r\n    text: first",
    "name: Ana\npurchases:\n- amount: 9\n  # inside\n\n# of credit\ncredit:\n  limit: 3\n",
    "name: Ana\npurchases: [{amount: 9}]\n",
    "name: Ana\npurchases:\n",
    "# nobody yet\n",
)

PRODUCTS = (
    "",
    "# what we sell\n",
    "tea:\n  name: Tea\n# of coffee\n\ncoffee:\n  name: Coffee",
    "tea: {name: Tea}\n",
)


def random() -> Callable[[int], bytes]:
    """Bytes that look random and are the same in each test."""
    state = iter(range(1, 10_000))
    return lambda count: (next(state) * 0x9E3779B97F4A7C15 % 2**64).to_bytes(8, "big")[:count]


def record(text: str) -> Document:
    return Document("customers/ana.yaml", text.encode(), CUSTOMER, Business(), random=random())


@pytest.mark.parametrize("text", RECORDS)
def test_items(text: str) -> None:
    one_by_one, at_once = record(text), record(text)
    for values in ITEMS:
        one_by_one.add("purchases", values)
    at_once.extend("purchases", ITEMS)
    assert at_once.text == one_by_one.text


@pytest.mark.parametrize("text", PRODUCTS)
def test_records_of_one_file(text: str) -> None:
    def opened() -> Document:
        return Document("products.yaml", text.encode(), PRODUCT, Business(), mapped=True)

    one_by_one, at_once = opened(), opened()
    many = {f"p-{number}": {"name": f"Product {number}"} for number in range(1, 5)}
    for key, values in many.items():
        one_by_one.add(key, values)
    at_once.extend_records(many)
    assert at_once.text == one_by_one.text
