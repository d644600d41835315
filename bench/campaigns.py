"""Measure a campaign over many customers in three groups, and compare its figures with a plain
count: run by hand, see RESULTS.md.

    python bench/campaigns.py FOLDER [60000]

The customers are made first, in FOLDER/shop, which must not be there yet.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.features import campaign_of_mails as mails

CRM = [sys.executable, "-m", "crm_cli"]


def run(root: Path, today: object, *words: str) -> str:
    """Run a command, and print its times and the most memory that any had so far."""
    environ = {**os.environ, "CRM_CACHE_DIR": str(root.parent / "cache")}
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    line = [*CRM, "-C", str(root), "--today", str(today), *words]
    done = subprocess.run(line, env=environ, stdout=subprocess.PIPE, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    took, most = time.perf_counter() - begun, after.ru_maxrss / 1024
    name = " ".join(Path(word).name if "/" in word else word for word in words)
    sys.stdout.write(f"| crm {name} | {took:.1f} s | {used:.1f} s | {most:.0f} MB |\n")
    sys.stdout.flush()
    return done.stdout


def main() -> None:
    """Make the customers, run the campaign, and compare."""
    folder = Path(sys.argv[1]).resolve()
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 60_000
    root = folder / "shop"
    mails.write(root, count)
    sys.stdout.write("| work | time | processor | memory, the most so far |\n|---|--:|--:|--:|\n")
    run(root, mails.STARTED, "list", "-n", "1")
    run(root, mails.STARTED, "campaign", "targets", mails.NAME, "-o", "csv")
    run(root, mails.STARTED, "campaign", "start", mails.NAME, "--yes")
    people = mails.read(root)
    responses, purchases = mails.respond(people.values(), folder)
    run(root, mails.TODAY, "campaign", "record", mails.NAME, "--from", str(responses), "--yes")
    run(root, mails.TODAY, "import", "purchases", str(purchases), "--yes")
    run(root, mails.TODAY, "campaign", "targets", mails.NAME, "-o", "csv")
    run(root, mails.TODAY, "report", "campaigns")
    found = json.loads(run(root, mails.TODAY, "report", "campaigns", "--json"))
    row = next(one for one in found if one["campaign"] == mails.NAME)
    assigned = [one for one in people.values() if one.status == "targeted"]
    held_out = [one for one in people.values() if one.status == "held_out"]
    orders, revenue = mails.attributed(people.values(), mails.NAME)
    wanted = {
        "targeted": len(assigned), "held_out": len(held_out), "orders": orders,
        "revenue": revenue,
        **dict(zip(("uplift", "uplift_low", "uplift_high"),
                   mails.uplift(assigned, held_out), strict=True)),
        **dict(zip(("revenue_uplift", "revenue_low", "revenue_high"),
                   mails.revenue_uplift(assigned, held_out), strict=True)),
    }  # fmt: skip
    for key, value in wanted.items():
        same = abs(Decimal(row[key]) - Decimal(value)) < Decimal("0.0051")
        sys.stdout.write(f"{key}: {row[key]}, counted {value}{'' if same else ' DIFFERS'}\n")


if __name__ == "__main__":
    main()
