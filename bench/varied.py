"""Copy a generated directory with some customers changed, since all of them are complete.

Some lose their phones, interactions or purchases, others get a birthday, a domain, a
draft, a credit note or a call that nobody answered: what a query about what is missing,
or does not count, has to find. The same files give the same copy.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from shutil import copy

SEGMENTS = "lapsed:\n  query: last-purchase.before:-180d\n"


def varied(number: int, text: str) -> str:
    """The record of the customer with this number, less complete than it was made."""
    blocks = {block.split(":", 1)[0]: block.rstrip("\n") for block in text.split("\n\n")}
    head = next(iter(blocks))
    for every, key in ((7, "phones"), (11, "emails"), (6, "tasks"), (9, "interactions")):
        if number % every == 0:
            del blocks[key]
    if number % 8 == 1:
        blocks.pop("purchases", None)
    elif number % 8 == 2:
        blocks["purchases"] = _first_item(blocks["purchases"])
    if number % 8 in (1, 2):
        blocks.pop("payments", None)
    if number % 3 == 0:
        day = date(1950 + number % 50, 1, 1) + timedelta(days=number * 7 % 365)
        blocks[head] += f"\nbirth_date: {day}"
    for every, key, what in (
        (5, "emails", ("customers.example", "acme.example")),
        (10, "purchases", ("    date:", "    status: draft\n    date:")),
        (13, "interactions", ("    kind: call", "    kind: call\n    outcome: no_answer")),
        (14, "interactions", ("    kind: meeting", "    kind: meeting\n    status: planned")),
        (15, "interactions", ("    kind: email", "    kind: note")),
    ):
        if number % every == 0 and key in blocks:
            blocks[key] = blocks[key].replace(*what, 1)
    if number % 4 == 3 and "purchases" in blocks:
        # The first plain sale becomes a credit note that names no invoice.
        blocks["purchases"] = re.sub(
            r"(- id: p-\w+\n)(    date)",
            r"\1    kind: credit_note\n\2",
            blocks["purchases"],
            count=1,
        )
    return "\n\n".join(blocks.values()) + "\n"


def _first_item(block: str) -> str:
    return "\n  - id: ".join(block.split("\n  - id: ")[:2])


def vary(source: Path, target: Path) -> None:
    """Write a varied copy of a generated directory, with a segment."""
    target.joinpath("customers").mkdir(parents=True)
    for name in ("crm.yaml", "products.yaml"):
        copy(source / name, target / name)
    target.joinpath("segments.yaml").write_text(SEGMENTS, encoding="utf-8")
    for path in source.glob("customers/*.yaml"):
        text = varied(int(path.stem[1:]), path.read_text(encoding="utf-8"))
        target.joinpath("customers", path.name).write_text(text, encoding="utf-8")
