"""`crm report sales`, which `crm purchase summary` is too."""

from __future__ import annotations

from crm_cli.features.reports import keys
from crm_cli.features.reports.columns import Figure
from crm_cli.features.reports.report import Headline, Report

REPORT = Report(
    name="sales",
    answers="Sum purchases up: orders, units, net, and the share of the whole.",
    formula="Net is the sum of the purchases that count, credit notes negative; orders are those "
    "without credit notes, an order with its invoices being one, each once in every group that "
    "it touches; share is the group's part "
    "of the net. Without --by the sum of all. By currency net is in that of its group, "
    "and has no total over several; all else is in the base currency. "
    "crm purchase summary is the same.",
    example="--by product --period 2026-q3",
    group="Selling",
    by=(keys.CUSTOMER, keys.PRODUCT, keys.CATEGORY, keys.MONTH, keys.QUARTER, keys.YEAR,
        keys.CITY, keys.COUNTRY, keys.OWNER, keys.TAG),
    figures=(
        Figure("orders", "orders", "sales, an order with its invoices being one"),
        Figure("units", "units", "quantities, less what was credited"),
        Figure("net", "spend", "what they are worth without tax"),
        Figure("share", "share:spend", "the part of the whole", compared=False,
               part_of="net"),
        Figure("first", "first_purchase", "day of the first order"),
        Figure("last", "last_purchase", "day of the latest order"),
    ),
    sort="net-",
    chart="net",
    title="Sales by month",
    page="--by month --period last-12m",
    headlines=(Headline("net", "sold", dated=True),),
)  # fmt: skip
