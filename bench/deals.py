"""Import a pipeline of some 9,000 deals, and ask every report on it.

    python bench/deals.py FOLDER [9000]

Prints the processor time of the import, of a list of all deals, and of each report, and what
each takes beyond the list. Processor time, since others may be at work on the machine.
"""

from __future__ import annotations

import csv
import os
import random
import sys
from datetime import date, timedelta
from pathlib import Path

from timing import timed

DEALS, CUSTOMERS = 9_000, 900
TODAY = date(2026, 11, 20)
_STAGES = ("Prospecting", "Qualification", "Proposal", "Negotiation", "Won", "Lost")
_REPORTS = ("pipeline", "forecast", "funnel", "win-loss", "velocity", "sources")


def make(folder: Path, deals: int = DEALS, *, seed: int = 1) -> None:
    """Write a directory of customers and `deals.csv` beside it."""
    draw = random.Random(seed)
    root = folder / "shop"
    (root / "customers").mkdir(parents=True)
    (root / "crm.yaml").write_text("currency: EUR\ntime_zone: Europe/Ljubljana\n")
    for place in range(CUSTOMERS):
        text = f"name: Account {place}\nkind: organization\nsource: trade_show\n"
        (root / f"customers/account-{place}.yaml").write_text(text)
    with (folder / "deals.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(
            ("deal id", "customer", "name", "stage", "amount", "created", "close date", "closed")
        )
        for place in range(deals):
            stage = draw.choice(_STAGES)
            begun = TODAY - timedelta(days=draw.randint(30, 700))
            ended = begun + timedelta(days=draw.randint(5, 29))
            rows.writerow(
                (f"C-{place}", f"account-{draw.randrange(CUSTOMERS)}", f"Deal {place}", stage,
                 draw.randint(100, 30_000), begun, ended + timedelta(days=draw.randint(0, 90)),
                 ended if stage in ("Won", "Lost") else "")
            )  # fmt: skip


def measure(folder: Path) -> None:
    """Print the table of processor times."""
    crm = [Path(sys.executable).parent / "crm", "-C", folder / "shop", "--today", str(TODAY)]
    environ = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache")}
    imported = timed(
        [*crm, "import", "deals", folder / "deals.csv", "--yes"], runs=1, warm=0, environ=environ
    )
    _say(f"| import | {imported.cpu:.2f} s | {imported.status} |")
    listed = timed([*crm, "deal", "list", "-o", "csv"], runs=3, environ=environ)
    _say(f"| deal list -o csv | {listed.cpu:.2f} s | {listed.status} |")
    for name in _REPORTS:
        found = timed([*crm, "report", name], runs=3, environ=environ)
        beyond = (found.cpu - listed.cpu) * 1000
        _say(f"| report {name} | {found.cpu:.2f} s | {beyond:+.0f} ms | {found.status} |")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    where = Path(sys.argv[1])
    make(where, int(sys.argv[2]) if len(sys.argv) > 2 else DEALS)
    measure(where)
