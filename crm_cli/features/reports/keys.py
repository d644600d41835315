"""Grouping keys of purchases and customers that several reports share."""

from __future__ import annotations

from crm_cli.features.reports.columns import Key
from crm_cli.model.line import LINE

CUSTOMER = Key("customer", "customer", "who bought", label="customer.name", ids=True)
PRODUCT = Key("product", "product", "what was bought", label="product.name", ids=True, parts=LINE,
              public=True)  # fmt: skip
CATEGORY = Key("category", "product.category", "the products' category", parts=LINE, public=True)
MONTH = Key("month", "date.month", "the month of the purchase", timed=True)
QUARTER = Key("quarter", "date.quarter", "its quarter", timed=True)
YEAR = Key("year", "date.year", "its year", timed=True)
CITY = Key("city", "city", "the customer's city")
COUNTRY = Key("country", "country", "the customer's country", public=True)
INDUSTRY = Key("industry", "industry", "the customer's industry", public=True)
OWNER = Key("owner", "owner", "who of us sold it")
TAG = Key("tag", "tag", "each of the customer's tags")
