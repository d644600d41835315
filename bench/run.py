"""Measure the work of the speed budget, as ratios: run by hand, and recorded in RESULTS.md.

    python bench/run.py [--count 10000] [--runs 10] [--folder build/bench] [--others]

B is a bare Typer program (bare.py), S is `rg -l WORD` over the same files: both are
measured in the same run, since only ratios hold from one machine to the next.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
from pathlib import Path

from generate import TODAY, WORD, make
from others import questions
from timing import Timing, timed

HERE = Path(__file__).resolve().parent


class Bench:
    """One run over one directory of `count` customers."""

    def __init__(self, folder: Path, count: int, runs: int) -> None:
        self.folder = folder
        self.count = count
        self.runs = runs
        self.data = folder / f"crm-{count}"
        self.cache = folder / f"cache-{count}"
        beside = Path(sys.executable).with_name("crm")
        program = [str(beside)] if beside.exists() else [sys.executable, "-m", "crm_cli"]
        self.crm = [*program, "-C", str(self.data), "--today", TODAY.isoformat()]
        self.bare_crm = program
        # As an installed program runs: with its compiled modules, and buffered.
        foreign = ("CRM_", "PYTHON")
        self.environ = {
            **{key: value for key, value in os.environ.items() if not key.startswith(foreign)},
            "CRM_CACHE_DIR": str(self.cache),
            "CRM_USER": "petra",
        }
        self.bare = 0.0
        self.search = 0.0

    def row(self, work: str, timing: Timing, budget: float | None = None, said: str = "") -> None:
        """Print a line: the work, its time, its ratio to B, and what it may take."""
        verdict = ""
        if budget is not None:
            verdict = f"{budget * 1000:7.0f} ms {'ok' if timing.seconds <= budget else 'OVER'}"
            verdict += f" ({said})"
        failed = "" if timing.status == 0 else f"  exit {timing.status}"
        ratio = timing.seconds / self.bare if self.bare else 1.0
        line = (
            f"| {work} | {timing.seconds * 1000:.0f} ms | {ratio:.2f} "
            f"| {timing.cpu * 1000:.0f} ms | {timing.memory / 1e6:.0f} MB | {verdict} |{failed}"
        )
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    def time(self, *words: str, runs: int | None = None) -> Timing:
        """The program's time for these words, with a warm index."""
        return timed([*self.crm, *words], runs=runs or self.runs, environ=self.environ)

    def all(self) -> None:
        """Measure everything."""
        if not self.data.exists():
            make(self.data, self.count)
        sys.stdout.write(f"\n{self.count} customers, {machine()}\n\n")
        sys.stdout.write(
            "| work | best | ÷ B | processor | memory | budget |\n|---|--:|--:|--:|--:|---|\n"
        )
        self.measures()
        self.starts()
        self.first_index()
        self.warm()
        self.edit()

    def measures(self) -> None:
        """B and S."""
        command = [sys.executable, str(HERE / "bare.py"), "--version"]
        bare = timed(command, runs=self.runs, environ=self.environ)
        self.bare = bare.seconds
        self.row("B: bare Typer program", bare)
        if shutil.which("rg"):
            customers = self.data / "customers"
            search = timed(["rg", "-l", WORD, customers], runs=self.runs, environ=self.environ)
            self.search = search.seconds
            self.row(f"S: rg -l {WORD}", search)

    def starts(self) -> None:
        """What needs no data."""
        for words, limit in ((["--version"], 1.3), (["--help"], 2.0), (["list", "--help"], 2.0)):
            timing = timed([*self.bare_crm, *words], runs=self.runs, environ=self.environ)
            self.row(f"crm {' '.join(words)}", timing, limit * self.bare, f"{limit} B")

    def first_index(self) -> None:
        """From nothing to an answer."""

        def forget() -> None:
            shutil.rmtree(self.cache, ignore_errors=True)

        timing = timed(
            [*self.crm, "list", "-n", "1"],
            runs=2 if self.count > 20_000 else 3,
            warm=0,
            environ=self.environ,
            before=forget,
        )
        self.row("first index", timing, 5 * self.count / 10_000, "5 s for 10,000")
        self.round_trip()

    def round_trip(self) -> None:
        """What the same files take that reader which most programs for YAML are made with."""
        some = sorted((self.data / "customers").iterdir())[:: max(1, self.count // 100)]
        code = (
            "import sys; from pathlib import Path; from ruamel.yaml import YAML\n"
            "for path in sys.argv[1:]: YAML().load(Path(path))"
        )
        python = [sys.executable, "-c"]
        empty = timed([*python, code], runs=3, environ=self.environ)
        full = timed([*python, code, *some], runs=3, environ=self.environ)
        each = (full.seconds - empty.seconds) / len(some)
        timing = full._replace(
            seconds=each * self.count, cpu=(full.cpu - empty.cpu) / len(some) * self.count
        )
        self.row(f"ruamel.yaml, round trip, from {len(some)} files", timing)

    def warm(self) -> None:
        """Reading with an index that is there."""
        part = 0.8 if self.count > 20_000 else 1.5
        budget = self.bare + part * self.search if self.search else None
        for words in (
            ["list", WORD, "-o", "tsv"],
            ["list", "+vip", "city:Koper", "-o", "json"],
            ["list", "spend@12m:1000..", "last-contact.before:-90d", "-o", "ids"],
            ["list", "--sort", "spend-", "-n", "20"],
            ["due"],
            ["task", "list", "is:overdue", "-o", "ids"],
        ):
            self.row(f"crm {' '.join(words)}", self.time(*words), budget, f"B + {part} S")
        self.row("crm list -o csv, every row", self.time("list", "-o", "csv", runs=3))
        self.row("crm purchase summary --by product", self.time("purchase", "summary", "--by",
                 "product", runs=3))  # fmt: skip

    def edit(self) -> None:
        """One edit; each run writes another name."""
        reading = self.time("list", WORD, "-o", "ids")
        timing = timed(
            [*self.crm, "set", f"c{self.count // 2:06}"],
            runs=self.runs,
            environ=self.environ,
            vary=lambda number: [f"nickname=run {number}"],
        )
        self.row("crm set ID nickname=…", timing, reading.seconds + 0.1, "list + 100 ms")

    def others(self) -> None:
        """Other programs on the same data."""
        for question in questions(self.folder, self.count):
            timing = timed(question.command, runs=3)
            self.row(question.name, timing)


def machine() -> str:
    """What it was measured on."""
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python " + (
        platform.python_version()
    )


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(description="Measure the work of the speed budget.")
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--folder", type=Path, default=HERE.parent / "build" / "bench")
    parser.add_argument("--others", action="store_true", help="measure other programs too")
    options = parser.parse_args()
    bench = Bench(options.folder.resolve(), options.count, options.runs)
    bench.all()
    if options.others:
        bench.others()


if __name__ == "__main__":
    main()
