"""Measure the work of the speed budget, as ratios: run by hand, and recorded in RESULTS.md.

    python bench/run.py [--count 10000] [--runs 10] [--folder build/bench] [--others]

B is a bare Typer program (bare.py), S is `rg -l WORD` over the same files: both are
measured in turn with what is compared with them, since only ratios hold from one machine to
the next, and from one minute to the next.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
import time
from pathlib import Path

from generate import TODAY, WORD, make
from others import questions
from timing import Timing, in_turn, timed

HERE = Path(__file__).resolve().parent


class Bench:
    """One run over one directory of `count` customers, in the folder `name`-`count`."""

    def __init__(self, folder: Path, count: int, runs: int, name: str = "crm") -> None:
        self.folder = folder
        self.count = count
        self.runs = runs
        self.data = folder / f"{name}-{count}"
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

    def all(self) -> None:
        """Measure everything."""
        if not self.data.exists():
            make(self.data, self.count)
        sys.stdout.write(f"\n{self.count} customers, {machine()}\n\n")
        sys.stdout.write(
            "| work | best | ÷ B | processor | memory | budget |\n|---|--:|--:|--:|--:|---|\n"
        )
        self.starts()
        self.first_index()
        self.warm()
        self.edit()

    def asked(self, *words: str) -> list[str]:
        """The program's command line for these words."""
        return [*self.crm, *words]

    def measures(self) -> list[list[str]]:
        """The commands that B and S are."""
        bare = [sys.executable, str(HERE / "bare.py"), "--version"]
        search = ["rg", "-l", WORD, str(self.data / "customers")]
        return [bare, search] if shutil.which("rg") else [bare]

    def in_turn(self, *commands: list[str], runs: int | None = None) -> list[Timing]:
        """The commands' times, with those of B and S among them, which are told."""
        measures = self.measures()
        bare, *found = in_turn([*measures, *commands], runs=runs or self.runs, environ=self.environ)
        self.bare = bare.seconds
        self.row("B: bare Typer program", bare)
        if len(measures) > 1:
            search, *found = found
            self.search = search.seconds
            self.row(f"S: rg -l {WORD}", search)
        return found

    def starts(self) -> None:
        """What needs no data."""
        asked = ((["--version"], 1.3), (["--help"], 2.0), (["list", "--help"], 2.0))
        timings = self.in_turn(*([*self.bare_crm, *words] for words, _ in asked))
        for (words, limit), timing in zip(asked, timings, strict=True):
            self.row(f"crm {' '.join(words)}", timing, limit * self.bare, f"{limit} B")

    def first_index(self) -> None:
        """From nothing to an answer; and what some of the same files take that reader which
        most programs for YAML are made with."""

        def forget() -> None:
            shutil.rmtree(self.cache, ignore_errors=True)

        some = sorted((self.data / "customers").iterdir())[:: max(1, self.count // 100)]
        code = (
            "import sys; from pathlib import Path; from ruamel.yaml import YAML\n"
            "for path in sys.argv[1:]: YAML().load(Path(path))"
        )
        python = [sys.executable, "-c", code]
        indexed, empty, full = in_turn(
            [self.asked("list", "-n", "1"), python, [*python, *map(str, some)]],
            runs=2 if self.count > 20_000 else 3,
            warm=0,
            environ=self.environ,
            before=forget,
        )
        self.row("first index", indexed, 5 * self.count / 10_000, "5 s for 10,000")
        each = (full.seconds - empty.seconds) / len(some)
        whole = full._replace(
            seconds=each * self.count, cpu=(full.cpu - empty.cpu) / len(some) * self.count
        )
        said = f"{whole.seconds / indexed.seconds:.1f} first indexes"
        self.row(f"ruamel.yaml, round trip, from {len(some)} files: {said}", whole)

    def warm(self) -> None:
        """Reading with an index that is there."""
        part = 0.8 if self.count > 20_000 else 1.5
        asked = (
            ["list", WORD, "-o", "tsv"],
            ["list", "+vip", "city:Koper", "-o", "json"],
            ["list", "spend@12m:1000..", "last-contact.before:-90d", "-o", "ids"],
            ["list", "--sort", "spend-", "-n", "20"],
            ["due"],
            ["task", "list", "is:overdue", "-o", "ids"],
        )
        timings = self.in_turn(*(self.asked(*words) for words in asked))
        budget = self.bare + part * self.search if self.search else None
        for words, timing in zip(asked, timings, strict=True):
            self.row(f"crm {' '.join(words)}", timing, budget, f"B + {part} S")
        for words in (["list", "-o", "csv"], ["purchase", "summary", "--by", "product"]):
            self.row(f"crm {' '.join(words)}", timed(self.asked(*words), runs=3,
                     environ=self.environ))  # fmt: skip

    def edit(self) -> None:
        """One edit beside a list; each run writes another name."""
        reading = self.asked("list", WORD, "-o", "ids")

        def settled() -> None:
            # A file that was just written is read once more by the next command.
            time.sleep(2.1)
            timed(reading, runs=1, warm=0, environ=self.environ)

        listed, edited = in_turn(
            [reading, self.asked("set", f"c{self.count // 2:06}")],
            runs=self.runs,
            environ=self.environ,
            before=settled,
            vary=lambda number: [f"nickname=run {number} of {time.time():.0f}"],
        )
        self.row(f"crm list {WORD} -o ids", listed)
        self.row("crm set ID nickname=…", edited, listed.seconds + 0.1, "list + 100 ms")

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
