"""Exchange rates: the rows of `rates.yaml`, and what is wrong with them."""

from __future__ import annotations

from crm_cli.model.errors import Unreadable
from crm_cli.model.node import Mapping, Scalar, Sequence


def rate_rows(root: Mapping | None) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """The rows of `rates.yaml` that can be read; `rate_faults` tells of the others."""
    rows = []
    for day, row in root.entries if root is not None else ():
        if isinstance(row, Mapping) and _day(day.text):
            rates = tuple(
                (code.text.upper(), rate.text)
                for code, rate in row.entries
                if isinstance(rate, Scalar) and _rate(rate.text)
            )
            rows.append((_day(day.text), rates))
    return tuple(sorted(rows))


def rate_faults(root: Mapping) -> list[tuple[Scalar | Mapping | Sequence, str, str]]:
    """(node, message, hint) of each entry of `rates.yaml` that cannot be read."""
    faults: list[tuple[Scalar | Mapping | Sequence, str, str]] = []
    for day, row in root.entries:
        if not _day(day.text):
            faults.append((day, f"'{day.text}' is not a date", "write it as 2026-11-03"))
        elif not isinstance(row, Mapping):
            faults.append((row, "rates are a currency and a number", "write {USD: 1.08}"))
        else:
            faults += [
                (rate, f"the rate of {code.text} is not a positive number", "write USD: 1.08")
                for code, rate in row.entries
                if not (isinstance(rate, Scalar) and _rate(rate.text))
            ]
    return faults


def _day(text: str) -> str:
    from crm_cli.model.dates import read_date

    try:
        return read_date(text).isoformat()
    except Unreadable:
        return ""


def _rate(text: str) -> bool:
    whole, _, part = text.partition(".")
    digits = whole + part
    return digits.isascii() and digits.isdigit() and len(digits) < 20 and int(digits) > 0
