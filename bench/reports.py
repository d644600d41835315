"""Measure every report beside a list, in processor time and memory: run by hand, see RESULTS.md.

    python bench/reports.py [--count 10000] [--runs 5] [--folder build/bench]

Of each the first 20 rows, as people read them, over customers with cases and feedback, too
(service.py). Budget: the processor time of the list + 200 ms at 10,000 customers; of the reports
on service + 150 ms, of clv + 2 s.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from run import HERE, Bench, machine
from service import make_served
from timing import in_turn

sys.path.insert(0, str(HERE.parent))

from crm_cli.features.reports import REPORTS

OPTIONS = {"pairs": ["--min", "20"], "win-loss": ["--by", "owner"], "statement": ["c000001"]}
FURTHER = {"clv": 2.0, "service": 0.15, "satisfaction": 0.15, "lost": 0.15,
           "product-quality": 0.15, "case": 0.15}  # fmt: skip
"""Seconds of processor time beyond a list's; 0.2 for others."""
EXCEPT = ("slippage",)
"""Needs a history in git."""


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(description="Measure every report beside a list.")
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--folder", type=Path, default=HERE.parent / "build" / "bench")
    options = parser.parse_args()
    bench = Bench(options.folder.resolve(), options.count, options.runs, "served")
    if not bench.data.exists():
        make_served(bench.data, bench.count)
    names = [name for name in REPORTS if name not in EXCEPT]
    commands = [["report", name, *OPTIONS.get(name, []), "-n", "20"] for name in names]
    commands += [["case", "list", "is:overdue", "-o", "ids"], ["suggest", "c000005"],
                 ["pop", "+386 40 000 005"], ["list", "rfm:champions", "-o", "ids"],
                 ["list", "suggest:sku-05", "-o", "ids"],
                 ["list", "fit.wholesale:80..", "-o", "ids"]]  # fmt: skip
    rules = "    - {query: +wholesale, weight: 2}\n    - {query: 'spend:2000..'}\n"
    (bench.data / "profiles.yaml").write_text(f"wholesale:\n  rules:\n{rules}")
    listed = ["list", "quarterly", "-o", "ids"]
    asked = [bench.asked(*words) for words in (listed, *commands)]
    beside, *found = in_turn(asked, runs=options.runs, environ=bench.environ)
    sys.stdout.write(f"\n{bench.count} customers, {machine()}\n\n")
    sys.stdout.write("| work | processor | beyond the list | memory |\n|---|--:|--:|--:|\n")
    for words, timing in zip((listed, *commands), (beside, *found), strict=True):
        beyond = timing.cpu - beside.cpu
        budget = FURTHER.get(words[1] if words[0] == "report" else words[0], 0.2)
        verdict = " OVER" if beyond > budget * bench.count / 10_000 else ""
        failed = f" exit {timing.status}" if timing.status else ""
        figures = (f"{timing.cpu * 1000:.0f} ms", f"{beyond * 1000:.0f} ms{verdict}",
                   f"{timing.memory / 1e6:.0f} MB")  # fmt: skip
        sys.stdout.write(f"| crm {' '.join(words)} | {' | '.join(figures)} |{failed}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
