"""Make the files of a shop's export: order lines of many customers, with customers and products.

    python bench/orders.py FOLDER [542000] [4338]

One row an order line, as the well-known set of an online shop has them: some 24 lines an
order, dates with a time of day.
"""

from __future__ import annotations

import csv
import random
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

LINES = 542_000
CUSTOMERS = 4_338
_PRODUCTS = 4_000
_COUNTRIES = ("United Kingdom", "Germany", "France", "Ireland", "Spain", "Slovenia")
_COLOURS = ("RED", "WHITE", "BLUE", "GREEN", "PINK", "SILVER", "VINTAGE", "WOODEN")
_THINGS = ("MUG", "LANTERN", "CLOCK", "CAKE TIN", "TEA TOWEL", "FRAME", "BASKET", "CANDLE")

MAP = """\
columns:
  Invoice: number
  StockCode: product
  Description: description
  Quantity: quantity
  InvoiceDate: date
  Price: unit_price
  Customer: customer
constants: {kind: invoice, currency: GBP}
"""


def make(folder: Path, lines: int = LINES, customers: int = CUSTOMERS, *, seed: int = 1) -> None:
    """Write `customers.csv`, `products.csv`, `lines.csv` and the map `lines.yaml`."""
    folder.mkdir(parents=True)
    draw = random.Random(seed)
    people = [f"{12_000 + place}" for place in range(customers)]
    _write(
        folder / "customers.csv",
        ("Customer ID", "Name", "Country"),
        ((id, f"Customer {id}", draw.choice(_COUNTRIES)) for id in people),
    )
    products = [
        (f"{20_000 + place}", f"{draw.choice(_COLOURS)} {draw.choice(_THINGS)} {place}",
         f"{draw.randint(30, 1500) / 100:.2f}")
        for place in range(_PRODUCTS)
    ]
    _write(folder / "products.csv", ("SKU", "Name", "Price"), products)
    heads = ("Invoice", "StockCode", "Description", "Quantity", "InvoiceDate", "Price", "Customer")
    _write(folder / "lines.csv", heads, _lines(draw, lines, people, products))
    (folder / "lines.yaml").write_text(MAP, encoding="utf-8")


def _lines(
    draw: random.Random, lines: int, people: list[str], products: list[tuple[str, str, str]]
) -> Iterator[tuple[str, ...]]:
    at = datetime(2025, 12, 1, 8, 26)
    written, number = 0, 536_365
    while written < lines:
        customer, number = draw.choice(people), number + 1
        at += timedelta(minutes=draw.randint(1, 20))
        if at.hour >= 20:
            at = at.replace(hour=8) + timedelta(days=1)
        for sku, text, price in draw.sample(products, min(draw.randint(1, 48), lines - written)):
            written += 1
            count, day = str(draw.randint(1, 24)), f"{at:%Y-%m-%d %H:%M}"
            yield str(number), sku, text, count, day, price, customer


def _write(path: Path, heads: tuple[str, ...], rows: object) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(heads)
        writer.writerows(rows)  # type: ignore[arg-type]


if __name__ == "__main__":
    make(Path(sys.argv[1]), *map(int, sys.argv[2:]))
