"""Measure imports, and questions about fields of one's own, in new directories.

    python bench/imports.py FOLDER [542000] [4338] [16000]

The lines of a shop's orders (`orders.py`) are imported, then the same file again, which changes
nothing; then questions about a field of one's own are asked of so many customers, each beside
the same about a field of ours. FOLDER must not exist.
"""

from __future__ import annotations

import csv
import os
import random
import sys
from pathlib import Path

from orders import CUSTOMERS, LINES, make
from timing import Timing, in_turn, timed

_ASKED = 16_000
_QUESTIONS = (
    ("a condition", ("list", "{field}:500..", "-o", "ids")),
    ("sorted", ("list", "--sort", "{field}-", "-n", "20", "-o", "ids")),
    ("grouped", ("list", "--group-by", "{field}", "-o", "csv")),
    ("a pivot", ("list", "--group-by", "city", "--pivot", "{group}", "-o", "csv")),
)


class Shop:
    """A new data directory without git, and a program to run in it."""

    def __init__(self, folder: Path, name: str) -> None:
        self.root = folder / name
        beside = Path(sys.executable).with_name("crm")
        self.program = [str(beside)] if beside.exists() else [sys.executable, "-m", "crm_cli"]
        self.environ = {
            **{key: one for key, one in os.environ.items() if not key.startswith("CRM_")},
            "CRM_CACHE_DIR": str(folder / f"{name}.cache"),
            "CRM_TODAY": "2027-11-20",
        }
        self.run("init", str(self.root), "--name", "Shop", "--country", "GB", "--no-git", at="")

    def run(self, *words: str, at: str = "-C") -> Timing:
        """Run a command once."""
        where = (at, str(self.root)) if at else ()
        found = timed([*self.program, *where, *words], runs=1, warm=0, environ=self.environ)
        if found.status:
            raise SystemExit(f"{words}: exit {found.status}")
        return found


def row(work: str, timing: Timing) -> None:
    """Print a line of a table."""
    memory = timing.memory / 1e6
    said = f"| {work} | {timing.seconds:.2f} s | {timing.cpu:.2f} s | {memory:.0f} MB |\n"
    sys.stdout.write(said)
    sys.stdout.flush()


def lines(folder: Path, count: int, customers: int) -> None:
    """Import the lines of orders twice."""
    files = folder / "files"
    make(files, count, customers)
    shop = Shop(folder, "orders")
    people = ("import", "customers", str(files / "customers.csv"), "--source-system", "lines")
    row(f"{customers:,} customers", shop.run(*people, "--yes"))
    row("4,000 products", shop.run("import", "products", str(files / "products.csv"), "--yes"))
    orders = ("import", "purchases", str(files / "lines.csv"), "--map", str(files / "lines.yaml"))
    row(f"{count:,} order lines", shop.run(*orders, "--yes"))
    row("the same file again", shop.run(*orders, "--yes"))


def own_fields(folder: Path, count: int) -> None:
    """Ask of a field of one's own what is asked of one of ours."""
    draw = random.Random(1)
    path = folder / "people.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("Name", "City", "Employees", "Kind", "Visits", "Group"))
        for number in range(count):
            city, group = draw.choice(("Koper", "Izola", "Piran")), draw.choice("ABCD")
            kind = draw.choice(("person", "organization"))
            visits = draw.randint(0, 999)
            writer.writerow((f"Customer {number}", city, visits, kind, visits, group))
    (folder / "people.yaml").write_text(
        "columns: {Name: name, City: city, Employees: employees, Kind: kind, "
        "Visits: custom.visits, Group: custom.group}\n"
    )
    shop = Shop(folder, "people")
    shop.run("import", "customers", str(path), "--map", str(folder / "people.yaml"), "--yes")
    for what, words in _QUESTIONS:
        asked = [
            [*shop.program, "-C", str(shop.root), *(word.format(**names) for word in words)]
            for names in (
                {"field": "employees", "group": "kind"},
                {"field": "custom.visits", "group": "custom.group"},
            )
        ]
        ours, own = in_turn(asked, runs=5, warm=1, environ=shop.environ)
        row(f"{what}, a field of ours", ours)
        row(f"{what}, a field of one's own", own)


if __name__ == "__main__":
    where, *numbers = sys.argv[1:]
    Path(where).mkdir(parents=True)
    total, people, asked = [
        int(numbers[place]) if place < len(numbers) else usual
        for place, usual in enumerate((LINES, CUSTOMERS, _ASKED))
    ]
    sys.stdout.write("| work | best | processor | memory |\n|---|--:|--:|--:|\n")
    lines(Path(where), total, people)
    own_fields(Path(where), asked)
