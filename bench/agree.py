"""Ask each query of the language's table of meanings, and compare with plain predicates.

    python bench/agree.py [FOLDER]

FOLDER is a directory made by generate.py (10,000 customers are made where none is named).
It is copied and made less complete (varied.py). Each query is then asked by `crm list -o ids`
and of predicates written from the rules, over the same files read by ruamel.yaml's C
loader. Nothing of the program is imported. Exit 1 tells that an answer differs.

What is asked about deals is left out: there are none yet.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import unicodedata
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from generate import TODAY, make
from ruamel.yaml import YAML
from varied import vary

Record = dict[str, Any]
ZONE = ZoneInfo("Europe/Ljubljana")
TERMS = timedelta(days=30)
LEFT_OUT = (
    "deal/stage:proposal,negotiation/amount.over:5000",
    "deal.none/stage:won",
    "… and not any(deals, stage = won)",
)


def ago(days: int) -> date:
    """So many days before the day that is asked about."""
    return TODAY - timedelta(days=days)


# The data


def read(folder: Path) -> list[Record]:
    """Every customer, in the order of ids, with all lists there and `id` set."""
    yaml = YAML(typ="safe", pure=False)
    found = []
    for path in sorted(folder.glob("customers/*.yaml")):
        record: Record = yaml.load(path.read_bytes())
        record["id"] = path.stem
        for key in ("tags", "emails", "phones", "addresses", *_LISTS):
            record.setdefault(key, [])
        found.append(record)
    return found


_LISTS = ("interactions", "tasks", "purchases", "payments")


# The rules


def folded(text: str) -> str:
    """Without case and diacritics."""
    apart = unicodedata.normalize("NFKD", text.casefold().replace("ı", "i"))
    return "".join(char for char in apart if not unicodedata.combining(char))


def texts(value: Any) -> Iterator[str]:
    """Every text in a record."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from texts(part)


def word(record: Record, start: str) -> bool:
    """A word anywhere in the record starts so."""
    return any(
        found.startswith(start)
        for text in texts(record)
        for found in re.findall(r"\w+", folded(text))
    )


def tag(record: Record, *names: str) -> bool:
    """One of these tags."""
    return any(name in record["tags"] for name in names)


def city(record: Record, *names: str) -> bool:
    """An address in one of these cities."""
    return any(address.get("city") in names for address in record["addresses"])


def posted(record: Record) -> list[Record]:
    """The purchases that count; no invoice here bills an order."""
    return [one for one in record["purchases"] if one.get("status", "posted") == "posted"]


def sales(record: Record) -> list[Record]:
    """Those that are orders: no credit notes."""
    return [one for one in posted(record) if one.get("kind") != "credit_note"]


def net(purchase: Record) -> Decimal:
    """The sum of the lines, each rounded; a credit note is negative."""
    lines = (
        Decimal(str(line["quantity"])) * Decimal(str(line["unit_price"]))
        for line in purchase["lines"]
    )
    amount = sum((line.quantize(Decimal("0.01"), ROUND_HALF_UP) for line in lines), Decimal(0))
    return -amount if purchase.get("kind") == "credit_note" else amount


def spend(record: Record, first: date = date.min, last: date = date.max) -> Decimal:
    """What was bought within these days, both included."""
    return sum((net(one) for one in posted(record) if first <= one["date"] <= last), Decimal(0))


def orders(record: Record, first: date = date.min, last: date = date.max) -> int:
    """How many purchases within these days."""
    return sum(first <= one["date"] <= last for one in sales(record))


def last_purchase(record: Record) -> date | None:
    """The latest day of an order."""
    return max((one["date"] for one in sales(record)), default=None)


def day_of(interaction: Record) -> date:
    """The day, where the business is, of its instant."""
    return datetime.fromisoformat(interaction["at"]).astimezone(ZONE).date()


def last_contact(record: Record) -> date | None:
    """The latest interaction that was held and reached somebody, and is no note."""
    in_vain = ("no_answer", "busy", "voicemail", "bounced")
    return max(
        (
            day_of(one)
            for one in record["interactions"]
            if one.get("status", "held") == "held"
            and one["kind"] != "note"
            and one.get("outcome") not in in_vain
        ),
        default=None,
    )


def open_task(task: Record) -> bool:
    """Its status, which is open where none is written."""
    return bool(task.get("status", "open") == "open")


def open_and_due(record: Record) -> bool:
    """A task that is open and itself due."""
    return any(open_task(one) and one["due"] <= TODAY for one in record["tasks"])


def is_overdue(record: Record) -> bool:
    """A posted invoice whose day has passed, and which is not paid in full.

    Payments name their invoices; credit notes, which name none here, pay the oldest due
    first. No line has a tax.
    """
    bills = [one for one in posted(record) if one.get("kind") == "invoice"]
    left = {one["number"]: net(one) for one in bills}
    free = -sum(
        (net(one) for one in posted(record) if one.get("kind") == "credit_note"), Decimal(0)
    )
    for payment in record["payments"]:
        amount = Decimal(str(payment["amount"]))
        taken = min(amount, left.get(payment["for"], Decimal(0)))
        if taken:
            left[payment["for"]] -= taken
        # What pays a draft, which owes nothing, is money not allocated.
        free += amount - taken
    for bill in sorted(bills, key=lambda one: one["date"]):
        taken = min(free, left[bill["number"]])
        left[bill["number"]] -= taken
        free -= taken
    return any(left[one["number"]] > 0 and one["date"] + TERMS < TODAY for one in bills)


def birthday_within(record: Record, days: int) -> bool:
    """A birthday today or within so many days, today counted; of whatever year."""
    born = record.get("birth_date")
    coming = {(day.month, day.day) for day in (TODAY + timedelta(days=n) for n in range(days))}
    return born is not None and (born.month, born.day) in coming


def before(day: date | None, limit: date) -> bool:
    """A missing day is before nothing."""
    return day is not None and day < limit


class Query(NamedTuple):
    """Words for `crm list`, and what they mean."""

    words: tuple[str, ...]
    holds: Callable[[Record], bool]


LAPSING = "last(purchases.date) < today - 90d or last(purchases.date) is none"


def lapsing(record: Record) -> bool:
    """The latest of whatever counts is 90 days ago, or there is nothing."""
    last = max((one["date"] for one in posted(record)), default=None)
    return last is None or last < ago(90)


YEAR_AGO = TODAY.replace(year=TODAY.year - 1)

QUERIES = (
    Query(("tag:vip", "city:Ljubljana"), lambda r: tag(r, "vip") and city(r, "Ljubljana")),
    Query(("+vip", "not:+cold"), lambda r: tag(r, "vip") and not tag(r, "cold")),
    Query(("city:Ljubljana,Maribor",), lambda r: city(r, "Ljubljana", "Maribor")),
    Query(("novak",), lambda r: word(r, "novak")),
    Query(("kovac",), lambda r: word(r, "kovac")),
    Query(("quarterl",), lambda r: word(r, "quarterl")),
    Query(("last-contact.before:-90d",), lambda r: before(last_contact(r), ago(90))),
    Query(("no:last-contact",), lambda r: last_contact(r) is None),
    Query(("has:email", "no:phone"), lambda r: bool(r["emails"]) and not r["phones"]),
    Query(("spend@12m:1000..",), lambda r: spend(r, YEAR_AGO + timedelta(days=1), TODAY) >= 1000),
    Query(
        ("spend@2026-q3:500..2000",),
        lambda r: 500 <= spend(r, date(2026, 7, 1), date(2026, 9, 30)) <= 2000,
    ),
    Query(("orders@90d:0",), lambda r: orders(r, ago(89), TODAY) == 0),
    Query(("orders:1",), lambda r: orders(r) == 1),
    Query(
        ("last-purchase:this-month",),
        lambda r: (last_purchase(r) or date.min).replace(day=1) == TODAY.replace(day=1),
    ),
    Query(("task/status:open/due:..today",), open_and_due),
    Query(("not:task/status:open",), lambda r: not any(map(open_task, r["tasks"]))),
    Query(
        ("line/product:sku-07/date:2026",),
        lambda r: any(
            line["product"] == "sku-07" and one["date"].year == 2026
            for one in r["purchases"]
            for line in one["lines"]
        ),
    ),
    Query(
        ("interaction/text.has:renewal/at:-30d..",),
        lambda r: any(
            "renewal" in one["summary"] and day_of(one) >= ago(30) for one in r["interactions"]
        ),
    ),
    Query(
        ("email.ends:@acme.example",),
        lambda r: any(one.endswith("@acme.example") for one in r["emails"]),
    ),
    Query(("birthday:next-7d",), lambda r: birthday_within(r, 7)),
    Query(
        ("@lapsed", "city:Ljubljana"),
        lambda r: before(last_purchase(r), ago(180)) and city(r, "Ljubljana"),
    ),
    Query(("owner:me", "is:overdue"), lambda r: r["owner"] == "petra" and is_overdue(r)),
    Query(
        (
            "-w",
            "sum(purchases.net where date >= today - 12m) > 1000"
            ' and (city = "Ljubljana" or tag = vip)',
        ),
        lambda r: spend(r, YEAR_AGO) > 1000 and (city(r, "Ljubljana") or tag(r, "vip")),
    ),
    Query(
        (
            "-w",
            "any(tasks, status = open and due <= today) and not any(purchases, kind = invoice)",
        ),
        lambda r: open_and_due(r) and all(one.get("kind") != "invoice" for one in r["purchases"]),
    ),
    Query(("-w", LAPSING), lapsing),
)


# The comparison


class Program:
    """The installed program, over one directory."""

    def __init__(self, folder: Path, cache: Path) -> None:
        beside = Path(sys.executable).with_name("crm")
        program = [str(beside)] if beside.exists() else [sys.executable, "-m", "crm_cli"]
        today = TODAY.isoformat()
        self.crm = [*program, "-C", str(folder), "--today", today, "--as", "petra", "list"]
        self.environ = {"CRM_CACHE_DIR": str(cache), **os.environ}

    def answer(self, *words: str) -> str:
        """What `crm list WORDS` prints; raises CalledProcessError where it fails."""
        return subprocess.run(
            [*self.crm, *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            env=self.environ,
            text=True,
            check=True,
        ).stdout


def compared(program: Program, records: list[Record], query: Query) -> bool:
    """Print a line for one query; whether both agree."""
    given = program.answer(*query.words, "-o", "ids").split()
    meant = [record["id"] for record in records if query.holds(record)]
    verdict = "ok"
    if sorted(given) != meant:
        more, less = sorted(set(given) - set(meant)), sorted(set(meant) - set(given))
        verdict = f"DIFFERS: {len(more)} too many {more[:3]}, {len(less)} too few {less[:3]}"
    say(f"{' '.join(query.words)}\t{len(given)}\t{verdict}")
    return verdict == "ok"


def report_compared(program: Program, records: list[Record]) -> bool:
    """The report of the table: groups by city, with their counts and sums."""
    words = ("-w", LAPSING, "--group-by", "city", "--agg", "count,sum:spend")
    given = {
        row["city"]: (row["count"], Decimal(row["sum_spend"]))
        for row in json.loads(program.answer(*words, "-o", "json"))
    }
    meant: dict[str, tuple[int, Decimal]] = {}
    for record in filter(lapsing, records):
        place = record["addresses"][0]["city"]
        count, total = meant.get(place, (0, Decimal(0)))
        meant[place] = (count + 1, total + spend(record))
    wrong = sorted(key for key in given.keys() | meant.keys() if given.get(key) != meant.get(key))
    say(f"{' '.join(words)}\t{len(given)}\t{f'DIFFERS: {wrong[:3]}' if wrong else 'ok'}")
    return not wrong


def say(line: str) -> None:
    """Print a line at once: the whole takes minutes."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> int:
    """Compare everything over the folder that is named; 1 where something differs."""
    with tempfile.TemporaryDirectory(prefix="agree-") as name:
        below = Path(name)
        source = Path(sys.argv[1]) if len(sys.argv) > 1 else below / "made"
        if len(sys.argv) == 1:
            make(source, 10_000)
        vary(source, below / "data")
        records = read(below / "data")
        program = Program(below / "data", below / "cache")
        program.answer("-n", "1", "-o", "ids")
        agreed = [compared(program, records, query) for query in QUERIES]
        agreed.append(report_compared(program, records))
    for words in LEFT_OUT:
        say(f"{words}\t\tleft out: no deals yet")
    say(f"{agreed.count(True)} of {len(agreed)} agree, {len(records)} customers")
    return 0 if all(agreed) else 1


if __name__ == "__main__":
    sys.exit(main())
