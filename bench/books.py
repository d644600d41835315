"""Measure the import of large files: customers, and purchases of a row each.

    python bench/books.py FOLDER [100000]

So many customers come in as CSV, then as many purchases, of a tenth of the customers, then the
customers again, which changes nothing; and the customers as a JSON document into another
directory. FOLDER must not exist.
"""

from __future__ import annotations

import csv
import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path

from imports import Shop, row

_GIVEN = ("Ana", "Bor", "Cene", "Dana", "Eva", "Franc", "Gaja", "Iva", "Jan", "Katja", "Luka")
_FAMILY = ("Novak", "Kos", "Zupan", "Hribar", "Lah", "Turk", "Oblak", "Kovač", "Bizjak", "Golob")
_TOWNS = ("Ljubljana", "Maribor", "Celje", "Koper", "Kranj", "Ptuj", "Izola", "Bled")


def customers(count: int, seed: int = 21) -> Iterator[dict[str, str]]:
    """Made-up people with what a shop knows of them."""
    dice = random.Random(seed)
    for number in range(count):
        yield {
            "Customer ID": str(100_000 + number),
            "First Name": dice.choice(_GIVEN),
            "Last Name": f"{dice.choice(_FAMILY)} {number}",
            "Email": f"c{number}@mail{number % 977}.example",
            "Phone": f"+386 40 {number // 1000:03d} {number % 1000:03d}",
            "Street": f"Cesta {dice.randrange(1, 200)}",
            "Zip": str(dice.randrange(1000, 9000)),
            "City": dice.choice(_TOWNS),
            "Tags": dice.choice(("", "vip", "web")),
            "Note": dice.choice(("", "", "Likes dark roasts")),
        }


def purchases(count: int, seed: int = 22) -> Iterator[dict[str, str]]:
    """Purchases of a tenth of them."""
    dice = random.Random(seed)
    for number in range(count):
        day = f"2026-{dice.randrange(1, 11):02d}-{dice.randrange(1, 29):02d}"
        yield {
            "Number": f"B{number}",
            "Customer ID": str(100_000 + number % max(count // 10, 1)),
            "Date": day,
            "Description": dice.choice(("Beans", "Mug", "Filter")),
            "Quantity": str(dice.randrange(1, 9)),
            "Unit price": f"{dice.randrange(100, 9900) / 100:.2f}",
        }


def written(path: Path, rows: Iterator[dict[str, str]]) -> Path:
    """A CSV file of them."""
    with path.open("w", newline="", encoding="utf-8") as out:
        writer: csv.DictWriter[str] | None = None
        for one in rows:
            if writer is None:
                writer = csv.DictWriter(out, list(one))
                writer.writeheader()
            writer.writerow(one)
    return path


def main() -> None:
    """Run it all, and print a table."""
    folder, count = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    folder.mkdir()
    people = written(folder / "customers.csv", customers(count))
    orders = written(folder / "orders.csv", purchases(count))
    system = ("--source-system", "shop", "--yes")
    shop = Shop(folder, "shop")
    row(f"{count:,} customers", shop.run("import", "customers", str(people), *system))
    row(f"{count:,} purchases", shop.run("import", "purchases", str(orders), *system))
    row("the customers again", shop.run("import", "customers", str(people), *system))
    document = folder / "customers.json"
    document.write_text(json.dumps({"customers": list(customers(count))}), encoding="utf-8")
    other = Shop(folder, "other")
    row(f"{count:,} customers, JSON", other.run("import", "customers", str(document), *system))


if __name__ == "__main__":
    main()
