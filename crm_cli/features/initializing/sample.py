"""A few made-up customers to try things out on, with dates around today."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from crm_cli.model.business import Business
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.places import CUSTOMERS, PRODUCTS, SEGMENTS
from crm_cli.workspace import new_record

_PRODUCTS = """\
beans-1kg:
  name: Espresso beans, 1 kg
  category: coffee
  price: 18.50
  unit: bag

filters-100:
  name: Paper filters, 100 pieces
  category: accessories
  price: 4.20
  unit: box
"""
_SEGMENTS = """\
lapsed:
  query:
    - has:last-purchase
    - last-purchase.before:-180d
  description: Bought once, and not for half a year.

vip:
  query:
    - +vip
  description: Those we know by name.
"""


def sample_files(today: date, business: Business) -> dict[str, str]:
    """Texts by path, for `crm init --sample`."""
    texts = {PRODUCTS.path: _PRODUCTS, SEGMENTS.path: _SEGMENTS}
    for id, values in _customers(today).items():
        texts[CUSTOMERS.file(id)] = new_record(CUSTOMER, values, business).decode()
    return texts


def _customers(today: date) -> dict[str, dict[str, Any]]:
    def day(offset: int) -> date:
        return today + timedelta(days=offset)

    return {
        "ana-novak": {
            "name": "Ana Novak",
            "kind": "person",
            "lifecycle_stage": "customer",
            "source": "word_of_mouth",
            "tags": ["vip", "newsletter"],
            "emails": ["ana@novak.example"],
            "phones": [{"value": "+386 40 123 456", "label": "mobile"}],
            "addresses": [
                {
                    "street": "Slovenska cesta 1",
                    "city": "Ljubljana",
                    "postcode": "1000",
                    "country": "SI",
                }
            ],
            "interactions": [
                {
                    "at": day(-3),
                    "kind": "call",
                    "direction": "inbound",
                    "outcome": "reached",
                    "summary": "Asked for a quote for 20 kg of beans.",
                }
            ],
            "tasks": [{"title": "Send the quote", "due": today, "priority": "high"}],
            "purchases": [
                {
                    "kind": "invoice",
                    "number": f"{day(-40).year}-0042",
                    "date": day(-40),
                    "lines": [{"product": "beans-1kg", "quantity": "6", "unit_price": "18.50"}],
                }
            ],
        },
        "bistro-lipa": {
            "name": "Bistro Lipa d.o.o.",
            "kind": "organization",
            "lifecycle_stage": "customer",
            "tags": ["wholesale"],
            "emails": ["office@lipa.example"],
            "addresses": [{"city": "Maribor", "postcode": "2000", "country": "SI"}],
            "contacts": [{"name": "Luka Lipnik", "role": "decision_maker"}],
            "interactions": [
                {"at": day(-120), "kind": "visit", "summary": "Tasted the new espresso."}
            ],
            "tasks": [{"title": "Call about the winter order", "kind": "call", "due": day(-2)}],
            "purchases": [
                {
                    "date": day(-200),
                    "lines": [
                        {"product": "beans-1kg", "quantity": "12", "unit_price": "17.20"},
                        {"product": "filters-100", "quantity": "4", "unit_price": "4.20"},
                    ],
                }
            ],
        },
        "georgi-ivanov": {
            "name": "Георги Иванов",
            "kind": "person",
            "lifecycle_stage": "lead",
            "source": "trade_show",
            "phones": ["+359 2 123 4567"],
            "addresses": [{"city": "София", "country": "BG"}],
            "tasks": [{"title": "Send the price list", "due": day(5)}],
        },
    }
