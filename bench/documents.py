"""Measure how long invoices take as documents.

    python bench/documents.py [COUNT [FORMAT…]]
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SETTINGS = """\
business: {name: Kava d.o.o., street: Cesta 1, city: Ljubljana, country: SI, tax_id: SI1,
  accounts: [SI56 0110 0600 0000 023]}
currency: EUR
country: SI
terms_days: 30
"""
LANGUAGES = ("en", "de", "sl", "bg", "sr", "ka", "fa")
INVOICE = """\
  - kind: invoice
    number: "2026-{number:04}"
    date: 2026-11-03
    lines:
      - {{description: Beans, quantity: 20, unit: kg, unit_price: 18.50, tax_rate: 9.5}}
      - {{description: Machine rental, quantity: 1, unit_price: 120.00, tax_rate: 22}}
      - {{description: Delivery, quantity: 1, unit_price: 9.00, tax_rate: 22}}
"""


def written(root: Path, count: int) -> None:
    """A directory of customers with ten invoices each."""
    (root / "customers").mkdir(parents=True)
    (root / "crm.yaml").write_text(SETTINGS, encoding="utf-8")
    for first in range(0, count, 10):
        numbers = range(first, min(first + 10, count))
        invoices = "".join(INVOICE.format(number=number) for number in numbers)
        (root / f"customers/c{first:06}.yaml").write_text(
            f"name: Customer {first}\nlanguage: {LANGUAGES[first // 10 % 7]}\n"
            "addresses:\n  - {street: Pot 1, city: Koper, postcode: '6000', country: SI}\n"
            f"purchases:\n{invoices}",
            encoding="utf-8",
        )


def main(count: int, formats: list[str]) -> None:
    """Write the seconds and the processor time of each format."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        written(root / "shop", count)
        environ = {**os.environ, "CRM_DIR": str(root / "shop"), "CRM_TODAY": "2026-11-20",
                   "CRM_CACHE_DIR": str(root / "cache")}  # fmt: skip
        command = [sys.executable, "-m", "crm_cli", "invoice"]
        subprocess.run([*command, "list", "-n", "1"], env=environ, capture_output=True, check=True)
        for form in formats or ["text", "html", "pdf"]:
            before, began = os.times(), time.perf_counter()
            line = ["render", "kind:invoice", "--format", form, "--to", f"{root / form}/"]
            subprocess.run([*command, *line], env=environ, capture_output=True, check=True)
            after, took = os.times(), time.perf_counter() - began
            used = after.children_user - before.children_user
            made = len(list((root / form).iterdir()))
            sys.stdout.write(f"{form}: {made} files in {took:.1f} s, processor {used:.1f} s\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000, sys.argv[2:])
