"""Parts of the sentences that say what to do first, which reports make from their rows."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from crm_cli.features.reports.table import Row
from crm_cli.model.cells import people_text
from crm_cli.model.section import and_more


def whom(rows: Iterable[Row]) -> str:
    """The customers of rows, each once: `Bistro Lipa and 2 more`. Where names are hidden, the
    labels in their place."""
    names = (str(row.get("name") or row.get("customer") or "(none)") for row in rows)
    return and_more(list(dict.fromkeys(names)))


def amount(value: Decimal, currency: str) -> str:
    """An amount as people read it, in its currency."""
    return f"{people_text(value, 'money')} {currency}"


def counted(count: int, noun: str) -> str:
    """A number with its noun: `1 day`, `2 days`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
