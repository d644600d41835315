"""Small data directories, and what an index says of one, without the numbers it gave rows."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from crm_cli.index.database import Index, open_index
from crm_cli.index.plan import in_record, plan_of, record_columns
from crm_cli.index.schema import ITEM_BITS
from crm_cli.model.kinds import ENTRIES, KINDS
from crm_cli.store.tree import Folder

ANA = """\
name: Ana Šuštar
tags: vip, wholesale
phone: 040 123 456
email: ana@sustar.example
city: Koper
shoe size: 41
custom:
  Favourite Blend: house
interactions:
  - 2026-03-02 call in: Asked for 20 kg of beans
tasks:
  - id: t-9f3kx7d
    title: Send the quote
    due: 2026-11-06T01:30+02:00
purchases:
  - id: p-2m8ct4h
    kind: invoice
    number: "2026-0042"
    date: 2026-11-10
    lines:
      - beans-1kg:20:18.50
      - product: filter
        unit_price: 4
        tax_rate: 22
  - date: 2025-02-03
    amount: 10.00 USD
payments:
  - id: y-7d1wz0e
    date: 2026-12-02
    amount: 200
    for: "2026-0042"
credit:
  limit: 500
"""

KAVA = """\
name: Кава д.о.о.
kind: organization
contacts:
  - id: ana-sustar
    role: billing
    emails:
      - racuni@kava.example
"""

SETTINGS = "currency: EUR\ncountry: SI\ntime_zone: Europe/Ljubljana\nterms_days: 30\n"

FILES: dict[str, str] = {
    "crm.yaml": SETTINGS,
    "rates.yaml": "2025-01-01:\n  USD: 1.25\n",
    "products.yaml": "beans-1kg:\n  name: Beans\n  price: 18.50\nfilter:\n  name: Filter\n",
    "segments.yaml": "vips:\n  query: +vip\n",
    "customers/ana-sustar.yaml": ANA,
    "customers/shops/kava-doo.yaml": KAVA,
}


def write(root: Path, files: Mapping[str, str | bytes] = FILES) -> Path:
    """Write files into a directory; its path."""
    for path, content in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def opened(root: Path, cache: Path | None = None) -> Index:
    """The index of a directory."""
    return open_index(Folder(root), cache)


def age(root: Path, seconds: float = 60) -> None:
    """Make all files look as if they had not been touched for a while (but for their ctime)."""
    for path in root.rglob("*"):
        status = path.stat()
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns - int(seconds * 1e9)))


def cells(index: Index, table: str, *names: str) -> list[tuple[Any, ...]]:
    """The rows of a table by their number: these columns."""
    listed = ", ".join(f'"{name}"' for name in names)
    return index.connection.execute(f'SELECT {listed} FROM "{table}" ORDER BY "pk"').fetchall()


def said(index: Index) -> dict[str, Counter[Any]]:
    """All that the tables say, with paths in place of numbers, in no order."""
    run = index.connection.execute
    paths = dict(run('SELECT "pk", "path" FROM "file"').fetchall())
    found: dict[str, Counter[Any]] = {}
    for kind in KINDS:
        names = plan_of(kind).names
        rows = [dict(zip(names, row, strict=True)) for row in cells(index, kind.name, *names)]
        for row in rows:
            if in_record(kind):
                for name in record_columns(kind):
                    row[name] = path_of(row[name], paths)
                row["parent"] = row["parent"] is not None
            if kind not in ENTRIES:
                del row["pk"]
        found[kind.name] = Counter(tuple(row.items()) for row in rows)
    extras = run('SELECT "record", "kind", "key", "value", "value__f" FROM "extra"')
    found["extra"] = Counter((path_of(row[0], paths), *row[1:]) for row in extras)
    found["search"] = Counter(
        (paths[pk], text) for pk, text in run('SELECT "rowid", "words" FROM "search"')
    )
    found["file"] = Counter(run('SELECT "path", "kind", "id", "hash" FROM "file"'))
    found["problem"] = Counter(index.problems())
    return found


def path_of(number: int | None, paths: Mapping[int, str]) -> str | None:
    """The file of a record, or of an entry, by its number."""
    if number is None:
        return None
    return paths[number if number > 0 else number >> ITEM_BITS]
